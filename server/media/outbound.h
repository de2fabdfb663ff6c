/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_OUTBOUND_H
#define ZEGEL_MEDIA_OUTBOUND_H

#include "server/media/peer.h"

/* RTP towards receivers. Packets are gathered during a turn and written peer by peer, so that
 * all for one address leave as runs (transport/udp.h). */
void outbound_add(struct track *track, const struct ring_packet *p, const struct spliced *as);
void outbound_flush(struct peer *peer, uint64_t now);

/* Encoders cut a frame into packets that differ by a byte or so, and a run's packets must have
 * one size: so neighbours are made equal. How many of `n` (at least 1) are neighbours, from the
 * first on; *size: of the largest. */
size_t outbound_level(const struct egress *egress, size_t n, size_t *size);

/* Sends again what a receiver asks for: video through RTX, audio as it was. Silent where it
 * can't, or where it was asked too often. */
void outbound_resend(struct track *track, uint16_t seq, uint64_t now);

/* Seals and sends a finished RTCP compound. */
void outbound_rtcp(struct peer *peer, struct span compound, uint64_t now);

#endif
