/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/wasm/host.h"

#include "sealed/crypto/crypto_web.h"

enum { PAGE = 65536, ALIGN = 16 };

/* Always new pages, behind all that exist: they are zeroed, and no heap of another kind
 * can come to lie in them. At most a page is wasted in each of the few allocations. */
void *zegel_alloc(size_t size)
{
	size_t pages = size / PAGE + (size % PAGE != 0), first;

	_Static_assert(PAGE % ALIGN == 0, "pages are aligned");
	if (size == 0)
		return NULL;
	first = __builtin_wasm_memory_grow(0, pages);
	return first == SIZE_MAX ? NULL : (void *)(first * PAGE);
}

const struct crypto *zegel_crypto(void)
{
	return crypto_web();
}
