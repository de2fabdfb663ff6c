/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/worker.h"

#include <stdlib.h>

#include "server/media/feedback.h"
#include "server/media/front.h"
#include "server/media/inbound.h"
#include "server/media/outbound.h"
#include "transport/demux.h"

enum { SOCKET_BUFFER = 4 << 20 }; /* a fifth of a second at 160 Mbit/s */

static void on_front(void *arg, unsigned events);
static void on_udp(void *arg, unsigned events);
static void on_stats(void *arg, uint64_t now);

uint64_t worker_now(const struct worker *worker)
{
	uint64_t turn = loop_now(worker->loop);

	return worker->now > turn ? worker->now : turn;
}

static bool has_all(const struct worker *w)
{
	return w->loop != NULL && w->identity != NULL && w->ice != NULL && w->rx != NULL &&
	       w->tx != NULL;
}

struct worker *worker_create(int front_fd, int udp_fd)
{
	struct worker *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->front_fd = front_fd;
	w->udp_fd = udp_fd;
	w->loop = loop_create(2 * PEERS_MAX + 1); /* per peer: tick and DTLS */
	w->identity = dtls_identity_create();
	w->ice = ice_table_create(PEERS_MAX);
	w->rx = udp_rx_create();
	w->tx = udp_tx_create(udp_fd);
	w->stats_timer = (struct timer){ .fn = on_stats, .arg = w };
	udp_buffers(udp_fd, SOCKET_BUFFER);
	if (!has_all(w) || loop_watch(w->loop, front_fd, LOOP_READ, on_front, w) != OK ||
	    loop_watch(w->loop, udp_fd, LOOP_READ, on_udp, w) != OK ||
	    timer_set(loop_timers(w->loop), &w->stats_timer, clock_now() + STATS_INTERVAL) !=
	        OK)
		worker_destroy(&w);
	return w;
}

void worker_destroy(struct worker **workerp)
{
	struct worker *w = *workerp;

	*workerp = NULL;
	for (size_t i = 0; i < WORKER_BUCKETS; i++)
		while (w->peers[i] != NULL)
			worker_close(w->peers[i]);
	if (w->tx != NULL)
		udp_tx_destroy(&w->tx);
	if (w->rx != NULL)
		udp_rx_destroy(&w->rx);
	if (w->ice != NULL)
		ice_table_destroy(&w->ice);
	if (w->identity != NULL)
		dtls_identity_destroy(&w->identity);
	if (w->loop != NULL)
		loop_destroy(&w->loop);
	free(w);
}

static size_t bucket(uint32_t id)
{
	return id * 2654435761u >> 16 & (WORKER_BUCKETS - 1);
}

struct peer *worker_peer(const struct worker *worker, uint32_t id)
{
	struct peer *p = worker->peers[bucket(id)];

	while (p != NULL && p->id != id)
		p = p->hash_next;
	return p;
}

/* Makes it if it is not there. NULL: no room for it. */
static struct room *worker_room(struct worker *worker, uint32_t id)
{
	struct room **at = &worker->rooms[bucket(id)], *room;

	for (room = *at; room != NULL; room = room->next)
		if (room->id == id)
			return room;
	if (worker->stats[IPC_STAT_ROOMS] >= ROOMS_MAX)
		return NULL;
	room = calloc(1, sizeof(*room));
	if (room == NULL)
		return NULL;
	*room = (struct room){ .id = id, .next = *at };
	*at = room;
	worker->stats[IPC_STAT_ROOMS]++;
	return room;
}

static void room_drop_if_empty(struct worker *worker, struct room *room)
{
	struct room **at = &worker->rooms[bucket(room->id)];

	if (room->n != 0)
		return;
	while (*at != room)
		at = &(*at)->next;
	*at = room->next;
	free(room);
	worker->stats[IPC_STAT_ROOMS]--;
}

enum err worker_open(struct worker *worker, const struct ipc_message *m)
{
	if (m->transport == 0 || worker_peer(worker, m->transport) != NULL)
		return ERR_NOT_NOW;
	if (worker->stats[IPC_STAT_TRANSPORTS] >= PEERS_MAX)
		return ERR_LIMIT;

	struct room *room = worker_room(worker, m->open.room);

	if (room == NULL)
		return ERR_LIMIT;

	struct peer *peer = room->n < ROOM_PEERS_MAX
	                        ? peer_create(worker, m->transport, m->open.handle,
	                                      m->open.person_slots, m->open.screen_slots)
	                        : NULL;

