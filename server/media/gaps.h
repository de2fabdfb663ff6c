/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_GAPS_H
#define ZEGEL_MEDIA_GAPS_H

#include "server/media/limits.h"
#include "transport/rtcp.h"

/* The packets that a layer lacks, and when each is to be asked for again. */
struct gap {
	uint64_t seq;   /* unwrapped */
	uint64_t found; /* when it was missed */
	uint64_t due;   /* ask then, or after */
	unsigned tries;
};
struct gaps {
	size_t n;
	struct gap gap[GAPS_MAX]; /* rising */
};

/* seq `from` to before `to` did not come. False: more than can be asked for; nothing of it is
 * noted, and a key frame is the cure. */
bool gaps_open(struct gaps *gaps, uint64_t from, uint64_t to, uint64_t now);
void gaps_fill(struct gaps *gaps, uint64_t seq);

/* Gives up what is hopeless, and gathers what is to be asked for now, merged into the entries
 * of one NACK. Returns the number of entries; *packets that of packets. */
size_t gaps_ask(struct gaps *gaps, uint64_t now, uint64_t rtt, struct rtcp_nack out[GAPS_MAX],
                size_t *packets);

#endif
