/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_FRONT_WORLD_H
#define ZEGEL_TESTS_FRONT_WORLD_H

/* The rooms with a sink that keeps what everybody was sent, and clients that speak. A pass is
 * 32 times the same byte. */
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "server/front/limits.h"
#include "server/front/rooms.h"
#include "tests/support/check.h"

enum { CLIENTS = 64, KEPT = 32 };

/* What each client was sent, newest last, and whether it was closed. */
struct world {
	struct rooms *rooms;
	uint64_t now;
	uint32_t random;
	struct inbox {
		size_t count;
		struct {
			size_t n;
			uint8_t bytes[64]; /* the beginning */
		} got[KEPT];
		bool is_closed, is_slow;
	} inbox[CLIENTS];
	size_t media_count;
	struct ipc_message media[KEPT];
};

static inline void on_send(void *arg, uint32_t client, struct parcel *p)
{
	struct inbox *in = &((struct world *)arg)->inbox[client];
	struct span m = parcel_span(p);

	CHECK(client < CLIENTS && !in->is_closed);
	if (in->count == KEPT) {
		memmove(&in->got[0], &in->got[1], sizeof(in->got[0]) * (KEPT - 1));
		in->count--;
	}
	in->got[in->count].n = m.n;
	memcpy(in->got[in->count].bytes, m.p, m.n < 64 ? m.n : 64);
	in->count++;
}

static inline bool on_ready(void *arg, uint32_t client)
{
	return !((struct world *)arg)->inbox[client].is_slow;
}

static inline void on_close(void *arg, uint32_t client)
{
	((struct world *)arg)->inbox[client].is_closed = true;
}

static inline void on_media(void *arg, const struct ipc_message *m)
{
	struct world *w = arg;

	w->media[w->media_count++ % KEPT] = *m;
}

static inline void on_random(void *arg, uint8_t *out, size_t n)
{
	memcpy(out, &(uint32_t){ ++((struct world *)arg)->random }, n);
}

static inline struct world *world_create(void)
{
	struct world *w = calloc(1, sizeof(*w));
	struct rooms_sink sink = { w, on_send, on_ready, on_close, on_media, on_random };

	w->rooms = rooms_create(&sink);
	w->now = 1000;
	return w;
}

static inline void world_destroy(struct world *w)
{
	rooms_destroy(&w->rooms);
	free(w);
}

static inline uint32_t connect_one(struct world *w)
{
	uint32_t client = 0;

	CHECK(rooms_client_add(w->rooms, w->now, &client) == OK);
	memset(&w->inbox[client], 0, sizeof(w->inbox[client]));
	return client;
}

static inline void say(struct world *w, uint32_t client, const void *bytes, size_t n)
{
	/* An exact copy, so that a sanitizer sees a read past the end. */
	uint8_t *exact = malloc(n + 1);

	memcpy(exact, bytes, n);
	exact = realloc(exact, n > 0 ? n : 1);
	rooms_input(w->rooms, client, (struct span){ exact, n }, w->now);
	free(exact);
}

static inline uint32_t guest(struct world *w, uint8_t room)
{
	uint32_t client = connect_one(w);
	uint8_t hello[18] = { MSG_HELLO, 1 };

	memset(hello + 2, room, 16);
	say(w, client, hello, sizeof(hello));
	return client;
}

static inline void post(struct world *w, uint32_t client, uint8_t index, uint8_t pass)
{
	uint8_t secret[32], m[1 + 8 + 32 + 2] = { MSG_POST };

	memset(secret, pass, sizeof(secret));
	m[8] = index;
	SHA256(secret, sizeof(secret), m + 9);
	m[41] = 1;
	m[42] = 0xb0 + index;
	say(w, client, m, sizeof(m));
}

static inline void show(struct world *w, uint32_t client, uint8_t pass, uint8_t next_index)
{
	uint8_t m[1 + 32 + 8] = { MSG_PASS };

	memset(m + 1, pass, 32);
	m[40] = next_index;
	say(w, client, m, sizeof(m));
}

static inline void lane(struct world *w, uint32_t client, uint8_t type)
{
	uint8_t m[] = { type, 2, 'h', 'i' };

	say(w, client, m, sizeof(m));
}

static inline bool got(const struct world *w, uint32_t client, uint8_t type)
{
	const struct inbox *in = &w->inbox[client];

	for (size_t i = 0; i < in->count; i++)
		if (in->got[i].bytes[0] == type)
			return true;
	return false;
}

static inline size_t got_count(const struct world *w, uint32_t client, uint8_t type)
{
	const struct inbox *in = &w->inbox[client];
	size_t n = 0;

	for (size_t i = 0; i < in->count; i++)
		n += in->got[i].bytes[0] == type;
	return n;
}

static inline bool got_error(const struct world *w, uint32_t client, uint8_t code)
{
	const struct inbox *in = &w->inbox[client];

	for (size_t i = 0; i < in->count; i++)
		if (in->got[i].bytes[0] == MSG_ERROR && in->got[i].bytes[1] == code)
			return true;
	return false;
}

static inline void forget_inboxes(struct world *w)
{
	for (size_t i = 0; i < CLIENTS; i++)
		w->inbox[i].count = 0;
}

static inline void pass_time(struct world *w, uint64_t ms)
{
	w->now += ms;
	rooms_tick(w->rooms, w->now);
}

/* A room of two: `a` created it, `b` showed the pass. */
static inline void two_members(struct world *w, uint32_t *a, uint32_t *b)
{
	*a = guest(w, 7);
	*b = guest(w, 7);
	post(w, *a, 0, 1);
	show(w, *b, 1, 0);
	CHECK(got(w, *a, MSG_MEMBER) && got(w, *b, MSG_MEMBER));
}

#endif
