/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_SOURCES_H
#define ZEGEL_FRONT_SOURCES_H

#include "sealed/wire/span.h"
#include "server/front/bucket.h"
#include "server/front/limits.h"

/* How many connections each address has, and how fast it opens new ones: so that one machine
 * can't take all places. Plain data, no sockets; times are monotonic milliseconds.
 *
 * An address is remembered while it has connections, and for the seconds that its bucket takes
 * to fill up afterwards; then it is wiped. */

enum { SOURCE_KEY_LEN = 16 };

struct source {
	uint8_t key[SOURCE_KEY_LEN];
	uint32_t count; /* of connections */
	struct bucket fresh;
	bool is_used, is_exempt;
};

struct sources {
	struct source source[FRONT_SOURCES_MAX];
};

void sources_init(struct sources *s);

/* A new connection from an address (4 or 16 bytes, as the socket names it): gives the entry to
 * hand back when it ends. False: it has enough of them, or is too fast, or the table is full.
 * An IPv6 address counts by its first 64 bits, which one machine gets to choose the rest of.
 * This machine itself (loopback: tests, a proxy) is not limited. */
bool sources_take(struct sources *s, struct span address, uint64_t now, uint32_t *entry);

/* The connection ended. */
void sources_give_back(struct sources *s, uint32_t entry);

/* Forgets whom there is no reason to remember; call now and then. */
void sources_tick(struct sources *s, uint64_t now);

#endif
