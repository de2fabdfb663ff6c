/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/gate.h"

enum {
	SFRAME_CONFIG_MASK = 0xf0, /* RFC 9605 4.3: X, K; then Y, C */
	SFRAME_CONFIG = 0xb0,      /* X=1, K=3: a key id of 4 bytes follows */
	KID_KIND_SHIFT = 26,       /* two zero bits, four of the kind: protocol.md section 6 */
	CLEAR_BYTES = 1,
	CLEAR_BYTES_KEY = VP8_KEY_FRAME_HEADER,
};

static bool has_sframe_header(struct span frame, enum kind kind)
{
	struct rd r = rd_from(frame);
	unsigned config = (unsigned)rd_uint(&r, 1);
	uint32_t kid = (uint32_t)rd_uint(&r, 4);

	return r.err == OK && (config & SFRAME_CONFIG_MASK) == SFRAME_CONFIG &&
	       kid >> KID_KIND_SHIFT == (uint32_t)kind;
}

static bool was_refused(const struct gate *gate, uint32_t timestamp)
{
	size_t known = gate->n < FRAMES_JUDGED ? gate->n : (size_t)FRAMES_JUDGED;

	for (size_t i = 0; i < known; i++)
		if (gate->refused[i] == timestamp)
			return true;
	return false;
}

bool gate_passes(struct gate *gate, enum kind kind, const struct rtp *rtp,
                 const struct vp8 *vp8)
{
	size_t clear = 0;

	if (vp8 != NULL && !vp8->starts_frame)
		return !was_refused(gate, rtp->timestamp);
	if (vp8 != NULL)
		clear = vp8->size + (size_t)(vp8->is_key ? CLEAR_BYTES_KEY : CLEAR_BYTES);

	struct rd r = rd_from(rtp->payload);

	rd_bytes(&r, clear);
	if (r.err == OK && has_sframe_header((struct span){ r.p, rd_left(&r) }, kind))
		return true;
	gate->refused[gate->n++ % FRAMES_JUDGED] = rtp->timestamp;
	return false;
}