	if (peer == NULL) {
		room_drop_if_empty(worker, room);
		return ERR_LIMIT;
	}
	peer->hash_next = worker->peers[bucket(peer->id)];
	worker->peers[bucket(peer->id)] = peer;
	worker->stats[IPC_STAT_TRANSPORTS]++;
	room_add(room, peer);
	return OK;
}

void worker_close(struct peer *peer)
{
	struct worker *worker = peer->worker;
	struct room *room = peer->room;
	struct peer **at = &worker->peers[bucket(peer->id)];

	while (*at != peer)
		at = &(*at)->hash_next;
	*at = peer->hash_next;
	worker->stats[IPC_STAT_TRANSPORTS]--;
	room_remove(peer);
	room_drop_if_empty(worker, room);
	peer_destroy(&peer);
}

void worker_turn(struct worker *worker, uint64_t now)
{
	while (worker->touched != NULL) {
		struct peer *peer = worker->touched;

		worker->touched = peer->touched_next;
		peer->is_touched = false;
		outbound_flush(peer, now);
		if (peer->connected)
			feedback_asks(peer, now);
	}
	udp_tx_flush(worker->tx);
	worker->stats[IPC_STAT_SEND_DROPPED] = udp_tx_stats(worker->tx)->dropped;
}

static void on_stun(struct worker *worker, const struct udp_packet *packet, uint64_t now)
{
	struct ice_reply reply;

	if (ice_table_input(worker->ice, now, &packet->from,
	                    (struct span){ packet->p, packet->n }, &reply) != OK) {
		worker_count(worker, IPC_STAT_STUN_REFUSED, 1);
		return;
	}
	/* First: so that the peer's answer to it comes before its first flight of DTLS. */
	peer_probe(reply.ice->owner);
	udp_tx_send(worker->tx, &packet->from, (struct span){ reply.bytes, reply.n });
}

void worker_input(struct worker *worker, struct udp_packet *packet, uint64_t now)
{
	enum demux kind = demux((struct span){ packet->p, packet->n });

	worker_count(worker, IPC_STAT_PACKETS_IN, 1);
	worker_count(worker, IPC_STAT_BYTES_IN, packet->n);
	if (kind == DEMUX_STUN) {
		on_stun(worker, packet, now);
		return;
	}

	struct ice_lite *ice = ice_table_find(worker->ice, now, &packet->from);
	struct peer *peer = ice != NULL ? ice->owner : NULL;

	if (peer == NULL || kind == DEMUX_NONE)
		worker_count(worker, IPC_STAT_UNKNOWN_SENDER, 1);
	else if (kind == DEMUX_DTLS)
		peer_input_dtls(peer, &packet->from, (struct span){ packet->p, packet->n });
	else if (!peer->connected)
		return;
	else if (kind == DEMUX_RTP)
		inbound_rtp(peer, packet->p, packet->n, now);
	else
		feedback_input(peer, packet->p, packet->n, now);
}

static void on_udp(void *arg, unsigned events)
{
	struct worker *worker = arg;

	(void)events;
	for (unsigned i = 0; i < RX_BATCHES_PER_TURN; i++) {
		size_t n = udp_rx_read(worker->rx, worker->udp_fd);

		worker->now = clock_now();
		for (size_t k = 0; k < n; k++)
			worker_input(worker, udp_rx_packet(worker->rx, k), worker->now);
		/* Before the next batch may overwrite what is to be sent. */
		worker_turn(worker, worker->now);
		if (n < UDP_RX_BATCH)
			return;
	}
}

static void on_front(void *arg, unsigned events)
{
	struct worker *worker = arg;

	(void)events;
	if (!front_hear(worker))
		loop_stop(worker->loop);
}

static void on_stats(void *arg, uint64_t now)
{
	struct worker *worker = arg;

	front_stats(worker);
	/* It has just run, so there is room for it. */
	if (timer_set(loop_timers(worker->loop), &worker->stats_timer, now + STATS_INTERVAL) !=
	    OK)
		loop_stop(worker->loop);
}

static void on_turn_end(void *arg, uint64_t now)
{
	struct worker *worker = arg;

	(void)now;
	worker_turn(worker, worker_now(worker));
}

enum err worker_run(struct worker *worker)
{
	loop_after(worker->loop, on_turn_end, worker);
	return loop_run(worker->loop);
}
