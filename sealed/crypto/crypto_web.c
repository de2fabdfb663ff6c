/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/crypto/crypto_web.h"

/* web/sealed/crypto.ts reads these structs and writes these numbers: both sides change
 * together, or the module does not build. */
_Static_assert(sizeof(void *) == 4 && sizeof(struct span) == 8, "wasm32");
_Static_assert(OK == 0 && ERR_MALFORMED == 2 && ERR_AUTH == 4 && ERR_PROVIDER == 7, "err");
_Static_assert(HASH_SHA256 == 0 && HASH_SHA384 == 1 && HASH_SHA512 == 2, "hash_alg");
_Static_assert(AEAD_AES128GCM == 0 && AEAD_AES256GCM == 1 && AEAD_CHACHA20POLY1305 == 2,
               "aead_alg");
_Static_assert(DH_X25519 == 0 && DH_P256 == 1 && DH_P384 == 2 && DH_P521 == 3, "dh_alg");
_Static_assert(SIG_ED25519 == 0 && SIG_P256_SHA256 == 1 && SIG_P384_SHA384 == 2 &&
                   SIG_P521_SHA512 == 3,
               "sig_alg");

#define IMPORT(name) __attribute__((import_module("zegel"), import_name(#name))) int web_##name

IMPORT(random)(uint8_t *out, size_t n);
IMPORT(hash)(int alg, const struct span *parts, size_t count, uint8_t *out);
IMPORT(hmac)
(int alg, const uint8_t *key, size_t key_n, const struct span *parts, size_t count,
 uint8_t *out);
IMPORT(aead_seal)
(int alg, const uint8_t *key, const uint8_t *nonce, const uint8_t *aad, size_t aad_n,
 const uint8_t *plain, size_t plain_n, uint8_t *out);
IMPORT(aead_open)
(int alg, const uint8_t *key, const uint8_t *nonce, const uint8_t *aad, size_t aad_n,
 const uint8_t *sealed, size_t sealed_n, uint8_t *out);
IMPORT(aes128_ctr)
(const uint8_t *key, const uint8_t *iv, const uint8_t *in, size_t n, uint8_t *out);
IMPORT(dh_public)(int alg, const uint8_t *priv, uint8_t *pub);
IMPORT(dh)(int alg, const uint8_t *priv, const uint8_t *pub, size_t pub_n, uint8_t *shared);
IMPORT(sig_public)(int alg, const uint8_t *priv, uint8_t *pub);
IMPORT(sign)
(int alg, const uint8_t *priv, const uint8_t *msg, size_t msg_n, uint8_t *sig, size_t *sig_len);
IMPORT(verify)
(int alg, const uint8_t *pub, size_t pub_n, const uint8_t *msg, size_t msg_n,
 const uint8_t *sig, size_t sig_n);

/* A host function that returns anything but a result it may give (undefined arrives as 0,
 * which is why the host starts from "failed") is a failed one. */
static enum err result(int err)
{
	switch (err) {
	case OK:
	case ERR_MALFORMED:
	case ERR_AUTH:
		return (enum err)err;
	default:
		return ERR_PROVIDER;
	}
}

static enum err random(void *ctx, uint8_t *out, size_t n)
{
	(void)ctx;
	return result(web_random(out, n));
}

static enum err hash(void *ctx, enum hash_alg alg, const struct span *parts, size_t count,
                     uint8_t *out)
{
	(void)ctx;
	return result(web_hash(alg, parts, count, out));
}

static enum err hmac(void *ctx, enum hash_alg alg, struct span key, const struct span *parts,
                     size_t count, uint8_t *out)
{
	(void)ctx;
	return result(web_hmac(alg, key.p, key.n, parts, count, out));
}

static enum err aead_seal(void *ctx, enum aead_alg alg, const uint8_t *key,
                          const uint8_t *nonce, struct span aad, struct span plain,
                          uint8_t *out)
{
	(void)ctx;
	return result(web_aead_seal(alg, key, nonce, aad.p, aad.n, plain.p, plain.n, out));
}

static enum err aead_open(void *ctx, enum aead_alg alg, const uint8_t *key,
                          const uint8_t *nonce, struct span aad, struct span sealed,
                          uint8_t *out)
{
	(void)ctx;
	return result(web_aead_open(alg, key, nonce, aad.p, aad.n, sealed.p, sealed.n, out));
}

static enum err aes128_ctr(void *ctx, const uint8_t key[16], const uint8_t iv[16],
                           struct span in, uint8_t *out)
{
	(void)ctx;
	return result(web_aes128_ctr(key, iv, in.p, in.n, out));
}

static enum err dh_public(void *ctx, enum dh_alg alg, const uint8_t *priv, uint8_t *pub)
{
	(void)ctx;
	return result(web_dh_public(alg, priv, pub));
}

static enum err dh(void *ctx, enum dh_alg alg, const uint8_t *priv, struct span pub,
                   uint8_t *shared)
{
	(void)ctx;
	return result(web_dh(alg, priv, pub.p, pub.n, shared));
}

static enum err sig_public(void *ctx, enum sig_alg alg, const uint8_t *priv, uint8_t *pub)
{
	(void)ctx;
	return result(web_sig_public(alg, priv, pub));
}

static enum err sign(void *ctx, enum sig_alg alg, const uint8_t *priv, struct span msg,
                     uint8_t *sig, size_t *sig_len)
{
	(void)ctx;
	return result(web_sign(alg, priv, msg.p, msg.n, sig, sig_len));
}

static enum err verify(void *ctx, enum sig_alg alg, struct span pub, struct span msg,
                       struct span sig)
{
	(void)ctx;
	return result(web_verify(alg, pub.p, pub.n, msg.p, msg.n, sig.p, sig.n));
}

static const struct crypto table = {
	.random = random,
	.hash = hash,
	.hmac = hmac,
	.aead_seal = aead_seal,
	.aead_open = aead_open,
	.aes128_ctr = aes128_ctr,
	.dh_public = dh_public,
	.dh = dh,
	.sig_public = sig_public,
	.sign = sign,
	.verify = verify,
};

const struct crypto *crypto_web(void)
{
	return &table;
}
