/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/demux.h"

enum demux demux(struct span datagram)
{
	if (datagram.n < 2)
		return DEMUX_NONE;

	uint8_t first = datagram.p[0], second = datagram.p[1];

	if (first <= 3)
		return DEMUX_STUN;
	if (first >= 20 && first <= 63)
		return DEMUX_DTLS;
	if (first < 128 || first > 191)
		return DEMUX_NONE;
	/* RFC 5761 4: payload types 64 to 95 with a marker are RTCP's types 192 to 223. */
	return second >= 192 && second <= 223 ? DEMUX_RTCP : DEMUX_RTP;
}
