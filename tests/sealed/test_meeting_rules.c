/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "sealed/meeting/code.h"
#include "sealed/meeting/committer.h"
#include "sealed/meeting/heartbeat.h"
#include "sealed/meeting/limits.h"
#include "sealed/meeting/outbox.h"
#include "sealed/meeting/steps.h"
#include "tests/support/check.h"
#include "tests/support/provider.h"

/* --- the committer --- */

static void in_every_epoch_each_candidate_has_a_rank_of_its_own(void)
{
	for (uint32_t width = 1; width <= 70; width++) {
		bool candidates[LEAVES_MAX] = { 0 };
		uint32_t count = 0;

		for (uint32_t leaf = 0; leaf < width; leaf++)
			count += candidates[leaf] = leaf % 7 != 3;
		for (uint64_t epoch = 0; epoch < 20; epoch++) {
			bool seen[LEAVES_MAX] = { 0 };

			for (uint32_t leaf = 0; leaf < width; leaf++) {
				uint32_t rank = committer_rank(candidates, width, leaf, epoch);

				if (!candidates[leaf])
					continue;
				CHECK(rank < count && !seen[rank]);
				seen[rank] = true;
			}
		}
	}
}

static void the_turn_goes_round_bit_reversed(void)
{
	static const uint32_t order[] = { 0, 4, 2, 6, 1, 5, 3, 7 };
	bool all[8] = { true, true, true, true, true, true, true, true };

	for (uint64_t epoch = 0; epoch < 32; epoch++)
		CHECK(committer_rank(all, 8, order[epoch % 8], epoch) == 0);
}

static void a_commit_waits_for_its_turn_and_for_the_last_one(void)
{
	CHECK(committer_time(1000, 0, 900, false) == 1000);
	CHECK(committer_time(1000, 0, 900, true) == 900 + COMMIT_SPACING_MS);
	CHECK(committer_time(5000, 0, 900, true) == 5000);
	CHECK(committer_time(5000, 3, 900, true) == 5000 + 3 * COMMITTER_STEP_MS);
	CHECK(committer_batch_ms(2) == 50 && committer_batch_ms(20) == 1000 &&
	      committer_batch_ms(200) == 3000);
}

/* --- heartbeats --- */

/* Simulates one epoch after the other and counts. */
static void beats(uint32_t members, uint64_t epoch_ms, uint64_t *total, uint64_t *longest)
{
	static uint64_t last[1000], next[1000];
	uint64_t epoch = 5, epoch_at = 2000000, end = epoch_at + 600000;

	*total = *longest = 0;
	for (uint32_t i = 0; i < members; i++) {
		last[i] = epoch_at - heartbeat_period(members) / 2;
		next[i] = heartbeat_next(i, members, epoch, epoch_at, last[i], epoch_at);
	}
	for (uint64_t now = epoch_at; now < end; now += 50) {
		if (now - epoch_at >= epoch_ms) {
			epoch++;
			epoch_at = now;
			for (uint32_t i = 0; i < members; i++)
				next[i] = heartbeat_next(i, members, epoch, epoch_at, last[i], now);
		}
		for (uint32_t i = 0; i < members; i++) {
			if (next[i] > now)
				continue;
			if (now - last[i] > *longest)
				*longest = now - last[i];
			++*total;
			last[i] = now;
			next[i] = heartbeat_next(i, members, epoch, epoch_at, now, now);
			CHECK(next[i] > now);
		}
	}
}

static void a_meeting_of_any_size_beats_about_once_a_second(void)
{
	static const uint32_t sizes[] = { 5, 6, 20, 50, 200, 1000 };
	uint64_t total, longest;

	beats(2, 600000, &total, &longest);
	CHECK(total >= 2 * 119 && total <= 2 * 121 && longest <= 7500);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		beats(sizes[i], 700000, &total, &longest);
		CHECK(total >= 540 && total <= 660);
		CHECK(longest <= heartbeat_period(sizes[i]) * 3 / 2 + 50);
	}
}

static void epochs_that_follow_fast_keep_nobody_from_beating(void)
{
	static const uint32_t sizes[] = { 2, 5, 50, 200 };
	uint64_t total, longest;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		beats(sizes[i], 1000, &total, &longest);
		CHECK(longest <= heartbeat_period(sizes[i]) * 3 / 2 + 50);
		CHECK(longest < heartbeat_silence(sizes[i]) / 2);
		CHECK(total <= 2 * 600 + sizes[i]);
	}
}

