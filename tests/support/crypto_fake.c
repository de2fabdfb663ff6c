/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "tests/support/crypto_fake.h"

static const struct crypto *step(struct crypto_fake *fake)
{
	if (fake->calls++ != fake->fail_at)
		return fake->inner;
	fake->has_failed = true;
	return NULL;
}

/* splitmix64: good enough to differ, and the same on every machine. */
static uint8_t next_byte(struct crypto_fake *fake)
{
	uint64_t z = fake->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (uint8_t)(z >> 32);
}

static enum err fake_random(void *ctx, uint8_t *out, size_t n)
{
	if (step(ctx) == NULL)
		return ERR_PROVIDER;
	for (size_t i = 0; i < n; i++)
		out[i] = next_byte(ctx);
	return OK;
}

static enum err fake_hash(void *ctx, enum hash_alg alg, const struct span *parts, size_t count,
                          uint8_t *out)
{
	const struct crypto *c = step(ctx);

	return c == NULL ? ERR_PROVIDER : c->hash(c->ctx, alg, parts, count, out);
}

static enum err fake_hmac(void *ctx, enum hash_alg alg, struct span key,
                          const struct span *parts, size_t count, uint8_t *out)
{
	const struct crypto *c = step(ctx);

	return c == NULL ? ERR_PROVIDER : c->hmac(c->ctx, alg, key, parts, count, out);
}

static enum err fake_aead_seal(void *ctx, enum aead_alg alg, const uint8_t *key,
                               const uint8_t *nonce, struct span aad, struct span plain,
                               uint8_t *out)
{
	const struct crypto *c = step(ctx);

	return c == NULL ? ERR_PROVIDER
	                 : c->aead_seal(c->ctx, alg, key, nonce, aad, plain, out);
}

static enum err fake_aead_open(void *ctx, enum aead_alg alg, const uint8_t *key,
                               const uint8_t *nonce, struct span aad, struct span sealed,
                               uint8_t *out)
{
	const struct crypto *c = step(ctx);

	return c == NULL ? ERR_PROVIDER
	                 : c->aead_open(c->ctx, alg, key, nonce, aad, sealed, out);
}

static enum err fake_aes128_ctr(void *ctx, const uint8_t key[16], const uint8_t iv[16],
                                struct span in, uint8_t *out)
{
	const struct crypto *c = step(ctx);

	return c == NULL ? ERR_PROVIDER : c->aes128_ctr(c->ctx, key, iv, in, out);
}

static enum err fake_dh_public(void *ctx, enum dh_alg alg, const uint8_t *priv, uint8_t *pub)
{
	const struct crypto *c = step(ctx);

	return c == NULL ? ERR_PROVIDER : c->dh_public(c->ctx, alg, priv, pub);
}

static enum err fake_dh(void *ctx, enum dh_alg alg, const uint8_t *priv, struct span pub,
                        uint8_t *shared)
{
	const struct crypto *c = step(ctx);

	return c == NULL ? ERR_PROVIDER : c->dh(c->ctx, alg, priv, pub, shared);
}

static enum err fake_sig_public(void *ctx, enum sig_alg alg, const uint8_t *priv, uint8_t *pub)
{
	const struct crypto *c = step(ctx);

	return c == NULL ? ERR_PROVIDER : c->sig_public(c->ctx, alg, priv, pub);
}

static enum err fake_sign(void *ctx, enum sig_alg alg, const uint8_t *priv, struct span msg,
                          uint8_t *sig, size_t *sig_len)
{
	const struct crypto *c = step(ctx);

	return c == NULL ? ERR_PROVIDER : c->sign(c->ctx, alg, priv, msg, sig, sig_len);
}

static enum err fake_verify(void *ctx, enum sig_alg alg, struct span pub, struct span msg,
                            struct span sig)
{
	const struct crypto *c = step(ctx);

	return c == NULL ? ERR_PROVIDER : c->verify(c->ctx, alg, pub, msg, sig);
}

void crypto_fake_init(struct crypto_fake *fake, const struct crypto *inner, uint64_t seed)
{
	*fake = (struct crypto_fake){
		.inner = inner,
		.seed = seed,
		.fail_at = CRYPTO_FAKE_NEVER,
		.table = {
			.ctx = fake,
			.random = fake_random,
			.hash = fake_hash,
			.hmac = fake_hmac,
			.aead_seal = fake_aead_seal,
			.aead_open = fake_aead_open,
			.aes128_ctr = fake_aes128_ctr,
			.dh_public = fake_dh_public,
			.dh = fake_dh,
			.sig_public = fake_sig_public,
			.sign = fake_sign,
			.verify = fake_verify,
		},
	};
	crypto_fake_restart(fake);
}

void crypto_fake_restart(struct crypto_fake *fake)
{
	fake->state = fake->seed;
	fake->calls = 0;
	fake->has_failed = false;
}
