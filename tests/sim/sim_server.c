/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "sealed/meeting/front.h"
#include "tests/sim/sim.h"
#include "tests/support/provider.h"

/* docs/protocol.md section 3, the rules of the front, in the plainest form. */

enum { room_id_len = 16, passes = 4, connections = 4096, entries_kept = 4096 };
enum { show_ms = 15000, forget_ms = 60000, knock_ms = 2000 };

struct entry {
	uint8_t *bytes;
	size_t n;
	uint8_t pass_hash[PASS_HASH_LEN];
	uint64_t at;
};

struct room {
	bool exists;
	uint8_t id[room_id_len];
	struct entry *log;
	uint64_t length;
	uint64_t empty_since; /* NEVER: somebody is a member */
};

struct connection {
	bool is_open, has_room, is_member;
	uint32_t client;
	uint8_t room_id[room_id_len];
	uint64_t shown; /* one more than the entry whose pass it knows */
	uint64_t knocked_at[2];
};

struct sim_server {
	struct room rooms[SIM_ROOMS];
	struct connection all[connections]; /* by handle */
	uint8_t *seen;
	size_t seen_n, seen_cap;
};

struct sim_server *sim_server_create(void)
{
	struct sim_server *s = calloc(1, sizeof(*s));

	if (s == NULL)
		abort();
	return s;
}

static void room_forget(struct room *room)
{
	for (uint64_t i = 0; i < room->length; i++)
		free(room->log[i].bytes);
	free(room->log);
	memset(room, 0, sizeof(*room));
}

void sim_server_destroy(struct sim_server *s)
{
	for (size_t i = 0; i < SIM_ROOMS; i++)
		room_forget(&s->rooms[i]);
	free(s->seen);
	free(s);
}

static struct room *room_find(struct sim_server *s, const uint8_t *id)
{
	for (size_t i = 0; i < SIM_ROOMS; i++)
		if (s->rooms[i].exists && memcmp(s->rooms[i].id, id, room_id_len) == 0)
			return &s->rooms[i];
	return NULL;
}

static struct room *room_of(struct sim_server *s, const struct connection *c)
{
	return c->has_room ? room_find(s, c->room_id) : NULL;
}

static bool is_in_room(const struct connection *c, const uint8_t *room_id)
{
	return c->is_open && c->has_room && memcmp(c->room_id, room_id, room_id_len) == 0;
}

/* --- what it sends --- */

void sim_server_send(struct sim *sim, uint32_t handle, struct span message)
{
	struct connection *c = &sim->server->all[handle];

	if (c->is_open)
		sim_deliver(sim, c->client, handle, message);
}

static void send_to_members(struct sim *sim, const uint8_t *room_id, uint32_t but,
                            struct span message)
{
	for (uint32_t h = 1; h < connections; h++) {
		const struct connection *c = &sim->server->all[h];

		if (h != but && is_in_room(c, room_id) && c->is_member)
			sim_server_send(sim, h, message);
	}
}

static void send_error(struct sim *sim, uint32_t handle, unsigned code, unsigned caused)
{
	uint8_t message[] = { FRONT_ERROR, (uint8_t)code, (uint8_t)caused };

	sim_server_send(sim, handle, SPAN(message));
}

/* type || number || blob<V>, with a number of `width` bytes. */
static void send_with(struct sim *sim, const uint8_t *room_id, uint32_t to, uint32_t but,
                      unsigned type, size_t width, uint64_t number, const struct span *blob)
{
	size_t cap = 64 + (blob ? blob->n : 0);
	uint8_t *buf = malloc(cap);
	struct wr w = wr_into(buf, cap);
	struct span out;

	if (buf == NULL)
		abort();
	wr_uint(&w, 1, type);
	if (width != 0)
		wr_uint(&w, width, number);
	if (blob != NULL)
		wr_vec(&w, *blob);
	if (wr_end(&w, &out) != OK)
		abort();
	if (to != 0)
		sim_server_send(sim, to, out);
	else
		send_to_members(sim, room_id, but, out);
	free(buf);
}

