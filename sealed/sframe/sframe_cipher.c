/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/sframe/sframe_cipher.h"

#include <string.h>

#include "sealed/crypto/secret.h"

/* RFC 9605 4.5, table 1. */
struct cipher {
	enum hash_alg hash;
	uint8_t key_len, tag_len;
	bool is_gcm;
	enum aead_alg aead; /* if it is */
};

static const struct cipher ciphers[] = {
	[SFRAME_AES128CTR_SHA256_80] = { HASH_SHA256, 48, 10, false, AEAD_ALGS },
	[SFRAME_AES128CTR_SHA256_64] = { HASH_SHA256, 48, 8, false, AEAD_ALGS },
	[SFRAME_AES128CTR_SHA256_32] = { HASH_SHA256, 48, 4, false, AEAD_ALGS },
	[SFRAME_AES128GCM_SHA256] = { HASH_SHA256, 16, 16, true, AEAD_AES128GCM },
	[SFRAME_AES256GCM_SHA512] = { HASH_SHA512, 32, 16, true, AEAD_AES256GCM },
};

bool sframe_is_suite(enum sframe_suite suite)
{
	return suite >= SFRAME_AES128CTR_SHA256_80 && suite <= SFRAME_AES256GCM_SHA512;
}

enum hash_alg sframe_hash(enum sframe_suite suite)
{
	return ciphers[suite].hash;
}

size_t sframe_key_len(enum sframe_suite suite)
{
	return ciphers[suite].key_len;
}

size_t sframe_tag_len(enum sframe_suite suite)
{
	return ciphers[suite].tag_len;
}

/* RFC 9605 4.5.1: the first Nka bytes encrypt, the other Nh authenticate. */
enum { CTR_ENC_KEY = 16, CTR_AUTH_KEY = 32 };

/* AES-CTR's initial counter: nonce || 0x00000000. */
static enum err ctr_crypt(const struct sframe_key *key, const struct crypto *c,
                          const uint8_t nonce[SFRAME_NONCE], struct span in, uint8_t *out)
{
	uint8_t iv[16] = { 0 };

	memcpy(iv, nonce, SFRAME_NONCE);
	return c->aes128_ctr(c->ctx, key->key, iv, in, out);
}

/* RFC 9605 4.5.1, compute_tag: all lengths go in, the tag's own too. */
static enum err ctr_tag(const struct sframe_key *key, const struct crypto *c,
                        const uint8_t nonce[SFRAME_NONCE], struct span aad, struct span sealed,
                        uint8_t tag[HASH_MAX])
{
	uint8_t lengths[3 * 8];
	struct wr w = wr_into(lengths, sizeof(lengths));
	struct span head;

	wr_uint(&w, 8, aad.n);
	wr_uint(&w, 8, sealed.n);
	wr_uint(&w, 8, sframe_tag_len(key->suite));
	TRY(wr_end(&w, &head));

	const struct span parts[] = { head, { nonce, SFRAME_NONCE }, aad, sealed };
	const struct span auth_key = { key->key + CTR_ENC_KEY, CTR_AUTH_KEY };

	return c->hmac(c->ctx, HASH_SHA256, auth_key, parts, ARRAY_LEN(parts), tag);
}

enum err sframe_cipher_seal(const struct sframe_key *key, const struct crypto *c,
                            const uint8_t nonce[SFRAME_NONCE], struct span aad,
                            struct span plain, uint8_t *out)
{
	const struct cipher *cipher = &ciphers[key->suite];
	uint8_t tag[HASH_MAX];

	if (cipher->is_gcm)
		return crypto_seal(c, cipher->aead, key->key, nonce, aad, plain, out);
	TRY(ctr_crypt(key, c, nonce, plain, out));
	TRY(ctr_tag(key, c, nonce, aad, (struct span){ out, plain.n }, tag));
	memcpy(out + plain.n, tag, cipher->tag_len);
	return OK;
}

enum err sframe_cipher_open(const struct sframe_key *key, const struct crypto *c,
                            const uint8_t nonce[SFRAME_NONCE], struct span aad,
                            struct span sealed, uint8_t *out)
{
	const struct cipher *cipher = &ciphers[key->suite];
	uint8_t tag[HASH_MAX];

	if (cipher->is_gcm)
		return crypto_open(c, cipher->aead, key->key, nonce, aad, sealed, out);

	const struct span text = { sealed.p, sealed.n - cipher->tag_len };
	const struct span got = { sealed.p + text.n, cipher->tag_len };

	TRY(ctr_tag(key, c, nonce, aad, text, tag));
	if (!secret_is_equal((struct span){ tag, cipher->tag_len }, got))
		return ERR_AUTH;
	return ctr_crypt(key, c, nonce, text, out);
}
