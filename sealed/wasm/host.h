/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_WASM_HOST_H
#define ZEGEL_WASM_HOST_H

#include "sealed/crypto/crypto.h"

/* What the WebAssembly module exports for its host, beside the functions of
 * sealed/sealed.h. */

/* Memory: the participant's block, and buffers for what goes in and out. For the few
 * allocations of the start; nothing is ever given back. Aligned for any type, zeroed.
 * NULL: no memory. Views of the module's memory are void after this call. */
__attribute__((export_name("zegel_alloc"))) void *zegel_alloc(size_t size);

/* The provider that zegel_create asks for: the functions that the module imports. */
__attribute__((export_name("zegel_crypto"))) const struct crypto *zegel_crypto(void);

#endif
