/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/vp8.h"

enum {
	X = 0x80, /* extended bits follow */
	S = 0x10,
	PID = 0x07,
	I = 0x80,
	L = 0x40,
	T = 0x20,
	K = 0x10,
	M = 0x80,
	INTER_FRAME = 0x01, /* RFC 6386 9.1: the frame tag's first bit */
};

static uint8_t place(const struct rd *r, struct span payload)
{
	return (uint8_t)(r->p - payload.p);
}

static void extended_read(struct rd *r, struct span payload, struct vp8 *vp8)
{
	unsigned bits = (unsigned)rd_uint(r, 1);

	if (bits & I) {
		vp8->has_picture_id = true;
		vp8->picture_id_at = place(r, payload);
		vp8->picture_id = (uint16_t)rd_uint(r, 1);
		vp8->is_long = vp8->picture_id & M;
		if (vp8->is_long)
			vp8->picture_id =
			    (uint16_t)((vp8->picture_id & 0x7f) << 8 | rd_uint(r, 1));
	}
	if (bits & L) {
		vp8->has_tl0picidx = true;
		vp8->tl0picidx_at = place(r, payload);
		vp8->tl0picidx = (uint8_t)rd_uint(r, 1);
	}
	if (bits & (T | K)) {
		unsigned v = (unsigned)rd_uint(r, 1);

		vp8->has_tid = bits & T;
		vp8->has_keyidx = bits & K;
		vp8->tid = (uint8_t)(v >> 6);
		vp8->y = v & 0x20;
		vp8->keyidx = v & 0x1f;
	}
}

enum err vp8_read(struct span payload, struct vp8 *out)
{
	struct rd r = rd_from(payload);
	struct vp8 vp8 = { 0 };
	unsigned first = (unsigned)rd_uint(&r, 1);

	if (first & X)
		extended_read(&r, payload, &vp8);
	vp8.size = r.err == OK ? place(&r, payload) : 0;
	vp8.starts_frame = (first & S) && (first & PID) == 0;

	unsigned tag = (unsigned)rd_uint(&r, 1);

	TRY(r.err);
	vp8.is_key = vp8.starts_frame && !(tag & INTER_FRAME);
	*out = vp8;
	return OK;
}

void vp8_rewrite(uint8_t *payload, const struct vp8 *vp8, uint16_t picture_id,
                 uint8_t tl0picidx)
{
	uint8_t *at = payload + vp8->picture_id_at;

	if (vp8->has_picture_id && vp8->is_long) {
		at[0] = (uint8_t)(M | (picture_id >> 8 & 0x7f));
		at[1] = (uint8_t)picture_id;
	} else if (vp8->has_picture_id) {
		at[0] = (uint8_t)(picture_id & 0x7f);
	}
	if (vp8->has_tl0picidx)
		payload[vp8->tl0picidx_at] = tl0picidx;
}
