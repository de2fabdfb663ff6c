/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_SIM_QUEUE_H
#define ZEGEL_TESTS_SIM_QUEUE_H

#include "sealed/wire/span.h"

/* What is on its way, by the time it arrives; at one time, in the order it was put. */
struct sim_packet {
	uint64_t at, order;
	uint32_t client, connection;
	bool to_server;
	bool is_end; /* the server closed the connection */
	uint8_t *bytes; /* owned */
	size_t n;
};

struct sim_queue;

struct sim_queue *sim_queue_create(void);
void sim_queue_destroy(struct sim_queue *q);
void sim_queue_put(struct sim_queue *q, struct sim_packet packet, struct span bytes);
uint64_t sim_queue_next(const struct sim_queue *q); /* UINT64_MAX: empty */
struct sim_packet sim_queue_take(struct sim_queue *q); /* free its bytes */

#endif
