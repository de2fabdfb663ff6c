/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_CRYPTO_CRYPTO_WEB_H
#define ZEGEL_CRYPTO_CRYPTO_WEB_H

#include "sealed/crypto/crypto.h"

/* The browser's provider: each function of the table is imported into the WebAssembly
 * module and served by web/sealed/crypto.ts. Without state. Never NULL. */
const struct crypto *crypto_web(void);

#endif
