/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_CRYPTO_CRYPTO_OPENSSL_PKEY_H
#define ZEGEL_CRYPTO_CRYPTO_OPENSSL_PKEY_H

#include "sealed/crypto/crypto.h"

/* The public-key half of the OpenSSL provider; contracts as in crypto.h. */

enum err openssl_dh_public(void *ctx, enum dh_alg alg, const uint8_t *priv, uint8_t *pub);
enum err openssl_dh(void *ctx, enum dh_alg alg, const uint8_t *priv, struct span pub,
                    uint8_t *shared);
enum err openssl_sig_public(void *ctx, enum sig_alg alg, const uint8_t *priv, uint8_t *pub);
enum err openssl_sign(void *ctx, enum sig_alg alg, const uint8_t *priv, struct span msg,
                      uint8_t *sig, size_t *sig_len);
enum err openssl_verify(void *ctx, enum sig_alg alg, struct span pub, struct span msg,
                        struct span sig);

#endif
