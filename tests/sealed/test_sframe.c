/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/sframe/sframe.h"
#include "sealed/sframe/sframe_cipher.h"
#include "sealed/sframe/sframe_kid.h"
#include "tests/support/check.h"
#include "tests/support/crypto_fake.h"
#include "tests/support/provider.h"
#include "tests/support/vectors.h"

static const uint8_t base_key[] = "a base key of some length";
static const struct span metadata = { (const uint8_t *)"\x01\x02meta", 6 };

enum { frame_max = 256 };

static struct json *vectors(void)
{
	return vectors_read("sframe/test-vectors.json");
}

/* --- the header --- */

static void header_vectors_read_and_write(void)
{
	struct json *root = vectors(), *all = json_get(root, "header");

	CHECK(json_len(all) == 289);
	for (struct json *v = json_first(all); v != NULL; v = json_next(all, v)) {
		struct span bytes = json_hex(json_get(v, "encoded")), out;
		struct sframe_header h = { 1, 2 };
		uint8_t buf[SFRAME_HEADER_MAX];
		struct rd r = rd_from(bytes);
		struct wr w = wr_into(buf, sizeof(buf));

		CHECK(sframe_header_read(&r, &h) == OK && rd_end(&r) == OK);
		CHECK(h.kid == json_uint(json_get(v, "kid")));
		CHECK(h.counter == json_uint(json_get(v, "ctr")));
		sframe_header_write(&w, &h);
		CHECK(wr_end(&w, &out) == OK && span_is_equal(out, bytes));
		for (size_t n = 0; n < bytes.n; n++) {
			struct sframe_header kept = { 1, 2 };

			r = rd_from((struct span){ bytes.p, n });
			CHECK(sframe_header_read(&r, &kept) == ERR_TRUNCATED);
			CHECK(kept.kid == 1 && kept.counter == 2);
		}
	}
	json_free(root);
}

static void a_longer_form_than_needed_is_refused(void)
{
	static const struct {
		uint8_t bytes[17];
		size_t n;
	} wrong[] = {
		{ { 0x80, 0x07 }, 2 },       /* key id 7 in a byte of its own  */
		{ { 0x08, 0x00 }, 2 },       /* counter 0 in a byte of its own */
		{ { 0x90, 0x00, 0xff }, 3 }, /* 255 in two bytes               */
		{ { 0x09, 0x00, 0xff }, 3 },
		{ { 0x0a, 0x00, 0xff, 0xff }, 4 },
		{ { 0xf0, 0, 1, 1, 1, 1, 1, 1, 1 }, 9 },
		{ { 0x0f, 0, 0, 0, 0, 0, 0, 0, 8 }, 9 },
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct rd r = rd_from((struct span){ wrong[i].bytes, wrong[i].n });
		struct sframe_header h = { 1, 2 };

		CHECK(sframe_header_read(&r, &h) == ERR_MALFORMED);
		CHECK(h.kid == 1 && h.counter == 2);
	}
}

/* --- the ciphers --- */

static void counter_mode_vectors_are_reproduced(void)
{
	struct json *root = vectors(), *all = json_get(root, "aes_ctr_hmac");

	CHECK(json_len(all) == 3);
	for (struct json *v = json_first(all); v != NULL; v = json_next(all, v)) {
		struct sframe_key key = { .suite = (enum sframe_suite)json_uint(
			                      json_get(v, "cipher_suite")) };
		struct span bytes = json_hex(json_get(v, "key"));
		struct span plain = json_hex(json_get(v, "pt")),
		            ct = json_hex(json_get(v, "ct"));
		struct span aad = json_hex(json_get(v, "aad"));
		const uint8_t *nonce = json_hex(json_get(v, "nonce")).p;
		uint8_t out[frame_max];

		CHECK(bytes.n == sframe_key_len(key.suite));
		memcpy(key.key, bytes.p, bytes.n);
		CHECK(sframe_cipher_seal(&key, provider(), nonce, aad, plain, out) == OK);
		CHECK(ct.n == plain.n + sframe_tag_len(key.suite));
		CHECK(span_is_equal((struct span){ out, ct.n }, ct));
		CHECK(sframe_cipher_open(&key, provider(), nonce, aad, ct, out) == OK);
		CHECK(span_is_equal((struct span){ out, plain.n }, plain));
	}
	json_free(root);
}