/* --- rooms and the log --- */

static void append(struct sim *sim, struct room *room, struct span pass_hash, struct span blob)
{
	struct entry *e;

	room->log = realloc(room->log, (room->length + 1) * sizeof(*room->log));
	if (room->log == NULL)
		abort();
	e = &room->log[room->length++];
	e->bytes = malloc(blob.n);
	if (e->bytes == NULL)
		abort();
	memcpy(e->bytes, blob.p, blob.n);
	e->n = blob.n;
	e->at = sim->now;
	memcpy(e->pass_hash, pass_hash.p, PASS_HASH_LEN);
}

static void send_entry(struct sim *sim, const struct room *room, uint32_t to, uint32_t but,
                       uint64_t index)
{
	const struct span blob = { room->log[index].bytes, room->log[index].n };

	send_with(sim, room->id, to, but, FRONT_LOG, 8, index, &blob);
}

static void make_member(struct sim *sim, struct room *room, uint32_t handle)
{
	sim->server->all[handle].is_member = true;
	room->empty_since = ZEGEL_NEVER;
	send_with(sim, room->id, handle, 0, FRONT_MEMBER, 8, room->length, NULL);
}

static void room_check_empty(struct sim *sim, struct room *room, bool at_once)
{
	for (uint32_t h = 1; h < connections; h++)
		if (is_in_room(&sim->server->all[h], room->id) && sim->server->all[h].is_member)
			return;
	if (at_once)
		room_forget(room);
	else if (room->empty_since == ZEGEL_NEVER)
		room->empty_since = sim->now;
}

static void post(struct sim *sim, uint32_t handle, struct rd *r)
{
	struct sim_server *s = sim->server;
	struct connection *c = &s->all[handle];
	struct room *room = room_of(s, c);
	uint64_t index = rd_uint(r, 8);
	struct span pass_hash = rd_bytes(r, PASS_HASH_LEN);
	struct span blob = rd_vec(r);
	bool is_new = room == NULL && index == 0;

	if (rd_end(r) != OK || !c->has_room) {
		send_error(sim, handle, FRONT_ERROR_MALFORMED, FRONT_POST);
		return;
	}
	if (blob.n > 128 << 10) {
		send_error(sim, handle, FRONT_ERROR_TOO_BIG, FRONT_POST);
		return;
	}
	if (is_new) {
		for (size_t i = 0; i < SIM_ROOMS && room == NULL; i++)
			if (!s->rooms[i].exists)
				room = &s->rooms[i];
		if (room == NULL)
			abort();
		room->exists = true;
		memcpy(room->id, c->room_id, room_id_len);
	} else if (room == NULL || !c->is_member) {
		send_error(sim, handle,
		           index == 0 ? FRONT_ERROR_CONFLICT : FRONT_ERROR_NOT_MEMBER,
		           FRONT_POST);
		return;
	} else if (index != room->length) {
		send_error(sim, handle, FRONT_ERROR_CONFLICT, FRONT_POST);
		return;
	}
	append(sim, room, pass_hash, blob);
	c->shown = room->length;
	send_with(sim, room->id, handle, 0, FRONT_POSTED, 8, index, NULL);
	if (is_new)
		make_member(sim, room, handle);
	else
		send_entry(sim, room, 0, handle, index);
}

