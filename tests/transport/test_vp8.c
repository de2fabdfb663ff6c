/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "tests/support/check.h"
#include "transport/vp8.h"

/* X S; I L T K; long picture id 0x1234; TL0PICIDX 5; TID 2 Y KEYIDX 3; a key frame's tag. */
static const uint8_t full[] = { 0x90, 0xf0, 0x92, 0x34, 5, 0xa3, 0x10 };
static const uint8_t plain[] = { 0x10, 0x01 }, later[] = { 0x00, 0x00 };
static const uint8_t short_id[] = { 0x90, 0x80, 0x7f, 0x01 };

static void every_field_is_read(void)
{
	struct vp8 v = { 0 };

	CHECK(vp8_read(SPAN(full), &v) == OK);
	CHECK(v.starts_frame && v.is_key && v.size == 6);
	CHECK(v.has_picture_id && v.is_long && v.picture_id == 0x1234);
	CHECK(v.has_tl0picidx && v.tl0picidx == 5);
	CHECK(v.has_tid && v.tid == 2 && v.y && v.has_keyidx && v.keyidx == 3);
	CHECK(vp8_read(SPAN(plain), &v) == OK);
	CHECK(v.starts_frame && !v.is_key && v.size == 1 && !v.has_picture_id);
	CHECK(vp8_read(SPAN(short_id), &v) == OK);
	CHECK(v.has_picture_id && !v.is_long && v.picture_id == 0x7f && v.size == 3);
}

static void only_a_first_packet_can_be_a_key_frames(void)
{
	static const uint8_t second_partition[] = { 0x11, 0x00 };
	struct vp8 v = { 0 };

	CHECK(vp8_read(SPAN(later), &v) == OK && !v.starts_frame && !v.is_key);
	CHECK(vp8_read(SPAN(second_partition), &v) == OK && !v.starts_frame && !v.is_key);
}

static void every_prefix_is_refused(void)
{
	struct vp8 v = { .size = 99 };

	for (size_t n = 0; n < sizeof(full); n++)
		CHECK(vp8_read((struct span){ full, n }, &v) == ERR_TRUNCATED);
	for (size_t n = 0; n < sizeof(short_id); n++)
		CHECK(vp8_read((struct span){ short_id, n }, &v) == ERR_TRUNCATED);
	CHECK(v.size == 99);
}

static void rewriting_touches_nothing_else(void)
{
	uint8_t copy[sizeof(full)], tiny[sizeof(short_id)], none[sizeof(plain)];
	struct vp8 v = { 0 };

	memcpy(copy, full, sizeof(full));
	CHECK(vp8_read(SPAN(copy), &v) == OK);
	vp8_rewrite(copy, &v, 0x7fff, 0xee);
	CHECK(copy[2] == 0xff && copy[3] == 0xff && copy[4] == 0xee);
	copy[2] = full[2], copy[3] = full[3], copy[4] = full[4];
	CHECK(memcmp(copy, full, sizeof(full)) == 0);

	memcpy(tiny, short_id, sizeof(tiny));
	CHECK(vp8_read(SPAN(tiny), &v) == OK);
	vp8_rewrite(tiny, &v, 0x181, 0xee);
	CHECK(tiny[2] == 0x01);
	tiny[2] = short_id[2];
	CHECK(memcmp(tiny, short_id, sizeof(tiny)) == 0);

	memcpy(none, plain, sizeof(none));
	CHECK(vp8_read(SPAN(none), &v) == OK);
	vp8_rewrite(none, &v, 0x181, 0xee);
	CHECK(memcmp(none, plain, sizeof(none)) == 0);
}

static void rewriting_to_the_same_values_changes_nothing(void)
{
	/* All descriptors there are, followed by what their bits ask for. */
	for (unsigned first = 0; first < 256; first++)
		for (unsigned bits = 0; bits < 256; bits++) {
			uint8_t in[] = {
				(uint8_t)first, (uint8_t)bits, 0x85, 0x81, 3, 0x44, 7
			};
			uint8_t copy[sizeof(in)];
			struct vp8 v;

			memcpy(copy, in, sizeof(in));
			if (vp8_read(SPAN(copy), &v) != OK)
				continue;
			vp8_rewrite(copy, &v, v.picture_id, v.tl0picidx);
			if (memcmp(in, copy, sizeof(in)) != 0)
				CHECK(false);
		}
	CHECK(true);
}

int main(void)
{
	every_field_is_read();
	only_a_first_packet_can_be_a_key_frames();
	every_prefix_is_refused();
	rewriting_touches_nothing_else();
	rewriting_to_the_same_values_changes_nothing();
	return check_report("vp8");
}
