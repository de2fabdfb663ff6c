/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/crypto/crypto_openssl.h"
#include "sealed/sframe/sframe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { plain_max = 1 << 20, real_max = 64 };

static const struct span base_key = { (const uint8_t *)"fuzz base key", 13 };

/* Property: of frames that no sender made, none opens, and none moves the window: a real
 * one opens after them, once. The first byte picks suite and key id. A suite whose tag
 * is 4 bytes could be forged by luck; it is left out. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum sframe_suite suites[] = { 1, 2, 4, 5 };
	static uint8_t plain[plain_max];
	const struct crypto *c = crypto_openssl();
	struct sframe_receiver r;
	struct sframe_sender s;
	uint8_t real[real_max];
	size_t n, real_n;

	if (size < 1 || size > plain_max)
		return 0;

	enum sframe_suite suite = suites[data[0] & 3];
	uint64_t kid = data[0] >> 2;

	if (sframe_receiver_init(&r, c, suite, base_key, kid) != OK ||
	    sframe_sender_init(&s, c, suite, base_key, kid) != OK ||
	    sframe_seal(&s, c, (struct span){ 0 }, SPAN_STR("real"), real, sizeof(real),
	                &real_n) != OK)
		__builtin_trap();

	const struct span frame = { data + 1, size - 1 }, sealed = { real, real_n };

	if (!span_is_equal(frame, sealed) &&
	    sframe_open(&r, c, (struct span){ 0 }, frame, plain, sizeof(plain), &n) != ERR_AUTH)
		__builtin_trap();
	if (sframe_open(&r, c, (struct span){ 0 }, sealed, plain, sizeof(plain), &n) != OK ||
	    n != 4 || memcmp(plain, "real", 4) != 0)
		__builtin_trap();
	if (sframe_open(&r, c, (struct span){ 0 }, sealed, plain, sizeof(plain), &n) !=
	    ERR_AUTH)
		__builtin_trap();
	return 0;
}
