/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/crypto/crypto_openssl.h"
#include "sealed/meeting/link.h"
#include "sealed/meeting/policy.h"
#include "sealed/mls/mls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err hash_of_all(void *ctx, enum hash_alg alg, const struct span *parts, size_t count,
                            uint8_t *out)
{
	(void)ctx;
	(void)alg;
	(void)parts;
	(void)count;
	memset(out, 0, HASH_MAX);
	return OK;
}

static enum err holds(void *ctx, enum sig_alg alg, struct span pub, struct span msg,
                      struct span sig)
{
	(void)ctx;
	(void)alg;
	(void)pub;
	(void)msg;
	(void)sig;
	return OK;
}

static enum err signs(void *ctx, enum sig_alg alg, const uint8_t *priv, struct span msg,
                      uint8_t *sig, size_t *n)
{
	(void)ctx;
	(void)alg;
	(void)msg;
	*n = POLICY_SIGNATURE_LEN;
	memcpy(sig, priv, *n);
	return OK;
}

/* Property: with signatures that all hold, whatever reads is within its bounds and writes
 * back to the very same bytes. With true ones, nothing reads. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t zeros[HOST_HASH_LEN];
	struct crypto fake = *crypto_openssl();
	const struct policy_place place = { SPAN_STR("group"), SPAN(zeros), 1 };
	uint8_t buf[POLICY_LEN_MAX], signer[POLICY_KEY_LEN];
	struct wr w = wr_into(buf, sizeof(buf));
	struct policy p;
	struct span out;
	size_t by;

	if (policy_read((struct span){ data, size }, crypto_openssl(), &place, &p, signer) == OK)
		__builtin_trap();
	fake.hash = hash_of_all;
	fake.verify = holds;
	fake.sign = signs;
	if (policy_read((struct span){ data, size }, &fake, &place, &p, signer) != OK)
		return 0;
	by = policy_host_find(&p, SPAN(signer));
	if (p.version == 0 || p.host_count == 0 || p.host_count > POLICY_HOSTS_MAX ||
	    by == POLICY_HOSTS_MAX || p.members_max > 1000 || p.level > POLICY_LEVEL_MAX)
		__builtin_trap();
	/* The fake signs with what it is given as a key: the signature that was read. */
	if (policy_write(&p, &fake, place.group_id, by, data + size - POLICY_SIGNATURE_LEN,
	                 &w) != OK ||
	    wr_end(&w, &out) != OK || !span_is_equal(out, (struct span){ data, size }))
		__builtin_trap();
	return 0;
}
