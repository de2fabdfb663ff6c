/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/key_schedule.h"

#include <string.h>

#include "sealed/crypto/hkdf.h"
#include "sealed/mls/labels.h"
#include "sealed/wire/wipe.h"

static const uint8_t zero[HASH_MAX];

/* RFC 9420 8, table 4. */
static const struct span epoch_labels[EPOCH_SECRETS] = {
	[EPOCH_SENDER_DATA] = { (const uint8_t *)"sender data", 11 },
	[EPOCH_ENCRYPTION] = { (const uint8_t *)"encryption", 10 },
	[EPOCH_EXPORTER] = { (const uint8_t *)"exporter", 8 },
	[EPOCH_EXTERNAL] = { (const uint8_t *)"external", 8 },
	[EPOCH_CONFIRMATION_KEY] = { (const uint8_t *)"confirm", 7 },
	[EPOCH_MEMBERSHIP_KEY] = { (const uint8_t *)"membership", 10 },
	[EPOCH_RESUMPTION_PSK] = { (const uint8_t *)"resumption", 10 },
	[EPOCH_AUTHENTICATOR] = { (const uint8_t *)"authentication", 14 },
	[EPOCH_INIT] = { (const uint8_t *)"init", 4 },
};

struct span epoch_secret(const struct epoch_secrets *s, enum epoch_secret which)
{
	return (struct span){ s->bytes[which], s->n };
}

void epoch_secrets_clear(struct epoch_secrets *s)
{
	wipe(s, sizeof(*s));
}

/* KDF.Extract(salt, ikm), then ExpandWithLabel(., label, context, Nh). */
static enum err extract_and_expand(const struct crypto *c, const struct mls_suite *suite,
                                   const uint8_t *salt, const uint8_t *ikm, struct span label,
                                   struct span context, uint8_t *out)
{
	size_t n = hash_len(suite->hash);
	struct span in = { ikm == NULL ? zero : ikm, n };
	uint8_t extracted[HASH_MAX];
	enum err err;

	err = hkdf_extract(c, suite->hash, (struct span){ salt, n }, &in, 1, extracted);
	if (err == OK)
		err = mls_expand_with_label(c, suite, (struct span){ extracted, n }, label,
		                            context, out, n);
	wipe(extracted, sizeof(extracted));
	return err;
}

enum err joiner_secret_derive(const struct crypto *c, const struct mls_suite *suite,
                              const uint8_t *init_secret, const uint8_t *commit_secret,
                              struct span context, uint8_t *joiner_secret)
{
	return extract_and_expand(c, suite, init_secret, commit_secret, SPAN_STR("joiner"),
	                          context, joiner_secret);
}

enum err epoch_secrets_from(const struct crypto *c, const struct mls_suite *suite,
                            const uint8_t *epoch_secret_bytes, struct epoch_secrets *out)
{
	size_t n = hash_len(suite->hash);
	enum err err = OK;

	for (size_t i = 0; i < EPOCH_SECRETS && err == OK; i++)
		err = mls_derive_secret(c, suite, (struct span){ epoch_secret_bytes, n },
		                        epoch_labels[i], out->bytes[i]);
	out->n = n;
	if (err != OK)
		epoch_secrets_clear(out);
	return err;
}

enum err epoch_secrets_derive(const struct crypto *c, const struct mls_suite *suite,
                              const uint8_t *joiner_secret, const uint8_t *psk_secret,
                              struct span context, struct epoch_secrets *out)
{
	uint8_t secret[HASH_MAX];
	enum err err = extract_and_expand(c, suite, joiner_secret, psk_secret,
	                                  SPAN_STR("epoch"), context, secret);

	if (err == OK)
		err = epoch_secrets_from(c, suite, secret, out);
	wipe(secret, sizeof(secret));
	return err;
}

enum err welcome_secret_derive(const struct crypto *c, const struct mls_suite *suite,
                               const uint8_t *joiner_secret, const uint8_t *psk_secret,
                               uint8_t *welcome_secret)
{
	return extract_and_expand(c, suite, joiner_secret, psk_secret, SPAN_STR("welcome"),
	                          (struct span){ 0 }, welcome_secret);
}

enum err welcome_key_derive(const struct crypto *c, const struct mls_suite *suite,
                            const uint8_t *joiner_secret, const uint8_t *psk_secret,
                            struct welcome_key *out)
{
	uint8_t secret[HASH_MAX];
	struct span in = { secret, hash_len(suite->hash) }, none = { 0 };
	enum err err = welcome_secret_derive(c, suite, joiner_secret, psk_secret, secret);

	if (err == OK)
		err = mls_expand_with_label(c, suite, in, SPAN_STR("key"), none, out->key,
		                            aead_key_len(suite->aead));
	if (err == OK)
		err = mls_expand_with_label(c, suite, in, SPAN_STR("nonce"), none, out->nonce,
		                            AEAD_NONCE);
	wipe(secret, sizeof(secret));
	return err;
}

enum err external_key_derive(const struct crypto *c, const struct mls_suite *suite,
                             const struct epoch_secrets *s, uint8_t *priv, uint8_t *pub)
{
	uint8_t own[HPKE_PRIV_MAX];
	enum err err = hpke_derive_key_pair(c, suite->hpke.kem,
	                                    epoch_secret(s, EPOCH_EXTERNAL), own, pub);

	if (err == OK && priv != NULL)
		memcpy(priv, own, hpke_priv_len(suite->hpke.kem));
	wipe(own, sizeof(own));
	return err;
}

enum err epoch_export(const struct crypto *c, const struct mls_suite *suite,
                      const struct epoch_secrets *s, struct span label, struct span context,
                      uint8_t *out, size_t n)
{
	uint8_t secret[HASH_MAX], hashed[HASH_MAX];
	size_t len = hash_len(suite->hash);
	enum err err;

	err = mls_derive_secret(c, suite, epoch_secret(s, EPOCH_EXPORTER), label, secret);
	if (err == OK)
		err = crypto_hash(c, suite->hash, context, hashed);
	if (err == OK)
		err = mls_expand_with_label(c, suite, (struct span){ secret, len },
		                            SPAN_STR("exported"), (struct span){ hashed, len },
		                            out, n);
	wipe(secret, sizeof(secret));
	return err;
}
