/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_FRAME_H
#define ZEGEL_MEETING_FRAME_H

#include "sealed/sframe/sframe.h"
#include "sealed/sframe/sframe_kid.h"

/* A sealed frame's outside, docs/protocol.md section 6: clear bytes || header || sealed. */

enum { FRAME_CLEAR_MAX = 10, FRAME_METADATA_MAX = 2 + FRAME_CLEAR_MAX };

static inline bool frame_is_audio(enum sframe_kind kind)
{
	return kind == SFRAME_AUDIO || kind == SFRAME_SCREEN_AUDIO;
}

/* How many bytes stay in the clear for the SFU and for packetisation: none of Opus; of VP8
 * (RFC 7741 4.3) what depacketisers look into. It follows from the kind and the first byte
 * alone, which both are authenticated. ERR_MALFORMED: the frame is shorter than that. */
MUST_USE enum err frame_clear_len(enum sframe_kind kind, struct span frame, size_t *len);

/* The associated data that follows the SFrame header: version, kind, clear bytes. */
struct span frame_metadata(enum sframe_kind kind, struct span clear,
                           uint8_t out[FRAME_METADATA_MAX]);

/* Every audio frame is sealed at one size, so that its length says nothing of what was
 * spoken. ERR_LIMIT: it does not fit. out: ZEGEL_AUDIO_LEN bytes. */
MUST_USE enum err frame_audio_pad(struct span frame, uint8_t *out);

/* ERR_MALFORMED: not padded in this way. */
MUST_USE enum err frame_audio_unpad(struct span padded, struct span *frame);

#endif
