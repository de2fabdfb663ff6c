/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/frame.h"

#include <string.h>

#include "sealed/sealed.h"
#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

enum { metadata_version = 1, vp8_inter_frame = 1, vp8_clear = 1, vp8_key_frame_clear = 10 };

enum err frame_clear_len(enum sframe_kind kind, struct span frame, size_t *len)
{
	size_t want = 0;

	if (!frame_is_audio(kind)) {
		if (frame.n == 0)
			return ERR_MALFORMED;
		want = frame.p[0] & vp8_inter_frame ? vp8_clear : vp8_key_frame_clear;
	}
	if (frame.n < want)
		return ERR_MALFORMED;
	*len = want;
	return OK;
}

struct span frame_metadata(enum sframe_kind kind, struct span clear,
                           uint8_t out[FRAME_METADATA_MAX])
{
	out[0] = metadata_version;
	out[1] = (uint8_t)kind;
	if (clear.n != 0)
		memcpy(out + 2, clear.p, clear.n);
	return (struct span){ out, 2 + clear.n };
}

enum err frame_audio_pad(struct span frame, uint8_t *out)
{
	struct wr w = wr_into(out, ZEGEL_AUDIO_LEN);

	if (frame.n > ZEGEL_AUDIO_LEN - 2)
		return ERR_LIMIT;
	wr_uint(&w, 2, frame.n);
	wr_bytes(&w, frame);
	wr_zero(&w, w.cap - w.n);
	return w.err;
}

enum err frame_audio_unpad(struct span padded, struct span *frame)
{
	struct rd r = rd_from(padded);
	struct span inner = rd_bytes(&r, (size_t)rd_uint(&r, 2));
	struct span zeros = rd_bytes(&r, rd_left(&r));

	if (rd_end(&r) != OK || padded.n != ZEGEL_AUDIO_LEN)
		return ERR_MALFORMED;
	for (size_t i = 0; i < zeros.n; i++)
		if (zeros.p[i] != 0)
			return ERR_MALFORMED;
	*frame = inner;
	return OK;
}
