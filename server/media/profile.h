/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_PROFILE_H
#define ZEGEL_MEDIA_PROFILE_H

#include "sealed/wire/span.h"

/* The media wire profile: docs/protocol.md section 5. Constant, the same for everyone. */
enum profile_payload { PAYLOAD_VP8 = 96, PAYLOAD_RTX = 97, PAYLOAD_OPUS = 111 };
enum profile_extension { EXT_MID = 1, EXT_RID = 2, EXT_REPAIRED_RID = 3, EXT_TWCC = 4 };

/* As SFrame's key ids name them: protocol.md section 6. */
enum kind { KIND_AUDIO = 1, KIND_CAMERA = 2, KIND_SCREEN = 3, KIND_SCREEN_AUDIO = 4 };

/* What one participant may publish: each is one SSRC, and one more for its RTX. */
enum layer_name {
	LAYER_AUDIO,
	LAYER_CAMERA_LOW,
	LAYER_CAMERA_MEDIUM,
	LAYER_CAMERA_HIGH,
	LAYER_SCREEN,
	LAYER_SCREEN_AUDIO,
	LAYERS,
};

enum kind profile_kind(enum layer_name name);
bool kind_is_video(enum kind kind);
uint32_t kind_clock(enum kind kind); /* ticks a second */

/* From the MID and RID extensions; an empty `rid`: absent. False: not of the profile. A
 * camera without RID is one without simulcast: the high layer. */
bool profile_layer(struct span mid, struct span rid, enum layer_name *out);

/* The layer of a camera whose nominal height covers `height`, or the high one. */
enum layer_name profile_camera(uint16_t height);

/* What we send: SSRCs and MIDs of slots, and the name that a slot's sound and picture share. */
enum track_part { TRACK_AUDIO = 0, TRACK_VIDEO = 1, TRACK_RTX = 2 };
enum { PROFILE_MID_MAX = 3 };
uint32_t profile_ssrc(uint8_t slot, enum track_part part);
size_t profile_mid(uint8_t slot, enum track_part part, char out[PROFILE_MID_MAX + 1]);
size_t profile_cname(uint8_t slot, char out[PROFILE_MID_MAX + 1]);

#define PROFILE_FEEDBACK_SSRC 0x5a00fff0u /* ours where we send no media: no slot's */

#endif
