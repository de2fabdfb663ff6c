/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "server/media/track.h"
#include "tests/media/participant.h"
#include "tests/support/check.h"

/* Publishers' layers and one receiver's slot, without sockets, on a clock of our own. */
static uint64_t now;
static struct layer layers[2][LAYERS];
static struct slot slot;
static uint32_t ids;

static void publish(struct layer *set, enum layer_name name)
{
	ids++;
	CHECK(layer_begin(&set[name], NULL, name, ids, ids) == OK);
	set[name].started = true;
	set[name].last_at = now;
}

static void world_begin(uint8_t number)
{
	now = TIME_S(50);
	for (size_t i = 0; i < LAYERS; i++)
		for (size_t k = 0; k < 2; k++) {
			layer_leave_all(&layers[k][i]);
			layer_clear(&layers[k][i]);
		}
	slot_init(&slot, NULL, number);
	slot.source = 1;
}

static const struct layer *awaited(uint16_t height)
{
	slot.height = height;
	slot_aim(&slot, layers[0], now);
	return slot.video.awaited.layer;
}

static void the_layer_follows_the_height(void)
{
	world_begin(0);
	CHECK(awaited(720) == NULL);
	publish(layers[0], LAYER_CAMERA_LOW);
	publish(layers[0], LAYER_CAMERA_MEDIUM);
	publish(layers[0], LAYER_CAMERA_HIGH);
	publish(layers[0], LAYER_SCREEN);
	CHECK(awaited(1) == &layers[0][LAYER_CAMERA_LOW]);
	CHECK(awaited(180) == &layers[0][LAYER_CAMERA_LOW]);
	CHECK(awaited(181) == &layers[0][LAYER_CAMERA_MEDIUM]);
	CHECK(awaited(360) == &layers[0][LAYER_CAMERA_MEDIUM]);
	CHECK(awaited(361) == &layers[0][LAYER_CAMERA_HIGH]);
	CHECK(awaited(2160) == &layers[0][LAYER_CAMERA_HIGH]);
	CHECK(layers[0][LAYER_CAMERA_HIGH].key_wanted);
	CHECK(awaited(0) == NULL);
}

static void only_what_is_received_is_chosen(void)
{
	world_begin(0);
	publish(layers[0], LAYER_CAMERA_HIGH);
	CHECK(awaited(100) == &layers[0][LAYER_CAMERA_HIGH]);
	publish(layers[0], LAYER_CAMERA_MEDIUM);
	CHECK(awaited(100) == &layers[0][LAYER_CAMERA_MEDIUM]);
	CHECK(awaited(720) == &layers[0][LAYER_CAMERA_HIGH]);
	now += LAYER_DEAD_AFTER;
	layers[0][LAYER_CAMERA_MEDIUM].last_at = now;
	CHECK(awaited(720) == &layers[0][LAYER_CAMERA_MEDIUM]);
	/* Nothing at all: stay. */
	now += LAYER_DEAD_AFTER;
	CHECK(awaited(720) == &layers[0][LAYER_CAMERA_MEDIUM]);
}

static void a_screen_slot_shows_screens_only(void)
{
	world_begin(64);
	publish(layers[0], LAYER_CAMERA_HIGH);
	publish(layers[0], LAYER_AUDIO);
	CHECK(awaited(720) == NULL && slot.audio.current.layer == NULL);
	publish(layers[0], LAYER_SCREEN);
	publish(layers[0], LAYER_SCREEN_AUDIO);
	now += TIME_S(60); /* a still screen is no dead one */
	CHECK(awaited(720) == &layers[0][LAYER_SCREEN]);
	CHECK(slot.audio.current.layer == &layers[0][LAYER_SCREEN_AUDIO]);
	world_begin(0);
	publish(layers[0], LAYER_SCREEN);
	publish(layers[0], LAYER_SCREEN_AUDIO);
	CHECK(awaited(720) == NULL && slot.audio.current.layer == NULL);
}

static size_t takers(const struct layer *layer)
{
	size_t n = 0;

	for (const struct taker *t = layer->takers; t != NULL; t = t->next)
		n++;
	return n;
}

