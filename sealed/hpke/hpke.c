/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/hpke/hpke.h"

#include <string.h>

#include "sealed/crypto/secret.h"
#include "sealed/hpke/hpke_internal.h"
#include "sealed/hpke/hpke_kem.h"
#include "sealed/hpke/hpke_label.h"

/* What the key schedule gives. Single-shot: the sequence number stays zero, so the base
 * nonce is the nonce, and a context never seals twice. */
struct schedule {
	struct hpke_label label;
	uint8_t key[AEAD_KEY_MAX], nonce[AEAD_NONCE], exporter[HASH_MAX];
};

static uint16_t kdf_id(enum hash_alg alg)
{
	return (uint16_t)(alg - HASH_SHA256 + 1); /* 7.2: SHA-256, SHA-384, SHA-512 */
}

static uint16_t aead_id(enum aead_alg alg)
{
	return alg == HPKE_EXPORT_ONLY ? 0xffff
	                               : (uint16_t)(alg - AEAD_AES128GCM + 1); /* 7.3 */
}

/* RFC 9180 5.1: suite_id = "HPKE" || kem_id || kdf_id || aead_id */
static struct hpke_label suite_label(const struct crypto *c, struct hpke_suite suite)
{
	uint16_t kem = hpke_kem_id(suite.kem), kdf = kdf_id(suite.kdf),
	         aead = aead_id(suite.aead);

	return (struct hpke_label){
		.c = c,
		.hash = suite.kdf,
		.id = { 'H', 'P', 'K', 'E', (uint8_t)(kem >> 8), (uint8_t)kem,
		        (uint8_t)(kdf >> 8), (uint8_t)kdf, (uint8_t)(aead >> 8),
		        (uint8_t)aead },
		.id_len = 10,
	};
}

static void schedule_clear(struct schedule *s)
{
	wipe(s, sizeof(*s));
}

/* RFC 9180 5.1, KeySchedule with mode_base: psk and psk_id are empty. */
static enum err schedule_init(struct schedule *s, const struct crypto *c,
                              struct hpke_suite suite, struct span shared, struct span info)
{
	const struct span none = { 0 };
	size_t len = hash_len(suite.kdf);
	uint8_t context[1 + 2 * HASH_MAX] = { 0x00 }, secret[HASH_MAX];
	const struct span context_span = { context, 1 + 2 * len }, prk = { secret, len };
	enum err err;

	s->label = suite_label(c, suite);
	err = hpke_extract(&s->label, none, SPAN_STR("psk_id_hash"), none, context + 1);
	if (err == OK)
		err = hpke_extract(&s->label, none, SPAN_STR("info_hash"), info,
		                   context + 1 + len);
	if (err == OK)
		err = hpke_extract(&s->label, shared, SPAN_STR("secret"), none, secret);
	if (err == OK && suite.aead != HPKE_EXPORT_ONLY) {
		err = hpke_expand(&s->label, prk, SPAN_STR("key"), context_span, s->key,
		                  aead_key_len(suite.aead));
		if (err == OK)
			err = hpke_expand(&s->label, prk, SPAN_STR("base_nonce"), context_span,
			                  s->nonce, AEAD_NONCE);
	}
	if (err == OK)
		err = hpke_expand(&s->label, prk, SPAN_STR("exp"), context_span, s->exporter,
		                  len);
	wipe(secret, sizeof(secret));
	if (err != OK)
		schedule_clear(s);
	return err;
}

/* RFC 9180 5.3: Export(exporter_context, L) */
static enum err schedule_export(const struct schedule *s, struct span context, uint8_t *out,
                                size_t n)
{
	return hpke_expand(&s->label, (struct span){ s->exporter, hash_len(s->label.hash) },
	                   SPAN_STR("sec"), context, out, n);
}

static enum err setup_sender(struct schedule *s, const struct crypto *c,
                             struct hpke_suite suite, struct span random, struct span pub,
                             struct span info, uint8_t *enc)
{
	uint8_t shared[HPKE_SHARED_MAX];
	enum err err = hpke_encap(c, suite.kem, random, pub, enc, shared);

