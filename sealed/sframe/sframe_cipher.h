/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_SFRAME_SFRAME_CIPHER_H
#define ZEGEL_SFRAME_SFRAME_CIPHER_H

#include "sealed/sframe/sframe.h"

/* The AEAD of each suite, RFC 9605 section 4.5: AES-GCM of the provider, or AES-CTR with a
 * truncated HMAC. */

bool sframe_is_suite(enum sframe_suite suite);
enum hash_alg sframe_hash(enum sframe_suite suite);

/* out: plain.n + sframe_tag_len bytes. */
MUST_USE enum err sframe_cipher_seal(const struct sframe_key *key, const struct crypto *c,
                                     const uint8_t nonce[SFRAME_NONCE], struct span aad,
                                     struct span plain, uint8_t *out);

/* sealed.n >= sframe_tag_len. out: the rest's length. */
MUST_USE enum err sframe_cipher_open(const struct sframe_key *key, const struct crypto *c,
                                     const uint8_t nonce[SFRAME_NONCE], struct span aad,
                                     struct span sealed, uint8_t *out);

#endif
