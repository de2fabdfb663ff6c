/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/crypto/crypto.h"

static const uint8_t hash_lens[HASH_ALGS] = { 32, 48, 64 };
static const uint8_t aead_key_lens[AEAD_ALGS] = { 16, 32, 32 };
static const uint8_t dh_priv_lens[DH_ALGS] = { 32, 32, 48, 66 };
static const uint8_t dh_pub_lens[DH_ALGS] = { 32, 65, 97, 133 };
static const uint8_t sig_priv_lens[SIG_ALGS] = { 32, 32, 48, 66 };
static const uint8_t sig_pub_lens[SIG_ALGS] = { 32, 65, 97, 133 };

size_t hash_len(enum hash_alg alg)
{
	return hash_lens[alg];
}

size_t aead_key_len(enum aead_alg alg)
{
	return aead_key_lens[alg];
}

size_t dh_priv_len(enum dh_alg alg)
{
	return dh_priv_lens[alg];
}

size_t dh_pub_len(enum dh_alg alg)
{
	return dh_pub_lens[alg];
}

size_t dh_shared_len(enum dh_alg alg)
{
	return dh_priv_lens[alg];
}

size_t sig_priv_len(enum sig_alg alg)
{
	return sig_priv_lens[alg];
}

size_t sig_pub_len(enum sig_alg alg)
{
	return sig_pub_lens[alg];
}

/* P-521's scalar fills 66 bytes of which the first has one bit; for the other curves a
 * random scalar is out of range once in 2^32 times at most. Eight tries are plenty. */
enum { scalar_tries = 8 };

static uint8_t scalar_mask(size_t priv_len)
{
	return priv_len == 66 ? 0x01 : 0xff;
}

enum err dh_generate(const struct crypto *c, enum dh_alg alg, uint8_t *priv, uint8_t *pub)
{
	enum err err = ERR_PROVIDER;

	for (int i = 0; i < scalar_tries && err != OK; i++) {
		TRY(crypto_random(c, priv, dh_priv_len(alg)));
		priv[0] &= scalar_mask(dh_priv_len(alg));
		err = c->dh_public(c->ctx, alg, priv, pub);
	}
	return err;
}

enum err sig_generate(const struct crypto *c, enum sig_alg alg, uint8_t *priv, uint8_t *pub)
{
	enum err err = ERR_PROVIDER;

	for (int i = 0; i < scalar_tries && err != OK; i++) {
		TRY(crypto_random(c, priv, sig_priv_len(alg)));
		priv[0] &= scalar_mask(sig_priv_len(alg));
		err = c->sig_public(c->ctx, alg, priv, pub);
	}
	return err;
}

enum err crypto_random(const struct crypto *c, uint8_t *out, size_t n)
{
	return c->random(c->ctx, out, n);
}

enum err crypto_hash(const struct crypto *c, enum hash_alg alg, struct span in, uint8_t *out)
{
	return c->hash(c->ctx, alg, &in, 1, out);
}

enum err crypto_hash_parts(const struct crypto *c, enum hash_alg alg, const struct span *parts,
                           size_t count, uint8_t *out)
{
	return c->hash(c->ctx, alg, parts, count, out);
}

enum err crypto_hmac(const struct crypto *c, enum hash_alg alg, struct span key, struct span in,
                     uint8_t *out)
{
	return c->hmac(c->ctx, alg, key, &in, 1, out);
}

enum err crypto_seal(const struct crypto *c, enum aead_alg alg, const uint8_t *key,
                     const uint8_t *nonce, struct span aad, struct span plain, uint8_t *out)
{
	return c->aead_seal(c->ctx, alg, key, nonce, aad, plain, out);
}

enum err crypto_open(const struct crypto *c, enum aead_alg alg, const uint8_t *key,
                     const uint8_t *nonce, struct span aad, struct span sealed, uint8_t *out)
{
	/* The one place that guards all callers: what cannot hold a tag is no AEAD
	 * ciphertext, and no provider has to subtract below zero. */
	if (sealed.n < AEAD_TAG)
		return ERR_AUTH;
	return c->aead_open(c->ctx, alg, key, nonce, aad, sealed, out);
}
