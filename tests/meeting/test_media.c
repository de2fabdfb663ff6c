/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sealed/meeting/limits.h"
#include "sealed/sframe/sframe_header.h"
#include "sealed/sframe/sframe_kid.h"
#include "tests/sim/sim.h"
#include "tests/support/check.h"
#include "tests/support/provider.h"

/* Frames between the participants of simulated meetings. */

enum { frame_max = 2048 };

struct frame {
	uint8_t bytes[frame_max];
	size_t n;
};

static const uint8_t opus[] = "opus opus opus";
static const uint8_t inter[] = { 0x11, 'i', 'n', 't', 'e', 'r', ' ', 'f', 'r', 'a', 'm', 'e' };
static const uint8_t key[] = { 0x10, 1, 2, 0x9d, 1, 0x2a, 64, 0, 48, 0, 'k', 'e', 'y', '!' };

static struct sim *meeting_of(uint32_t count, uint64_t seed)
{
	struct sim *sim = sim_create(seed);

	for (uint32_t i = 0; i < count; i++) {
		char name[16];

		snprintf(name, sizeof(name), "P%u", i);
		sim_enter(sim, i, name);
	}
	CHECK(sim_run_until_in(sim, count, 60000));
	sim_run(sim, 2 * SENDER_SWITCH_MS);
	return sim;
}

static struct zegel *z_of(struct sim *sim, uint32_t i)
{
	return sim->clients[i].z;
}

static enum err seal(struct sim *sim, uint32_t from, uint32_t transform, struct span in,
                     struct frame *out)
{
	return zegel_seal(z_of(sim, from), transform, in.p, in.n, out->bytes, frame_max,
	                  &out->n, sim->now);
}

static enum err open(struct sim *sim, uint32_t at, uint32_t kind, const struct frame *in,
                     struct frame *out, uint32_t *leaf)
{
	return zegel_open(z_of(sim, at), kind, in->bytes, in->n, out->bytes, frame_max, &out->n,
	                  leaf, sim->now);
}

static enum err try_open(struct sim *sim, uint32_t at, uint32_t kind, const struct frame *in)
{
	struct frame out;
	uint32_t leaf;

	return open(sim, at, kind, in, &out, &leaf);
}

static struct span content_of(uint32_t kind)
{
	if (kind == ZEGEL_CAMERA)
		return SPAN(key);
	return kind == ZEGEL_SCREEN ? SPAN(inter) : SPAN(opus);
}

static struct sframe_kid kid_of(uint32_t kind, const struct frame *f)
{
	size_t clear = kind == ZEGEL_CAMERA ? 10 : kind == ZEGEL_SCREEN ? 1 : 0;
	struct rd r = rd_from((struct span){ f->bytes + clear, f->n - clear });
	struct sframe_header header;
	struct sframe_kid kid = { 0 };

	CHECK(sframe_header_read(&r, &header) == OK && sframe_kid_unpack(header.kid, &kid) == OK);
	return kid;
}

/* --- between members --- */

static void what_one_seals_the_others_open_as_theirs(void)
{
	struct sim *sim = meeting_of(3, 1);

	for (uint32_t from = 0; from < 3; from++)
		for (uint32_t kind = ZEGEL_AUDIO; kind <= ZEGEL_SCREEN_AUDIO; kind++) {
			uint32_t t = zegel_transform_create(z_of(sim, from), kind);
			struct frame sealed, out;

			CHECK(t != 0 && seal(sim, from, t, content_of(kind), &sealed) == OK);
			for (uint32_t at = 0; at < 3; at++) {
				uint32_t leaf = ZEGEL_NOBODY;
				enum err err = open(sim, at, kind, &sealed, &out, &leaf);

				/* Our own come back to nobody. */
				CHECK((err == OK) == (at != from));
				if (at == from)
					continue;
				CHECK(leaf == zegel_own_leaf(z_of(sim, from)));
				CHECK(span_is_equal((struct span){ out.bytes, out.n },
				                    content_of(kind)));
			}
		}
	sim_destroy(sim);
}

