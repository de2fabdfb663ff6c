/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_INBOUND_H
#define ZEGEL_MEDIA_INBOUND_H

#include "server/media/peer.h"

/* SRTP from a publisher: opened in place, its stream recognised, kept, and handed to the
 * room. The datagram came from an address that ICE has validated for this peer. */
void inbound_rtp(struct peer *peer, uint8_t *p, size_t n, uint64_t now);

/* The same, once it is opened: for the fuzzer, which has no keys. */
void inbound_packet(struct peer *peer, struct span packet, uint64_t now);

#endif