static void who_goes_leaves_no_trace(void)
{
	static struct slot others[5];

	world_begin(0);
	publish(layers[0], LAYER_CAMERA_HIGH);
	publish(layers[0], LAYER_AUDIO);
	awaited(720);
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		slot_init(&others[i], NULL, (uint8_t)i);
		others[i].height = 720;
		slot_aim(&others[i], layers[0], now);
		slot_aim(&others[i], layers[0], now);
	}
	CHECK(takers(&layers[0][LAYER_CAMERA_HIGH]) == 6);
	CHECK(takers(&layers[0][LAYER_AUDIO]) == 6);
	slot_silence(&others[2]);
	slot_aim(&others[4], NULL, now);
	slot_silence(&others[4]);
	slot_silence(&slot);
	CHECK(takers(&layers[0][LAYER_CAMERA_HIGH]) == 3);
	layer_leave_all(&layers[0][LAYER_CAMERA_HIGH]);
	layer_leave_all(&layers[0][LAYER_AUDIO]);
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		CHECK(others[i].video.awaited.layer == NULL &&
		      others[i].audio.current.layer == NULL);
	CHECK(takers(&layers[0][LAYER_CAMERA_HIGH]) == 0);
}

/* One packet on its way, as its publisher knows it. */
enum { PACKETS = 60000 };
static struct truth {
	bool is_sealed, forwarded;
	uint32_t splice;
	uint32_t frame; /* of its publisher's layer */
	bool starts, is_key;
} truth[3][2][PACKETS]; /* layer l, m, h of two publishers */
static size_t sent[3][2];

static struct out {
	bool there, starts, is_key;
	uint32_t timestamp;
	uint16_t picture_id;
	uint8_t tl0picidx;
	uint32_t splice, frame;
	uint64_t at;
} out[1 << 17];
static uint64_t out_first, out_last;
static uint32_t splices;
static size_t faults;

static struct stream streams[3][2];
static uint8_t held[3][2][UDP_PACKET_MAX]; /* a packet that comes late */
static size_t held_n[3][2], held_at[3][2], held_for[3][2];

static void deliver(size_t rid, size_t who, uint8_t *bytes, size_t n, size_t number)
{
	struct layer *layer = &layers[who][LAYER_CAMERA_LOW + rid];
	const struct ring_packet *p;
	struct spliced as;
	struct truth *t = &truth[rid][who][number];
	struct rtp rtp;
	bool switched;

	if (rtp_read((struct span){ bytes, n }, &rtp) != OK) {
		faults++;
		return;
	}
	enum layer_verdict verdict = layer_input(layer, &rtp, false, now, &p);

	faults += (verdict == LAYER_FORWARD) != t->is_sealed;
	if (verdict != LAYER_FORWARD || !track_takes(&slot.video, layer, p, &as, &switched))
		return;
	splices += switched;
	faults += switched && !p->vp8.is_key;

	uint64_t index = p->index + slot.video.splicer.recent[0].shift;

	faults += (uint16_t)index != as.seq || index >= ARRAY_LEN(out) || out[index].there;
	if (index >= ARRAY_LEN(out))
		return;
	out[index] =
	    (struct out){ true,         t->starts, t->is_key, as.timestamp, as.picture_id,
		          as.tl0picidx, splices,   t->frame,  now };
	t->forwarded = true;
	t->splice = splices;
	out_first = out_first == 0 ? index : out_first;
	out_last = index > out_last ? index : out_last;
}

static void send_packet(size_t rid, size_t who, uint8_t *bytes, size_t n, size_t number)
{
	bool can_wait =
	    truth[rid][who][number].is_sealed && held_n[rid][who] == 0 && number > 0;
	unsigned fate = (unsigned)rand() % 100;

	if (fate < 3 && truth[rid][who][number].is_sealed)
		return; /* lost */
	if (fate < 8 && can_wait) {
		memcpy(held[rid][who], bytes, n);
		held_n[rid][who] = n;
		held_at[rid][who] = number;
		held_for[rid][who] = 1 + (size_t)rand() % 4;
		return;
	}
	deliver(rid, who, bytes, n, number);
	if (held_n[rid][who] != 0 && --held_for[rid][who] == 0) {
		deliver(rid, who, held[rid][who], held_n[rid][who], held_at[rid][who]);
		held_n[rid][who] = 0;
	}
}