static void the_outside_of_a_frame_is_as_documented(void)
{
	struct sim *sim = meeting_of(2, 2);

	for (uint32_t kind = ZEGEL_AUDIO; kind <= ZEGEL_SCREEN_AUDIO; kind++) {
		uint32_t t = zegel_transform_create(z_of(sim, 0), kind);
		size_t clear = kind == ZEGEL_CAMERA ? 10 : kind == ZEGEL_SCREEN ? 1 : 0;
		struct frame f;

		CHECK(seal(sim, 0, t, content_of(kind), &f) == OK);
		CHECK(memcmp(f.bytes, content_of(kind).p, clear) == 0);
		/* X=1, K=3: a key id of four bytes; counter 0 inline. Two zero bits, the kind. */
		CHECK(f.bytes[clear] == 0xb0 && f.bytes[clear + 1] >> 2 == kind);

		struct sframe_kid kid = kid_of(kind, &f);

		CHECK(kid.leaf == zegel_own_leaf(z_of(sim, 0)) && kid.instance == t - 1);
		CHECK(kid.epoch == zegel_epoch(z_of(sim, 0)) % 16);
	}
	sim_destroy(sim);
}

static void sound_of_any_length_is_sealed_at_one_size(void)
{
	struct sim *sim = meeting_of(2, 3);
	uint32_t t = zegel_transform_create(z_of(sim, 0), ZEGEL_AUDIO);
	uint8_t sound[ZEGEL_AUDIO_LEN] = { 7 };
	struct frame f, out;
	uint32_t leaf;

	for (size_t n = 0; n <= ZEGEL_AUDIO_LEN - 2; n++) {
		CHECK(seal(sim, 0, t, (struct span){ sound, n }, &f) == OK);
		/* The counter takes a byte of its own from 8 on. */
		CHECK(f.n == 1 + 4 + (n >= 8) + ZEGEL_AUDIO_LEN + ZEGEL_TAG_LEN);
		CHECK(open(sim, 1, ZEGEL_AUDIO, &f, &out, &leaf) == OK && out.n == n);
	}
	CHECK(seal(sim, 0, t, (struct span){ sound, ZEGEL_AUDIO_LEN - 1 }, &f) == ERR_LIMIT);
	sim_destroy(sim);
}

static void a_frame_opens_as_its_own_kind_only(void)
{
	struct sim *sim = meeting_of(2, 4);

	for (uint32_t kind = ZEGEL_AUDIO; kind <= ZEGEL_SCREEN_AUDIO; kind++) {
		uint32_t t = zegel_transform_create(z_of(sim, 0), kind);

		for (uint32_t as = 0; as <= ZEGEL_SCREEN_AUDIO + 1; as++) {
			struct frame f;

			CHECK(seal(sim, 0, t, content_of(kind), &f) == OK);
			CHECK(try_open(sim, 1, as, &f) == (as == kind ? OK : ERR_AUTH));
		}
	}
	sim_destroy(sim);
}

static void a_frame_opens_once(void)
{
	struct sim *sim = meeting_of(2, 5);
	uint32_t t = zegel_transform_create(z_of(sim, 0), ZEGEL_SCREEN);
	struct frame all[50];

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		CHECK(seal(sim, 0, t, SPAN(inter), &all[i]) == OK);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		CHECK(try_open(sim, 1, ZEGEL_SCREEN, &all[i * 7 % 50]) == OK);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		CHECK(try_open(sim, 1, ZEGEL_SCREEN, &all[i]) == ERR_AUTH);
	sim_destroy(sim);
}

static void every_flipped_bit_and_every_prefix_is_refused(void)
{
	struct sim *sim = meeting_of(2, 6);
	uint32_t t = zegel_transform_create(z_of(sim, 0), ZEGEL_CAMERA);
	struct frame good, bad;

	CHECK(seal(sim, 0, t, SPAN(key), &good) == OK);
	for (size_t bit = 0; bit < 8 * good.n; bit++) {
		bad = good;
		bad.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		/* A key id of an epoch that is not known is held for a moment: NOT_NOW. */
		CHECK(try_open(sim, 1, ZEGEL_CAMERA, &bad) != OK);
	}
	for (size_t n = 0; n < good.n; n++) {
		bad = good;
		bad.n = n;
		CHECK(try_open(sim, 1, ZEGEL_CAMERA, &bad) == ERR_AUTH);
	}
	CHECK(try_open(sim, 1, ZEGEL_CAMERA, &good) == OK);
	sim_destroy(sim);
}

