/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/hpke/hpke_kem.h"

#include <string.h>

#include "sealed/crypto/secret.h"
#include "sealed/hpke/hpke_label.h"

/* RFC 9180 7.1, table 2. */
struct dhkem {
	uint16_t id;
	enum dh_alg dh;
	enum hash_alg hash;
	uint8_t bitmask; /* of a candidate's first byte, 7.1.3; 0: any string is a key */
};

static const struct dhkem dhkems[HPKE_KEMS] = {
	[HPKE_DHKEM_P256] = { 0x0010, DH_P256, HASH_SHA256, 0xff },
	[HPKE_DHKEM_P384] = { 0x0011, DH_P384, HASH_SHA384, 0xff },
	[HPKE_DHKEM_P521] = { 0x0012, DH_P521, HASH_SHA512, 0x01 },
	[HPKE_DHKEM_X25519] = { 0x0020, DH_X25519, HASH_SHA256, 0 },
};

uint16_t hpke_kem_id(enum hpke_kem kem)
{
	return dhkems[kem].id;
}

size_t hpke_enc_len(enum hpke_kem kem)
{
	return dh_pub_len(dhkems[kem].dh);
}

size_t hpke_pub_len(enum hpke_kem kem)
{
	return dh_pub_len(dhkems[kem].dh);
}

size_t hpke_priv_len(enum hpke_kem kem)
{
	return dh_priv_len(dhkems[kem].dh);
}

/* RFC 9180 7.1.3: ikm of at least Nsk bytes, else the key is weaker than its curve. */
size_t hpke_random_len(enum hpke_kem kem)
{
	return dh_priv_len(dhkems[kem].dh);
}

size_t hpke_secret_len(enum hpke_kem kem)
{
	return hash_len(dhkems[kem].hash);
}

/* RFC 9180 4.1: suite_id = "KEM" || I2OSP(kem_id, 2) */
static struct hpke_label kem_label(const struct crypto *c, enum hpke_kem kem)
{
	uint16_t id = dhkems[kem].id;

	return (struct hpke_label){
		.c = c,
		.hash = dhkems[kem].hash,
		.id = { 'K', 'E', 'M', (uint8_t)(id >> 8), (uint8_t)id },
		.id_len = 5,
	};
}

/* RFC 9180 7.1.3, NIST curves: the first candidate that is a scalar of the curve, which
 * the provider decides. Each but P-521's is one with all but 2^-32 certainty. */
static enum err derive_scalar(const struct hpke_label *l, const struct dhkem *kem,
                              struct span prk, uint8_t *priv, uint8_t *pub)
{
	enum err err = ERR_MALFORMED;

	for (unsigned counter = 0; counter <= 255 && err == ERR_MALFORMED; counter++) {
		const uint8_t info[] = { (uint8_t)counter };

		TRY(hpke_expand(l, prk, SPAN_STR("candidate"), SPAN(info), priv,
		                dh_priv_len(kem->dh)));
		priv[0] &= kem->bitmask;
		err = l->c->dh_public(l->c->ctx, kem->dh, priv, pub);
	}
	return err;
}

enum err hpke_derive_key_pair(const struct crypto *c, enum hpke_kem kem, struct span ikm,
                              uint8_t *priv, uint8_t *pub)
{
	const struct hpke_label label = kem_label(c, kem);
	const struct dhkem *k = &dhkems[kem];
	uint8_t prk[HASH_MAX];
	const struct span prk_span = { prk, hash_len(k->hash) };
	enum err err;

	err = hpke_extract(&label, (struct span){ 0 }, SPAN_STR("dkp_prk"), ikm, prk);
	if (err != OK)
		goto out;
	if (k->bitmask != 0) {
		err = derive_scalar(&label, k, prk_span, priv, pub);
	} else {
		err = hpke_expand(&label, prk_span, SPAN_STR("sk"), (struct span){ 0 }, priv,
		                  dh_priv_len(k->dh));
		if (err == OK)
			err = c->dh_public(c->ctx, k->dh, priv, pub);
	}
out:
	wipe(prk, sizeof(prk));
	return err;
}

enum err hpke_public(const struct crypto *c, enum hpke_kem kem, const uint8_t *priv,
                     uint8_t *pub)
{
	return c->dh_public(c->ctx, dhkems[kem].dh, priv, pub);
}

enum err hpke_pub_check(const struct crypto *c, enum hpke_kem kem, struct span pub)
{
	/* Any scalar shows it: a point off the curve, or of small order, is refused. */
	uint8_t one[DH_PRIV_MAX] = { 0 }, shared[DH_SHARED_MAX];
	enum err err;

	if (pub.n != hpke_pub_len(kem))
		return ERR_MALFORMED;
	one[dh_priv_len(dhkems[kem].dh) - 1] = 1;
	err = c->dh(c->ctx, dhkems[kem].dh, one, pub, shared);
	return err == ERR_AUTH ? ERR_MALFORMED : err;
}

/* RFC 9180 4.1, ExtractAndExpand with kem_context = enc || pkRm. */
static enum err dh_to_secret(const struct crypto *c, enum hpke_kem kem, const uint8_t *dh,
                             const uint8_t *enc, const uint8_t *pub, uint8_t *shared)
{
	const struct hpke_label label = kem_label(c, kem);
	size_t n = dh_pub_len(dhkems[kem].dh);
	uint8_t context[2 * DH_PUB_MAX], prk[HASH_MAX];
	enum err err;

	memcpy(context, enc, n);
	memcpy(context + n, pub, n);
	err = hpke_extract(&label, (struct span){ 0 }, SPAN_STR("eae_prk"),
	                   (struct span){ dh, dh_shared_len(dhkems[kem].dh) }, prk);
	if (err == OK)
		err = hpke_expand(&label, (struct span){ prk, hash_len(label.hash) },
		                  SPAN_STR("shared_secret"), (struct span){ context, 2 * n },
		                  shared, hpke_secret_len(kem));
	wipe(prk, sizeof(prk));
	return err;
}

enum err hpke_encap(const struct crypto *c, enum hpke_kem kem, struct span random,
                    struct span pub, uint8_t *enc, uint8_t *shared)
{
	uint8_t ephemeral[DH_PRIV_MAX], dh[DH_SHARED_MAX];
	enum err err;

	if (pub.n != hpke_pub_len(kem))
		return ERR_MALFORMED;
	err = hpke_derive_key_pair(c, kem, random, ephemeral, enc);
	if (err == OK)
		err = c->dh(c->ctx, dhkems[kem].dh, ephemeral, pub, dh);
	if (err == OK)
		err = dh_to_secret(c, kem, dh, enc, pub.p, shared);
	wipe(ephemeral, sizeof(ephemeral));
	wipe(dh, sizeof(dh));
	return err;
}

enum err hpke_decap(const struct crypto *c, enum hpke_kem kem, const uint8_t *priv,
                    struct span pub, struct span enc, uint8_t *shared)
{
	uint8_t dh[DH_SHARED_MAX];
	enum err err;

	if (pub.n != hpke_pub_len(kem) || enc.n != hpke_enc_len(kem))
		return ERR_MALFORMED;
	err = c->dh(c->ctx, dhkems[kem].dh, priv, enc, dh);
	if (err == OK)
		err = dh_to_secret(c, kem, dh, enc.p, pub.p, shared);
	wipe(dh, sizeof(dh));
	return err;
}
