/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_KEY_SCHEDULE_H
#define ZEGEL_MLS_KEY_SCHEDULE_H

#include "sealed/mls/suite.h"
#include "sealed/wire/span.h"

/* From one epoch's init secret to the next one's, RFC 9420 section 8:
 *
 *   init secret, commit secret, context --> joiner secret
 *   joiner secret, psk secret           --> welcome secret
 *   joiner secret, psk secret, context  --> the epoch's secrets, init secret
 *
 * Every secret is hash_len(suite->hash) bytes. `context` is the encoded GroupContext of
 * the new epoch. A null commit secret or psk secret is the all-zero one. */
enum epoch_secret {
	EPOCH_SENDER_DATA,
	EPOCH_ENCRYPTION, /* wiped as soon as the secret tree has it */
	EPOCH_EXPORTER,
	EPOCH_EXTERNAL,
	EPOCH_CONFIRMATION_KEY,
	EPOCH_MEMBERSHIP_KEY,
	EPOCH_RESUMPTION_PSK,
	EPOCH_AUTHENTICATOR,
	EPOCH_INIT, /* for the next epoch; wiped when that has begun */
	EPOCH_SECRETS
};

struct epoch_secrets {
	uint8_t bytes[EPOCH_SECRETS][HASH_MAX];
	size_t n; /* bytes of each in use */
};

struct span epoch_secret(const struct epoch_secrets *s, enum epoch_secret which);
void epoch_secrets_clear(struct epoch_secrets *s);

MUST_USE enum err joiner_secret_derive(const struct crypto *c, const struct mls_suite *suite,
                                       const uint8_t *init_secret,
                                       const uint8_t *commit_secret, struct span context,
                                       uint8_t *joiner_secret);

MUST_USE enum err epoch_secrets_derive(const struct crypto *c, const struct mls_suite *suite,
                                       const uint8_t *joiner_secret,
                                       const uint8_t *psk_secret, struct span context,
                                       struct epoch_secrets *out);

/* Section 11: a group that is new begins with a random epoch secret. */
MUST_USE enum err epoch_secrets_from(const struct crypto *c, const struct mls_suite *suite,
                                     const uint8_t *epoch_secret_bytes,
                                     struct epoch_secrets *out);

/* What opens the GroupInfo of a Welcome, section 12.4.3.1. */
struct welcome_key {
	uint8_t key[AEAD_KEY_MAX], nonce[AEAD_NONCE];
};
MUST_USE enum err welcome_secret_derive(const struct crypto *c, const struct mls_suite *suite,
                                        const uint8_t *joiner_secret,
                                        const uint8_t *psk_secret, uint8_t *welcome_secret);
MUST_USE enum err welcome_key_derive(const struct crypto *c, const struct mls_suite *suite,
                                     const uint8_t *joiner_secret, const uint8_t *psk_secret,
                                     struct welcome_key *out);

/* Section 8: the key pair that strangers encrypt their init secret to (8.3). priv:
 * HPKE_PRIV_MAX bytes of room, or NULL; pub: HPKE_PUB_MAX. */
MUST_USE enum err external_key_derive(const struct crypto *c, const struct mls_suite *suite,
                                      const struct epoch_secrets *s, uint8_t *priv,
                                      uint8_t *pub);

/* MLS-Exporter, section 8.5. */
MUST_USE enum err epoch_export(const struct crypto *c, const struct mls_suite *suite,
                               const struct epoch_secrets *s, struct span label,
                               struct span context, uint8_t *out, size_t n);

#endif