static void clear_media_is_never_opened(void)
{
	static const struct span clear[] = { { opus, sizeof(opus) },
		                             { inter, sizeof(inter) },
		                             { key, sizeof(key) },
		                             { (const uint8_t *)"\xf8\xff\xfe", 3 },
		                             { NULL, 0 } };
	struct sim *sim = meeting_of(2, 7);

	for (size_t i = 0; i < ARRAY_LEN(clear); i++)
		for (uint32_t kind = ZEGEL_AUDIO; kind <= ZEGEL_SCREEN_AUDIO; kind++) {
			struct frame f = { .n = clear[i].n };

			if (f.n != 0)
				memcpy(f.bytes, clear[i].p, f.n);
			CHECK(try_open(sim, 1, kind, &f) == ERR_AUTH);
		}
	sim_destroy(sim);
}

/* --- by plan, as the browser does --- */

static void plans_and_native_frames_are_the_same(void)
{
	struct sim *sim = meeting_of(2, 8);
	struct zegel *a = z_of(sim, 0), *b = z_of(sim, 1);
	uint32_t t = zegel_transform_create(a, ZEGEL_CAMERA);
	uint8_t bytes[ZEGEL_KEY_LEN], out[frame_max];
	struct zegel_plan plan;
	struct frame f;
	uint8_t *at = f.bytes;

	CHECK(zegel_seal_plan(a, t, key, sizeof(key), &plan, sim->now) == OK);
	CHECK(plan.clear_len == 10 && zegel_key_export(a, plan.key, bytes) == OK);
	memcpy(at, key, 10);
	memcpy(at += 10, plan.aad, plan.header_len);
	CHECK(crypto_seal(provider(), AEAD_AES128GCM, bytes, plan.nonce,
	                  (struct span){ plan.aad, plan.aad_len },
	                  (struct span){ key + 10, sizeof(key) - 10 },
	                  at + plan.header_len) == OK);
	f.n = 10 + plan.header_len + sizeof(key) - 10 + ZEGEL_TAG_LEN;

	CHECK(zegel_open_plan(b, ZEGEL_CAMERA, f.bytes, f.n, &plan, sim->now) == OK);
	CHECK(plan.leaf == zegel_own_leaf(a) && plan.clear_len == 10);
	CHECK(zegel_key_export(b, plan.key, bytes) == OK);

	size_t skip = plan.clear_len + plan.header_len;

	CHECK(crypto_open(provider(), AEAD_AES128GCM, bytes, plan.nonce,
	                  (struct span){ plan.aad, plan.aad_len },
	                  (struct span){ f.bytes + skip, f.n - skip }, out) == OK);
	CHECK(memcmp(out, key + 10, sizeof(key) - 10) == 0);
	CHECK(zegel_open_done(b, &plan, sim->now) == OK);
	CHECK(zegel_open_done(b, &plan, sim->now) == ERR_AUTH);
	CHECK(try_open(sim, 1, ZEGEL_CAMERA, &f) == ERR_AUTH);
	sim_destroy(sim);
}

static void a_forgotten_key_is_gone_but_its_plans_go_on(void)
{
	struct sim *sim = meeting_of(2, 9);
	struct zegel *a = z_of(sim, 0);
	uint32_t t = zegel_transform_create(a, ZEGEL_AUDIO);
	uint8_t bytes[ZEGEL_KEY_LEN];
	struct zegel_plan plan, next;
	struct frame f;

	CHECK(zegel_seal_plan(a, t, opus, sizeof(opus), &plan, sim->now) == OK);
	CHECK(zegel_key_is_live(a, plan.key) && zegel_key_export(a, plan.key, bytes) == OK);
	zegel_key_forget(a, plan.key);
	CHECK(zegel_key_export(a, plan.key, bytes) == ERR_NOT_NOW);
	CHECK(zegel_key_is_live(a, plan.key));
	CHECK(zegel_seal_plan(a, t, opus, sizeof(opus), &next, sim->now) == OK);
	CHECK(next.key == plan.key && next.counter == plan.counter + 1);
	CHECK(seal(sim, 0, t, SPAN(opus), &f) == ERR_NOT_NOW);
	zegel_transform_destroy(a, t);
	CHECK(!zegel_key_is_live(a, plan.key));
	CHECK(zegel_seal_plan(a, t, opus, sizeof(opus), &next, sim->now) == ERR_NOT_NOW);
	sim_destroy(sim);
}