static void send_frame(size_t rid, size_t who, uint32_t frame)
{
	struct stream *s = &streams[rid][who];
	struct layer *layer = &layers[who][LAYER_CAMERA_LOW + rid];
	bool is_key = layer_asks_key_frame(layer, now) || rand() % 200 == 0;
	size_t n = 1 + (size_t)rand() % 5, number;
	uint8_t bytes[UDP_PACKET_MAX];

	s->is_clear = rand() % 50 == 0;
	for (size_t i = 0; i < n; i++) {
		number = sent[rid][who]++;
		truth[rid][who][number] = (struct truth){ .is_sealed = !s->is_clear,
			                                  .frame = frame,
			                                  .starts = i == 0,
			                                  .is_key = is_key };
		send_packet(rid, who, bytes, stream_packet(s, 0, is_key, i, n, 20, bytes),
		            number);
	}
	if (rand() % 20 == 0) {
		struct rtp rtp = { .pt = PAYLOAD_VP8,
			           .seq = s->seq++,
			           .timestamp = s->timestamp,
			           .ssrc = s->ssrc,
			           .padding = 200 };
		struct wr w = wr_into(bytes, sizeof(bytes));

		rtp_write(&w, &rtp);
		number = sent[rid][who]++;
		truth[rid][who][number] = (struct truth){ .is_sealed = false };
		send_packet(rid, who, bytes, w.n, number);
	}
	stream_next(s);
}

/* All that was sent sealed, from the first to the last packet of each splice, has a number,
 * and nothing else has one. */
static size_t numbers_expected(void)
{
	size_t expected = 0;

	for (uint32_t sp = 1; sp <= splices; sp++)
		for (size_t k = 0; k < 6; k++) {
			struct truth *t = truth[k % 3][k / 3];
			size_t n = sent[k % 3][k / 3], first = n, last = 0;

			for (size_t i = 0; i < n; i++)
				if (t[i].forwarded && t[i].splice == sp) {
					first = i < first ? i : first;
					last = i;
				}
			for (size_t i = first; i <= last && first < n; i++)
				expected += t[i].is_sealed;
		}
	return expected;
}

static void frames_go_on(void)
{
	const struct out *before = NULL;
	size_t bad = 0, jumps = 0;

	for (uint64_t i = out_first; i <= out_last; i++) {
		const struct out *o = &out[i];

		if (!o->there)
			continue;
		if (before != NULL && before->splice == o->splice) {
			uint32_t frames = o->frame - before->frame;

			/* Within a layer all differences are the publisher's own. */
			bad += o->timestamp - before->timestamp != frames * 3000;
			bad += ((o->picture_id - before->picture_id) & 0x7fff) != (int)frames;
			bad += (uint8_t)(o->tl0picidx - before->tl0picidx) != (uint8_t)frames;
		} else if (before != NULL) {
			jumps++;
			bad += o->splice != before->splice + 1 || !o->starts || !o->is_key;
			bad += (int32_t)(o->timestamp - before->timestamp) <= 0;
			/* As much as the clock did, but for a frame's time or two. */
			int64_t off = (int64_t)(o->timestamp - before->timestamp) -
			              (int64_t)((o->at - before->at) * 9 / 100);
			bad += llabs(off) > 6000;
			bad += o->picture_id != ((before->picture_id + 1) & 0x7fff);
			bad += o->tl0picidx != (uint8_t)(before->tl0picidx + 1);
		}
		before = o;
	}
	CHECK(bad == 0);
	CHECK(jumps + 1 == splices);
}

static void streams_begin(void)
{
	static const char *const rids[] = { "l", "m", "h" };

	world_begin(0);
	memset(truth, 0, sizeof(truth));
	memset(sent, 0, sizeof(sent));
	memset(out, 0, sizeof(out));
	memset(held_n, 0, sizeof(held_n));
	out_first = out_last = splices = 0;
	faults = 0;
	for (size_t k = 0; k < 6; k++) {
		streams[k % 3][k / 3] = (struct stream){
			.kind = KIND_CAMERA,
			.mid = "uc",
			.rid = rids[k % 3],
			.seq = (uint16_t)rand(),
			.timestamp = (uint32_t)rand() * 7u,
			.picture_id = (uint16_t)rand(),
			.tl0picidx = (uint8_t)rand(),
		};
		publish(layers[k / 3], (enum layer_name)(LAYER_CAMERA_LOW + k % 3));
		layers[k / 3][LAYER_CAMERA_LOW + k % 3].started = false;
	}
}

