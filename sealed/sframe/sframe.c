/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/sframe/sframe.h"

#include <string.h>

#include "sealed/crypto/hkdf.h"
#include "sealed/crypto/secret.h"
#include "sealed/sframe/sframe_cipher.h"

/* RFC 9605 4.4.2: label || KID (8 bytes) || suite (2 bytes) */
static enum err expand(const struct sframe_key *key, const struct crypto *c, struct span secret,
                       struct span label, uint8_t *out, size_t n)
{
	uint8_t id[10];
	struct wr w = wr_into(id, sizeof(id));
	struct span tail;

	wr_uint(&w, 8, key->kid);
	wr_uint(&w, 2, key->suite);
	TRY(wr_end(&w, &tail));

	const struct span info[] = { label, tail };

	return hkdf_expand(c, sframe_hash(key->suite), secret, info, ARRAY_LEN(info), out, n);
}

enum err sframe_key_init(struct sframe_key *key, const struct crypto *c,
                         enum sframe_suite suite, struct span base_key, uint64_t kid)
{
	uint8_t secret[HASH_MAX];
	enum err err;

	if (!sframe_is_suite(suite))
		return ERR_MALFORMED;

	const struct span prk = { secret, hash_len(sframe_hash(suite)) };

	*key = (struct sframe_key){ .suite = suite, .kid = kid };
	err = hkdf_extract(c, sframe_hash(suite), (struct span){ 0 }, &base_key, 1, secret);
	if (err == OK)
		err = expand(key, c, prk, SPAN_STR("SFrame 1.0 Secret key "), key->key,
		             sframe_key_len(suite));
	if (err == OK)
		err = expand(key, c, prk, SPAN_STR("SFrame 1.0 Secret salt "), key->salt,
		             SFRAME_NONCE);
	wipe(secret, sizeof(secret));
	if (err != OK)
		sframe_key_clear(key);
	return err;
}

void sframe_key_clear(struct sframe_key *key)
{
	wipe(key, sizeof(*key));
}

/* RFC 9605 4.4.3: nonce = salt xor counter, aad = header || metadata. */
static enum err plan_init(struct sframe_plan *plan, const struct sframe_key *key,
                          uint64_t counter, struct span metadata)
{
	const struct sframe_header header = { key->kid, counter };
	struct wr w = wr_into(plan->aad, sizeof(plan->aad));
	struct span aad;

	if (metadata.n > SFRAME_METADATA_MAX)
		return ERR_LIMIT;
	sframe_header_write(&w, &header);
	plan->header_len = w.n;
	wr_bytes(&w, metadata);
	TRY(wr_end(&w, &aad));
	plan->aad_len = aad.n;
	plan->counter = counter;
	memcpy(plan->nonce, key->salt, SFRAME_NONCE);
	for (size_t i = 0; i < 8; i++)
		plan->nonce[SFRAME_NONCE - 1 - i] ^= (uint8_t)(counter >> 8 * i);
	return OK;
}

enum err sframe_sender_init(struct sframe_sender *s, const struct crypto *c,
                            enum sframe_suite suite, struct span base_key, uint64_t kid)
{
	s->next = SFRAME_FRAMES_MAX; /* without a key, nothing is sealed */
	TRY(sframe_key_init(&s->key, c, suite, base_key, kid));
	s->next = 0;
	return OK;
}

void sframe_sender_clear(struct sframe_sender *s)
{
	/* What is used after being cleared has no key; nor shall it have a counter. */
	wipe(s, sizeof(*s));
	s->next = SFRAME_FRAMES_MAX;
}

enum err sframe_seal_plan(struct sframe_sender *s, struct span metadata,
                          struct sframe_plan *plan)
{
	if (s->next >= SFRAME_FRAMES_MAX)
		return ERR_LIMIT;
	/* RFC 9605 4.4.3: never a counter twice under one key. It is gone before anything
	 * can fail: a retry after half a seal would otherwise repeat the nonce. */
	return plan_init(plan, &s->key, s->next++, metadata);
}

enum err sframe_seal(struct sframe_sender *s, const struct crypto *c, struct span metadata,
                     struct span plain, uint8_t *out, size_t cap, size_t *n)
{
	struct sframe_plan plan;

	TRY(sframe_seal_plan(s, metadata, &plan));

	size_t overhead = plan.header_len + sframe_tag_len(s->key.suite);

	if (cap < overhead || cap - overhead < plain.n)
		return ERR_SPACE;
	memcpy(out, plan.aad, plan.header_len);
	TRY(sframe_cipher_seal(&s->key, c, plan.nonce, (struct span){ plan.aad, plan.aad_len },
	                       plain, out + plan.header_len));
	*n = overhead + plain.n;
	return OK;
}

enum err sframe_receiver_init(struct sframe_receiver *r, const struct crypto *c,
                              enum sframe_suite suite, struct span base_key, uint64_t kid)
{
	r->replay = (struct sframe_replay){ 0 };
	return sframe_key_init(&r->key, c, suite, base_key, kid);
}

void sframe_receiver_clear(struct sframe_receiver *r)
{
	wipe(r, sizeof(*r));
}

enum err sframe_open_plan(const struct sframe_receiver *r, struct span metadata,
                          struct span frame, struct sframe_plan *plan, struct span *sealed)
{
	struct sframe_header header;
	struct rd in = rd_from(frame);

	/* One failure for all: a receiver tells nobody why it dropped a frame. */
	if (!sframe_is_suite(r->key.suite) || sframe_header_read(&in, &header) != OK ||
	    header.kid != r->key.kid || !sframe_replay_is_fresh(&r->replay, header.counter) ||
	    rd_left(&in) < sframe_tag_len(r->key.suite))
		return ERR_AUTH;
	/* The header is written anew, not copied: what is authenticated is what was read. */
	TRY(plan_init(plan, &r->key, header.counter, metadata));
	*sealed = rd_bytes(&in, rd_left(&in));
	return OK;
}

enum err sframe_open_commit(struct sframe_receiver *r, uint64_t counter)
{
	return sframe_replay_enter(&r->replay, counter);
}

enum err sframe_open(struct sframe_receiver *r, const struct crypto *c, struct span metadata,
                     struct span frame, uint8_t *out, size_t cap, size_t *n)
{
	struct sframe_plan plan;
	struct span sealed;

	TRY(sframe_open_plan(r, metadata, frame, &plan, &sealed));

	size_t plain_len = sealed.n - sframe_tag_len(r->key.suite);

	if (cap < plain_len)
		return ERR_SPACE;
	TRY(sframe_cipher_open(&r->key, c, plan.nonce, (struct span){ plan.aad, plan.aad_len },
	                       sealed, out));
	TRY(sframe_open_commit(r, plan.counter));
	*n = plain_len;
	return OK;
}