/* --- transforms --- */

static void a_new_transform_has_a_new_key_and_shuts_out_the_old_one(void)
{
	struct sim *sim = meeting_of(2, 10);
	uint32_t first = zegel_transform_create(z_of(sim, 0), ZEGEL_SCREEN);
	struct frame old[2], new = { 0 };

	CHECK(seal(sim, 0, first, SPAN(inter), &old[0]) == OK);
	CHECK(seal(sim, 0, first, SPAN(inter), &old[1]) == OK);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &old[0]) == OK);
	zegel_transform_destroy(z_of(sim, 0), first);

	uint32_t second = zegel_transform_create(z_of(sim, 0), ZEGEL_SCREEN);

	CHECK(second > first && seal(sim, 0, second, SPAN(inter), &new) == OK);
	/* A forged frame of a still newer one does not shut out anything. */
	struct frame forged = new;

	forged.bytes[2] = 0xff; /* in the instance */
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &forged) != OK);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &new) == OK);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &old[0]) == ERR_AUTH);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &old[1]) == ERR_AUTH);
	sim_destroy(sim);
}

static void transforms_are_numbered_for_life_and_bounded(void)
{
	struct sim *sim = meeting_of(1, 11);
	struct zegel *z = z_of(sim, 0);
	uint32_t last = 0, made = 0;

	CHECK(zegel_transform_create(z, 0) == 0 && zegel_transform_create(z, 5) == 0);
	for (uint32_t t; (t = zegel_transform_create(z, ZEGEL_AUDIO)) != 0; made++) {
		CHECK(t > last);
		last = t;
	}
	CHECK(made == 64);
	for (uint32_t t = last; t != 0; t = zegel_transform_create(z, ZEGEL_AUDIO)) {
		CHECK(t == last || t == last + 1);
		last = t;
		zegel_transform_destroy(z, t);
	}
	CHECK(last == 4096);
	sim_destroy(sim);
}

/* T6: frames that nobody sealed, with key ids of the right form, at 100000 a second. */
static void a_flood_of_key_ids_costs_a_bounded_number_of_derivations(void)
{
	struct sim *sim = meeting_of(3, 12);
	uint32_t t = zegel_transform_create(z_of(sim, 0), ZEGEL_SCREEN);
	struct frame good, flood;
	uint64_t before;

	CHECK(seal(sim, 0, t, SPAN(inter), &good) == OK);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &good) == OK);
	before = sim->crypto.calls;
	for (uint32_t i = 0; i < 100000; i++) {
		flood = good;
		flood.bytes[2] = (uint8_t)(i >> 6);
		flood.bytes[3] = (uint8_t)((good.bytes[3] & 0x3f) | i << 6);
		if (i % 100 == 0)
			sim->now++;
		CHECK(try_open(sim, 1, ZEGEL_SCREEN, &flood) != OK);
	}
	/* 640 derivations of some calls each, and as many attempts to open as named keys. */
	CHECK(sim->crypto.calls - before < 100000 / 4);
	CHECK(seal(sim, 0, t, SPAN(inter), &good) == OK);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &good) == OK);
	sim_destroy(sim);
}

/* --- epochs --- */

static void nothing_is_sealed_outside_the_group(void)
{
	struct sim *sim = sim_create(20);
	struct frame f;

	sim_enter(sim, 0, "Anna");

	uint32_t t = zegel_transform_create(z_of(sim, 0), ZEGEL_AUDIO);

	CHECK(t != 0 && seal(sim, 0, t, SPAN(opus), &f) == ERR_NOT_NOW);
	CHECK(sim_run_until_in(sim, 1, 5000));
	CHECK(seal(sim, 0, t, SPAN(opus), &f) == OK);
	zegel_leave(z_of(sim, 0), sim->now);
	CHECK(seal(sim, 0, t, SPAN(opus), &f) == ERR_NOT_NOW);
	sim_destroy(sim);
}