static void frame_vectors_are_reproduced(void)
{
	struct json *root = vectors(), *all = json_get(root, "sframe");

	CHECK(json_len(all) == 5);
	for (struct json *v = json_first(all); v != NULL; v = json_next(all, v)) {
		enum sframe_suite suite =
		    (enum sframe_suite)json_uint(json_get(v, "cipher_suite"));
		struct span base = json_hex(json_get(v, "base_key")),
		            meta = json_hex(json_get(v, "metadata"));
		struct span plain = json_hex(json_get(v, "pt")),
		            ct = json_hex(json_get(v, "ct"));
		uint64_t kid = json_uint(json_get(v, "kid")),
		         counter = json_uint(json_get(v, "ctr"));
		struct sframe_sender s;
		struct sframe_receiver r;
		struct sframe_plan plan;
		uint8_t out[frame_max];
		size_t n = 0;

		CHECK(sframe_sender_init(&s, provider(), suite, base, kid) == OK);
		CHECK(sframe_receiver_init(&r, provider(), suite, base, kid) == OK);
		CHECK(span_is_equal((struct span){ s.key.key, sframe_key_len(suite) },
		                    json_hex(json_get(v, "sframe_key"))));
		CHECK(span_is_equal(SPAN(s.key.salt), json_hex(json_get(v, "sframe_salt"))));
		s.next = counter;
		CHECK(sframe_seal_plan(&s, meta, &plan) == OK && plan.counter == counter);
		CHECK(span_is_equal(SPAN(plan.nonce), json_hex(json_get(v, "nonce"))));
		CHECK(span_is_equal((struct span){ plan.aad, plan.aad_len },
		                    json_hex(json_get(v, "aad"))));
		s.next = counter;
		CHECK(sframe_seal(&s, provider(), meta, plain, out, sizeof(out), &n) == OK);
		CHECK(span_is_equal((struct span){ out, n }, ct));
		CHECK(sframe_open(&r, provider(), meta, ct, out, sizeof(out), &n) == OK);
		CHECK(span_is_equal((struct span){ out, n }, plain));
	}
	json_free(root);
}

/* --- whole frames --- */

struct line {
	struct sframe_sender s;
	struct sframe_receiver r;
	uint8_t frame[frame_max], out[frame_max];
	size_t frame_n, out_n;
};

static void line_init(struct line *l, enum sframe_suite suite)
{
	memset(l, 0, sizeof(*l));
	CHECK(sframe_sender_init(&l->s, provider(), suite, SPAN(base_key), 0x12345) == OK);
	CHECK(sframe_receiver_init(&l->r, provider(), suite, SPAN(base_key), 0x12345) == OK);
}

static enum err line_seal(struct line *l, struct span plain)
{
	return sframe_seal(&l->s, provider(), metadata, plain, l->frame, sizeof(l->frame),
	                   &l->frame_n);
}

static enum err line_open(struct line *l, size_t n)
{
	return sframe_open(&l->r, provider(), metadata, (struct span){ l->frame, n }, l->out,
	                   sizeof(l->out), &l->out_n);
}

