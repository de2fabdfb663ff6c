/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/pool.h"

#include <stdalign.h>
#include <stdlib.h>

/* A free object holds the pointer to the next free one. */
struct pool {
	void *free;
	size_t left;
	alignas(max_align_t) uint8_t objects[];
};

static size_t rounded(size_t size)
{
	size_t unit = alignof(max_align_t);

	return size < unit ? unit : (size + unit - 1) / unit * unit;
}

struct pool *pool_create(size_t object_size, size_t n)
{
	size_t size = rounded(object_size);
	struct pool *pool;

	if (size < object_size || n > (SIZE_MAX - sizeof(*pool)) / size)
		return NULL;
	pool = malloc(sizeof(*pool) + size * n);
	if (pool == NULL)
		return NULL;
	pool->free = NULL;
	pool->left = 0;
	for (size_t i = n; i-- > 0;)
		pool_put(pool, pool->objects + i * size);
	return pool;
}

void pool_destroy(struct pool **poolp)
{
	free(*poolp);
	*poolp = NULL;
}

void *pool_get(struct pool *pool)
{
	void **object = pool->free;

	if (object == NULL)
		return NULL;
	pool->free = *object;
	pool->left--;
	return object;
}

void pool_put(struct pool *pool, void *object)
{
	*(void **)object = pool->free;
	pool->free = object;
	pool->left++;
}

size_t pool_left(const struct pool *pool)
{
	return pool->left;
}
