/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "server/front/rooms_state.h"

/* A message of a type, up to two numbers and a blob. */
static struct parcel *parcel_with(struct rooms *r, uint8_t type, size_t width, uint64_t number,
                                  struct span blob)
{
	struct wr w;
	struct parcel *p = parcel_create(&r->parcels, 1 + width + 4 + blob.n, &w);

	if (p == NULL)
		return NULL;
	wr_uint(&w, 1, type);
	if (width > 0)
		wr_uint(&w, width, number);
	if (blob.p != NULL)
		wr_vec(&w, blob);
	return parcel_seal(p, &w);
}

static const struct span no_blob;

/* To all members but one. */
static void fan_out(struct rooms *r, struct room *room, uint32_t except, struct parcel *p)
{
	if (p == NULL)
		return;
	FOR_EACH_MEMBER(r, room, i)
		if (i != except)
			client_send(r, i, parcel_get(p));
	parcel_put(p);
}

void lane_log(struct rooms *r, uint32_t client)
{
	struct client *c = &r->clients[client];
	const struct blind_log *log = &r->rooms[c->room].log;

	while (c->state == CLIENT_MEMBER && c->log_next < log->next &&
	       r->sink.is_ready(r->sink.arg, client)) {
		struct parcel *entry = blind_log_at(log, c->log_next);

		if (entry == NULL) {
			/* It has read so slowly that the log went away under it. */
			client_error(r, client, MSG_ERR_LOG_LOST, MSG_PASS);
			client_close(r, client);
			return;
		}
		c->log_next++;
		client_send(r, client, parcel_get(entry));
	}
}

static void admit(struct rooms *r, uint32_t client, struct room *room, uint64_t standing)
{
	struct client *c = &r->clients[client];

	member_add(r, client, room);
	c->standing = standing;
	c->log_next = room->log.next;
	c->pass_due = 0;
	client_send(r, client, parcel_with(r, MSG_MEMBER, 8, room->log.next, no_blob));
}

/* A member has shown a pass newer than what it had: the next one is due as long after that
 * one's post as for everybody. One that it had already proves nothing new: somebody removed
 * has those, too. */
static void renew(struct rooms *r, struct client *c, unsigned age)
{
	struct passes *p = &r->rooms[c->room].passes;

	if (p->last[age].index + 1 <= c->standing)
		return;
	c->standing = p->last[age].index + 1;
	c->pass_due = age == 0 ? 0 : p->last[age - 1].posted_at + FRONT_PASS_GRACE;
	if (age == 0)
		passes_hold(p);
}

void lane_pass(struct rooms *r, uint32_t client, const struct message *m)
{
	struct client *c = &r->clients[client];
	struct room *room = room_find(r, c->room_id);
	int age = room == NULL ? -1 : passes_find(&room->passes, m->pass.pass);

	if (c->state == CLIENT_MEMBER) {
		if (age >= 0)
			renew(r, c, (unsigned)age);
		return;
	}
	if (age < 0 || !passes_is_open(&room->passes, (unsigned)age, r->now)) {
		client_error(r, client, MSG_ERR_NOT_MEMBER, MSG_PASS);
	} else if (m->pass.next_index < room->log.first) {
		client_error(r, client, MSG_ERR_LOG_LOST, MSG_PASS);
	} else if (room->member_count >= FRONT_ROOM_CLIENTS_MAX) {
		client_error(r, client, MSG_ERR_FULL, MSG_PASS);
	} else {
		admit(r, client, room, room->passes.last[age].index + 1);
		if (m->pass.next_index < c->log_next)
			c->log_next = m->pass.next_index;
		/* An old pass lets one in to catch up, not to stay. */
		if (age > 0)
			c->pass_due = r->now + FRONT_PASS_GRACE;
		else
			passes_hold(&room->passes);
		lane_log(r, client);
	}
}

/* A free place, or that of the room that has been empty for longest: else one address could
 * hold all with rooms that nobody is in. */
static struct room *room_place(struct rooms *r)
{
	struct room *oldest = NULL;

	for (size_t i = 0; i < FRONT_ROOMS_MAX; i++) {
		struct room *room = &r->rooms[i];

		if (!room->is_used)
			return room;
		if (room->empty_since != 0 &&
		    (oldest == NULL || room->empty_since < oldest->empty_since))
			oldest = room;
	}
	if (oldest != NULL)
		room_forget(oldest);
	return oldest;
}

static struct room *room_create(struct rooms *r, const uint8_t id[ROOM_ID_LEN])
{
	struct room *room = room_place(r);

	if (room == NULL)
		return NULL;
	*room = (struct room){ .is_used = true, .serial = ++r->room_serial,
		               .members = NOBODY, .empty_since = r->now + 1 };
	memcpy(room->id, id, ROOM_ID_LEN);
	blind_log_init(&room->log, &r->parcels);
	return room;
}

