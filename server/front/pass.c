/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/pass.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

#include "sealed/wire/wipe.h"

void passes_add(struct passes *p, struct span hash, uint64_t index, uint32_t members,
                uint64_t now)
{
	memmove(&p->last[1], &p->last[0], sizeof(p->last) - sizeof(p->last[0]));
	p->last[0].index = index;
	p->last[0].posted_at = now;
	memcpy(p->last[0].hash, hash.p, PASS_HASH_LEN);
	if (p->count < FRONT_PASSES)
		p->count++;
	p->members = members;
	p->holders = 1;
}

int passes_find(const struct passes *p, struct span pass)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];
	int found = -1;

	if (SHA256(pass.p, pass.n, hash) == NULL)
		return -1;
	for (unsigned i = p->count; i-- > 0;)
		if (CRYPTO_memcmp(hash, p->last[i].hash, PASS_HASH_LEN) == 0)
			found = (int)i;
	wipe(hash, sizeof(hash));
	return found;
}

void passes_hold(struct passes *p)
{
	p->holders++;
}

bool passes_is_held(const struct passes *p)
{
	return p->holders * 2 >= p->members;
}

bool passes_is_open(const struct passes *p, unsigned age, uint64_t now)
{
	if (age >= p->count)
		return false;
	return age == 0 || !passes_is_held(p) ||
	       now <= p->last[age - 1].posted_at + FRONT_PASS_OLD;
}
