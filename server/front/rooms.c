/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/rooms.h"

#include <stdlib.h>
#include <string.h>

#include "sealed/wire/wipe.h"
#include "server/front/rooms_state.h"

struct rooms *rooms_create(const struct rooms_sink *sink)
{
	struct rooms *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->sink = *sink;
	r->parcels.max = FRONT_PARCELS_BYTES_MAX;
	return r;
}

void rooms_destroy(struct rooms **rp)
{
	struct rooms *r = *rp;

	if (r == NULL)
		return;
	for (size_t i = 0; i < FRONT_ROOMS_MAX; i++)
		blind_log_clear(&r->rooms[i].log);
	wipe(r, sizeof(*r));
	free(r);
	*rp = NULL;
}

struct room *room_find(struct rooms *r, const uint8_t id[ROOM_ID_LEN])
{
	/* A scan: once in a HELLO or a knock, over a table that fits a cache. No hash
	 * table whose collisions somebody outside could choose. */
	for (size_t i = 0; i < FRONT_ROOMS_MAX; i++)
		if (r->rooms[i].is_used && memcmp(r->rooms[i].id, id, ROOM_ID_LEN) == 0)
			return &r->rooms[i];
	return NULL;
}

/* Nothing of a meeting stays behind: entries are wiped by their last holder, the rest here. */
void room_forget(struct room *room)
{
	blind_log_clear(&room->log);
	wipe(room, sizeof(*room));
}

void client_send(struct rooms *r, uint32_t client, struct parcel *p)
{
	if (r->clients[client].state == CLIENT_CLOSING) {
		parcel_put(p);
		return;
	}
	if (p == NULL) {
		client_close(r, client);
		return;
	}
	r->sink.send(r->sink.arg, client, p);
	parcel_put(p);
}

void client_error(struct rooms *r, uint32_t client, enum message_error code, uint8_t cause)
{
	struct wr w;
	struct parcel *p = parcel_create(&r->parcels, 3, &w);

	if (p != NULL) {
		wr_uint(&w, 1, MSG_ERROR);
		wr_uint(&w, 1, code);
		wr_uint(&w, 1, cause);
		p = parcel_seal(p, &w);
	}
	client_send(r, client, p);
	if (!bucket_take(&r->clients[client].refusals, FRONT_REFUSALS_RATE,
	                 FRONT_REFUSALS_BURST, 1, r->now))
		client_close(r, client);
}

/* The members know a knocker's handle, and nothing of other guests. */
static void knocker_gone(struct rooms *r, uint32_t client)
{
	struct client *c = &r->clients[client];
	struct room *room = c->has_knocked ? room_find(r, c->room_id) : NULL;

	c->has_knocked = false;
	if (room != NULL)
		lane_gone(r, room, c->handle);
}

void client_close(struct rooms *r, uint32_t client)
{
	struct client *c = &r->clients[client];

	if (c->state == CLIENT_CLOSING)
		return;
	if (c->state == CLIENT_MEMBER)
		member_drop(r, client);
	else
		knocker_gone(r, client);
	c->state = CLIENT_CLOSING;
	r->sink.close(r->sink.arg, client);
}

void member_add(struct rooms *r, uint32_t client, struct room *room)
{
	struct client *c = &r->clients[client];

	c->state = CLIENT_MEMBER;
	c->room = (uint32_t)(room - r->rooms);
	c->prev = NOBODY;
	c->next = room->members;
	if (c->next != NOBODY)
		r->clients[c->next].prev = client;
	room->members = client;
	room->member_count++;
	room->empty_since = 0;
	c->has_knocked = false; /* from now on its end is a member's */
}

void member_drop(struct rooms *r, uint32_t client)
{
	struct client *c = &r->clients[client];
	struct room *room = &r->rooms[c->room];

	media_close(r, client);
	if (c->prev != NOBODY)
		r->clients[c->prev].next = c->next;
	else
		room->members = c->next;
	if (c->next != NOBODY)
		r->clients[c->next].prev = c->prev;
	c->state = CLIENT_GUEST;
	if (--room->member_count == 0)
		room->empty_since = r->now + 1; /* never 0 */
	lane_gone(r, room, c->handle);
}