static void switching_at_random_gives_one_stream(unsigned seed)
{
	static const uint16_t heights[] = { 90, 180, 360, 720, 1080, 0 };
	size_t who = 0;

	srand(seed);
	streams_begin();
	for (uint32_t frame = 0; frame < 4000; frame++, now += 33333) {
		if (rand() % 60 == 0) {
			slot.height = heights[rand() % 6];
			slot_aim(&slot, layers[who], now);
		}
		if (rand() % 300 == 0) {
			who = 1 - who;
			slot_silence(&slot);
			slot_aim(&slot, layers[who], now);
		}
		if (frame % 15 == 0)
			slot_aim(&slot, layers[who], now);
		for (size_t k = 0; k < 6; k++)
			send_frame(k % 3, k / 3, frame);
	}
	CHECK(faults == 0);
	CHECK(splices > 20);
	CHECK(out_last - out_first > 3000);
	if (numbers_expected() != out_last - out_first + 1)
		printf("seed %u: %zu numbers expected, %llu given\n", seed, numbers_expected(),
		       (unsigned long long)(out_last - out_first + 1));
	CHECK(numbers_expected() == out_last - out_first + 1);
	frames_go_on();
}

static struct ring_packet packet(uint64_t index, uint64_t at)
{
	return (struct ring_packet){ .index = index, .at = at, .timestamp = 5000, .n = 1 };
}

static void asked_again_means_the_same_packet(void)
{
	static struct splicer s;
	struct ring_packet a = packet(1000, TIME_S(1)), b = packet(1001, TIME_S(1));
	struct ring_packet c = packet(90, TIME_S(2));
	struct spliced as_a, as_b, as_c, as;
	struct splice splice;
	uint64_t index;

	CHECK(!splicer_find(&s, 1, &splice, &index));
	splicer_begin(&s, 5, &a, 90000);
	CHECK(splicer_map(&s, 5, &a, &as_a) && splicer_map(&s, 5, &b, &as_b));
	splicer_begin(&s, 6, &c, 90000);
	CHECK(splicer_map(&s, 6, &c, &as_c));
	CHECK(!splicer_map(&s, 5, &b, &as)); /* the old one's time is over */
	CHECK(as_b.seq == as_a.seq + 1 && as_c.seq == as_b.seq + 1);
	CHECK(as_c.timestamp == as_b.timestamp + 90000);

	CHECK(splicer_find(&s, as_b.seq, &splice, &index));
	CHECK(splice.layer == 5 && index == 1001);
	as = splice_map(&splice, &b);
	CHECK(as.seq == as_b.seq && as.timestamp == as_b.timestamp);
	CHECK(splicer_find(&s, as_c.seq, &splice, &index) && splice.layer == 6 && index == 90);
	CHECK(!splicer_find(&s, (uint16_t)(as_c.seq + 1), &splice, &index));
	CHECK(!splicer_find(&s, (uint16_t)(as_a.seq - 1), &splice, &index));
	c.index = 89; /* of the new layer, but before its key frame */
	CHECK(!splicer_map(&s, 6, &c, &as));
}

static void a_long_silence_is_no_step_back(void)
{
	static struct splicer s;
	struct ring_packet a = packet(1000, TIME_S(1)), b = packet(90, TIME_S(100000));
	struct spliced as_a, as_b;

	splicer_begin(&s, 5, &a, 90000);
	CHECK(splicer_map(&s, 5, &a, &as_a));
	splicer_begin(&s, 6, &b, 90000);
	CHECK(splicer_map(&s, 6, &b, &as_b));
	CHECK((int32_t)(as_b.timestamp - as_a.timestamp) > 0);
}

/* Its number might be below what SRTP knows of, and could not be sealed. */
static void what_comes_too_late_is_not_sent(void)
{
	static struct splicer s;
	struct ring_packet first = packet(1000, TIME_S(1)), newest = packet(1500, TIME_S(1));
	struct ring_packet late = packet(1500 - LATE_MAX, TIME_S(1));
	struct spliced as;

	splicer_begin(&s, 5, &first, 90000);
	CHECK(splicer_map(&s, 5, &first, &as) && splicer_map(&s, 5, &newest, &as));
	CHECK(!splicer_map(&s, 5, &late, &as));
	late.index++;
	CHECK(splicer_map(&s, 5, &late, &as));
}

