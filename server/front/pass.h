/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_PASS_H
#define ZEGEL_FRONT_PASS_H

#include "server/front/limits.h"
#include "server/front/message.h"

/* What a room knows of its members: the hashes of the passes of the last epochs, each given
 * with the post that began the epoch. A pass is derived from the group's secrets, so that
 * showing it proves membership without saying whose. */
struct passes {
	unsigned count;
	uint8_t hash[FRONT_PASSES][PASS_HASH_LEN]; /* newest first */
};

void passes_add(struct passes *p, struct span hash);

/* The age of the pass shown, 0 for the newest, or -1: not one of ours. Takes the same time
 * whichever it is. */
int passes_find(const struct passes *p, struct span pass);

#endif