static void a_turned_bit_or_a_missing_byte_is_refused(void)
{
	for (enum sframe_suite suite = 1; suite <= 5; suite++) {
		struct line l;

		line_init(&l, suite);
		CHECK(line_seal(&l, SPAN_STR("frame")) == OK);
		for (size_t n = 0; n < l.frame_n; n++)
			CHECK(line_open(&l, n) == ERR_AUTH);
		for (size_t bit = 0; bit < l.frame_n * 8; bit++) {
			l.frame[bit / 8] ^= (uint8_t)(1u << bit % 8);
			CHECK(line_open(&l, l.frame_n) == ERR_AUTH);
			l.frame[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		CHECK(sframe_open(&l.r, provider(), SPAN_STR("other"),
		                  (struct span){ l.frame, l.frame_n }, l.out, sizeof(l.out),
		                  &l.out_n) == ERR_AUTH);
		/* And none of the forgeries moved the window. */
		CHECK(line_open(&l, l.frame_n) == OK);
		CHECK(l.out_n == 5 && memcmp(l.out, "frame", 5) == 0);
	}
}

static void a_replayed_frame_is_refused(void)
{
	struct line l;

	line_init(&l, SFRAME_AES128GCM_SHA256);
	CHECK(line_seal(&l, SPAN_STR("frame")) == OK);
	CHECK(line_open(&l, l.frame_n) == OK);
	CHECK(line_open(&l, l.frame_n) == ERR_AUTH);

	struct sframe_plan plan;
	struct span sealed;

	/* Before any work is done on it, too. */
	CHECK(sframe_open_plan(&l.r, metadata, (struct span){ l.frame, l.frame_n }, &plan,
	                       &sealed) == ERR_AUTH);
}

static void of_two_copies_in_flight_one_is_dropped(void)
{
	struct line l;
	struct sframe_plan plan;
	struct span sealed;

	line_init(&l, SFRAME_AES128GCM_SHA256);
	CHECK(line_seal(&l, SPAN_STR("frame")) == OK);
	for (int i = 0; i < 2; i++)
		CHECK(sframe_open_plan(&l.r, metadata, (struct span){ l.frame, l.frame_n },
		                       &plan, &sealed) == OK);
	CHECK(sealed.n == 5 + 16 && sealed.p + sealed.n == l.frame + l.frame_n);
	CHECK(sframe_open_commit(&l.r, plan.counter) == OK);
	CHECK(sframe_open_commit(&l.r, plan.counter) == ERR_AUTH);
}

static void a_frame_of_another_key_is_refused(void)
{
	struct line l;
	struct sframe_receiver other;

	line_init(&l, SFRAME_AES128GCM_SHA256);
	CHECK(line_seal(&l, SPAN_STR("frame")) == OK);
	CHECK(sframe_receiver_init(&other, provider(), SFRAME_AES128GCM_SHA256, SPAN(base_key),
	                           0x12346) == OK);
	CHECK(sframe_open(&other, provider(), metadata, (struct span){ l.frame, l.frame_n },
	                  l.out, sizeof(l.out), &l.out_n) == ERR_AUTH);
	CHECK(sframe_receiver_init(&other, provider(), SFRAME_AES128GCM_SHA256,
	                           SPAN_STR("another base key"), 0x12345) == OK);
	CHECK(sframe_open(&other, provider(), metadata, (struct span){ l.frame, l.frame_n },
	                  l.out, sizeof(l.out), &l.out_n) == ERR_AUTH);
}

static void an_empty_frame_travels(void)
{
	for (enum sframe_suite suite = 1; suite <= 5; suite++) {
		struct line l;

		line_init(&l, suite);
		CHECK(line_seal(&l, (struct span){ NULL, 0 }) == OK);
		CHECK(line_open(&l, l.frame_n) == OK && l.out_n == 0);
	}
}

static void no_room_is_told_and_changes_nothing(void)
{
	for (enum sframe_suite suite = 1; suite <= 5; suite++) {
		struct line l;
		size_t n = 0;

		line_init(&l, suite);
		CHECK(line_seal(&l, SPAN_STR("frame")) == OK);
		for (size_t cap = 0; cap < l.frame_n; cap++) {
			l.s.next = 0; /* the same counter: the header's length follows it */
			CHECK(sframe_seal(&l.s, provider(), metadata, SPAN_STR("frame"), l.out,
			                  cap, &n) == ERR_SPACE);
		}
		for (size_t cap = 0; cap < 5; cap++)
			CHECK(sframe_open(&l.r, provider(), metadata,
			                  (struct span){ l.frame, l.frame_n }, l.out, cap,
			                  &n) == ERR_SPACE);
		CHECK(n == 0 && line_open(&l, l.frame_n) == OK);
	}
}

static void limits_are_kept(void)
{
	struct line l;
	struct sframe_plan plan;
	uint8_t long_metadata[SFRAME_METADATA_MAX + 1] = { 0 };

	line_init(&l, SFRAME_AES256GCM_SHA512);
	CHECK(sframe_seal_plan(&l.s, SPAN(long_metadata), &plan) == ERR_LIMIT);
	l.s.next = SFRAME_FRAMES_MAX - 1;
	CHECK(line_seal(&l, SPAN_STR("frame")) == OK);
	CHECK(line_seal(&l, SPAN_STR("frame")) == ERR_LIMIT);
	CHECK(line_seal(&l, SPAN_STR("frame")) == ERR_LIMIT);
	CHECK(sframe_sender_init(&l.s, provider(), 0, SPAN(base_key), 1) == ERR_MALFORMED);
	CHECK(line_seal(&l, SPAN_STR("frame")) == ERR_LIMIT);
	CHECK(sframe_sender_init(&l.s, provider(), 6, SPAN(base_key), 1) == ERR_MALFORMED);
	CHECK(sframe_receiver_init(&l.r, provider(), 6, SPAN(base_key), 1) == ERR_MALFORMED);
}

static void what_was_cleared_neither_seals_nor_opens(void)
{
	struct line l;

	line_init(&l, SFRAME_AES128GCM_SHA256);
	CHECK(line_seal(&l, SPAN_STR("frame")) == OK);
	sframe_sender_clear(&l.s);
	sframe_receiver_clear(&l.r);
	CHECK(line_open(&l, l.frame_n) == ERR_AUTH);
	CHECK(line_seal(&l, SPAN_STR("frame")) == ERR_LIMIT);
	/* A frame for key id 0, which is what zeroed memory says. */
	memset(l.frame, 0, sizeof(l.frame));
	for (size_t n = 0; n < sizeof(l.frame); n++)
		CHECK(line_open(&l, n) == ERR_AUTH);
}

static void a_failing_provider_leaves_no_key(void)
{
	for (enum sframe_suite suite = 1; suite <= 5; suite++) {
		struct crypto_fake fake;
		struct sframe_sender s;
		struct sframe_plan plan;

		crypto_fake_init(&fake, provider(), 1);
		for (fake.fail_at = 0;; fake.fail_at++) {
			crypto_fake_restart(&fake);
			enum err err =
			    sframe_sender_init(&s, &fake.table, suite, SPAN(base_key), 1);

			CHECK(err == (fake.has_failed ? ERR_PROVIDER : OK));
			if (!fake.has_failed)
				break;
			CHECK(sframe_seal_plan(&s, metadata, &plan) == ERR_LIMIT);
		}
		CHECK(fake.fail_at >= 3);
	}
}

/* A provider that writes down every nonce it was given to seal with. */
struct recorder {
	struct crypto table;
	struct crypto_fake fake;
	uint8_t nonces[4096][AEAD_NONCE];
	size_t n;
};

static enum err record_seal(void *ctx, enum aead_alg alg, const uint8_t *key,
                            const uint8_t *nonce, struct span aad, struct span plain,
                            uint8_t *out)
{
	struct recorder *rec = ctx;

	memcpy(rec->nonces[rec->n++], nonce, AEAD_NONCE);
	return rec->fake.table.aead_seal(&rec->fake, alg, key, nonce, aad, plain, out);
}

/* Whatever fails, and however often it is tried again. */
static void no_key_and_counter_repeat(void)
{
	static struct recorder rec;
	struct sframe_sender s;
	uint8_t out[frame_max];
	size_t n, sealed = 0;
	uint32_t dice = 12345;

	crypto_fake_init(&rec.fake, provider(), 7);
	rec.table.ctx = &rec;
	rec.table.aead_seal = record_seal;
	CHECK(sframe_sender_init(&s, provider(), SFRAME_AES128GCM_SHA256, SPAN(base_key), 9) ==
	      OK);
	for (int i = 0; i < 2000; i++) {
		dice = dice * 1664525 + 1013904223;
		crypto_fake_restart(&rec.fake);
		rec.fake.fail_at = dice >> 31;
		size_t cap = dice >> 30 & 1 ? sizeof(out) : 10;

		sealed += sframe_seal(&s, &rec.table, metadata, SPAN_STR("frame"), out, cap,
		                      &n) == OK;
	}
	CHECK(sealed > 100 && sealed < rec.n && rec.n < 2000);
	for (size_t i = 0; i < rec.n; i++)
		for (size_t k = 0; k < i; k++)
			if (memcmp(rec.nonces[i], rec.nonces[k], AEAD_NONCE) == 0)
				CHECK(!"a nonce came twice");
}

/* --- the window --- */

/* The same by the plainest means: all counters ever entered. */
struct model {
	uint64_t entered[4096], newest;
	size_t n;
};

static bool model_is_fresh(const struct model *m, uint64_t counter)
{
	if (m->n > 0 && counter + SFRAME_REPLAY_WINDOW <= m->newest)
		return false;
	for (size_t i = 0; i < m->n; i++)
		if (m->entered[i] == counter)
			return false;
	return true;
}

static void the_window_does_as_a_plain_model(void)
{
	static struct model m;
	struct sframe_replay window = { 0 };
	uint32_t dice = 1;

	for (int i = 0; i < 4000; i++) {
		dice = dice * 1664525 + 1013904223;
		/* Mostly near the newest; at times a leap past the whole window. */
		uint64_t reach = dice % 50 == 0 ? 5000 : 1100;
		uint64_t counter = m.newest + (dice >> 8) % reach;

		counter = counter > 1060 ? counter - 1060 : 0;
		bool fresh = model_is_fresh(&m, counter);

		CHECK(sframe_replay_is_fresh(&window, counter) == fresh);
		CHECK(sframe_replay_enter(&window, counter) == (fresh ? OK : ERR_AUTH));
		if (fresh) {
			m.entered[m.n++] = counter;
			if (counter > m.newest)
				m.newest = counter;
		}
	}
	CHECK(m.n > 500 && m.n < 3900);
}

static void the_window_bears_the_largest_counters(void)
{
	struct sframe_replay window = { 0 };

	CHECK(sframe_replay_enter(&window, 0) == OK);
	CHECK(sframe_replay_enter(&window, 0) == ERR_AUTH);
	CHECK(sframe_replay_enter(&window, UINT64_MAX - 1) == OK);
	CHECK(sframe_replay_enter(&window, UINT64_MAX) == OK);
	CHECK(sframe_replay_enter(&window, UINT64_MAX) == ERR_AUTH);
	CHECK(sframe_replay_enter(&window, UINT64_MAX - SFRAME_REPLAY_WINDOW) == ERR_AUTH);
	CHECK(sframe_replay_enter(&window, UINT64_MAX - SFRAME_REPLAY_WINDOW + 1) == OK);
	CHECK(sframe_replay_enter(&window, 0) == ERR_AUTH);
}

/* --- key ids --- */

static void key_ids_pack_and_unpack(void)
{
	static const uint32_t instances[] = { 0, 1, SFRAME_INSTANCES - 1 };
	static const uint32_t leaves[] = { 0, 5, SFRAME_LEAVES - 1 };

	for (enum sframe_kind kind = SFRAME_AUDIO; kind <= SFRAME_SCREEN_AUDIO; kind++)
		for (size_t i = 0; i < 9; i++) {
			struct sframe_kid in = { kind, instances[i / 3], leaves[i % 3], i },
			                  out;
			struct sframe_header h = { 0, 0 };
			uint8_t buf[SFRAME_HEADER_MAX];
			struct wr w = wr_into(buf, sizeof(buf));

			CHECK(sframe_kid_pack(&in, &h.kid) == OK);
			CHECK(sframe_kid_unpack(h.kid, &out) == OK);
			CHECK(out.kind == in.kind && out.instance == in.instance);
			CHECK(out.leaf == in.leaf && out.epoch == in.epoch);
			/* What the media worker looks for: X = 1, K = 3, then the kind. */
			sframe_header_write(&w, &h);
			CHECK(buf[0] >> 4 == 11 && buf[1] >> 2 == (uint8_t)kind);
		}
}

static void wrong_key_ids_are_refused(void)
{
	static const struct sframe_kid wrong[] = {
		{ 0, 0, 0, 0 },
		{ SFRAME_SCREEN_AUDIO + 1, 0, 0, 0 },
		{ SFRAME_AUDIO, SFRAME_INSTANCES, 0, 0 },
		{ SFRAME_AUDIO, 0, SFRAME_LEAVES, 0 },
		{ SFRAME_AUDIO, 0, 0, SFRAME_EPOCHS },
	};
	struct sframe_kid out;
	uint64_t kid = 77;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CHECK(sframe_kid_pack(&wrong[i], &kid) == ERR_LIMIT);
	CHECK(kid == 77);
	CHECK(sframe_kid_unpack(0, &out) == ERR_MALFORMED);
	CHECK(sframe_kid_unpack((1 << 26) - 1, &out) == ERR_MALFORMED);
	CHECK(sframe_kid_unpack(5 << 26, &out) == ERR_MALFORMED);
	CHECK(sframe_kid_unpack(UINT64_MAX, &out) == ERR_MALFORMED);
	CHECK(sframe_kid_unpack((uint64_t)1 << 32 | 1 << 26, &out) == ERR_MALFORMED);
}

int main(void)
{
	a_longer_form_than_needed_is_refused();
	a_turned_bit_or_a_missing_byte_is_refused();
	a_replayed_frame_is_refused();
	of_two_copies_in_flight_one_is_dropped();
	a_frame_of_another_key_is_refused();
	an_empty_frame_travels();
	no_room_is_told_and_changes_nothing();
	limits_are_kept();
	what_was_cleared_neither_seals_nor_opens();
	a_failing_provider_leaves_no_key();
	no_key_and_counter_repeat();
	the_window_does_as_a_plain_model();
	the_window_bears_the_largest_counters();
	key_ids_pack_and_unpack();
	wrong_key_ids_are_refused();
	vectors_or_skip();
	header_vectors_read_and_write();
	counter_mode_vectors_are_reproduced();
	frame_vectors_are_reproduced();
	return check_report("sframe");
}