static void pass(struct sim *sim, uint32_t handle, struct rd *r)
{
	struct connection *c = &sim->server->all[handle];
	struct room *room = room_of(sim->server, c);
	uint8_t hash[HASH_MAX];
	struct span shown = rd_bytes(r, PASS_LEN);
	uint64_t next = rd_uint(r, 8);

	if (rd_end(r) != OK || crypto_hash(provider(), HASH_SHA256, shown, hash) != OK) {
		send_error(sim, handle, FRONT_ERROR_MALFORMED, FRONT_PASS);
		return;
	}
	for (uint64_t i = 0; room != NULL && i < passes && i < room->length; i++) {
		uint64_t at = room->length - 1 - i;

		if (memcmp(room->log[at].pass_hash, hash, PASS_HASH_LEN) != 0)
			continue;
		if (c->shown < at + 1)
			c->shown = at + 1;
		if (c->is_member)
			return;
		if (next + entries_kept < room->length) {
			send_error(sim, handle, FRONT_ERROR_LOG_LOST, FRONT_PASS);
			return;
		}
		make_member(sim, room, handle);
		for (; next < room->length; next++)
			send_entry(sim, room, handle, 0, next);
		return;
	}
	send_error(sim, handle, FRONT_ERROR_NOT_MEMBER, FRONT_PASS);
}

static void knock(struct sim *sim, uint32_t handle, struct rd *r)
{
	struct connection *c = &sim->server->all[handle];
	struct room *room = room_of(sim->server, c);
	struct span blob = rd_vec(r);

	if (rd_end(r) != OK || room == NULL || c->is_member)
		return;
	if (sim->now < c->knocked_at[0] + 2 * knock_ms && c->knocked_at[0] != 0) {
		send_error(sim, handle, FRONT_ERROR_TOO_FAST, FRONT_KNOCK);
		return;
	}
	c->knocked_at[0] = c->knocked_at[1];
	c->knocked_at[1] = sim->now;
	send_with(sim, room->id, 0, 0, FRONT_KNOCKED, 4, handle, &blob);
}

static void whisper(struct sim *sim, struct room *room, struct rd *r)
{
	uint32_t to = (uint32_t)rd_uint(r, 4);
	uint64_t start = rd_uint(r, 8);
	struct span blob = rd_vec(r);

	if (rd_end(r) == OK && to < connections && is_in_room(&sim->server->all[to], room->id))
		send_with(sim, room->id, to, 0, FRONT_WELCOME, 8, start, &blob);
}

static void members_message(struct sim *sim, uint32_t handle, unsigned type, struct rd *r)
{
	struct connection *c = &sim->server->all[handle];
	struct room *room = room_of(sim->server, c);

	if (room == NULL || !c->is_member) {
		send_error(sim, handle, FRONT_ERROR_NOT_MEMBER, type);
		return;
	}
	if (type == FRONT_WHISPER) {
		whisper(sim, room, r);
		return;
	}

	struct span blob = rd_vec(r);

	if (rd_end(r) == OK)
		send_with(sim, room->id, 0, handle, FRONT_BROADCAST, 0, 0, &blob);
}

static void close_connection(struct sim *sim, uint32_t handle, bool is_goodbye)
{
	struct connection *c = &sim->server->all[handle];
	struct room *room = room_of(sim->server, c);

	if (!c->is_open)
		return;
	c->is_open = false;
	if (room == NULL)
		return;
	send_with(sim, room->id, 0, handle, FRONT_GONE, 4, handle, NULL);
	if (c->is_member)
		room_check_empty(sim, room, is_goodbye);
}

static void see(struct sim_server *s, struct span message)
{
	if (s->seen_n + message.n > s->seen_cap) {
		s->seen_cap = 2 * s->seen_cap + message.n;
		s->seen = realloc(s->seen, s->seen_cap);
		if (s->seen == NULL)
			abort();
	}
	memcpy(s->seen + s->seen_n, message.p, message.n);
	s->seen_n += message.n;
}

struct span sim_server_seen(const struct sim *sim)
{
	return (struct span){ sim->server->seen, sim->server->seen_n };
}

