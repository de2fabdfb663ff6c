/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_RING_H
#define ZEGEL_MEDIA_RING_H

#include "server/media/limits.h"
#include "transport/vp8.h"

/* The latest packets of one published layer, kept once for all of its receivers: to forward
 * from and to send again from. A packet's index is its sequence number, unwrapped, less the
 * packets that were dropped before it; so it has no holes but true loss. */
struct ring_packet {
	uint64_t index; /* RING_EMPTY: none here */
	uint64_t at;    /* arrival */
	uint32_t timestamp;
	uint16_t n;
	bool marker;
	struct vp8 vp8; /* of video */
	uint8_t payload[RING_PAYLOAD_MAX];
};

#define RING_EMPTY UINT64_MAX

struct ring;
struct ring *ring_create(size_t packets); /* a power of two. NULL: no memory */
void ring_destroy(struct ring **ringp);
void ring_clear(struct ring *ring);

/* So far behind the newest one that a newer packet has its place. */
bool ring_is_past(const struct ring *ring, uint64_t index);

/* The place for a packet that is not past: what was there is forgotten. The caller fills it. */
struct ring_packet *ring_put(struct ring *ring, uint64_t index);

/* NULL: never came, or is no longer kept. Valid until the next put. */
const struct ring_packet *ring_find(const struct ring *ring, uint64_t index);

#endif