static bool handle_is_free(const struct rooms *r, uint32_t handle)
{
	for (size_t i = 0; i < FRONT_CLIENTS_MAX; i++)
		if (r->clients[i].state != CLIENT_NONE && r->clients[i].handle == handle)
			return false;
	return handle != 0;
}

static uint32_t handle_new(struct rooms *r)
{
	uint32_t handle;

	do
		r->sink.random(r->sink.arg, (uint8_t *)&handle, sizeof(handle));
	while (!handle_is_free(r, handle));
	return handle;
}

enum err rooms_client_add(struct rooms *r, uint64_t now, uint32_t *client)
{
	for (uint32_t i = 0; i < FRONT_CLIENTS_MAX; i++) {
		struct client *c = &r->clients[i];

		if (c->state != CLIENT_NONE)
			continue;
		*c = (struct client){
			.connected_at = now,
			.handle = handle_new(r),
			.messages = bucket_full(FRONT_MESSAGES_BURST, now),
			.bytes = bucket_full(FRONT_BYTES_BURST, now),
			.knocks = bucket_full(FRONT_KNOCK_BURST * FRONT_KNOCK_EVERY, now),
			.refusals = bucket_full(FRONT_REFUSALS_BURST, now),
		};
		c->state = CLIENT_NEW;
		*client = i;
		return OK;
	}
	return ERR_SPACE;
}

void rooms_client_gone(struct rooms *r, uint32_t client, uint64_t now)
{
	struct client *c = &r->clients[client];

	r->now = now;
	if (c->state == CLIENT_MEMBER)
		member_drop(r, client);
	else
		knocker_gone(r, client);
	wipe(c, sizeof(*c));
}

static void hello(struct rooms *r, uint32_t client, const struct message *m)
{
	struct client *c = &r->clients[client];
	struct wr w;
	struct parcel *p;

	if (m->hello.version != 1) {
		client_error(r, client, MSG_ERR_VERSION, MSG_HELLO);
		client_close(r, client);
		return;
	}
	/* The same answer, whether the room is there, full, or not there. */
	memcpy(c->room_id, m->hello.room_id.p, ROOM_ID_LEN);
	c->state = CLIENT_GUEST;
	p = parcel_create(&r->parcels, 6, &w);
	if (p != NULL) {
		wr_uint(&w, 1, MSG_HELLO_OK);
		wr_uint(&w, 1, 1);
		wr_uint(&w, 4, c->handle);
		p = parcel_seal(p, &w);
	}
	client_send(r, client, p);
}

static void leave(struct rooms *r, uint32_t client)
{
	struct client *c = &r->clients[client];
	struct room *room = c->state == CLIENT_MEMBER ? &r->rooms[c->room] : NULL;

	client_close(r, client);
	/* Nobody can come back to a meeting that its last member has left on purpose. */
	if (room != NULL && room->member_count == 0)
		room_forget(room);
}

static void malformed(struct rooms *r, uint32_t client, uint8_t type)
{
	client_error(r, client, MSG_ERR_MALFORMED, type);
	client_close(r, client);
}

/* Who may say what: a message in the wrong state breaks the protocol, except that a client
 * can't know that it is a member no more. */
static bool is_allowed(struct rooms *r, uint32_t client, uint8_t type)
{
	enum client_state state = r->clients[client].state;

	if ((state == CLIENT_NEW) != (type == MSG_HELLO)) {
		malformed(r, client, type);
		return false;
	}
	switch (type) {
	case MSG_SEND:
	case MSG_WHISPER:
	case MSG_MEDIA_JOIN:
	case MSG_MEDIA_ANSWER:
	case MSG_MEDIA_SLOTS:
		if (state == CLIENT_MEMBER)
			return true;
		client_error(r, client, MSG_ERR_NOT_MEMBER, type);
		return false;
	default:
		return true;
	}
}

static void act(struct rooms *r, uint32_t client, const struct message *m)
{
	switch (m->type) {
	case MSG_HELLO:
		hello(r, client, m);
		break;
	case MSG_PASS:
		lane_pass(r, client, m);
		break;
	case MSG_POST:
		lane_post(r, client, m);
		break;
	case MSG_SEND:
		lane_send(r, client, m);
		break;
	case MSG_KNOCK:
		lane_knock(r, client, m);
		break;
	case MSG_WHISPER:
		lane_whisper(r, client, m);
		break;
	case MSG_LEAVE:
		leave(r, client);
		break;
	case MSG_MEDIA_JOIN:
		media_join(r, client, m);
		break;
	case MSG_MEDIA_ANSWER:
		media_answer(r, client, m);
		break;
	case MSG_MEDIA_SLOTS:
		media_slots(r, client, m);
		break;
	}
}

