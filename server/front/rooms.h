/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_ROOMS_H
#define ZEGEL_FRONT_ROOMS_H

#include "server/front/message.h"
#include "server/front/parcel.h"

/* Rooms, lanes and the blind log, docs/protocol.md section 3, as a machine without sockets:
 * clients' messages and times go in, messages to clients and to the media worker come out
 * through the sink. It believes nobody, reads no blob, and keeps nothing of a room that has
 * been forgotten. One thread. Times: monotonic milliseconds. */

struct rooms;

struct rooms_sink {
	void *arg;
	/* Queue a message; takes a count of its own if it keeps the parcel. */
	void (*send)(void *arg, uint32_t client, struct parcel *p);
	/* Whether its queue is short enough for more of the log; rooms_drained, when it is
	 * again. */
	bool (*is_ready)(void *arg, uint32_t client);
	/* End the connection once what is queued was sent. rooms_client_gone follows. */
	void (*close)(void *arg, uint32_t client);
	/* To the media worker. */
	void (*media)(void *arg, const struct ipc_message *m);
	/* Random bytes: client handles, which nobody shall guess or count. */
	void (*random)(void *arg, uint8_t *out, size_t n);
};

struct rooms *rooms_create(const struct rooms_sink *sink); /* NULL: no memory */
void rooms_destroy(struct rooms **rp);

/* A connection. ERR_SPACE: FRONT_CLIENTS_MAX are there. client < FRONT_CLIENTS_MAX names it
 * until rooms_client_gone. */
MUST_USE enum err rooms_client_add(struct rooms *r, uint64_t now, uint32_t *client);
void rooms_client_gone(struct rooms *r, uint32_t client, uint64_t now);

/* What was queued for it has gone out: the log may go on. */
void rooms_drained(struct rooms *r, uint32_t client);

void rooms_input(struct rooms *r, uint32_t client, struct span message, uint64_t now);

/* The longest message that this client may send now: who has proved nothing may make us hold
 * little. */
size_t rooms_input_max(const struct rooms *r, uint32_t client);

/* A message above that, of which only the first byte is known. */
void rooms_input_too_big(struct rooms *r, uint32_t client, uint8_t type);

/* A message of the media worker. `addresses` is what MEDIA_OFFER tells: the list, encoded. */
void rooms_media(struct rooms *r, const struct ipc_message *m, struct span addresses);

/* The media worker died: all its transports are gone. */
void rooms_media_lost(struct rooms *r);

/* Time passed; call at least once a second. */
void rooms_tick(struct rooms *r, uint64_t now);

/* The server stops: tells everybody. */
void rooms_closing(struct rooms *r);

/* For metrics. */
struct rooms_counts {
	uint32_t clients, rooms, members, transports;
};
struct rooms_counts rooms_count(const struct rooms *r);

#endif
