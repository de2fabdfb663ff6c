/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/room.h"

#include "server/media/outbound.h"
#include "server/media/worker.h"

void room_add(struct room *room, struct peer *peer)
{
	peer->room = room;
	peer->room_next = room->peers;
	room->peers = peer;
	room->n++;
}

void room_remove(struct peer *peer)
{
	struct room *room = peer->room;

	if (room == NULL)
		return;
	for (struct peer **at = &room->peers; *at != NULL; at = &(*at)->room_next)
		if (*at == peer) {
			*at = peer->room_next;
			room->n--;
			break;
		}
	peer->room = NULL;
	for (size_t i = 0; i < LAYERS; i++)
		layer_leave_all(&peer->layers[i]);
	for (size_t i = 0; i < peer->slots_n; i++)
		slot_silence(&peer->slots[i]);
}

/* The newest of that handle comes first: a participant that joins again replaces itself. */
static struct peer *room_peer(const struct room *room, uint32_t handle)
{
	for (struct peer *p = room->peers; p != NULL; p = p->room_next)
		if (p->handle == handle)
			return p;
	return NULL;
}

static void touch_publisher(const struct track *track)
{
	if (track->awaited.layer != NULL)
		peer_touch(track->awaited.layer->owner);
}

static void aim(struct slot *slot, struct peer *source, uint64_t now)
{
	slot_aim(slot, source != NULL ? source->layers : NULL, now);
	touch_publisher(&slot->video);
}

/* Who cannot get anything yet asks for nothing: key frames are rare. */
void room_aim(struct peer *receiver, uint64_t now)
{
	if (!receiver->connected)
		return;
	for (size_t i = 0; i < receiver->slots_n; i++) {
		struct slot *slot = &receiver->slots[i];

		if (slot->source != 0)
			aim(slot, room_peer(receiver->room, slot->source), now);
	}
}

void room_aim_at(struct peer *source, uint64_t now)
{
	if (source->room == NULL)
		return;
	for (struct peer *p = source->room->peers; p != NULL; p = p->room_next)
		for (size_t i = 0; p->connected && i < p->slots_n; i++)
			if (p->slots[i].source == source->handle)
				aim(&p->slots[i], source, now);
}

static void slot_set(struct slot *slot, uint32_t source, uint16_t height)
{
	/* Nobody's picture may stand in somebody else's place, not for one frame. */
	if (slot->source != source)
		slot_silence(slot);
	slot->source = source;
	slot->height = height;
}

void room_set_slots(struct peer *peer, const struct ipc_slots *slots, uint64_t now)
{
	bool named[256] = { false };

	for (size_t i = 0; i < slots->n; i++) {
		const struct ipc_slot *entry = &slots->slot[i];
		struct slot *slot = peer_slot(peer, entry->slot);

		named[entry->slot] = true;
		if (slot != NULL)
			slot_set(slot, entry->source, entry->height);
	}
	for (size_t i = 0; i < peer->slots_n; i++)
		if (!named[peer->slots[i].number])
			slot_set(&peer->slots[i], 0, 0);
	room_aim(peer, now);
}

void room_forward(struct layer *layer, const struct ring_packet *p)
{
	struct spliced as;
	bool switched;

	for (struct taker *t = layer->takers, *next; t != NULL; t = next) {
		struct track *track = t->track;

		next = t->next; /* a switch moves the taker */
		/* A key frame must not be spent on somebody who cannot get it yet. */
		if (!track->peer->connected)
			continue;
		if (!track_takes(track, layer, p, &as, &switched))
			continue;
		if (switched)
			worker_count(track->peer->worker, IPC_STAT_SWITCHES, 1);
		outbound_add(track, p, &as);
	}
}

struct layer *room_layer(const struct room *room, struct layer *first, uint32_t id)
{
	if (first != NULL && first->id == id)
		return first;
	for (struct peer *p = room->peers; p != NULL; p = p->room_next)
		for (size_t i = 0; i < LAYERS; i++)
			if (p->layers[i].id == id)
				return &p->layers[i];
	return NULL;
}