static void what_was_sent_again_is_not_sent_at_once_again(void)
{
	world_begin(0);
	CHECK(track_may_resend(&slot.video, 7, now, TIME_MS(100)));
	CHECK(!track_may_resend(&slot.video, 7, now + TIME_MS(99), TIME_MS(100)));
	CHECK(track_may_resend(&slot.video, 8, now, TIME_MS(100)));
	CHECK(track_may_resend(&slot.video, 7, now + TIME_MS(100), TIME_MS(100)));
}

static void one_receiver_spoils_the_picture_for_nobody(void)
{
	struct layer *layer = &layers[0][LAYER_SCREEN];
	struct ring_packet p = { .index = 9, .n = 1, .vp8 = { .is_key = true } };
	struct spliced as;
	unsigned asked = 0;
	bool switched;

	world_begin(64);
	CHECK(!track_wishes(&slot.video, now)); /* nothing is there to wish for */
	publish(layers[0], LAYER_SCREEN);
	CHECK(awaited(720) == layer && track_takes(&slot.video, layer, &p, &as, &switched));
	CHECK(!track_wishes(&slot.audio, now));
	for (uint64_t until = now + TIME_S(20); now < until; now += TIME_MS(10)) {
		layer->key_wanted = false;
		asked += track_wishes(&slot.video, now);
	}
	CHECK(asked == WISH_BURST + 9);
	/* To join another's wish is no wish of one's own. */
	layer->key_wanted = true;
	CHECK(track_wishes(&slot.video, now));
}

static void the_profile_is_that_of_the_protocol(void)
{
	char mid[PROFILE_MID_MAX + 1];
	enum layer_name name;

	CHECK(profile_ssrc(0, TRACK_AUDIO) == 0x5a000000);
	CHECK(profile_ssrc(48, TRACK_VIDEO) == 0x5a000301);
	CHECK(profile_ssrc(67, TRACK_RTX) == 0x5a000432);
	CHECK(profile_mid(0, TRACK_VIDEO, mid) == 2 && strcmp(mid, "v0") == 0);
	CHECK(profile_mid(48, TRACK_AUDIO, mid) == 3 && strcmp(mid, "a48") == 0);
	CHECK(profile_mid(66, TRACK_VIDEO, mid) == 3 && strcmp(mid, "sv2") == 0);
	CHECK(profile_cname(48, mid) == 3 && strcmp(mid, "p48") == 0);
	CHECK(profile_cname(67, mid) == 2 && strcmp(mid, "s3") == 0);
	CHECK(profile_layer(SPAN_STR("uc"), SPAN_STR("m"), &name) &&
	      name == LAYER_CAMERA_MEDIUM);
	CHECK(profile_layer(SPAN_STR("uc"), SPAN_STR(""), &name) && name == LAYER_CAMERA_HIGH);
	CHECK(profile_layer(SPAN_STR("ux"), SPAN_STR(""), &name) && name == LAYER_SCREEN_AUDIO);
	CHECK(!profile_layer(SPAN_STR("uc"), SPAN_STR("x"), &name));
	CHECK(!profile_layer(SPAN_STR("uc"), SPAN_STR("hh"), &name));
	CHECK(!profile_layer(SPAN_STR("v0"), SPAN_STR(""), &name));
	CHECK(!profile_layer(SPAN_STR(""), SPAN_STR("h"), &name));
}

int main(void)
{
	the_layer_follows_the_height();
	only_what_is_received_is_chosen();
	a_screen_slot_shows_screens_only();
	who_goes_leaves_no_trace();
	for (unsigned seed = 1; seed <= 20; seed++)
		switching_at_random_gives_one_stream(seed);
	asked_again_means_the_same_packet();
	a_long_silence_is_no_step_back();
	what_comes_too_late_is_not_sent();
	what_was_sent_again_is_not_sent_at_once_again();
	one_receiver_spoils_the_picture_for_nobody();
	the_profile_is_that_of_the_protocol();
	world_begin(0);
	return check_report("track");
}
