/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/profile.h"

#include <stdio.h>

#include "server/ipc.h"

enum kind profile_kind(enum layer_name name)
{
	switch (name) {
	case LAYER_AUDIO:
		return KIND_AUDIO;
	case LAYER_SCREEN:
		return KIND_SCREEN;
	case LAYER_SCREEN_AUDIO:
		return KIND_SCREEN_AUDIO;
	default:
		return KIND_CAMERA;
	}
}

bool kind_is_video(enum kind kind)
{
	return kind == KIND_CAMERA || kind == KIND_SCREEN;
}

uint32_t kind_clock(enum kind kind)
{
	return kind_is_video(kind) ? 90000 : 48000;
}

static bool camera_layer(struct span rid, enum layer_name *out)
{
	if (rid.n > 1)
		return false;
	switch (rid.n == 0 ? 'h' : rid.p[0]) {
	case 'l':
		*out = LAYER_CAMERA_LOW;
		return true;
	case 'm':
		*out = LAYER_CAMERA_MEDIUM;
		return true;
	case 'h':
		*out = LAYER_CAMERA_HIGH;
		return true;
	default:
		return false;
	}
}

bool profile_layer(struct span mid, struct span rid, enum layer_name *out)
{
	if (mid.n != 2 || mid.p[0] != 'u')
		return false;
	switch (mid.p[1]) {
	case 'a':
		*out = LAYER_AUDIO;
		return true;
	case 'c':
		return camera_layer(rid, out);
	case 's':
		*out = LAYER_SCREEN;
		return true;
	case 'x':
		*out = LAYER_SCREEN_AUDIO;
		return true;
	default:
		return false;
	}
}

enum layer_name profile_camera(uint16_t height)
{
	if (height <= 180)
		return LAYER_CAMERA_LOW;
	return height <= 360 ? LAYER_CAMERA_MEDIUM : LAYER_CAMERA_HIGH;
}

uint32_t profile_ssrc(uint8_t slot, enum track_part part)
{
	return 0x5a000000u + 16u * slot + part;
}

static unsigned number_of(uint8_t slot)
{
	return (slot < IPC_SCREEN_SLOT_FIRST ? slot : slot - (unsigned)IPC_SCREEN_SLOT_FIRST) %
	       100;
}

size_t profile_mid(uint8_t slot, enum track_part part, char out[PROFILE_MID_MAX + 1])
{
	return (size_t)snprintf(out, PROFILE_MID_MAX + 1, "%s%c%u",
	                        slot < IPC_SCREEN_SLOT_FIRST ? "" : "s",
	                        part == TRACK_AUDIO ? 'a' : 'v', number_of(slot));
}

size_t profile_cname(uint8_t slot, char out[PROFILE_MID_MAX + 1])
{
	return (size_t)snprintf(out, PROFILE_MID_MAX + 1, "%c%u",
	                        slot < IPC_SCREEN_SLOT_FIRST ? 'p' : 's', number_of(slot));
}
