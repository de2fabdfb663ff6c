/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_POOL_H
#define ZEGEL_TRANSPORT_POOL_H

#include "sealed/wire/span.h"

/* A fixed number of objects of one size, lent and returned without malloc. Objects come
 * as they were left (not zeroed). Not thread-safe. A pool of `n` never grows: an empty one is a
 * limit reached, which the caller answers by dropping or refusing. */
struct pool;
struct pool *pool_create(size_t object_size, size_t n); /* NULL: no memory */
void pool_destroy(struct pool **poolp);                 /* takes; sets NULL */
void *pool_get(struct pool *pool);                      /* NULL: exhausted  */
void pool_put(struct pool *pool, void *object);
size_t pool_left(const struct pool *pool);

#endif
