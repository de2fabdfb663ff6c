/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/crypto/crypto_openssl.h"
#include "sealed/meeting/base64url.h"
#include "sealed/meeting/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Property: a token that is good is the only text of its bytes, and says version 1 and no flag
 * that is not known; with a host's part, the seed reads back, too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	uint8_t bytes[LINK_TOKEN_BYTES];
	char again[ZEGEL_TOKEN_LEN];
	struct link link = { 0 };
	enum err err;

	if (link_read(&link, crypto_openssl(), text, size, &err) != ZEGEL_LINK_GOOD) {
		if (link.flags != 0 || link.is_host || link.wrap[0] != 0)
			__builtin_trap();
		return 0;
	}
	if (size != ZEGEL_TOKEN_LEN && size != ZEGEL_HOST_TOKEN_LEN)
		__builtin_trap();
	if (base64url_read(text, bytes, sizeof(bytes)) != OK || bytes[0] != 1 || bytes[1] > 1)
		__builtin_trap();
	base64url_write((struct span){ bytes, sizeof(bytes) }, again);
	if (memcmp(again, text, sizeof(again)) != 0 ||
	    link.is_host != (size == ZEGEL_HOST_TOKEN_LEN))
		__builtin_trap();
	return 0;
}
