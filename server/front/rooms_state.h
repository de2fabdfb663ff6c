/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_ROOMS_STATE_H
#define ZEGEL_FRONT_ROOMS_STATE_H

#include "server/front/blind_log.h"
#include "server/front/bucket.h"
#include "server/front/limits.h"
#include "server/front/pass.h"
#include "server/front/rooms.h"

/* What rooms.c, lanes.c and rooms_media.c share. */

enum client_state {
	CLIENT_NONE,    /* the table's entry is free                        */
	CLIENT_NEW,     /* connected, has not said HELLO                    */
	CLIENT_GUEST,   /* has named a room: may create it, knock, show a pass */
	CLIENT_MEMBER,  /* has shown a pass: gets the lanes and media       */
	CLIENT_CLOSING, /* gets nothing more, nothing more is read          */
};

struct client {
	enum client_state state;
	uint8_t room_id[ROOM_ID_LEN];
	uint32_t handle;
	uint32_t room;                 /* of a member: its room's index           */
	uint32_t next, prev;           /* of a member: the room's list            */
	uint64_t connected_at;
	uint64_t pass_due;             /* of a member: show a pass by then; 0: shown */
	uint64_t standing;             /* of a member: 1 + the index of the post whose pass
	                                * it has shown or given                   */
	uint64_t log_next;             /* of a member: the entry to be sent next  */
	bool has_knocked;              /* members know its handle                 */
	uint32_t transport;            /* at the media worker; 0: none            */
	struct bucket messages, bytes, knocks, refusals;
};

struct room {
	bool is_used;
	uint8_t id[ROOM_ID_LEN];
	uint32_t serial;       /* names the room to the worker, never used twice */
	uint32_t members;      /* the list's head; NOBODY: none                  */
	uint32_t member_count;
	uint64_t empty_since;  /* 0: there are members                           */
	struct blind_log log;
	struct passes passes;
};

#define NOBODY UINT32_MAX

struct rooms {
	struct rooms_sink sink;
	uint64_t now;
	uint32_t room_serial, transport_serial;
	struct parcel_account parcels;
	struct client clients[FRONT_CLIENTS_MAX];
	struct room rooms[FRONT_ROOMS_MAX];
};

#define FOR_EACH_MEMBER(r, room, i)                                                            \
	for (uint32_t i = (room)->members, next_; i != NOBODY && (next_ = (r)->clients[i].next, 1); \
	     i = next_)

void room_forget(struct room *room);
struct room *room_find(struct rooms *r, const uint8_t id[ROOM_ID_LEN]); /* NULL: none */

/* Takes p. NULL, which is a message that there was no memory for, ends the connection: who
 * comes back catches up; who misses one message unaware does not. */
void client_send(struct rooms *r, uint32_t client, struct parcel *p);
void client_error(struct rooms *r, uint32_t client, enum message_error code, uint8_t cause);
void client_close(struct rooms *r, uint32_t client);

void member_add(struct rooms *r, uint32_t client, struct room *room);
void member_drop(struct rooms *r, uint32_t client); /* a guest again; its media ends */

/* lanes.c */
void lane_pass(struct rooms *r, uint32_t client, const struct message *m);
void lane_post(struct rooms *r, uint32_t client, const struct message *m);
void lane_send(struct rooms *r, uint32_t client, const struct message *m);
void lane_knock(struct rooms *r, uint32_t client, const struct message *m);
void lane_whisper(struct rooms *r, uint32_t client, const struct message *m);
void lane_log(struct rooms *r, uint32_t client); /* sends as much of the log as is possible */
void lane_gone(struct rooms *r, struct room *room, uint32_t handle);

/* rooms_media.c */
void media_join(struct rooms *r, uint32_t client, const struct message *m);
void media_answer(struct rooms *r, uint32_t client, const struct message *m);
void media_slots(struct rooms *r, uint32_t client, const struct message *m);
void media_close(struct rooms *r, uint32_t client);

#endif
