/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "server/front/limits.h"
#include "server/front/rooms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Properties: whatever several clients say, nothing but HELLO_OK, WELCOME, MEMBER, POSTED and
 * ERROR reaches one that was never told MEMBER; nothing reaches one that was closed; and what
 * the worker is told is about members. */
enum { CLIENTS = 4 };

struct seen {
	bool is_member[CLIENTS], is_closed[CLIENTS], is_slow[CLIENTS];
};

static void on_send(void *arg, uint32_t client, struct parcel *p)
{
	struct seen *s = arg;
	struct span m = parcel_span(p);

	if (client >= CLIENTS || m.n == 0 || s->is_closed[client])
		__builtin_trap();
	if (m.p[0] == MSG_MEMBER)
		s->is_member[client] = true;
	switch (m.p[0]) {
	case MSG_LOG:
	case MSG_BROADCAST:
	case MSG_KNOCKED:
	case MSG_GONE:
	case MSG_MEDIA_OFFER:
		if (!s->is_member[client])
			__builtin_trap();
	}
}

static bool on_ready(void *arg, uint32_t client)
{
	return !((struct seen *)arg)->is_slow[client];
}

static void on_close(void *arg, uint32_t client)
{
	((struct seen *)arg)->is_closed[client] = true;
}

static void on_media(void *arg, const struct ipc_message *m)
{
	struct seen *s = arg;

	if (!s->is_member[m->transport & 0xfff])
		__builtin_trap();
}

static void on_random(void *arg, uint8_t *out, size_t n)
{
	static uint32_t next;

	(void)arg;
	memcpy(out, &(uint32_t){ ++next }, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rooms *r;
	struct seen s = { 0 };
	struct rooms_sink sink = { &s, on_send, on_ready, on_close, on_media, on_random };
	uint64_t now = 1000;
	struct rd in = rd_from((struct span){ data, size });

	r = rooms_create(&sink);
	if (r == NULL)
		return 0;
	for (uint32_t i = 0, client; i < CLIENTS; i++)
		if (rooms_client_add(r, now, &client) != OK || client != i)
			__builtin_trap();
	while (rd_more(&in)) {
		uint64_t what = rd_uint(&in, 1);
		uint32_t client = what % CLIENTS;

		now += (what >> 2) * 100;
		if (what >= 0xf8)
			rooms_tick(r, now);
		else if (!s.is_closed[client])
			rooms_input(r, client, rd_bytes(&in, (size_t)rd_uint(&in, 1)), now);
	}
	rooms_closing(r);
	rooms_destroy(&r);
	return 0;
}
