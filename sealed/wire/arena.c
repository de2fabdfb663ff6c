/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/wire/arena.h"

#include <string.h>

#include "sealed/wire/wipe.h"

static const size_t alignment = 16;

struct arena arena_into(void *block, size_t cap)
{
	size_t skew = (size_t)(-(uintptr_t)block & (alignment - 1));

	if (skew > cap)
		skew = cap;
	return (struct arena){ (uint8_t *)block + skew, 0, cap - skew };
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t rounded = (size + alignment - 1) & ~(alignment - 1);

	if (rounded < size || rounded > a->cap - a->used)
		return NULL;

	void *p = a->base + a->used;

	a->used += rounded;
	memset(p, 0, rounded);
	return p;
}

void *arena_array(struct arena *a, size_t size, size_t count)
{
	size_t total;

	if (__builtin_mul_overflow(size, count, &total))
		return NULL;
	return arena_alloc(a, total);
}

enum err arena_dup(struct arena *a, struct span in, struct span *out)
{
	uint8_t *p = arena_alloc(a, in.n);

	if (p == NULL)
		return ERR_SPACE;
	if (in.n != 0)
		memcpy(p, in.p, in.n);
	*out = (struct span){ p, in.n };
	return OK;
}

enum err arena_split(struct arena *a, size_t size, struct arena *child)
{
	/* Not through arena_alloc: a large child is not touched before it is used. */
	size_t rounded = (size + alignment - 1) & ~(alignment - 1);

	if (rounded < size || rounded > a->cap - a->used)
		return ERR_SPACE;
	*child = arena_into(a->base + a->used, rounded);
	a->used += rounded;
	return OK;
}

size_t arena_mark(const struct arena *a)
{
	return a->used;
}

void arena_release(struct arena *a, size_t mark)
{
	if (mark >= a->used)
		return;
	wipe(a->base + mark, a->used - mark);
	a->used = mark;
}

void arena_clear(struct arena *a)
{
	arena_release(a, 0);
}
