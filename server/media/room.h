/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_ROOM_H
#define ZEGEL_MEDIA_ROOM_H

#include "server/media/peer.h"

/* The peers of one meeting: who receives whom. It lives as long as it has members. */
struct room {
	uint32_t id;
	struct room *next; /* in the worker's bucket */
	struct peer *peers;
	size_t n;
};

void room_add(struct room *room, struct peer *peer);
void room_remove(struct peer *peer); /* its receivers' slots go silent */

/* A receiver says whom it wants to see, and where. */
void room_set_slots(struct peer *peer, const struct ipc_slots *slots, uint64_t now);

/* Layers of `source` have come or gone: slots that want it choose anew. */
void room_aim_at(struct peer *source, uint64_t now);
void room_aim(struct peer *receiver, uint64_t now); /* all slots of one receiver */

/* Hands a layer's new packet to all who take it. */
void room_forward(struct layer *layer, const struct ring_packet *p);

/* The layer of this id, or NULL; `first` is looked at first. */
struct layer *room_layer(const struct room *room, struct layer *first, uint32_t id);

#endif
