/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/crypto/hkdf.h"

#include <string.h>

#include "sealed/crypto/secret.h"

enum { info_parts_max = 8 };

enum err hkdf_extract(const struct crypto *c, enum hash_alg alg, struct span salt,
                      const struct span *parts, size_t count, uint8_t *prk)
{
	static const uint8_t zeros[HASH_MAX];

	/* RFC 5869 2.2: an absent salt is a string of HashLen zeros. */
	if (salt.n == 0)
		salt = (struct span){ zeros, hash_len(alg) };
	return c->hmac(c->ctx, alg, salt, parts, count, prk);
}

enum err hkdf_expand(const struct crypto *c, enum hash_alg alg, struct span prk,
                     const struct span *info, size_t count, uint8_t *out, size_t n)
{
	/* RFC 5869 2.3: T(i) = HMAC(PRK, T(i-1) || info || i). */
	struct span parts[info_parts_max + 2];
	size_t len = hash_len(alg);
	uint8_t block[HASH_MAX], index = 0;
	enum err err = OK;

	if (n > 255 * len || count > info_parts_max)
		return ERR_LIMIT;
	parts[0] = (struct span){ block, 0 };
	for (size_t i = 0; i < count; i++)
		parts[i + 1] = info[i];
	parts[count + 1] = (struct span){ &index, 1 };

	for (size_t done = 0; done < n && err == OK; done += len) {
		size_t want = n - done < len ? n - done : len;
		uint8_t next[HASH_MAX];

		index++;
		err = c->hmac(c->ctx, alg, prk, parts, count + 2, next);
		if (err == OK) {
			memcpy(block, next, len);
			memcpy(out + done, block, want);
			parts[0].n = len;
		}
		wipe(next, sizeof(next));
	}
	wipe(block, sizeof(block));
	return err;
}
