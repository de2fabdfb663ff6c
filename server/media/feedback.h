/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_FEEDBACK_H
#define ZEGEL_MEDIA_FEEDBACK_H

#include "server/media/peer.h"

/* RTCP: what receivers and publishers tell us, and what we tell them. */

/* SRTCP from a peer, opened in place. */
void feedback_input(struct peer *peer, uint8_t *p, size_t n, uint64_t now);

/* The same, once it is opened: for the fuzzer, which has no keys. */
void feedback_compound(struct peer *peer, struct span compound, uint64_t now);

/* To a publisher, at the end of a turn: what is missing, and which key frames are wanted. */
void feedback_asks(struct peer *peer, uint64_t now);

/* To a publisher, every PEER_TICK: when its packets came. */
void feedback_arrivals(struct peer *peer, uint64_t now);

/* Every REPORT_INTERVAL: receiver reports on what it publishes, and a sender report for each
 * track that it gets. */
void feedback_reports(struct peer *peer, uint64_t now);

#endif