/* T27, one half. */
static void a_late_joiner_opens_nothing_of_before(void)
{
	struct sim *sim = meeting_of(2, 21);
	uint32_t t = zegel_transform_create(z_of(sim, 0), ZEGEL_SCREEN);
	struct frame before[20], after;

	for (size_t i = 0; i < ARRAY_LEN(before); i++)
		CHECK(seal(sim, 0, t, SPAN(inter), &before[i]) == OK);
	sim_enter(sim, 2, "Late");
	CHECK(sim_run_until_in(sim, 3, 5000));
	sim_run(sim, 2 * SENDER_SWITCH_MS);
	for (size_t i = 0; i < ARRAY_LEN(before); i++)
		CHECK(try_open(sim, 2, ZEGEL_SCREEN, &before[i]) != OK);
	CHECK(seal(sim, 0, t, SPAN(inter), &after) == OK);
	CHECK(try_open(sim, 2, ZEGEL_SCREEN, &after) == OK);
	sim_destroy(sim);
}

/* T27, the other half: with all of its state, who was removed opens nothing that was sealed
 * after the removal was committed, and nobody opens what it seals. */
static void who_was_removed_opens_nothing_and_is_heard_by_nobody(void)
{
	struct sim *sim = meeting_of(3, 22);
	uint32_t t = zegel_transform_create(z_of(sim, 0), ZEGEL_SCREEN);
	uint32_t of_removed = zegel_transform_create(z_of(sim, 2), ZEGEL_SCREEN);
	struct frame f, late;

	CHECK(seal(sim, 0, t, SPAN(inter), &f) == OK && try_open(sim, 2, ZEGEL_SCREEN, &f) == OK);
	CHECK(seal(sim, 2, of_removed, SPAN(inter), &late) == OK);
	sim_freeze(sim, 2);
	CHECK(sim_run_until_in(sim, 2, 2 * SILENCE_MIN_MS));
	/* At once: not a second later. */
	for (uint32_t i = 0; i < 100; i++) {
		CHECK(seal(sim, 0, t, SPAN(inter), &f) == OK);
		CHECK(try_open(sim, 2, ZEGEL_SCREEN, &f) != OK);
		CHECK(try_open(sim, 1, ZEGEL_SCREEN, &f) == OK);
		sim_run(sim, 37);
	}
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &late) != OK);
	sim_destroy(sim);
}

static void after_a_removal_all_send_in_the_new_epoch_at_once(void)
{
	struct sim *sim = meeting_of(4, 23);
	uint32_t t[4];
	struct frame f;
	uint64_t epoch = zegel_epoch(z_of(sim, 0));

	for (uint32_t i = 0; i < 3; i++)
		t[i] = zegel_transform_create(z_of(sim, i), ZEGEL_AUDIO);
	sim_leave(sim, 3);
	while (zegel_epoch(z_of(sim, 0)) == epoch || zegel_epoch(z_of(sim, 1)) == epoch ||
	       zegel_epoch(z_of(sim, 2)) == epoch)
		sim_run(sim, 1);
	for (uint32_t i = 0; i < 3; i++) {
		CHECK(seal(sim, i, t[i], SPAN(opus), &f) == OK);
		CHECK(kid_of(ZEGEL_AUDIO, &f).epoch == (epoch + 1) % 16);
	}
	sim_destroy(sim);
}

static void after_an_arrival_a_sender_waits_for_the_others_or_a_second(void)
{
	struct sim *sim = meeting_of(3, 24);
	uint32_t t = zegel_transform_create(z_of(sim, 0), ZEGEL_AUDIO);
	uint64_t epoch = zegel_epoch(z_of(sim, 0)), entered = 0, moved = 0;
	struct frame f;

	sim_enter(sim, 3, "New");
	while (moved == 0 && sim->now < 2000000) {
		sim_run(sim, 1);
		if (entered == 0 && zegel_epoch(z_of(sim, 0)) != epoch)
			entered = sim->now;
		CHECK(seal(sim, 0, t, SPAN(opus), &f) == OK);
		if (kid_of(ZEGEL_AUDIO, &f).epoch != epoch % 16)
			moved = sim->now;
	}
	CHECK(entered != 0 && moved >= entered + 100 && moved <= entered + SENDER_SWITCH_MS);
	sim_destroy(sim);
}

