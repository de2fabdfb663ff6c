/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_WIRE_SPAN_H
#define ZEGEL_WIRE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Somebody else's bytes, read-only. Valid until the call returns, unless the
 * function that gave it says otherwise. An empty span may have a null pointer. */
struct span {
	const uint8_t *p;
	size_t n;
};

#define SPAN(array) ((struct span){ (array), sizeof(array) })
#define SPAN_STR(literal) ((struct span){ (const uint8_t *)(literal), sizeof(literal) - 1 })

/* Not constant-time: for public values only (secrets: crypto/secret.h). */
static inline bool span_is_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || __builtin_memcmp(a.p, b.p, a.n) == 0);
}

#endif
