/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/pass.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

void passes_add(struct passes *p, struct span hash)
{
	memmove(p->hash[1], p->hash[0], sizeof(p->hash) - sizeof(p->hash[0]));
	memcpy(p->hash[0], hash.p, PASS_HASH_LEN);
	if (p->count < FRONT_PASSES)
		p->count++;
}

int passes_find(const struct passes *p, struct span pass)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];
	int found = -1;

	if (SHA256(pass.p, pass.n, hash) == NULL)
		return -1;
	for (unsigned i = p->count; i-- > 0;)
		if (CRYPTO_memcmp(hash, p->hash[i], PASS_HASH_LEN) == 0)
			found = (int)i;
	return found;
}
