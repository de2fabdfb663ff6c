/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_CRYPTO_HKDF_H
#define ZEGEL_CRYPTO_HKDF_H

#include "sealed/crypto/crypto.h"

/* HKDF, RFC 5869, as its definition over the provider's HMAC. Not the provider's own:
 * OpenSSL 3.0 caps `info` at 1024 bytes, and an MLS GroupContext may be longer. */

/* prk: hash_len(alg) bytes. The input is the concatenation of the parts. */
MUST_USE enum err hkdf_extract(const struct crypto *c, enum hash_alg alg, struct span salt,
                               const struct span *parts, size_t count, uint8_t *prk);

/* n <= 255 * hash_len(alg), else ERR_LIMIT. info is the concatenation of <= 8 parts. */
MUST_USE enum err hkdf_expand(const struct crypto *c, enum hash_alg alg, struct span prk,
                              const struct span *info, size_t count, uint8_t *out, size_t n);

#endif
