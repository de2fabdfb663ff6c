/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/wire/arena.h"
#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"
#include "tests/support/check.h"

static void a_vector_survives_writing_and_reading(void)
{
	static const size_t sizes[] = { 0, 1, 63, 64, 16383, 16384, 70000 };
	static uint8_t body[70000], buf[70010];

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct wr w = wr_into(buf, sizeof(buf));
		size_t opened = wr_open(&w);
		struct span out;

		memset(body, (int)i + 1, sizeof(body));
		wr_bytes(&w, (struct span){ body, sizes[i] });
		wr_close(&w, opened);
		CHECK(wr_end(&w, &out) == OK);
		CHECK(out.n == sizes[i] + varint_len(sizes[i]));

		struct rd r = rd_from(out);
		struct span in = rd_vec(&r);

		CHECK(rd_end(&r) == OK);
		CHECK(span_is_equal(in, (struct span){ body, sizes[i] }));
	}
}

static void every_prefix_is_refused(void)
{
	static const uint8_t wire[] = { 0x40, 0x41, 1, 2, 3 };

	for (size_t n = 0; n < sizeof(wire); n++) {
		struct rd r = rd_from((struct span){ wire, n });

		CHECK(rd_vec(&r).n == 0);
		CHECK(rd_end(&r) == ERR_TRUNCATED);
	}
}

static void lengths_in_a_longer_form_are_refused(void)
{
	static const uint8_t two[] = { 0x40, 0x3f }, four[] = { 0x80, 0, 0x3f, 0xff };
	static const uint8_t eight[] = { 0xc0, 0, 0, 0, 0, 0, 0, 0 };
	struct rd r = rd_from(SPAN(two));

	rd_varint(&r);
	CHECK(rd_end(&r) == ERR_MALFORMED);
	r = rd_from(SPAN(four));
	rd_varint(&r);
	CHECK(rd_end(&r) == ERR_MALFORMED);
	r = rd_from(SPAN(eight));
	rd_varint(&r);
	CHECK(rd_end(&r) == ERR_MALFORMED);
}

static void the_first_error_latches(void)
{
	static const uint8_t wire[] = { 1, 2, 3 };
	struct rd r = rd_from(SPAN(wire));

	CHECK(rd_uint(&r, 4) == 0);
	CHECK(rd_uint(&r, 1) == 0);
	CHECK(!rd_more(&r));
	rd_fail(&r, ERR_LIMIT);
	CHECK(rd_end(&r) == ERR_TRUNCATED);
}

static void a_child_with_bytes_left_is_malformed(void)
{
	static const uint8_t wire[] = { 2, 7, 8 };
	struct rd r = rd_from(SPAN(wire));
	struct rd child = rd_child(&r);

	CHECK(rd_uint(&child, 1) == 7);
	rd_join(&r, &child);
	CHECK(rd_end(&r) == ERR_MALFORMED);
}

static void a_full_writer_latches(void)
{
	uint8_t buf[3];
	struct wr w = wr_into(buf, sizeof(buf));
	struct span out;

	wr_uint(&w, 4, 1);
	wr_uint(&w, 1, 1);
	CHECK(wr_end(&w, &out) == ERR_SPACE);
	w = wr_into(buf, sizeof(buf));
	wr_varint(&w, (uint64_t)1 << 30);
	CHECK(wr_end(&w, &out) == ERR_LIMIT);
}

static void an_arena_refuses_what_does_not_fit_and_wipes_what_is_released(void)
{
	static uint8_t block[256];
	struct arena a = arena_into(block, sizeof(block));
	size_t mark = arena_mark(&a);
	uint8_t *p = arena_alloc(&a, 32);

	CHECK(p != NULL);
	memset(p, 0xaa, 32);
	CHECK(arena_alloc(&a, 4096) == NULL);
	CHECK(arena_array(&a, SIZE_MAX / 2, 4) == NULL);
	CHECK(arena_alloc(&a, SIZE_MAX) == NULL);
	arena_release(&a, mark);
	CHECK(p[0] == 0 && p[31] == 0);
}

int main(void)
{
	a_vector_survives_writing_and_reading();
	every_prefix_is_refused();
	lengths_in_a_longer_form_are_refused();
	the_first_error_latches();
	a_child_with_bytes_left_is_malformed();
	a_full_writer_latches();
	an_arena_refuses_what_does_not_fit_and_wipes_what_is_released();
	return check_report("wire");
}
