/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_WIRE_ARENA_H
#define ZEGEL_WIRE_ARENA_H

#include "sealed/wire/err.h"
#include "sealed/wire/span.h"

/* A block that is filled from the front and emptied whole. sealed/ allocates
 * nowhere else: one scratch arena per input message, one arena per epoch's state,
 * so that nothing is freed piecemeal, nothing leaks, and all of it can be wiped. */
struct arena {
	uint8_t *base;
	size_t used, cap;
};

struct arena arena_into(void *block, size_t cap);

/* Aligned for any type and zeroed; NULL when full (a caller says ERR_SPACE). */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t size, size_t count);

/* A copy that lives as long as the arena. Set only on OK. */
MUST_USE enum err arena_dup(struct arena *a, struct span in, struct span *out);

/* Splits off a child arena of `size` bytes. Set only on OK. */
MUST_USE enum err arena_split(struct arena *a, size_t size, struct arena *child);

size_t arena_mark(const struct arena *a);
void arena_release(struct arena *a, size_t mark); /* wipes what came after the mark */
void arena_clear(struct arena *a);                /* wipes all of it */

#endif