	if (err == OK)
		err = schedule_init(s, c, suite,
		                    (struct span){ shared, hpke_secret_len(suite.kem) }, info);
	wipe(shared, sizeof(shared));
	return err;
}

static enum err setup_receiver(struct schedule *s, const struct crypto *c,
                               struct hpke_suite suite, const uint8_t *priv, struct span pub,
                               struct span enc, struct span info)
{
	uint8_t shared[HPKE_SHARED_MAX];
	enum err err = hpke_decap(c, suite.kem, priv, pub, enc, shared);

	if (err == OK)
		err = schedule_init(s, c, suite,
		                    (struct span){ shared, hpke_secret_len(suite.kem) }, info);
	wipe(shared, sizeof(shared));
	/* What failed to open must not tell where: a point off the curve, a wrong key and
	 * a turned bit look the same. */
	return err == OK || err == ERR_PROVIDER ? err : ERR_AUTH;
}

enum err hpke_seal_from(const struct crypto *c, struct hpke_suite suite, struct span random,
                        struct span pub, struct span info, struct span aad, struct span plain,
                        uint8_t *enc, uint8_t *out)
{
	struct schedule s;
	enum err err;

	if (suite.aead == HPKE_EXPORT_ONLY)
		return ERR_NOT_NOW;
	TRY(setup_sender(&s, c, suite, random, pub, info, enc));
	err = crypto_seal(c, suite.aead, s.key, s.nonce, aad, plain, out);
	schedule_clear(&s);
	return err;
}

enum err hpke_send_export_from(const struct crypto *c, struct hpke_suite suite,
                               struct span random, struct span pub, struct span info,
                               struct span context, uint8_t *enc, uint8_t *out, size_t n)
{
	struct schedule s;
	enum err err;

	TRY(setup_sender(&s, c, suite, random, pub, info, enc));
	err = schedule_export(&s, context, out, n);
	schedule_clear(&s);
	return err;
}

enum err hpke_seal(const struct crypto *c, struct hpke_suite suite, struct span pub,
                   struct span info, struct span aad, struct span plain, uint8_t *enc,
                   uint8_t *out)
{
	uint8_t random[HPKE_RANDOM_MAX];
	const struct span bytes = { random, hpke_random_len(suite.kem) };
	enum err err = crypto_random(c, random, bytes.n);

	if (err == OK)
		err = hpke_seal_from(c, suite, bytes, pub, info, aad, plain, enc, out);
	wipe(random, sizeof(random));
	return err;
}

enum err hpke_send_export(const struct crypto *c, struct hpke_suite suite, struct span pub,
                          struct span info, struct span context, uint8_t *enc, uint8_t *out,
                          size_t n)
{
	uint8_t random[HPKE_RANDOM_MAX];
	const struct span bytes = { random, hpke_random_len(suite.kem) };
	enum err err = crypto_random(c, random, bytes.n);

	if (err == OK)
		err = hpke_send_export_from(c, suite, bytes, pub, info, context, enc, out, n);
	wipe(random, sizeof(random));
	return err;
}

enum err hpke_open(const struct crypto *c, struct hpke_suite suite, const uint8_t *priv,
                   struct span pub, struct span enc, struct span info, struct span aad,
                   struct span sealed, uint8_t *out)
{
	struct schedule s;
	enum err err;

	if (suite.aead == HPKE_EXPORT_ONLY)
		return ERR_NOT_NOW;
	TRY(setup_receiver(&s, c, suite, priv, pub, enc, info));
	err = crypto_open(c, suite.aead, s.key, s.nonce, aad, sealed, out);
	schedule_clear(&s);
	return err;
}

enum err hpke_receive_export(const struct crypto *c, struct hpke_suite suite,
                             const uint8_t *priv, struct span pub, struct span enc,
                             struct span info, struct span context, uint8_t *out, size_t n)
{
	struct schedule s;
	enum err err;

	TRY(setup_receiver(&s, c, suite, priv, pub, enc, info));
	err = schedule_export(&s, context, out, n);
	schedule_clear(&s);
	return err;
}