static void an_epoch_ends_when_the_next_one_is_in_use(void)
{
	struct sim *sim = meeting_of(2, 25);
	uint32_t t = zegel_transform_create(z_of(sim, 0), ZEGEL_SCREEN);
	struct frame old[4], new;

	for (size_t i = 0; i < ARRAY_LEN(old); i++)
		CHECK(seal(sim, 0, t, SPAN(inter), &old[i]) == OK);
	sim_enter(sim, 2, "New");
	CHECK(sim_run_until_in(sim, 3, 5000));
	sim_run(sim, SENDER_SWITCH_MS);
	/* Both are good for a while. */
	CHECK(seal(sim, 0, t, SPAN(inter), &new) == OK);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &old[0]) == OK);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &new) == OK);
	sim_run(sim, EPOCH_LINGER_MS - 100);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &old[1]) == OK);
	sim_run(sim, 200);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &old[2]) != OK);
	sim_destroy(sim);
}

static void an_epoch_ends_also_if_nobody_sends(void)
{
	struct sim *sim = meeting_of(2, 26);
	uint32_t t = zegel_transform_create(z_of(sim, 0), ZEGEL_SCREEN);
	struct zegel_plan plan;
	struct frame old[2];

	for (size_t i = 0; i < ARRAY_LEN(old); i++)
		CHECK(seal(sim, 0, t, SPAN(inter), &old[i]) == OK);
	CHECK(zegel_open_plan(z_of(sim, 1), ZEGEL_SCREEN, old[0].bytes, old[0].n, &plan,
	                      sim->now) == OK);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &old[0]) == OK);
	CHECK(zegel_key_is_live(z_of(sim, 1), plan.key));
	sim_enter(sim, 2, "New");
	CHECK(sim_run_until_in(sim, 3, 5000));
	sim_run(sim, EPOCH_LINGER_MAX_MS + 1000);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &old[1]) != OK);
	CHECK(!zegel_key_is_live(z_of(sim, 1), plan.key) && sim->clients[1].keys_events != 0);
	sim_destroy(sim);
}

/* T3: sixteen epochs later the key id reads the same. */
static void a_frame_of_sixteen_epochs_ago_does_not_open(void)
{
	struct sim *sim = meeting_of(2, 27);
	uint32_t t = zegel_transform_create(z_of(sim, 0), ZEGEL_SCREEN);
	uint64_t epoch = zegel_epoch(z_of(sim, 0));
	struct frame old, new;

	CHECK(seal(sim, 0, t, SPAN(inter), &old) == OK);
	while (zegel_epoch(z_of(sim, 0)) < epoch + 16) {
		sim_enter(sim, 2, "Guest");
		CHECK(sim_run_until_in(sim, 3, 5000));
		sim_leave(sim, 2);
		CHECK(sim_run_until_in(sim, 2, 5000));
	}
	CHECK(zegel_epoch(z_of(sim, 0)) == epoch + 16);
	CHECK(seal(sim, 0, t, SPAN(inter), &new) == OK);
	CHECK(memcmp(old.bytes, new.bytes, 6) == 0);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &old) == ERR_AUTH);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &new) == OK);
	sim_destroy(sim);
}

/* A seat that is taken over in the same commit: what its former owner sealed is not shown
 * as the new one's. */
static void frames_of_a_former_owner_of_a_seat_are_not_the_new_owners(void)
{
	struct sim *sim = meeting_of(3, 28);
	uint32_t t = zegel_transform_create(z_of(sim, 2), ZEGEL_SCREEN);
	uint32_t leaf = zegel_own_leaf(z_of(sim, 2));
	struct frame old[2];

	for (size_t i = 0; i < ARRAY_LEN(old); i++)
		CHECK(seal(sim, 2, t, SPAN(inter), &old[i]) == OK);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &old[0]) == OK);
	sim_enter(sim, 3, "Heir");
	sim_run(sim, 30);
	sim_leave(sim, 2);
	CHECK(sim_run_until_in(sim, 3, 5000));
	CHECK(zegel_own_leaf(z_of(sim, 3)) == leaf);
	CHECK(try_open(sim, 1, ZEGEL_SCREEN, &old[1]) == ERR_AUTH);
	sim_destroy(sim);
}