/* As when a server comes back, and all greet. */
static void after_all_spoke_at_once_somebody_speaks_soon(void)
{
	for (uint32_t members = 2; members <= 1000; members++)
		for (uint64_t epoch = 1; epoch < 20; epoch++) {
			const uint64_t at = 3000000;
			uint64_t first = UINT64_MAX;

			for (uint32_t i = 0; i < members; i++) {
				uint64_t next = heartbeat_next(i, members, epoch, at, at, at);

				first = next < first ? next : first;
			}
			CHECK(first <= at + BEAT_SMALL_MS + BEAT_SPACING_MS);
		}
}

/* --- the way in --- */

/* The table once more, by hand: state, event, next state. What is not here is refused. */
static void the_way_in_is_this(void)
{
	static const unsigned char ways[][3] = {
		{ STEPS_OUT, STEPS_ENTERED, STEPS_OFFLINE },
		{ STEPS_OFFLINE, STEPS_CONNECTED, STEPS_FOUNDING },
		{ STEPS_OFFLINE, STEPS_LEFT, STEPS_OUT },
		{ STEPS_FOUNDING, STEPS_CREATED, STEPS_IN },
		{ STEPS_FOUNDING, STEPS_EXISTS, STEPS_KNOCKING },
		{ STEPS_FOUNDING, STEPS_WELCOMED, STEPS_JOINING },
		{ STEPS_FOUNDING, STEPS_TIMEOUT, STEPS_OFFLINE },
		{ STEPS_FOUNDING, STEPS_DISCONNECTED, STEPS_OFFLINE },
		{ STEPS_FOUNDING, STEPS_LEFT, STEPS_OUT },
		{ STEPS_KNOCKING, STEPS_WELCOMED, STEPS_JOINING },
		{ STEPS_KNOCKING, STEPS_TIMEOUT, STEPS_FOUNDING },
		{ STEPS_KNOCKING, STEPS_DISCONNECTED, STEPS_OFFLINE },
		{ STEPS_KNOCKING, STEPS_LEFT, STEPS_OUT },
		{ STEPS_JOINING, STEPS_CONFIRMED, STEPS_IN },
		{ STEPS_JOINING, STEPS_REFUSED, STEPS_FOUNDING },
		{ STEPS_JOINING, STEPS_TIMEOUT, STEPS_OFFLINE },
		{ STEPS_JOINING, STEPS_LOST, STEPS_OFFLINE },
		{ STEPS_JOINING, STEPS_DISCONNECTED, STEPS_AWAY },
		{ STEPS_JOINING, STEPS_LEFT, STEPS_OUT },
		{ STEPS_IN, STEPS_REFUSED, STEPS_OFFLINE },
		{ STEPS_IN, STEPS_LOST, STEPS_OFFLINE },
		{ STEPS_IN, STEPS_DISCONNECTED, STEPS_AWAY },
		{ STEPS_IN, STEPS_LEFT, STEPS_OUT },
		{ STEPS_AWAY, STEPS_CONNECTED, STEPS_RESUMING },
		{ STEPS_AWAY, STEPS_LEFT, STEPS_OUT },
		{ STEPS_RESUMING, STEPS_CONFIRMED, STEPS_IN },
		{ STEPS_RESUMING, STEPS_REFUSED, STEPS_FOUNDING },
		{ STEPS_RESUMING, STEPS_TIMEOUT, STEPS_AWAY },
		{ STEPS_RESUMING, STEPS_LOST, STEPS_OFFLINE },
		{ STEPS_RESUMING, STEPS_DISCONNECTED, STEPS_AWAY },
		{ STEPS_RESUMING, STEPS_LEFT, STEPS_OUT },
	};
	size_t found = 0;

	for (unsigned s = 0; s < STEPS_STATES; s++)
		for (unsigned e = 0; e < STEPS_EVENTS; e++) {
			enum steps_state state = (enum steps_state)s;
			enum steps_action action = STEPS_DO_NOTHING;
			size_t i = 0;

			while (i < ARRAY_LEN(ways) && (ways[i][0] != s || ways[i][1] != e))
				i++;
			if (i == ARRAY_LEN(ways)) {
				CHECK(steps_step(&state, (enum steps_event)e, &action) ==
				      ERR_NOT_NOW);
				CHECK(state == (enum steps_state)s);
				continue;
			}
			CHECK(steps_step(&state, (enum steps_event)e, &action) == OK);
			CHECK(state == (enum steps_state)ways[i][2]);
			found++;
		}
	CHECK(found == ARRAY_LEN(ways));
}

