/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_DEMUX_H
#define ZEGEL_TRANSPORT_DEMUX_H

#include "sealed/wire/span.h"

/* What a datagram on the one port claims to be: RFC 7983 section 7 by its first byte, and RFC
 * 5761 section 4 by the second one for RTP and RTCP. A claim only: each parser checks. */
enum demux {
	DEMUX_NONE, /* to be dropped */
	DEMUX_STUN,
	DEMUX_DTLS,
	DEMUX_RTP,
	DEMUX_RTCP,
};

enum demux demux(struct span datagram);

#endif
