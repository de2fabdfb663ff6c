/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_COMMITTER_H
#define ZEGEL_MEETING_COMMITTER_H

#include "sealed/wire/span.h"

/* Who makes the next commit, and when. Any member may; this rule only keeps them from all
 * doing it at once, and the server's compare-and-set settles what is left. The turn goes
 * round in bit-reversed order, one step an epoch: whoever commits refreshes its path, and
 * neighbours in time are then far from each other in the tree, which stays full of keys
 * (one committer alone would leave it blank, and a removal would cost O(n)). */

/* How many of the candidates come before `own` in this epoch. candidates: one flag per
 * leaf, `width` leaves. */
uint32_t committer_rank(const bool *candidates, uint32_t width, uint32_t own, uint64_t epoch);

/* How long the first knock waits for others, so that one commit lets in all of them. */
uint64_t committer_batch_ms(uint32_t members);

/* When `own` should commit what has been due since `since`. */
uint64_t committer_time(uint64_t since, uint32_t rank, uint64_t last_commit, bool had_commit);

#endif
