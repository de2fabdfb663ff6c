/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/link.h"

#include <string.h>

#include "sealed/crypto/hkdf.h"
#include "sealed/crypto/secret.h"
#include "sealed/meeting/base64url.h"
#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

enum { room_secret_len = 16, known_flags = ZEGEL_FLAG_LOBBY };

/* K(x) of docs/protocol.md section 1. */
static enum err derive_one(const struct link *link, const struct crypto *c,
                           const uint8_t prk[HASH_MAX], struct span use, uint8_t *out, size_t n)
{
	const uint8_t version = LINK_VERSION;
	const struct span info[] = {
		use, { &version, 1 }, { &link->flags, 1 }, SPAN(link->host_hash)
	};

	return hkdf_expand(c, HASH_SHA256, (struct span){ prk, hash_len(HASH_SHA256) }, info,
	                   ARRAY_LEN(info), out, n);
}

static enum err derive(struct link *link, const struct crypto *c, struct span room_secret)
{
	uint8_t prk[HASH_MAX];
	enum err err;

	err = hkdf_extract(c, HASH_SHA256, SPAN_STR("zegel link"), &room_secret, 1, prk);
	if (err == OK)
		err = derive_one(link, c, prk, SPAN_STR("room id"), link->room_id,
		                 sizeof(link->room_id));
	if (err == OK)
		err = derive_one(link, c, prk, SPAN_STR("wrap"), link->wrap, sizeof(link->wrap));
	if (err == OK)
		err = derive_one(link, c, prk, SPAN_STR("knock"), link->knock,
		                 sizeof(link->knock));
	if (err == OK)
		err = derive_one(link, c, prk, SPAN_STR("psk"), link->psk, sizeof(link->psk));
	wipe(prk, sizeof(prk));
	return err;
}

static enum err host_hash(const struct crypto *c, const uint8_t seed[HOST_SEED_LEN],
                          uint8_t out[HOST_HASH_LEN])
{
	uint8_t pub[SIG_PUB_MAX], hash[HASH_MAX];

	TRY(c->sig_public(c->ctx, SIG_ED25519, seed, pub));
	TRY(crypto_hash(c, HASH_SHA256, (struct span){ pub, sig_pub_len(SIG_ED25519) }, hash));
	memcpy(out, hash, HOST_HASH_LEN);
	return OK;
}

static enum zegel_link_fault read_host(struct link *link, const struct crypto *c,
                                       const char *text, enum err *err)
{
	uint8_t hash[HOST_HASH_LEN];

	if (base64url_read(text, link->host_seed, HOST_SEED_LEN) != OK)
		return ZEGEL_LINK_LETTERS;
	*err = host_hash(c, link->host_seed, hash);
	if (*err == OK && !span_is_equal(SPAN(hash), SPAN(link->host_hash)))
		return ZEGEL_LINK_HOST_KEY;
	link->is_host = true;
	return ZEGEL_LINK_GOOD;
}

static enum zegel_link_fault read_fields(struct link *link, const struct crypto *c,
                                         struct span token, enum err *err)
{
	struct rd r = rd_from(token);
	unsigned version = (unsigned)rd_uint(&r, 1);

	link->flags = (uint8_t)rd_uint(&r, 1);

	struct span room_secret = rd_bytes(&r, room_secret_len);

	rd_copy(&r, link->host_hash, sizeof(link->host_hash));
	if (rd_end(&r) != OK)
		return ZEGEL_LINK_LENGTH;
	if (version != LINK_VERSION)
		return ZEGEL_LINK_VERSION;
	if (link->flags & ~known_flags)
		return ZEGEL_LINK_FLAGS;
	*err = derive(link, c, room_secret);
	return ZEGEL_LINK_GOOD;
}

enum zegel_link_fault link_read(struct link *link, const struct crypto *c, const char *token,
                                size_t n, enum err *err)
{
	uint8_t bytes[LINK_TOKEN_BYTES];
	struct link new = { 0 };
	enum zegel_link_fault fault;

	*err = OK;
	if (n != ZEGEL_TOKEN_LEN && n != ZEGEL_HOST_TOKEN_LEN)
		return ZEGEL_LINK_LENGTH;
	if (n == ZEGEL_HOST_TOKEN_LEN && token[ZEGEL_TOKEN_LEN] != '.')
		return ZEGEL_LINK_LETTERS;
	if (base64url_read(token, bytes, sizeof(bytes)) != OK)
		fault = ZEGEL_LINK_LETTERS;
	else
		fault = read_fields(&new, c, SPAN(bytes), err);
	if (fault == ZEGEL_LINK_GOOD && *err == OK && n == ZEGEL_HOST_TOKEN_LEN)
		fault = read_host(&new, c, token + ZEGEL_TOKEN_LEN + 1, err);
	if (fault == ZEGEL_LINK_GOOD && *err == OK)
		*link = new;
	wipe(bytes, sizeof(bytes));
	link_clear(&new);
	return fault;
}

void link_clear(struct link *link)
{
	wipe(link, sizeof(*link));
}

enum zegel_link_fault zegel_link_check(const struct crypto *crypto, const char *token, size_t n)
{
	struct link link = { 0 };
	enum err err;
	enum zegel_link_fault fault = link_read(&link, crypto, token, n, &err);

	link_clear(&link);
	return fault;
}

enum err zegel_link_create(const struct crypto *crypto, uint32_t flags, char *token,
                           char *host_token)
{
	uint8_t seed[SIG_PRIV_MAX], pub[SIG_PUB_MAX], bytes[LINK_TOKEN_BYTES];
	struct wr w = wr_into(bytes, sizeof(bytes));
	struct span out;
	enum err err;

	if (flags & ~(uint32_t)known_flags)
		return ERR_LIMIT;
	wr_uint(&w, 1, LINK_VERSION);
	wr_uint(&w, 1, flags);

	uint8_t *secret = wr_reserve(&w, room_secret_len);
	uint8_t *hash = wr_reserve(&w, HOST_HASH_LEN);

	err = wr_end(&w, &out);
	if (err == OK)
		err = crypto_random(crypto, secret, room_secret_len);
	if (err == OK)
		err = sig_generate(crypto, SIG_ED25519, seed, pub);
	if (err == OK)
		err = host_hash(crypto, seed, hash);
	if (err == OK) {
		base64url_write(out, token);
		memcpy(host_token, token, ZEGEL_TOKEN_LEN);
		host_token[ZEGEL_TOKEN_LEN] = '.';
		base64url_write((struct span){ seed, HOST_SEED_LEN },
		                host_token + ZEGEL_TOKEN_LEN + 1);
	}
	wipe(seed, sizeof(seed));
	wipe(bytes, sizeof(bytes));
	return err;
}
