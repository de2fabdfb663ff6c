/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "tests/sim/sim_queue.h"

#include <stdlib.h>
#include <string.h>

/* A binary heap. */
struct sim_queue {
	struct sim_packet *items;
	size_t n, cap;
	uint64_t order;
};

static bool is_before(const struct sim_packet *a, const struct sim_packet *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void swap(struct sim_packet *a, struct sim_packet *b)
{
	struct sim_packet t = *a;

	*a = *b;
	*b = t;
}

struct sim_queue *sim_queue_create(void)
{
	struct sim_queue *q = calloc(1, sizeof(*q));

	if (q == NULL)
		abort();
	return q;
}

void sim_queue_destroy(struct sim_queue *q)
{
	for (size_t i = 0; i < q->n; i++)
		free(q->items[i].bytes);
	free(q->items);
	free(q);
}

void sim_queue_put(struct sim_queue *q, struct sim_packet packet, struct span bytes)
{
	if (q->n == q->cap) {
		q->cap = q->cap ? 2 * q->cap : 256;
		q->items = realloc(q->items, q->cap * sizeof(*q->items));
	}
	packet.bytes = malloc(bytes.n + 1);
	if (q->items == NULL || packet.bytes == NULL)
		abort();
	if (bytes.n != 0)
		memcpy(packet.bytes, bytes.p, bytes.n);
	packet.n = bytes.n;
	packet.order = q->order++;
	q->items[q->n] = packet;
	for (size_t i = q->n++; i > 0 && is_before(&q->items[i], &q->items[(i - 1) / 2]);
	     i = (i - 1) / 2)
		swap(&q->items[i], &q->items[(i - 1) / 2]);
}

uint64_t sim_queue_next(const struct sim_queue *q)
{
	return q->n ? q->items[0].at : UINT64_MAX;
}

struct sim_packet sim_queue_take(struct sim_queue *q)
{
	struct sim_packet first = q->items[0];
	size_t i = 0;

	q->items[0] = q->items[--q->n];
	for (;;) {
		size_t least = i, l = 2 * i + 1, r = l + 1;

		if (l < q->n && is_before(&q->items[l], &q->items[least]))
			least = l;
		if (r < q->n && is_before(&q->items[r], &q->items[least]))
			least = r;
		if (least == i)
			return first;
		swap(&q->items[i], &q->items[least]);
		i = least;
	}
}
