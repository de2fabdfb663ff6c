/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "server/media/track.h"
#include "tests/support/check.h"

static uint64_t now = TIME_S(100);
static struct layer layer;

static void begin(enum layer_name name)
{
	CHECK(layer_begin(&layer, NULL, name, 7, 1234) == OK);
}

/* A sealed sound packet. */
static enum layer_verdict sound(uint16_t seq)
{
	static const uint8_t sealed[] = { 0xb0, 0x04, 0, 0, 1, 9, 9, 9 };
	const struct ring_packet *p;
	struct rtp rtp = { .seq = seq, .timestamp = seq * 960u, .payload = SPAN(sealed) };

	return layer_input(&layer, &rtp, false, now, &p);
}

static enum layer_verdict padding(uint16_t seq)
{
	const struct ring_packet *p;

	return layer_input(&layer, &(struct rtp){ .seq = seq }, false, now, &p);
}

static uint64_t index_of(uint16_t seq)
{
	static const uint8_t sealed[] = { 0xb0, 0x04, 0, 0, 1, 9, 9, 9 };
	const struct ring_packet *p = NULL;
	struct rtp rtp = { .seq = seq, .payload = SPAN(sealed) };

	CHECK(layer_input(&layer, &rtp, false, now, &p) == LAYER_FORWARD && p != NULL);
	return p != NULL ? p->index : 0;
}

static size_t asks(struct rtcp_nack out[GAPS_MAX])
{
	size_t packets;

	return gaps_ask(&layer.gaps, now, TIME_MS(40), out, &packets);
}

static void doubles_and_old_packets_go_nowhere(void)
{
	begin(LAYER_AUDIO);
	CHECK(sound(65535) == LAYER_FORWARD);
	CHECK(sound(65535) == LAYER_NOTHING);
	CHECK(sound(65534) == LAYER_NOTHING); /* before the first one of all */
	CHECK(sound(0) == LAYER_FORWARD);
	for (uint16_t i = 1; i < 200; i++)
		CHECK(sound(i) == LAYER_FORWARD);
	CHECK(sound(100) == LAYER_NOTHING); /* its place is a newer one's */
	CHECK(layer.gaps.n == 0);
}

static void what_is_left_out_leaves_no_hole(void)
{
	uint64_t first;

	begin(LAYER_AUDIO);
	first = index_of(10);
	CHECK(padding(11) == LAYER_NOTHING);
	CHECK(padding(12) == LAYER_NOTHING);
	CHECK(index_of(13) == first + 1);
	CHECK(padding(14) == LAYER_NOTHING);
	CHECK(index_of(16) == first + 3);
	CHECK(index_of(15) == first + 2); /* late, in its own place */
	CHECK(padding(12) == LAYER_NOTHING);
	CHECK(index_of(17) == first + 4);
	/* Late padding was counted as a loss: it stays one. */
	CHECK(index_of(19) == first + 6);
	CHECK(padding(18) == LAYER_NOTHING);
	CHECK(index_of(20) == first + 7);
}

static void a_jump_that_nothing_can_fill_leaves_no_hole(void)
{
	uint64_t first;

	begin(LAYER_CAMERA_LOW);
	layer.kind = KIND_AUDIO; /* so that packets need no descriptor */
	first = index_of(60000);
	CHECK(index_of(2000) == first + 1);
	CHECK(layer.gaps.n == 0);
	CHECK(index_of(2001) == first + 2);
	CHECK(sound(1999) == LAYER_NOTHING);
}

static void gaps_are_asked_for_until_they_are_filled(void)
{
	struct rtcp_nack out[GAPS_MAX];

	begin(LAYER_AUDIO);
	sound(65530);
	sound(1); /* 65531 to 0 are missing */
	CHECK(asks(out) == 1 && out[0].seq == 65531 && out[0].mask == 0x1f);
	CHECK(asks(out) == 0);
	now += TIME_MS(49);
	CHECK(asks(out) == 0);
	sound(65532);
	now += TIME_MS(2);
	CHECK(asks(out) == 1 && out[0].seq == 65531 && out[0].mask == 0x1e);
	for (uint16_t seq = 65531; seq != 1; seq++)
		sound(seq);
	now += TIME_MS(60);
	CHECK(asks(out) == 0 && layer.gaps.n == 0);
}

static void hopeless_gaps_are_given_up(void)
{
	struct rtcp_nack out[GAPS_MAX];
	unsigned asked = 0;

	begin(LAYER_AUDIO);
	sound(1);
	sound(3);
	for (unsigned i = 0; i < 100; i++, now += TIME_MS(10))
		asked += asks(out) != 0;
	CHECK(asked == GAP_TRIES);
	CHECK(layer.gaps.n == 0);
	sound(5);
	now += GAP_AGE_MAX + 1;
	CHECK(asks(out) == 0 && layer.gaps.n == 0);
}

