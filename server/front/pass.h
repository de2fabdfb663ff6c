/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_PASS_H
#define ZEGEL_FRONT_PASS_H

#include "server/front/limits.h"
#include "server/front/message.h"

/* What a room knows of its members: the hashes of the passes of the last epochs, each given
 * with the post that began the epoch. A pass is derived from the group's secrets, so that
 * showing it proves membership without saying whose.
 *
 * A post may be a lie: its hash nobody's, or known to its author alone. So a pass counts as
 * held only when half of those who were members at its post have shown it. From then on the
 * older ones open little: somebody removed knows those, too. Until then they do, so that the
 * members can outvote the lie with a post of their own. */
struct pass_hash {
	uint8_t hash[PASS_HASH_LEN];
	uint64_t index; /* of its post */
	uint64_t posted_at;
};

struct passes {
	unsigned count;
	struct pass_hash last[FRONT_PASSES]; /* newest first */
	uint32_t members, holders;           /* at the newest one's post; since          */
};

/* The author of the post is its pass's first holder. */
void passes_add(struct passes *p, struct span hash, uint64_t index, uint32_t members,
                uint64_t now);

/* The age of the pass shown, 0 for the newest, or -1: not one of ours. Takes the same time
 * whichever it is. */
int passes_find(const struct passes *p, struct span pass);

/* Somebody has shown the newest one who had not. */
void passes_hold(struct passes *p);
bool passes_is_held(const struct passes *p);

/* Whether the pass of this age lets somebody in who is no member at the moment. */
bool passes_is_open(const struct passes *p, unsigned age, uint64_t now);

#endif
