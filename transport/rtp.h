/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_RTP_H
#define ZEGEL_TRANSPORT_RTP_H

#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

/* RTP packets (RFC 3550 5.1) with header extensions in the one-byte form (RFC 8285 4.2).
 * One plain struct, read once; its spans borrow the packet.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+-+-------+-+-------------+-------------------------------+
 * |V=2|P|X|  CC   |M|     PT      |        sequence number        |
 * +---+-+-+-------+-+-------------+-------------------------------+
 * |                           timestamp                           |
 * +---------------------------------------------------------------+
 * |                             SSRC                              |
 * +---------------------------------------------------------------+
 * |                   CC times a CSRC (skipped)                   |
 * +-------------------------------+-------------------------------+
 * |  if X: profile 0xbede         |   length in 32-bit words      |
 * +-------+-------+---------------+-------------------------------+
 * |  ID   | len-1 |   len bytes ...        0: one byte of padding |
 * +-------+-------+-----------------------------------------------+ */
enum {
	RTP_HEADER = 12,
	RTP_EXTENSION_ID_MAX = 14, /* 15 ends the elements: RFC 8285 4.2 */
	RTP_EXTENSION_MAX = 16,
};

struct rtp {
	bool marker;
	uint8_t pt;
	uint16_t seq;
	uint32_t timestamp, ssrc;
	struct span extensions; /* the elements; empty if X=0 or of another form */
	struct span payload;    /* without the padding */
	uint8_t padding;
};

/* Set only on OK. */
MUST_USE enum err rtp_read(struct span packet, struct rtp *out);

/* The content of an element; n = 0 where it is absent. */
struct span rtp_extension(const struct rtp *rtp, unsigned id);

/* Writes all fields; no CSRC. The elements are padded to a multiple of 4. */
void rtp_write(struct wr *w, const struct rtp *rtp);
void rtp_extension_write(struct wr *w, unsigned id, struct span content); /* 1 to 16 bytes */

/* Distance from a to b on the circle of sequence numbers: b is later if positive. */
static inline int16_t rtp_seq_diff(uint16_t a, uint16_t b)
{
	return (int16_t)(uint16_t)(b - a);
}

#endif
