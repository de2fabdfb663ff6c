/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_CRYPTO_SECRET_H
#define ZEGEL_CRYPTO_SECRET_H

#include "sealed/wire/span.h"
#include "sealed/wire/wipe.h"

/* Constant time in the contents (lengths are public): the difference is gathered over
 * all bytes, with a barrier so that no compiler ends the loop early. */
static inline bool secret_is_equal(struct span a, struct span b)
{
	uint8_t diff = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		diff |= a.p[i] ^ b.p[i];
		__asm__ __volatile__("" : "+r"(diff));
	}
	return diff == 0;
}

#endif
