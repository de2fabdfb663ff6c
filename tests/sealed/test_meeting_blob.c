/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "sealed/meeting/blob.h"
#include "sealed/wire/wr.h"
#include "tests/support/check.h"
#include "tests/support/provider.h"

enum { room = 4 << 20 };

static struct link ours, theirs;
static struct arena arena;
static uint8_t content[300000];

static struct span seal(enum lane lane, struct span in)
{
	struct span blob = { 0 };

	CHECK(blob_seal(&ours, provider(), lane, in, &arena, &blob) == OK);
	return blob;
}

static void open_is_refused(enum lane lane, struct span blob, enum err want)
{
	struct span out = { content, 7 };

	CHECK(blob_open(&ours, provider(), lane, blob, &arena, &out) == want);
	CHECK(out.p == content && out.n == 7);
}

static void all_lengths_come_back_in_few_sizes(void)
{
	static const size_t sizes[] = { 512, 1024, 2048, 4096, 8192, 16384, 32768, 49152 };
	size_t kinds = 0, last = 0;

	for (size_t n = 0; n < 40000; n += n < 600 ? 1 : 97) {
		struct span out, blob = seal(LANE_LOG, (struct span){ content, n });

		CHECK(blob_open(&ours, provider(), LANE_LOG, blob, &arena, &out) == OK);
		CHECK(span_is_equal(out, (struct span){ content, n }));
		CHECK(blob.n == blob_len(n) && blob.n >= last);
		if (blob.n != last)
			CHECK(blob.n == sizes[kinds++]);
		last = blob.n;
		arena_clear(&arena);
	}
	CHECK(kinds == ARRAY_LEN(sizes));
	CHECK(blob_len(482) == 512 && blob_len(483) == 1024);
	CHECK(blob_len(sizeof(content)) % 16384 == 0);
}

static void two_blobs_of_one_content_differ(void)
{
	struct span a = seal(LANE_LOG, SPAN_STR("same")), b = seal(LANE_LOG, SPAN_STR("same"));

	CHECK(a.n == b.n && memcmp(a.p, b.p, AEAD_NONCE) != 0);
	CHECK(memcmp(a.p + AEAD_NONCE, b.p + AEAD_NONCE, a.n - AEAD_NONCE) != 0);
}

static void a_blob_opens_in_its_lane_only(void)
{
	for (enum lane from = LANE_LOG; from <= LANE_WHISPER; from++)
		for (enum lane to = LANE_LOG; to <= LANE_WHISPER; to++) {
			struct span out, blob = seal(from, SPAN_STR("hello"));

			if (from != to)
				open_is_refused(to, blob, ERR_AUTH);
			else
				CHECK(blob_open(&ours, provider(), to, blob, &arena, &out) == OK);
		}
	arena_clear(&arena);
}

static void a_blob_of_another_link_does_not_open(void)
{
	struct link half = ours;
	struct span blob;

	CHECK(blob_seal(&theirs, provider(), LANE_LOG, SPAN_STR("x"), &arena, &blob) == OK);
	open_is_refused(LANE_LOG, blob, ERR_AUTH);
	/* Same key, another room: the room id is authenticated. */
	half.room_id[0] ^= 1;
	CHECK(blob_seal(&half, provider(), LANE_LOG, SPAN_STR("x"), &arena, &blob) == OK);
	open_is_refused(LANE_LOG, blob, ERR_AUTH);
}

static void every_flipped_bit_and_every_prefix_is_refused(void)
{
	struct span blob = seal(LANE_LOG, SPAN_STR("hello"));
	uint8_t copy[512];

	CHECK(blob.n == sizeof(copy));
	for (size_t bit = 0; bit < 8 * sizeof(copy); bit++) {
		size_t mark = arena_mark(&arena);

		memcpy(copy, blob.p, sizeof(copy));
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		open_is_refused(LANE_LOG, SPAN(copy), ERR_AUTH);
		arena_release(&arena, mark);
	}
	for (size_t n = 0; n < blob.n; n++)
		open_is_refused(LANE_LOG, (struct span){ blob.p, n }, ERR_MALFORMED);
}

/* What a holder of the link could make by hand: a blob that carries something in its
 * padding, or is padded more than it has to be. */
static void sealed_by_hand(size_t len, size_t content_n, size_t dirt_at)
{
	uint8_t plain[2048] = { 0 }, blob[2048 + 28], aad[ROOM_ID_LEN + 1];
	struct wr w = wr_into(plain, sizeof(plain));
	bool is_good = len == blob_len(content_n) && dirt_at == 0;

	wr_vec(&w, (struct span){ content, content_n });
	if (dirt_at != 0)
		plain[dirt_at] = 1;
	memcpy(aad, ours.room_id, ROOM_ID_LEN);
	aad[ROOM_ID_LEN] = LANE_LOG;
	memset(blob, 7, AEAD_NONCE);
	CHECK(crypto_seal(provider(), AEAD_AES256GCM, ours.wrap, blob, SPAN(aad),
	                  (struct span){ plain, len - 28 }, blob + AEAD_NONCE) == OK);

	struct span out;

	if (is_good)
		CHECK(blob_open(&ours, provider(), LANE_LOG, (struct span){ blob, len }, &arena,
		                &out) == OK);
	else
		open_is_refused(LANE_LOG, (struct span){ blob, len }, ERR_MALFORMED);
}

static void padding_is_zero_and_as_long_as_it_must_be(void)
{
	sealed_by_hand(512, 10, 0);
	sealed_by_hand(512, 10, 11);
	sealed_by_hand(512, 10, 512 - 29);
	sealed_by_hand(1024, 10, 0);
	sealed_by_hand(513, 10, 0);
	sealed_by_hand(513, 483, 0);
}

static void a_full_arena_is_no_blob(void)
{
	uint8_t small[256];
	struct arena tight = arena_into(small, sizeof(small));
	struct span out = { 0 }, blob = seal(LANE_LOG, SPAN_STR("x"));

	CHECK(blob_seal(&ours, provider(), LANE_LOG, SPAN_STR("x"), &tight, &out) == ERR_SPACE);
	CHECK(blob_open(&ours, provider(), LANE_LOG, blob, &tight, &out) == ERR_SPACE);
}

static void make_link(struct link *link)
{
	char token[ZEGEL_TOKEN_LEN], host[ZEGEL_HOST_TOKEN_LEN];
	enum err err;

	CHECK(zegel_link_create(provider(), 0, token, host) == OK);
	CHECK(link_read(link, provider(), token, sizeof(token), &err) == ZEGEL_LINK_GOOD);
}

int main(void)
{
	arena = arena_into(malloc(room), room);
	make_link(&ours);
	make_link(&theirs);
	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 31 + 1);
	all_lengths_come_back_in_few_sizes();
	two_blobs_of_one_content_differ();
	a_blob_opens_in_its_lane_only();
	a_blob_of_another_link_does_not_open();
	every_flipped_bit_and_every_prefix_is_refused();
	padding_is_zero_and_as_long_as_it_must_be();
	a_full_arena_is_no_blob();
	return check_report("meeting_blob");
}
