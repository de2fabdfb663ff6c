/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_WEB_H
#define ZEGEL_FRONT_WEB_H

#include "server/front/options.h"
#include "server/front/parcel.h"
#include "server/front/static_files.h"

/* HTTP, TLS and WebSocket by libwebsockets, of which nothing else in the project knows: web.c
 * (context, loop), web_http.c (static files) and web_socket.c (connections) are the only files
 * that include it. */

struct web;

/* What happens. Clients are named by the number that `opened` gave. */
struct web_events {
	void *arg;
	bool (*opened)(void *arg, uint32_t *client); /* false: refuse it */
	void (*received)(void *arg, uint32_t client, struct span message);
	size_t (*input_max)(void *arg, uint32_t client); /* of a message, now */
	void (*too_big)(void *arg, uint32_t client, uint8_t first_byte);
	void (*drained)(void *arg, uint32_t client); /* web_is_ready, and something was sent */
	void (*closed)(void *arg, uint32_t client);
	bool (*readable)(void *arg); /* the watched descriptor; false: it has ended */
	void (*tick)(void *arg);     /* four times a second */
};

/* NULL: not possible (why, is logged). Everything given outlives it. */
struct web *web_create(const struct options *o, const struct static_files *files,
                       const struct web_events *events);
void web_destroy(struct web **wp);

/* Watches one descriptor that is not the library's; closes it never. */
bool web_watch(struct web *w, int fd);

/* Queues a message, shared. A client whose queue is full is cut off: its own fault. */
void web_send(struct web *w, uint32_t client, struct parcel *p);
bool web_is_ready(const struct web *w, uint32_t client); /* for more of the log */
void web_close(struct web *w, uint32_t client); /* after what is queued, and some silence */

/* Turns the loop once; false: it can't go on. */
bool web_step(struct web *w);

#endif