static bool is_within_rates(struct rooms *r, uint32_t client, size_t n)
{
	struct client *c = &r->clients[client];

	return bucket_take(&c->messages, FRONT_MESSAGES_RATE, FRONT_MESSAGES_BURST, 1, r->now) &&
	       bucket_take(&c->bytes, FRONT_BYTES_RATE, FRONT_BYTES_BURST, n, r->now);
}

void rooms_input(struct rooms *r, uint32_t client, struct span message, uint64_t now)
{
	struct message m = { 0 };
	enum err err;

	r->now = now;
	if (r->clients[client].state == CLIENT_CLOSING)
		return;
	err = message_read(message, &m);
	if (!is_within_rates(r, client, message.n)) {
		client_error(r, client, MSG_ERR_TOO_FAST, m.type);
		return;
	}
	switch (err) {
	case OK:
		if (is_allowed(r, client, m.type))
			act(r, client, &m);
		break;
	case ERR_LIMIT:
		client_error(r, client, MSG_ERR_TOO_BIG, m.type);
		break;
	case ERR_NOT_NOW:
		client_error(r, client, MSG_ERR_UNKNOWN_TYPE, m.type);
		break;
	default:
		malformed(r, client, m.type);
	}
}

void rooms_drained(struct rooms *r, uint32_t client)
{
	if (r->clients[client].state == CLIENT_MEMBER)
		lane_log(r, client);
}

size_t rooms_input_max(const struct rooms *r, uint32_t client)
{
	enum { head = 64 };

	switch (r->clients[client].state) {
	case CLIENT_MEMBER:
		return FRONT_MESSAGE_MAX;
	case CLIENT_GUEST:
		return FRONT_POST_MAX + head; /* it may create the room */
	default:
		return head;
	}
}

void rooms_input_too_big(struct rooms *r, uint32_t client, uint8_t type)
{
	if (r->clients[client].state == CLIENT_CLOSING)
		return;
	client_error(r, client, MSG_ERR_TOO_BIG, type);
	client_close(r, client);
}

void rooms_tick(struct rooms *r, uint64_t now)
{
	r->now = now;
	for (uint32_t i = 0; i < FRONT_CLIENTS_MAX; i++) {
		struct client *c = &r->clients[i];

		if (c->state == CLIENT_NEW && now - c->connected_at > FRONT_HELLO_TIMEOUT)
			client_close(r, i);
		if (c->state == CLIENT_MEMBER && c->pass_due != 0 && now > c->pass_due) {
			member_drop(r, i);
			client_error(r, i, MSG_ERR_NOT_MEMBER, MSG_PASS);
		}
	}
	for (size_t i = 0; i < FRONT_ROOMS_MAX; i++) {
		struct room *room = &r->rooms[i];

		if (room->is_used && room->empty_since != 0 &&
		    now >= room->empty_since + FRONT_ROOM_FORGET)
			room_forget(room);
	}
}

void rooms_closing(struct rooms *r)
{
	for (uint32_t i = 0; i < FRONT_CLIENTS_MAX; i++) {
		if (r->clients[i].state == CLIENT_NONE || r->clients[i].state == CLIENT_CLOSING)
			continue;
		client_error(r, i, MSG_ERR_CLOSING, 0);
		client_close(r, i);
	}
}

struct rooms_counts rooms_count(const struct rooms *r)
{
	struct rooms_counts n = { 0 };

	for (size_t i = 0; i < FRONT_CLIENTS_MAX; i++) {
		n.clients += r->clients[i].state != CLIENT_NONE;
		n.members += r->clients[i].state == CLIENT_MEMBER;
		n.transports += r->clients[i].transport != 0;
	}
	for (size_t i = 0; i < FRONT_ROOMS_MAX; i++)
		n.rooms += r->rooms[i].is_used;
	return n;
}
