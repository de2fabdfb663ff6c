/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_WASM_ALLOC_H
#define ZEGEL_WASM_ALLOC_H

#include <stddef.h>

/* What the WebAssembly module exports beside the functions of sealed/sealed.h. */

/* Memory for the host: the participant's block, and buffers for what goes in and out. For
 * the few allocations of the start; nothing is ever given back. Aligned for any type,
 * zeroed. NULL: no memory. Views of the module's memory are void after this call. */
__attribute__((export_name("zegel_alloc"))) void *zegel_alloc(size_t size);

#endif
