/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_ROSTER_H
#define ZEGEL_MEETING_ROSTER_H

#include "sealed/meeting/limits.h"
#include "sealed/mls/mls.h"

/* Who is in the meeting: the group's tree, and what each of them last said of itself. A seat
 * is a leaf. Names are in the leaves (an extension of our own), so that everybody sees the
 * same name, and nobody changes somebody else's. */

/* Private use, RFC 9420 17.3: the participant's name, as bytes. */
enum { ROSTER_NAME_EXTENSION = 0xf0a1, KEY_PACKAGE_HASH_LEN = 8 };

struct seat {
	bool taken;
	bool is_newcomer; /* we were here when it came                      */
	bool was_heard;   /* itself: what stands here is no hearsay         */
	bool is_leaving;  /* it said so: to be removed                      */
	bool is_gone;     /* the server says that its connection ended      */
	uint32_t handle, bits;
	uint32_t joined;
	uint64_t heard_at, gone_at, leaving_at; /* heard_at: or when it came */
	uint64_t since;   /* the epoch in which this one took the seat      */
	uint64_t reached; /* the newest epoch that it is known to be in     */
	uint8_t key_package[KEY_PACKAGE_HASH_LEN]; /* that it came with, or zeros */
	uint8_t signature_key[SIG_PUB_MAX];
	uint8_t signature_key_n;
};

struct roster {
	struct seat *seats; /* by leaf */
	uint32_t seats_max; /* also of members */
	uint32_t width;     /* leaves in use are below */
	uint32_t size;
	uint32_t next_joined;
};

/* RFC 9420 5.3.1 leaves it to the application what a credential must be: a basic one, with
 * a name that can be shown. ERR_AUTH else. */
MUST_USE enum err roster_judge(const struct mls_member *member, struct span *name);

MUST_USE enum err roster_init(struct roster *roster, uint32_t members, struct arena *memory);
void roster_clear(struct roster *roster);

/* Takes over the tree after a commit or a join. changed: one flag per leaf, `seats_max` of
 * them, set where the occupant is not who it was. ERR_LIMIT: more than `seats_max` members
 * or a leaf beyond; the roster is then not to be used. */
MUST_USE enum err roster_update(struct roster *roster, const struct mls_group *group,
                                uint64_t now, bool *changed);

/* Somebody who is here comes in again: the seat is taken anew by the next update. */
void roster_vacate(struct roster *roster, struct span signature_key);

struct seat *roster_seat(const struct roster *roster, uint32_t leaf); /* NULL: nobody */
uint32_t roster_leaf_of_handle(const struct roster *roster, uint32_t handle);
uint32_t roster_leaf_of_key(const struct roster *roster, struct span signature_key);
uint32_t roster_place(const struct roster *roster, uint32_t leaf); /* members before it */

/* All but `own`, and those who are on their way out, are known to have reached the epoch. */
bool roster_has_reached(const struct roster *roster, uint32_t own, uint64_t epoch);

#endif