static void too_many_gaps_call_for_a_key_frame(void)
{
	begin(LAYER_CAMERA_HIGH);
	layer.kind = KIND_SCREEN;

	static const uint8_t sealed[] = { 0x10, 0x11, 0xb0, 0x0c, 0, 0, 1, 9 };
	const struct ring_packet *p;
	struct rtp rtp = { .seq = 1, .payload = SPAN(sealed) };

	CHECK(layer_input(&layer, &rtp, false, now, &p) == LAYER_FORWARD);
	rtp.seq += GAPS_MAX;
	CHECK(layer_input(&layer, &rtp, false, now, &p) == LAYER_FORWARD);
	CHECK(layer.gaps.n == GAPS_MAX - 1 && !layer.key_wanted);
	rtp.seq += 3;
	CHECK(layer_input(&layer, &rtp, false, now, &p) == LAYER_FORWARD);
	CHECK(layer.gaps.n == 0 && layer.key_wanted);
}

/* The clock goes on for as long as asked; returns how often a key frame is asked for. The layer
 * is sent a packet a frame if `is_sent`; receivers wish for a key frame all the time. */
static unsigned key_frames_asked(bool is_sent, uint64_t for_us)
{
	unsigned asked = 0;

	for (uint64_t until = now + for_us; now < until; now += TIME_MS(10)) {
		if (is_sent)
			layer.last_at = now;
		layer.key_wanted = true;
		asked += layer_asks_key_frame(&layer, now);
	}
	return asked;
}

static void camera_begin(struct taker *taker)
{
	begin(LAYER_CAMERA_HIGH);
	layer.key_asked = 0;
	layer.started = true;
	layer.last_at = now;
	layer.takers = taker;
}

static void key_frames_are_asked_for_twice_a_second_at_most(void)
{
	struct taker taker;

	camera_begin(&taker);
	CHECK(!layer_asks_key_frame(&layer, now));
	CHECK(key_frames_asked(true, TIME_MS(9510)) == 20);
	/* Nor more often by giving the stream another SSRC. */
	begin(LAYER_CAMERA_HIGH);
	layer.started = true;
	CHECK(key_frames_asked(true, TIME_MS(480)) == 0);
	layer.takers = NULL;
}

static void what_nobody_takes_is_asked_nothing(void)
{
	struct taker taker;

	camera_begin(NULL);
	CHECK(key_frames_asked(true, TIME_S(2)) == 0);
	/* A wish of old is over with its wisher. */
	layer.takers = &taker;
	CHECK(!layer_asks_key_frame(&layer, now));
	CHECK(key_frames_asked(true, TIME_MS(10)) == 1);
	layer.takers = NULL;
}

static void what_is_not_sent_is_asked_nothing(void)
{
	struct taker taker;

	camera_begin(&taker);
	now += LAYER_DEAD_AFTER;
	CHECK(key_frames_asked(false, TIME_S(60)) == 0);
	/* And at once when it comes back. */
	CHECK(key_frames_asked(true, TIME_MS(10)) == 1);
	/* Just was: it is asked, but less and less often. */
	CHECK(key_frames_asked(false, TIME_S(60)) == 2);
	layer.takers = NULL;
}

static void requests_that_nothing_follows_grow_rare(void)
{
	struct taker taker;
	uint64_t began = now;

	begin(LAYER_SCREEN);
	layer.key_asked = 0;
	layer.started = true;
	layer.takers = &taker;
	/* At 0, 0.5, 1.5, 3.5, 7.5, 11.5 s, ... */
	CHECK(key_frames_asked(false, TIME_MS(510)) == 2);
	CHECK(key_frames_asked(false, TIME_MS(980)) == 0);
	CHECK(key_frames_asked(false, TIME_MS(20)) == 1);
	CHECK(key_frames_asked(false, TIME_S(6)) == 2 && now - began == TIME_MS(7510));
	CHECK(key_frames_asked(false, TIME_S(40)) == 10);
	/* Something came, if not what was wanted. */
	CHECK(key_frames_asked(true, TIME_S(2)) == 4);
	layer.takers = NULL;
}

static void a_key_frame_fulfils_the_wish(void)
{
	static const uint8_t key[] = {
		0x10, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xb0, 8, 0, 0, 1
	};
	const struct ring_packet *p;
	struct rtp rtp = { .seq = 1, .payload = SPAN(key) };

	begin(LAYER_CAMERA_HIGH);
	layer.key_wanted = true;
	CHECK(layer_input(&layer, &rtp, false, now, &p) == LAYER_FORWARD && p->vp8.is_key);
	CHECK(!layer.key_wanted);
}

