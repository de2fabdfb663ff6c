/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_CRYPTO_CRYPTO_H
#define ZEGEL_CRYPTO_CRYPTO_H

#include "sealed/wire/err.h"
#include "sealed/wire/span.h"

/* Every cryptographic primitive that sealed/ uses, as one table of functions; a
 * provider fills it (crypto_openssl.h natively, crypto_web.h in the browser).
 * sealed/ holds no algorithm of its own.
 *
 * Functions are synchronous, keep no pointer, and fail only with ERR_PROVIDER, with
 * ERR_AUTH where a check did not hold, or with ERR_MALFORMED where a key has no
 * meaning. Outputs are whole on OK and not to be used otherwise. Output never
 * overlaps input, except that AEAD and CTR may work in place (out == in.p). */

enum { HASH_MAX = 64, AEAD_KEY_MAX = 32, AEAD_NONCE = 12, AEAD_TAG = 16 };
enum { DH_PRIV_MAX = 66, DH_PUB_MAX = 133, DH_SHARED_MAX = 66 };
enum { SIG_PRIV_MAX = 66, SIG_PUB_MAX = 133, SIG_MAX = 141 };

enum hash_alg { HASH_SHA256, HASH_SHA384, HASH_SHA512, HASH_ALGS };
enum aead_alg { AEAD_AES128GCM, AEAD_AES256GCM, AEAD_CHACHA20POLY1305, AEAD_ALGS };

/* Private keys: 32 bytes for X25519, the scalar big-endian at full width for the
 * NIST curves. Public keys: 32 bytes, or the uncompressed point. Shared secret: 32
 * bytes, or the x coordinate (RFC 9180 section 4.1). */
enum dh_alg { DH_X25519, DH_P256, DH_P384, DH_P521, DH_ALGS };

/* Ed25519: private key = seed, signature = 64 bytes. ECDSA: private key = scalar,
 * public key = uncompressed point, signature = DER (RFC 9420 section 5.1.2). */
enum sig_alg { SIG_ED25519, SIG_P256_SHA256, SIG_P384_SHA384, SIG_P521_SHA512, SIG_ALGS };

struct crypto {
	void *ctx;

	enum err (*random)(void *ctx, uint8_t *out, size_t n);

	/* One hash or MAC over the concatenation of `count` parts. */
	enum err (*hash)(void *ctx, enum hash_alg alg, const struct span *parts, size_t count,
	                 uint8_t *out);
	enum err (*hmac)(void *ctx, enum hash_alg alg, struct span key,
	                 const struct span *parts, size_t count, uint8_t *out);

	/* out: plain.n + AEAD_TAG bytes, and sealed.n - AEAD_TAG bytes. */
	enum err (*aead_seal)(void *ctx, enum aead_alg alg, const uint8_t *key,
	                      const uint8_t *nonce, struct span aad, struct span plain,
	                      uint8_t *out);
	enum err (*aead_open)(void *ctx, enum aead_alg alg, const uint8_t *key,
	                      const uint8_t *nonce, struct span aad, struct span sealed,
	                      uint8_t *out);

	/* AES-128-CTR with a 16-byte initial counter block, for SFrame suites 1 to 3. */
	enum err (*aes128_ctr)(void *ctx, const uint8_t key[16], const uint8_t iv[16],
	                       struct span in, uint8_t *out);

	/* ERR_MALFORMED: a scalar outside 1..order-1, a point not on the curve.
	 * ERR_AUTH: the shared secret is all zero (RFC 9180 section 7.1.4). */
	enum err (*dh_public)(void *ctx, enum dh_alg alg, const uint8_t *priv, uint8_t *pub);
	enum err (*dh)(void *ctx, enum dh_alg alg, const uint8_t *priv, struct span pub,
	               uint8_t *shared);

	/* sig: SIG_MAX bytes of room; *sig_len is set. */
	enum err (*sig_public)(void *ctx, enum sig_alg alg, const uint8_t *priv, uint8_t *pub);
	enum err (*sign)(void *ctx, enum sig_alg alg, const uint8_t *priv, struct span msg,
	                 uint8_t *sig, size_t *sig_len);
	enum err (*verify)(void *ctx, enum sig_alg alg, struct span pub, struct span msg,
	                   struct span sig);
};

size_t hash_len(enum hash_alg alg);
size_t aead_key_len(enum aead_alg alg);
size_t dh_priv_len(enum dh_alg alg);
size_t dh_pub_len(enum dh_alg alg);
size_t dh_shared_len(enum dh_alg alg);
size_t sig_priv_len(enum sig_alg alg);
size_t sig_pub_len(enum sig_alg alg);

/* A random private key, and its public one. */
MUST_USE enum err dh_generate(const struct crypto *c, enum dh_alg alg, uint8_t *priv,
                              uint8_t *pub);
MUST_USE enum err sig_generate(const struct crypto *c, enum sig_alg alg, uint8_t *priv,
                               uint8_t *pub);

/* The table's functions, by shorter names and with the result not to be ignored. */
MUST_USE enum err crypto_random(const struct crypto *c, uint8_t *out, size_t n);
MUST_USE enum err crypto_hash(const struct crypto *c, enum hash_alg alg, struct span in,
                              uint8_t *out);
MUST_USE enum err crypto_hash_parts(const struct crypto *c, enum hash_alg alg,
                                    const struct span *parts, size_t count, uint8_t *out);
MUST_USE enum err crypto_hmac(const struct crypto *c, enum hash_alg alg, struct span key,
                              struct span in, uint8_t *out);
MUST_USE enum err crypto_seal(const struct crypto *c, enum aead_alg alg, const uint8_t *key,
                              const uint8_t *nonce, struct span aad, struct span plain,
                              uint8_t *out);
MUST_USE enum err crypto_open(const struct crypto *c, enum aead_alg alg, const uint8_t *key,
                              const uint8_t *nonce, struct span aad, struct span sealed,
                              uint8_t *out);

#endif
