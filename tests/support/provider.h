/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_PROVIDER_H
#define ZEGEL_TESTS_PROVIDER_H

#include "sealed/crypto/crypto.h"

/* The provider under test: OpenSSL natively, crypto_web in the WebAssembly build of the
 * same test programs (tests/wasm/). */
const struct crypto *provider(void);

#endif