/* Whoever loses the group forgets its keys. */
static void no_way_out_of_the_group_keeps_its_keys(void)
{
	for (unsigned s = STEPS_JOINING; s < STEPS_STATES; s++)
		for (unsigned e = 0; e < STEPS_EVENTS; e++) {
			enum steps_state state = (enum steps_state)s;
			enum steps_action action;

			if (steps_step(&state, (enum steps_event)e, &action) != OK ||
			    state >= STEPS_JOINING)
				continue;
			CHECK(action == STEPS_DO_END || action == STEPS_DO_RETURN ||
			      action == STEPS_DO_RESTART);
		}
}

/* --- the outbox --- */

static void events_come_out_in_order_and_whole(void)
{
	static uint8_t memory[4096];
	struct arena arena = arena_into(memory, sizeof(memory));
	struct outbox o;
	uint32_t put = 0, taken = 0;

	CHECK(outbox_init(&o, 1024, &arena) == OK);
	srand(7);
	while (taken < 5000) {
		struct zegel_event event = { .type = ZEGEL_EVENT_CHAT, .leaf = put };
		uint8_t text[100];
		size_t n = (size_t)(put * 37 % 100);

		memset(text, (int)put & 0xff, sizeof(text));
		if (rand() % 2 && o.tail - o.head + 64 + n + 64 < 1024) {
			outbox_put(&o, &event, (struct span){ text, n });
			put++;
		} else if (outbox_take(&o, &event)) {
			CHECK(event.leaf == taken && event.data_n == taken * 37 % 100);
			for (size_t i = 0; i < event.data_n; i++)
				CHECK(event.data[i] == (taken & 0xff));
			taken++;
		}
	}
	CHECK(!o.has_overflowed);
}

static void a_full_outbox_says_so_and_a_new_connection_drops_sends_only(void)
{
	static uint8_t memory[4096];
	struct arena arena = arena_into(memory, sizeof(memory));
	struct zegel_event send = { .type = ZEGEL_EVENT_SEND }, chat = { .type = ZEGEL_EVENT_CHAT };
	struct zegel_event event;
	struct outbox o;

	CHECK(outbox_init(&o, 256, &arena) == OK);
	outbox_put(&o, &send, SPAN_STR("a"));
	outbox_put(&o, &chat, SPAN_STR("b"));
	CHECK(!o.has_overflowed && outbox_reserve(&o, &send, 200) == NULL && o.has_overflowed);
	outbox_drop_sends(&o);
	CHECK(!o.has_overflowed);
	CHECK(outbox_take(&o, &event) && event.type == ZEGEL_EVENT_CHAT);
	CHECK(!outbox_take(&o, &event));
	for (size_t i = 0; i < 256; i++)
		CHECK(o.buf[i] == 0);
}

/* --- the meeting code --- */

static void the_code_is_forty_digits_whatever_the_order_and_differs_else(void)
{
	static uint8_t memory[8192];
	struct arena arena = arena_into(memory, sizeof(memory));
	uint8_t k[3][32] = { { 1 }, { 2 }, { 3 } };
	struct span a[] = { SPAN(k[0]), SPAN(k[1]), SPAN(k[2]) };
	struct span b[] = { SPAN(k[2]), SPAN(k[0]), SPAN(k[1]) };
	char one[ZEGEL_CODE_LEN], two[ZEGEL_CODE_LEN];

	CHECK(code_write(provider(), SPAN_STR("group"), a, 3, &arena, one) == OK);
	CHECK(code_write(provider(), SPAN_STR("group"), b, 3, &arena, two) == OK);
	CHECK(memcmp(one, two, sizeof(one)) == 0);
	for (size_t i = 0; i < sizeof(one); i++)
		CHECK(one[i] >= '0' && one[i] <= '9');
	CHECK(code_write(provider(), SPAN_STR("group"), b, 2, &arena, two) == OK);
	CHECK(memcmp(one, two, sizeof(one)) != 0);
	CHECK(code_write(provider(), SPAN_STR("other"), a, 3, &arena, two) == OK);
	CHECK(memcmp(one, two, sizeof(one)) != 0);
}

int main(void)
{
	in_every_epoch_each_candidate_has_a_rank_of_its_own();
	the_turn_goes_round_bit_reversed();
	a_commit_waits_for_its_turn_and_for_the_last_one();
	a_meeting_of_any_size_beats_about_once_a_second();
	epochs_that_follow_fast_keep_nobody_from_beating();
	after_all_spoke_at_once_somebody_speaks_soon();
	the_way_in_is_this();
	no_way_out_of_the_group_keeps_its_keys();
	events_come_out_in_order_and_whole();
	a_full_outbox_says_so_and_a_new_connection_drops_sends_only();
	the_code_is_forty_digits_whatever_the_order_and_differs_else();
	return check_report("meeting_rules");
}
