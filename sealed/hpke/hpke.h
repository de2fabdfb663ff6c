/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_HPKE_HPKE_H
#define ZEGEL_HPKE_HPKE_H

#include "sealed/crypto/crypto.h"

/* Hybrid Public Key Encryption, RFC 9180, base mode, single-shot and export: what MLS
 * needs. A KEM is named apart from the curve that serves it, so that a hybrid
 * post-quantum KEM can stand beside the DHKEMs; buffers are sized for the largest. */

enum hpke_kem {
	HPKE_DHKEM_P256,   /* 0x0010, HKDF-SHA256 */
	HPKE_DHKEM_P384,   /* 0x0011, HKDF-SHA384 */
	HPKE_DHKEM_P521,   /* 0x0012, HKDF-SHA512 */
	HPKE_DHKEM_X25519, /* 0x0020, HKDF-SHA256 */
	HPKE_KEMS
};

enum { HPKE_ENC_MAX = DH_PUB_MAX, HPKE_PUB_MAX = DH_PUB_MAX, HPKE_PRIV_MAX = DH_PRIV_MAX };

/* As a suite's AEAD, 0xffff of section 7.3: exports only, seal and open are refused. */
#define HPKE_EXPORT_ONLY AEAD_ALGS

struct hpke_suite {
	enum hpke_kem kem;
	enum hash_alg kdf;
	enum aead_alg aead;
};

size_t hpke_enc_len(enum hpke_kem kem);
size_t hpke_pub_len(enum hpke_kem kem);
size_t hpke_priv_len(enum hpke_kem kem);

/* DeriveKeyPair(ikm), section 7.1.3: the same ikm gives the same pair. */
MUST_USE enum err hpke_derive_key_pair(const struct crypto *c, enum hpke_kem kem,
                                       struct span ikm, uint8_t *priv, uint8_t *pub);

/* The public key that belongs to a private one. */
MUST_USE enum err hpke_public(const struct crypto *c, enum hpke_kem kem, const uint8_t *priv,
                              uint8_t *pub);

/* ERR_MALFORMED: nobody could seal to this key (section 7.1.4). */
MUST_USE enum err hpke_pub_check(const struct crypto *c, enum hpke_kem kem, struct span pub);

/* SealBase, section 6.1. enc: hpke_enc_len bytes; out: plain.n + AEAD_TAG bytes. */
MUST_USE enum err hpke_seal(const struct crypto *c, struct hpke_suite suite, struct span pub,
                            struct span info, struct span aad, struct span plain,
                            uint8_t *enc, uint8_t *out);

/* OpenBase. out: sealed.n - AEAD_TAG bytes. Every failure is ERR_AUTH, except the
 * provider's own. pub is the recipient's public key, which belongs to priv. */
MUST_USE enum err hpke_open(const struct crypto *c, struct hpke_suite suite,
                            const uint8_t *priv, struct span pub, struct span enc,
                            struct span info, struct span aad, struct span sealed,
                            uint8_t *out);

/* SetupBaseS and SetupBaseR followed by one Export, section 5.3 (MLS external init). */
MUST_USE enum err hpke_send_export(const struct crypto *c, struct hpke_suite suite,
                                   struct span pub, struct span info, struct span context,
                                   uint8_t *enc, uint8_t *out, size_t n);
MUST_USE enum err hpke_receive_export(const struct crypto *c, struct hpke_suite suite,
                                      const uint8_t *priv, struct span pub, struct span enc,
                                      struct span info, struct span context, uint8_t *out,
                                      size_t n);

#endif
