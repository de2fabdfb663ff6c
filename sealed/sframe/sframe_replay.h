/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_SFRAME_SFRAME_REPLAY_H
#define ZEGEL_SFRAME_SFRAME_REPLAY_H

#include "sealed/wire/err.h"
#include "sealed/wire/span.h"

/* Which counters of one key were seen: RFC 9605 section 9.3 leaves it to the application. A
 * window of 1024 frames, half a minute of video or 20 seconds of audio: later than that a
 * frame is of no use, so older counters are refused unseen. Zeroed memory is an empty window.
 *
 * Only authenticated frames may be entered, or a forged counter would shut out real ones. */
enum { SFRAME_REPLAY_WINDOW = 1024 };

struct sframe_replay {
	uint64_t newest; /* the highest counter entered, if any was */
	uint64_t seen[SFRAME_REPLAY_WINDOW / 64]; /* bit: counter mod 1024 */
	bool has_any;
};

bool sframe_replay_is_fresh(const struct sframe_replay *window, uint64_t counter);

/* ERR_AUTH: not fresh any more (two copies were being opened at the same time). */
MUST_USE enum err sframe_replay_enter(struct sframe_replay *window, uint64_t counter);

#endif