/* --- never a (key, nonce) twice: T4 --- */

enum { seals_max = 1 << 17 };

static uint8_t seals[seals_max][ZEGEL_KEY_LEN + ZEGEL_NONCE_LEN];

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(seals[0]));
}

static size_t note_seal(struct sim *sim, uint32_t i, uint32_t t, size_t count)
{
	struct zegel_plan plan;

	if (zegel_seal_plan(z_of(sim, i), t, key, sizeof(key), &plan, sim->now) != OK)
		return count;
	CHECK(zegel_key_export(z_of(sim, i), plan.key, seals[count]) == OK);
	memcpy(seals[count] + ZEGEL_KEY_LEN, plan.nonce, ZEGEL_NONCE_LEN);
	return count + 1;
}

static void no_key_and_nonce_meet_twice_in_a_long_wild_run(void)
{
	struct sim *sim = sim_create(30);
	uint32_t transforms[8][8] = { { 0 } };
	bool is_here[8] = { 0 };
	size_t count = 0;

	sim->network.cut_every_ms = 30000;
	sim->network.duplicate_permille = 20;
	for (uint32_t round = 0; round < 1500; round++) {
		uint32_t i = sim_below(sim, 8), k = sim_below(sim, 8), how = sim_below(sim, 40);

		if (!is_here[i]) {
			sim_enter(sim, i, "Wild");
			memset(transforms[i], 0, sizeof(transforms[i]));
			is_here[i] = true;
		} else if (how == 0) {
			sim_kill(sim, i);
			is_here[i] = false;
		} else if (how == 1) {
			sim_leave(sim, i);
			is_here[i] = false;
		} else if (how < 12) {
			zegel_transform_destroy(z_of(sim, i), transforms[i][k]);
			transforms[i][k] =
				zegel_transform_create(z_of(sim, i), 1 + sim_below(sim, 4));
		}
		for (uint32_t c = 0; c < 8; c++)
			for (uint32_t n = 0; is_here[c] && n < 8; n++)
				if (transforms[c][n] != 0 && count < seals_max)
					count = note_seal(sim, c, transforms[c][n], count);
		sim_run(sim, sim_below(sim, 400));
	}
	CHECK(count > 10000);
	qsort(seals, count, sizeof(seals[0]), compare);

	size_t repeated = 0, keys = 1;

	for (size_t i = 1; i < count; i++) {
		repeated += compare(seals[i - 1], seals[i]) == 0;
		keys += memcmp(seals[i - 1], seals[i], ZEGEL_KEY_LEN) != 0;
	}
	CHECK(repeated == 0 && keys > 200);
	printf("%zu frames under %zu keys\n", count, keys);
	sim_destroy(sim);
}

int main(void)
{
	what_one_seals_the_others_open_as_theirs();
	the_outside_of_a_frame_is_as_documented();
	sound_of_any_length_is_sealed_at_one_size();
	a_frame_opens_as_its_own_kind_only();
	a_frame_opens_once();
	every_flipped_bit_and_every_prefix_is_refused();
	clear_media_is_never_opened();
	plans_and_native_frames_are_the_same();
	a_forgotten_key_is_gone_but_its_plans_go_on();
	a_new_transform_has_a_new_key_and_shuts_out_the_old_one();
	transforms_are_numbered_for_life_and_bounded();
	a_flood_of_key_ids_costs_a_bounded_number_of_derivations();
	nothing_is_sealed_outside_the_group();
	a_late_joiner_opens_nothing_of_before();
	who_was_removed_opens_nothing_and_is_heard_by_nobody();
	after_a_removal_all_send_in_the_new_epoch_at_once();
	after_an_arrival_a_sender_waits_for_the_others_or_a_second();
	an_epoch_ends_when_the_next_one_is_in_use();
	an_epoch_ends_also_if_nobody_sends();
	a_frame_of_sixteen_epochs_ago_does_not_open();
	frames_of_a_former_owner_of_a_seat_are_not_the_new_owners();
	no_key_and_nonce_meet_twice_in_a_long_wild_run();
	return check_report("meeting_media");
}
