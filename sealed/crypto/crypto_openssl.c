/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/crypto/crypto_openssl.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "sealed/crypto/crypto_openssl_pkey.h"
#include "sealed/crypto/secret.h"

static enum err openssl_random(void *ctx, uint8_t *out, size_t n)
{
	(void)ctx;
	if (n > INT_MAX)
		return ERR_PROVIDER;
	return RAND_bytes(out, (int)n) == 1 ? OK : ERR_PROVIDER;
}

static const EVP_MD *md_from(enum hash_alg alg)
{
	switch (alg) {
	case HASH_SHA256:
		return EVP_sha256();
	case HASH_SHA384:
		return EVP_sha384();
	default:
		return EVP_sha512();
	}
}

static enum err openssl_hash(void *ctx, enum hash_alg alg, const struct span *parts,
                             size_t count, uint8_t *out)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	int ok = md != NULL && EVP_DigestInit_ex(md, md_from(alg), NULL);

	(void)ctx;
	for (size_t i = 0; ok && i < count; i++)
		ok = EVP_DigestUpdate(md, parts[i].p, parts[i].n);
	ok = ok && EVP_DigestFinal_ex(md, out, NULL);
	EVP_MD_CTX_free(md);
	return ok ? OK : ERR_PROVIDER;
}

/* OpenSSL refuses a null key even when it is empty. */
static const uint8_t no_key[1];

static enum err openssl_hmac(void *ctx, enum hash_alg alg, struct span key,
                             const struct span *parts, size_t count, uint8_t *out)
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL,
	                                              key.n ? key.p : no_key, key.n);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t len = hash_len(alg);
	int ok = pkey != NULL && md != NULL &&
	         EVP_DigestSignInit(md, NULL, md_from(alg), NULL, pkey) == 1;

	(void)ctx;
	for (size_t i = 0; ok && i < count; i++)
		ok = EVP_DigestSignUpdate(md, parts[i].p, parts[i].n) == 1;
	ok = ok && EVP_DigestSignFinal(md, out, &len) == 1;
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(pkey);
	return ok ? OK : ERR_PROVIDER;
}

static const EVP_CIPHER *cipher_from(enum aead_alg alg)
{
	switch (alg) {
	case AEAD_AES128GCM:
		return EVP_aes_128_gcm();
	case AEAD_AES256GCM:
		return EVP_aes_256_gcm();
	default:
		return EVP_chacha20_poly1305();
	}
}

/* EVP takes lengths as int; what is longer than any message of ours is refused whole. */
static bool is_int(struct span in)
{
	return in.n <= INT_MAX - AEAD_TAG;
}

static enum err openssl_aead_seal(void *ctx, enum aead_alg alg, const uint8_t *key,
                                  const uint8_t *nonce, struct span aad, struct span plain,
                                  uint8_t *out)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0;
	int ok = c != NULL && is_int(aad) && is_int(plain) &&
	         EVP_EncryptInit_ex(c, cipher_from(alg), NULL, key, nonce) == 1;

	(void)ctx;
	if (ok && aad.n > 0)
		ok = EVP_EncryptUpdate(c, NULL, &n, aad.p, (int)aad.n) == 1;
	if (ok && plain.n > 0)
		ok = EVP_EncryptUpdate(c, out, &n, plain.p, (int)plain.n) == 1;
	ok = ok && EVP_EncryptFinal_ex(c, out + plain.n, &n) == 1 &&
	     EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG, out + plain.n) == 1;
	EVP_CIPHER_CTX_free(c);
	return ok ? OK : ERR_PROVIDER;
}

static enum err openssl_aead_open(void *ctx, enum aead_alg alg, const uint8_t *key,
                                  const uint8_t *nonce, struct span aad, struct span sealed,
                                  uint8_t *out)
{
	size_t plain_n = sealed.n - AEAD_TAG;
	uint8_t tag[AEAD_TAG], nothing[1];
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	enum err err = ERR_PROVIDER;
	int n = 0;

	(void)ctx;
	if (c == NULL || sealed.n < AEAD_TAG || !is_int(aad) || !is_int(sealed))
		goto out;
	/* Taken aside first: in place, decryption writes over what comes before it only,
	 * but EVP wants a tag that may be written to. */
	memcpy(tag, sealed.p + plain_n, AEAD_TAG);
	if (EVP_DecryptInit_ex(c, cipher_from(alg), NULL, key, nonce) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG, tag) != 1)
		goto out;
	if (aad.n > 0 && EVP_DecryptUpdate(c, NULL, &n, aad.p, (int)aad.n) != 1)
		goto out;
	if (plain_n > 0 && EVP_DecryptUpdate(c, out, &n, sealed.p, (int)plain_n) != 1)
		goto out;
	if (EVP_DecryptFinal_ex(c, nothing, &n) == 1) {
		err = OK;
	} else {
		err = ERR_AUTH;
		/* Unauthenticated plaintext must not be found by anyone. */
		wipe(out, plain_n);
	}
out:
	EVP_CIPHER_CTX_free(c);
	return err;
}

static enum err openssl_aes128_ctr(void *ctx, const uint8_t key[16], const uint8_t iv[16],
                                   struct span in, uint8_t *out)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int n = 0;
	int ok = c != NULL && is_int(in) &&
	         EVP_EncryptInit_ex(c, EVP_aes_128_ctr(), NULL, key, iv) == 1;

	(void)ctx;
	if (ok && in.n > 0)
		ok = EVP_EncryptUpdate(c, out, &n, in.p, (int)in.n) == 1;
	EVP_CIPHER_CTX_free(c);
	return ok ? OK : ERR_PROVIDER;
}

static const struct crypto table = {
	.random = openssl_random,
	.hash = openssl_hash,
	.hmac = openssl_hmac,
	.aead_seal = openssl_aead_seal,
	.aead_open = openssl_aead_open,
	.aes128_ctr = openssl_aes128_ctr,
	.dh_public = openssl_dh_public,
	.dh = openssl_dh,
	.sig_public = openssl_sig_public,
	.sign = openssl_sign,
	.verify = openssl_verify,
};

const struct crypto *crypto_openssl(void)
{
	return &table;
}
