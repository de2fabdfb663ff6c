/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_CRYPTO_CRYPTO_OPENSSL_H
#define ZEGEL_CRYPTO_CRYPTO_OPENSSL_H

#include "sealed/crypto/crypto.h"

/* The native provider: OpenSSL 3's libcrypto through its EVP interface. Without state
 * of its own, so that any thread may use the one table. Never NULL. */
const struct crypto *crypto_openssl(void);

#endif
