/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_SOURCES_H
#define ZEGEL_FRONT_SOURCES_H

#include "sealed/wire/span.h"
#include "server/front/bucket.h"
#include "server/front/limits.h"

/* How many connections each address has, how fast it opens new ones, and how much is kept for
 * it: so that one machine can't take all places, nor all memory. Plain data, no sockets; times
 * are monotonic milliseconds.
 *
 * An address is remembered while it has connections, and for the seconds that its bucket takes
 * to fill up afterwards; then it is wiped. */

enum { SOURCE_KEY_LEN = 16 };

struct source {
	uint8_t key[SOURCE_KEY_LEN];
	uint32_t count;   /* of WebSockets                      */
	uint32_t sockets; /* of all that it has open            */
	size_t bytes;     /* that have arrived in part, or wait to be read */
	struct bucket fresh;
	bool is_used, is_exempt;
};

struct sources {
	struct source source[FRONT_SOURCES_MAX];
};

void sources_init(struct sources *s);

/* Whether an address (4 or 16 bytes, as the socket names it) may open one more socket; then that
 * it did, and the entry to hand back when it ends. False: it has enough, or the table is full.
 * An IPv6 address counts by its first 64 bits, which one machine gets to choose the rest of.
 * This machine itself (loopback: tests, a proxy) is not limited. */
bool sources_has_room(struct sources *s, struct span address, uint64_t now);
bool sources_enter(struct sources *s, struct span address, uint64_t now, uint32_t *entry);
void sources_exit(struct sources *s, uint32_t entry);

/* One of those sockets becomes a WebSocket. False: there are enough of that address, or they
 * come too fast. */
bool sources_take(struct sources *s, uint32_t entry, uint64_t now);
void sources_give_back(struct sources *s, uint32_t entry);

/* Memory is used for an address. False: it has had its share. */
bool sources_hold(struct sources *s, uint32_t entry, size_t n);
void sources_release(struct sources *s, uint32_t entry, size_t n);

/* Forgets whom there is no reason to remember; call now and then. */
void sources_tick(struct sources *s, uint64_t now);

#endif