/* The room that this client may post to, or NULL (and it was told). */
static struct room *room_to_post(struct rooms *r, uint32_t client, const struct message *m)
{
	struct client *c = &r->clients[client];
	struct room *room = room_find(r, c->room_id);

	if (c->state == CLIENT_MEMBER) {
		/* Somebody removed is a member for some seconds more, but appends nothing. Who
		 * just comes too late for this index is told so by the log. */
		if (c->standing == room->log.next || !passes_is_held(&room->passes) ||
		    m->post.expected_index != room->log.next)
			return room;
		client_error(r, client, MSG_ERR_NOT_MEMBER, MSG_POST);
		return NULL;
	}
	if (m->post.expected_index != 0)
		client_error(r, client, MSG_ERR_NOT_MEMBER, MSG_POST);
	else if (room != NULL)
		client_error(r, client, MSG_ERR_CONFLICT, MSG_POST);
	else if ((room = room_create(r, c->room_id)) != NULL)
		return room;
	else
		client_error(r, client, MSG_ERR_FULL, MSG_POST);
	return NULL;
}

static void demand_passes(struct rooms *r, struct room *room, uint32_t author)
{
	FOR_EACH_MEMBER(r, room, i)
		if (i != author && r->clients[i].pass_due == 0)
			r->clients[i].pass_due = r->now + FRONT_PASS_GRACE;
}

void lane_post(struct rooms *r, uint32_t client, const struct message *m)
{
	struct room *room = room_to_post(r, client, m);
	struct client *c = &r->clients[client];
	struct parcel *entry;

	if (room == NULL)
		return;
	switch (blind_log_append(&room->log, m->post.expected_index, m->post.blob, &entry)) {
	case OK:
		break;
	case ERR_NOT_NOW:
		client_error(r, client, MSG_ERR_CONFLICT, MSG_POST);
		return;
	default:
		client_error(r, client, MSG_ERR_FULL, MSG_POST);
		if (c->state == CLIENT_GUEST) /* the room was made for this entry */
			room_forget(room);
		return;
	}
	passes_add(&room->passes, m->post.pass_hash, m->post.expected_index, room->member_count,
	           r->now);
	client_send(r, client, parcel_with(r, MSG_POSTED, 8, m->post.expected_index, no_blob));
	if (c->state == CLIENT_GUEST)
		admit(r, client, room, room->log.next);
	c->standing = room->log.next;
	c->pass_due = 0;
	if (c->log_next == m->post.expected_index)
		c->log_next++; /* it has its own */
	demand_passes(r, room, client);
	FOR_EACH_MEMBER(r, room, i)
		lane_log(r, i);
}

void lane_send(struct rooms *r, uint32_t client, const struct message *m)
{
	struct room *room = &r->rooms[r->clients[client].room];
	struct parcel *p = parcel_with(r, MSG_BROADCAST, 0, 0, m->blob);

	if (p == NULL)
		client_error(r, client, MSG_ERR_FULL, MSG_SEND);
	fan_out(r, room, client, p);
}

void lane_knock(struct rooms *r, uint32_t client, const struct message *m)
{
	struct client *c = &r->clients[client];
	struct room *room = room_find(r, c->room_id);

	/* A bucket of milliseconds: filled one for one, a knock takes its interval. */
	if (!bucket_take(&c->knocks, 1000, FRONT_KNOCK_BURST * FRONT_KNOCK_EVERY,
	                 FRONT_KNOCK_EVERY, r->now)) {
		client_error(r, client, MSG_ERR_TOO_FAST, MSG_KNOCK);
		return;
	}
	/* Never answered: whether there is a room, and who is in it, is not told. */
	if (room == NULL || c->state == CLIENT_MEMBER)
		return;
	c->has_knocked = true;
	fan_out(r, room, NOBODY, parcel_with(r, MSG_KNOCKED, 4, c->handle, m->blob));
}

void lane_whisper(struct rooms *r, uint32_t client, const struct message *m)
{
	const struct client *from = &r->clients[client];
	struct parcel *p;

	for (uint32_t i = 0; i < FRONT_CLIENTS_MAX; i++) {
		const struct client *to = &r->clients[i];

		if (to->handle != m->whisper.to || to->state != CLIENT_GUEST ||
		    memcmp(to->room_id, from->room_id, ROOM_ID_LEN) != 0)
			continue;
		p = parcel_with(r, MSG_WELCOME, 8, m->whisper.start_index, m->whisper.blob);
		if (p == NULL)
			client_error(r, client, MSG_ERR_FULL, MSG_WHISPER);
		else
			client_send(r, i, p);
		return;
	}
}

void lane_gone(struct rooms *r, struct room *room, uint32_t handle)
{
	fan_out(r, room, NOBODY, parcel_with(r, MSG_GONE, 4, handle, no_blob));
}
