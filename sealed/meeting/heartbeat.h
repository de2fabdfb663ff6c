/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_HEARTBEAT_H
#define ZEGEL_MEETING_HEARTBEAT_H

#include "sealed/wire/span.h"

/* When members beat. In a small meeting everybody every 5 s; in a large one about one member
 * a second, all in their turn, so that the traffic to each does not grow with the meeting.
 * The turn follows from the epoch, so that everybody knows who should have been heard. */

uint64_t heartbeat_period(uint32_t members);

/* Our next beat after `now`. place: our place among the members; epoch_at: when we got into
 * the epoch; last: our last beat. New epochs start new rounds; a member whose turn they
 * keep pushing away beats all the same, after one and a half periods. */
uint64_t heartbeat_next(uint32_t place, uint32_t members, uint64_t epoch, uint64_t epoch_at,
                        uint64_t last, uint64_t now);

/* Without a word for so long, a member has vanished. */
uint64_t heartbeat_silence(uint32_t members);

#endif
