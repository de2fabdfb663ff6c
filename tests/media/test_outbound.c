/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/outbound.h"

#include "tests/support/check.h"

enum { PACKETS = 6 };

static size_t level(const uint16_t *sizes, size_t n, size_t *size)
{
	static struct ring_packet packets[PACKETS];
	struct egress egress[PACKETS];

	for (size_t i = 0; i < n; i++) {
		packets[i].n = sizes[i];
		egress[i] = (struct egress){ .packet = &packets[i] };
	}
	return outbound_level(egress, n, size);
}

static void packets_of_nearly_one_size_are_neighbours(void)
{
	size_t size;

	CHECK(level((uint16_t[]){ 1099, 1100, 1099, 1100, 1092, 1100 }, 6, &size) == 6);
	CHECK(size == 1100);
}

static void a_frames_short_end_is_not_blown_up(void)
{
	size_t size;

	CHECK(level((uint16_t[]){ 1099, 1100, 400 }, 3, &size) == 2 && size == 1100);
	CHECK(level((uint16_t[]){ 400, 1099 }, 2, &size) == 1 && size == 400);
	CHECK(level((uint16_t[]){ 400 }, 1, &size) == 1 && size == 400);
}

/* Small steps do not add up. */
static void no_packet_grows_by_more_than_it_is_worth(void)
{
	const uint16_t sizes[PACKETS] = { 100, 104, 108, 109, 110, 112 };
	size_t size, n = level(sizes, PACKETS, &size);

	CHECK(n == 3 && size == 108 && size - sizes[0] == LEVEL_BYTES);
}

int main(void)
{
	packets_of_nearly_one_size_are_neighbours();
	a_frames_short_end_is_not_blown_up();
	no_packet_grows_by_more_than_it_is_worth();
	return check_report("outbound");
}
