/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_VP8_H
#define ZEGEL_TRANSPORT_VP8_H

#include "sealed/wire/rd.h"

/* The VP8 payload descriptor (RFC 7741 4.2), which stands in clear before each packet's part
 * of a frame.
 *
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-----+
 * |X|R|N|S|R| PID |  S: a partition starts here; PID 0: the frame's first one
 * +-+-+-+-+-+-----+
 * |I|L|T|K|  RSV  |  if X
 * +-+-+-+-+-------+
 * |M| picture id  |  if I; with M the id goes on
 * +-+-------------+
 * |  picture id   |  if M
 * +---------------+
 * |  TL0PICIDX    |  if L
 * +---+-+---------+
 * |TID|Y| KEYIDX  |  if T or K
 * +---+-+---------+ */
enum {
	VP8_PICTURE_ID_MASK = 0x7fff,
	VP8_KEY_FRAME_HEADER = 10, /* RFC 6386 9.1: tag, start code, width and height */
};

struct vp8 {
	bool starts_frame; /* S=1 and PID=0 */
	bool is_key;       /* starts_frame, and the frame tag says so */
	bool has_picture_id, is_long, has_tl0picidx, has_tid, has_keyidx;
	uint16_t picture_id; /* 7 bits, or 15 if is_long */
	uint8_t tl0picidx, tid, keyidx;
	bool y;
	uint8_t size; /* bytes of the descriptor */
	uint8_t picture_id_at, tl0picidx_at;
};

/* Reads a payload's descriptor. At least one byte must follow it. Set only on OK. */
MUST_USE enum err vp8_read(struct span payload, struct vp8 *out);

/* Overwrites what is there of picture id (in its own width) and TL0PICIDX, in a payload that
 * was read into `vp8`. */
void vp8_rewrite(uint8_t *payload, const struct vp8 *vp8, uint16_t picture_id,
                 uint8_t tl0picidx);

#endif
