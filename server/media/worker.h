/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_WORKER_H
#define ZEGEL_MEDIA_WORKER_H

#include "server/ipc.h"
#include "server/media/room.h"
#include "transport/loop.h"

/* One media worker: one thread, one loop, one UDP socket, and all that hangs on them. It opens
 * nothing itself. After worker_create() it takes memory only when a transport opens or a
 * layer is published, never for a packet. */
enum { WORKER_BUCKETS = 1024 };

struct worker {
	int front_fd, udp_fd;
	struct loop *loop;
	struct dtls_identity *identity;
	struct ice_table *ice;
	struct udp_rx *rx;
	struct udp_tx *tx;
	struct peer *peers[WORKER_BUCKETS]; /* by id */
	struct room *rooms[WORKER_BUCKETS];
	uint32_t layer_ids; /* the last one given */
	struct peer *touched;
	struct timer stats_timer;
	uint64_t stats[IPC_STATS_N];
	uint64_t now; /* when the latest batch was read */
};

/* Borrows both descriptors. NULL: no memory, no randomness. */
struct worker *worker_create(int front_fd, int udp_fd);
void worker_destroy(struct worker **workerp);
MUST_USE enum err worker_run(struct worker *worker); /* until the front is gone */

static inline void worker_count(struct worker *worker, enum ipc_stat stat, uint64_t n)
{
	worker->stats[stat] += n;
}

/* Never goes back, within a turn either: the one clock of all that hangs on the worker. */
uint64_t worker_now(const struct worker *worker);

/* Ids come from the front; 0 and one that is in use are refused. ERR_LIMIT: full. */
MUST_USE enum err worker_open(struct worker *worker, const struct ipc_message *m);
struct peer *worker_peer(const struct worker *worker, uint32_t id); /* or NULL */
void worker_close(struct peer *peer); /* frees it, and its room if it was the last */

/* A datagram, from anybody. Its bytes are spoilt. */
void worker_input(struct worker *worker, struct udp_packet *packet, uint64_t now);

/* Sends what the peers that were touched have to say, and flushes. */
void worker_turn(struct worker *worker, uint64_t now);

#endif