static enum layer_verdict judge(enum kind kind, struct span payload, uint32_t timestamp)
{
	static uint16_t seq;
	const struct ring_packet *p;
	struct rtp rtp = { .seq = ++seq, .timestamp = timestamp, .payload = payload };

	if (!layer.started || layer.kind != kind) {
		begin(LAYER_CAMERA_HIGH);
		layer.kind = kind;
	}
	return layer_input(&layer, &rtp, false, now, &p);
}

static void only_sealed_frames_pass(void)
{
	static const uint8_t good[] = { 0xb8, 0x04, 0xff, 0xff, 0xff, 1 };
	static const uint8_t other_kind[] = { 0xb8, 0x08, 0xff, 0xff, 0xff, 1 };
	static const uint8_t short_kid[] = { 0xa8, 0x04, 0xff, 0xff, 0xff, 1 };
	static const uint8_t tiny_kid[] = { 0x38, 0x04, 0xff, 0xff, 0xff, 1 };
	static const uint8_t top_bits[] = { 0xb8, 0x44, 0xff, 0xff, 0xff, 1 };
	static const uint8_t top_bit[] = { 0xb8, 0x84, 0xff, 0xff, 0xff, 1 };
	static const uint8_t toc[] = { 0x78, 0x04, 0xff, 0xff, 0xff, 1 };

	CHECK(judge(KIND_AUDIO, SPAN(good), 1) == LAYER_FORWARD);
	CHECK(judge(KIND_AUDIO, SPAN(other_kind), 2) == LAYER_CLEAR);
	CHECK(judge(KIND_AUDIO, SPAN(short_kid), 3) == LAYER_CLEAR);
	CHECK(judge(KIND_AUDIO, SPAN(tiny_kid), 4) == LAYER_CLEAR);
	CHECK(judge(KIND_AUDIO, SPAN(top_bits), 5) == LAYER_CLEAR);
	CHECK(judge(KIND_AUDIO, SPAN(top_bit), 6) == LAYER_CLEAR);
	CHECK(judge(KIND_AUDIO, SPAN(toc), 7) == LAYER_CLEAR);
	CHECK(judge(KIND_CAMERA, SPAN(good), 1) == LAYER_CLEAR);
	for (size_t n = 1; n < 5; n++)
		CHECK(judge(KIND_AUDIO, (struct span){ good, n }, 9) == LAYER_CLEAR);
	CHECK(judge(KIND_AUDIO, (struct span){ good, 5 }, 10) == LAYER_FORWARD);
}

static void a_clear_frame_is_dropped_whole(void)
{
	static const uint8_t inter[] = { 0x10, 0x11, 0xb0, 0x08, 0, 0, 1, 9 };
	static const uint8_t key[] = { 0x10, 0x10, 1,    2, 3, 4, 5, 6, 7,
		                       8,    9,    0xb0, 8, 0, 0, 1, 9, 9 };
	static const uint8_t clear[] = { 0x10, 0x11, 0x77, 0x08, 0, 0, 1, 9 };
	static const uint8_t clear_key[] = { 0x10, 0x10, 0xb0, 8, 0, 0, 1, 6, 7,
		                             8,    9,    0x11, 8, 0, 0, 1, 9, 9 };
	static const uint8_t rest[] = { 0x00, 0xb0, 0x08, 0, 0, 1, 9 };

	CHECK(judge(KIND_CAMERA, SPAN(inter), 1) == LAYER_FORWARD);
	CHECK(judge(KIND_CAMERA, SPAN(rest), 1) == LAYER_FORWARD);
	CHECK(judge(KIND_CAMERA, SPAN(clear), 2) == LAYER_CLEAR);
	CHECK(judge(KIND_CAMERA, SPAN(rest), 2) == LAYER_CLEAR);
	CHECK(judge(KIND_CAMERA, SPAN(rest), 2) == LAYER_CLEAR);
	CHECK(judge(KIND_CAMERA, SPAN(key), 3) == LAYER_FORWARD);
	CHECK(judge(KIND_CAMERA, SPAN(rest), 3) == LAYER_FORWARD);
	CHECK(judge(KIND_CAMERA, SPAN(clear_key), 4) == LAYER_CLEAR);
	CHECK(judge(KIND_CAMERA, SPAN(rest), 4) == LAYER_CLEAR);
	CHECK(judge(KIND_SCREEN, SPAN(inter), 5) == LAYER_CLEAR);
}

