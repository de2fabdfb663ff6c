/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_LABELS_H
#define ZEGEL_MLS_LABELS_H

#include "sealed/mls/suite.h"
#include "sealed/wire/arena.h"

/* The labelled forms of hash, KDF, signature and HPKE, RFC 9420 sections 5.1, 5.2 and 8.
 * Everything that MLS hashes, signs or encrypts passes through here, so that nothing made
 * for one purpose is ever good for another. Labels are given without "MLS 1.0 ", which is
 * put in front here; RefHash alone takes its label whole. */


/* out: hash_len(suite->hash) bytes. */
MUST_USE enum err mls_ref_hash(const struct crypto *c, const struct mls_suite *suite,
                               struct span label, struct span value, uint8_t *out);

MUST_USE enum err mls_expand_with_label(const struct crypto *c, const struct mls_suite *suite,
                                        struct span secret, struct span label,
                                        struct span context, uint8_t *out, size_t n);

/* ExpandWithLabel(secret, label, "", hash length). out may be the secret itself. */
MUST_USE enum err mls_derive_secret(const struct crypto *c, const struct mls_suite *suite,
                                    struct span secret, struct span label, uint8_t *out);

/* Section 9.1: the generation is the context. */
MUST_USE enum err mls_derive_tree_secret(const struct crypto *c, const struct mls_suite *suite,
                                         struct span secret, struct span label,
                                         uint32_t generation, uint8_t *out, size_t n);

/* Scratch holds what is signed; it is wiped on return. sig: SIG_MAX bytes of room. */
MUST_USE enum err mls_sign_with_label(const struct crypto *c, const struct mls_suite *suite,
                                      const uint8_t *priv, struct span label,
                                      struct span content, struct arena *scratch,
                                      uint8_t *sig, size_t *sig_len);
MUST_USE enum err mls_verify_with_label(const struct crypto *c, const struct mls_suite *suite,
                                        struct span pub, struct span label,
                                        struct span content, struct span sig,
                                        struct arena *scratch);

/* enc: hpke_enc_len() bytes; out: plain.n + AEAD_TAG bytes. */
MUST_USE enum err mls_encrypt_with_label(const struct crypto *c, const struct mls_suite *suite,
                                         struct span pub, struct span label,
                                         struct span context, struct span plain,
                                         struct arena *scratch, uint8_t *enc, uint8_t *out);
/* out: sealed.n - AEAD_TAG bytes. Every failure but the provider's is ERR_AUTH. */
MUST_USE enum err mls_decrypt_with_label(const struct crypto *c, const struct mls_suite *suite,
                                         const uint8_t *priv, struct span pub,
                                         struct span label, struct span context,
                                         struct span enc, struct span sealed,
                                         struct arena *scratch, uint8_t *out);

#endif
