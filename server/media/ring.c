/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/ring.h"

#include <stdlib.h>

struct ring {
	size_t mask;
	uint64_t newest;
	struct ring_packet packets[];
};

struct ring *ring_create(size_t packets)
{
	struct ring *ring = malloc(sizeof(*ring) + packets * sizeof(ring->packets[0]));

	if (ring == NULL)
		return NULL;
	ring->mask = packets - 1;
	ring_clear(ring);
	return ring;
}

void ring_destroy(struct ring **ringp)
{
	free(*ringp);
	*ringp = NULL;
}

void ring_clear(struct ring *ring)
{
	ring->newest = 0;
	for (size_t i = 0; i <= ring->mask; i++)
		ring->packets[i].index = RING_EMPTY;
}

bool ring_is_past(const struct ring *ring, uint64_t index)
{
	return index + ring->mask < ring->newest;
}

struct ring_packet *ring_put(struct ring *ring, uint64_t index)
{
	struct ring_packet *p = &ring->packets[index & ring->mask];

	p->index = index;
	if (index > ring->newest)
		ring->newest = index;
	p->n = 0;
	p->vp8 = (struct vp8){ 0 };
	return p;
}

const struct ring_packet *ring_find(const struct ring *ring, uint64_t index)
{
	const struct ring_packet *p = &ring->packets[index & ring->mask];

	return p->index == index ? p : NULL;
}