static void what_is_too_long_or_no_picture_is_bad(void)
{
	static uint8_t long_one[RING_PAYLOAD_MAX + 1] = { 0xb0, 0x04 };
	static const uint8_t cut[] = { 0x90, 0x80 };

	CHECK(judge(KIND_AUDIO, (struct span){ long_one, RING_PAYLOAD_MAX }, 1) ==
	      LAYER_FORWARD);
	CHECK(judge(KIND_AUDIO, SPAN(long_one), 2) == LAYER_BAD);
	CHECK(judge(KIND_CAMERA, SPAN(cut), 3) == LAYER_BAD);
}

static void reports_say_what_was_lost(void)
{
	struct rtcp_report r;

	begin(LAYER_AUDIO);
	for (uint16_t seq = 65500; seq != 64; seq++)
		if (seq % 4 != 0)
			sound(seq);
	/* Began with 65501, ended with 63: 99 expected, 24 of them lost. */
	layer_report(&layer, now, &r);
	CHECK(r.ssrc == 1234 && r.highest == 0x10000 + 63);
	CHECK(r.lost == 24 && r.fraction == 24 * 255 / 99);
	CHECK(r.lsr == 0 && r.dlsr == 0);
	for (uint16_t seq = 64; seq < 74; seq++)
		sound(seq);
	layer.sender.ntp = 0x1111222233334444;
	layer.sender_at = now;
	now += TIME_MS(500);
	layer_report(&layer, now, &r);
	CHECK(r.lost == 24 && r.fraction == 0);
	CHECK(r.lsr == 0x22223333 && r.dlsr == 0x8000);
}

static void jitter_is_that_of_the_rfc(void)
{
	struct rtcp_report r;

	begin(LAYER_AUDIO);
	for (uint16_t seq = 1; seq < 500; seq++, now += TIME_MS(20))
		sound(seq);
	layer_report(&layer, now, &r);
	CHECK(r.jitter == 0);
	for (uint16_t seq = 500; seq < 1500; seq++, now += seq % 2 ? TIME_MS(10) : TIME_MS(30))
		sound(seq);
	/* Every packet is 10 ms off the one before: 480 units. */
	layer_report(&layer, now, &r);
	CHECK(r.jitter > 470 && r.jitter < 490);
}

static void a_publishers_clock_gives_rtp_times(void)
{
	uint32_t rtp = 5;

	begin(LAYER_CAMERA_HIGH);
	CHECK(!layer_time(&layer, 1, &rtp));
	layer.sender = (struct rtcp_sender){ .ntp = 100ull << 32, .rtp = 0xffffffff };
	layer.sender_at = now;
	CHECK(layer_time(&layer, 100ull << 32, &rtp) && rtp == 0xffffffff);
	CHECK(layer_time(&layer, 102ull << 32, &rtp) && rtp == 179999);
	CHECK(layer_time(&layer, (99ull << 32) + (1u << 31), &rtp) &&
	      rtp == 0xffffffff - 45000);
	CHECK(!layer_time(&layer, 161ull << 32, &rtp));
	CHECK(!layer_time(&layer, 39ull << 32, &rtp));
}

static void a_layer_begun_anew_forgets_but_keeps_its_takers(void)
{
	begin(LAYER_AUDIO);
	sound(1);
	layer.takers = (struct taker *)&layer;
	CHECK(layer_begin(&layer, NULL, LAYER_AUDIO, 8, 99) == OK);
	CHECK(layer.id == 8 && layer.ssrc == 99 && !layer.started);
	CHECK(layer.takers == (struct taker *)&layer);
	layer.takers = NULL;
	CHECK(sound(1) == LAYER_FORWARD);
}

int main(void)
{
	doubles_and_old_packets_go_nowhere();
	what_is_left_out_leaves_no_hole();
	a_jump_that_nothing_can_fill_leaves_no_hole();
	gaps_are_asked_for_until_they_are_filled();
	hopeless_gaps_are_given_up();
	too_many_gaps_call_for_a_key_frame();
	key_frames_are_asked_for_twice_a_second_at_most();
	what_nobody_takes_is_asked_nothing();
	what_is_not_sent_is_asked_nothing();
	requests_that_nothing_follows_grow_rare();
	a_key_frame_fulfils_the_wish();
	only_sealed_frames_pass();
	a_clear_frame_is_dropped_whole();
	what_is_too_long_or_no_picture_is_bad();
	reports_say_what_was_lost();
	jitter_is_that_of_the_rfc();
	a_publishers_clock_gives_rtp_times();
	a_layer_begun_anew_forgets_but_keeps_its_takers();
	layer_clear(&layer);
	return check_report("layer");
}