void sim_server_input(struct sim *sim, uint32_t handle, struct span message)
{
	struct connection *c = &sim->server->all[handle];
	struct rd r = rd_from(message);
	unsigned type = (unsigned)rd_uint(&r, 1);
	uint8_t hello_ok[] = { FRONT_HELLO_OK, 1, 0, 0, (uint8_t)(handle >> 8), (uint8_t)handle };

	if (!c->is_open)
		return;
	see(sim->server, message);
	switch (type) {
	case FRONT_HELLO:
		rd_uint(&r, 1);
		rd_copy(&r, c->room_id, room_id_len);
		c->has_room = true;
		sim_server_send(sim, handle, SPAN(hello_ok));
		return;
	case FRONT_PASS:
		pass(sim, handle, &r);
		return;
	case FRONT_POST:
		post(sim, handle, &r);
		return;
	case FRONT_KNOCK:
		knock(sim, handle, &r);
		return;
	case FRONT_SEND:
	case FRONT_WHISPER:
		members_message(sim, handle, type, &r);
		return;
	case FRONT_LEAVE:
		close_connection(sim, handle, true);
		return;
	default:
		send_error(sim, handle, FRONT_ERROR_UNKNOWN_TYPE, type);
	}
}

void sim_server_open(struct sim *sim, uint32_t handle, uint32_t client)
{
	if (handle >= connections)
		abort();
	sim->server->all[handle] = (struct connection){ .is_open = true, .client = client };
}

void sim_server_close(struct sim *sim, uint32_t handle)
{
	close_connection(sim, handle, false);
}

/* --- its clock --- */

static uint64_t expels_at(const struct room *room, const struct connection *c)
{
	/* 15 s after an entry it must have shown the pass of that one or of a later one. */
	return c->shown < room->length ? room->log[c->shown].at + show_ms : ZEGEL_NEVER;
}

uint64_t sim_server_next(const struct sim *sim)
{
	struct sim_server *s = sim->server;
	uint64_t next = ZEGEL_NEVER;

	for (size_t i = 0; i < SIM_ROOMS; i++)
		if (s->rooms[i].exists && s->rooms[i].empty_since != ZEGEL_NEVER &&
		    s->rooms[i].empty_since + forget_ms < next)
			next = s->rooms[i].empty_since + forget_ms;
	for (uint32_t h = 1; h < connections; h++) {
		const struct connection *c = &s->all[h];
		struct room *room = c->is_open && c->is_member ? room_of(s, c) : NULL;

		if (room != NULL && expels_at(room, c) < next)
			next = expels_at(room, c);
	}
	return next;
}

void sim_server_tick(struct sim *sim)
{
	struct sim_server *s = sim->server;

	for (size_t i = 0; i < SIM_ROOMS; i++)
		if (s->rooms[i].exists && s->rooms[i].empty_since != ZEGEL_NEVER &&
		    s->rooms[i].empty_since + forget_ms <= sim->now)
			room_forget(&s->rooms[i]);
	for (uint32_t h = 1; h < connections; h++) {
		struct connection *c = &s->all[h];
		struct room *room = c->is_open && c->is_member ? room_of(s, c) : NULL;

		if (room == NULL || expels_at(room, c) > sim->now)
			continue;
		c->is_member = false;
		send_error(sim, h, FRONT_ERROR_NOT_MEMBER, FRONT_PASS);
		room_check_empty(sim, room, false);
	}
}

/* --- for tests --- */

uint64_t sim_server_log_length(const struct sim *sim)
{
	return sim->server->rooms[0].length;
}

void sim_server_append(struct sim *sim, struct span blob)
{
	struct room *room = &sim->server->rooms[0];
	static const uint8_t no_pass[PASS_HASH_LEN];

	append(sim, room, SPAN(no_pass), blob);
	send_entry(sim, room, 0, 0, room->length - 1);
}

void sim_server_spoil_pass(struct sim *sim)
{
	struct room *room = &sim->server->rooms[0];

	room->log[room->length - 1].pass_hash[0] ^= 1;
}

void sim_server_broadcast(struct sim *sim, struct span message)
{
	send_to_members(sim, sim->server->rooms[0].id, 0, message);
}

void sim_server_restart(struct sim *sim)
{
	for (size_t i = 0; i < SIM_ROOMS; i++)
		room_forget(&sim->server->rooms[i]);
	for (uint32_t i = 0; i < SIM_CLIENTS; i++)
		if (sim->clients[i].connection != 0)
			sim_cut(sim, i);
}
