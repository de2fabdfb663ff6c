/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdio.h>
#include <string.h>

#include "sealed/meeting/front.h"
#include "sealed/meeting/limits.h"
#include "tests/sim/sim.h"
#include "tests/support/check.h"

/* Whole meetings on a simulated server, network and clock (tests/sim/): how people come,
 * stay, and go. */

static char names[SIM_CLIENTS][32];

static const char *name_of(uint32_t i)
{
	snprintf(names[i], sizeof(names[i]), "Person %u", i);
	return names[i];
}

static struct sim *meeting_of(uint32_t count, uint64_t seed)
{
	struct sim *sim = sim_create(seed);

	for (uint32_t i = 0; i < count; i++)
		sim_enter(sim, i, name_of(i));
	CHECK(sim_run_until_in(sim, count, 60000));
	return sim;
}

static bool has_heard(const struct sim_client *c, const char *text)
{
	for (uint32_t i = 0; i < c->chat_count; i++)
		if (strcmp(c->chats[i].text, text) == 0)
			return true;
	return false;
}

static uint32_t diagnostics(const struct sim *sim)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < SIM_CLIENTS; i++)
		for (uint32_t d = 0; d < SIM_DIAGNOSTICS; d++)
			sum += sim->clients[i].diagnostics[d];
	return sum;
}

static uint32_t leaf_of(const struct sim *sim, uint32_t client)
{
	return zegel_own_leaf(sim->clients[client].z);
}

/* --- coming and going --- */

static void the_first_one_is_in_after_one_round_trip(void)
{
	struct sim *sim = sim_create(1);
	uint64_t began = sim->now;

	sim->network.jitter_ms = 0;
	sim_enter(sim, 0, "Anna");
	CHECK(sim_run_until_in(sim, 1, 5000));
	CHECK(sim->clients[0].in_at - began == 2 * sim->network.delay_ms);
	CHECK(zegel_epoch(sim->clients[0].z) == 1 && sim_server_log_length(sim) == 1);
	sim_destroy(sim);
}

static void a_second_one_is_in_after_four_round_trips_and_the_batch(void)
{
	struct sim *sim = meeting_of(1, 2);
	uint64_t began;

	sim_run(sim, 10000);
	sim->network.jitter_ms = 0;
	began = sim->now;
	sim_enter(sim, 1, "Bert");
	CHECK(sim_run_until_in(sim, 2, 5000));
	CHECK(sim->clients[1].in_at - began == 50 + 2 * 4 * sim->network.delay_ms);
	sim_destroy(sim);
}

static void meetings_of_several_sizes_agree_and_talk(void)
{
	static const uint32_t sizes[] = { 2, 5, 20, 50 };

	for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
		struct sim *sim = meeting_of(sizes[s], 3 + s);

		sim_run(sim, 5000);
		sim_chat(sim, sizes[s] - 1, "hello from the last");
		sim_chat(sim, 0, "hello from the first");
		sim_run(sim, 1000);
		for (uint32_t i = 0; i < sizes[s]; i++) {
			CHECK(has_heard(&sim->clients[i], "hello from the last"));
			CHECK(has_heard(&sim->clients[i], "hello from the first"));
			CHECK(sim->clients[i].chat_count == 2);
		}
		for (uint32_t i = 0; i < sizes[s] / 2; i++)
			sim_leave(sim, i);
		CHECK(sim_run_until_in(sim, sizes[s] - sizes[s] / 2, 5000));
		CHECK(diagnostics(sim) == 0);
		sim_destroy(sim);
	}
}

static void everybody_knows_everybodys_name_state_and_handle(void)
{
	struct sim *sim = meeting_of(6, 11);

	for (uint32_t i = 0; i < 6; i++)
		sim_set_state(sim, i, i + 1);
	sim_run(sim, 2000);
	sim_enter(sim, 6, name_of(6));
	sim_set_state(sim, 6, 7);
	/* A newcomer sees all of it at once, not only after everybody's next beat. */
	CHECK(sim_run_until_in(sim, 7, 5000));
	sim_run(sim, 200);
	for (uint32_t i = 0; i < 7; i++)
		for (uint32_t k = 0; k < 7; k++) {
			struct zegel_person p;

			CHECK(zegel_roster_find(sim->clients[i].z, leaf_of(sim, k), &p) == OK);
			CHECK(p.name_n == strlen(names[k]) &&
			      memcmp(p.name, names[k], p.name_n) == 0);
			CHECK(p.bits == k + 1 && p.handle == sim->clients[k].connection);
			CHECK(p.is_own == (i == k) && p.verified == 0);
		}
	sim_destroy(sim);
}

static void who_said_it_is_known(void)
{
	struct sim *sim = meeting_of(4, 12);

	sim_chat(sim, 2, "it was me");
	sim_run(sim, 500);
	for (uint32_t i = 0; i < 4; i++)
		CHECK(sim->clients[i].chats[0].leaf == leaf_of(sim, 2));
	sim_destroy(sim);
}

static void of_ten_who_come_to_an_empty_room_at_once_one_founds_it(void)
{
	for (uint64_t seed = 20; seed < 30; seed++) {
		struct sim *sim = sim_create(seed);

		sim->network.jitter_ms = 60;
		for (uint32_t i = 0; i < 10; i++)
			sim_enter(sim, i, name_of(i));
		CHECK(sim_run_until_in(sim, 10, 20000));
		/* One founds, and the others come in few commits, not nine. */
		CHECK(sim_server_log_length(sim) <= 4);
		sim_destroy(sim);
	}
}

static void when_all_have_left_the_next_meeting_is_another_group(void)
{
	struct sim *sim = meeting_of(2, 31);
	char before[ZEGEL_CODE_LEN], after[ZEGEL_CODE_LEN];

	CHECK(zegel_code(sim->clients[0].z, before) == OK);
	sim_leave(sim, 0);
	sim_run(sim, 3000);
	sim_leave(sim, 1);
	sim_run(sim, 1000);
	CHECK(sim->clients[1].status == ZEGEL_OUT && sim->clients[1].reason == ZEGEL_BECAUSE_LEFT);
	sim_enter(sim, 2, "Carla");
	sim_enter(sim, 3, "Dirk");
	CHECK(sim_run_until_in(sim, 2, 10000));
	CHECK(zegel_code(sim->clients[2].z, after) == OK);
	CHECK(memcmp(before, after, sizeof(before)) != 0);
	sim_destroy(sim);
}

static void commits_are_never_more_than_one_a_second(void)
{
	struct sim *sim = meeting_of(4, 32);
	uint64_t length = sim_server_log_length(sim);

	for (uint32_t round = 0; round < 100; round++) {
		sim_enter(sim, 4 + round % 16, name_of(4 + round % 16));
		sim_run(sim, 100);
		if (round % 3 == 0)
			sim_leave(sim, 4 + round % 16);
	}
	CHECK(sim_server_log_length(sim) - length <= 12);
	sim_destroy(sim);
}

static void the_group_gets_new_keys_every_ten_minutes(void)
{
	struct sim *sim = meeting_of(3, 33);
	uint64_t epoch = zegel_epoch(sim->clients[0].z);

	sim_run(sim, 3 * REFRESH_MS + 20000);
	CHECK(zegel_epoch(sim->clients[0].z) == epoch + 3);
	CHECK(sim_agree(sim, 3) && diagnostics(sim) == 0);
	sim_destroy(sim);
}

/* --- what goes wrong --- */

static void who_vanishes_is_removed_after_the_grace(void)
{
	struct sim *sim = meeting_of(5, 40);

	sim_run(sim, 6000);
	sim_kill(sim, 2);
	sim_run(sim, GONE_GRACE_MS - 1000);
	CHECK(zegel_roster_size(sim->clients[0].z) == 5);
	CHECK(sim_run_until_in(sim, 4, 4000));
	sim_destroy(sim);
}

static void who_freezes_is_removed_after_silence_and_comes_back_by_knocking(void)
{
	struct sim *sim = meeting_of(5, 41);

	sim_run(sim, 6000);
	sim_freeze(sim, 1);
	sim_run(sim, 8000);
	CHECK(zegel_roster_size(sim->clients[0].z) == 5);
	CHECK(sim_run_until_in(sim, 4, SILENCE_MIN_MS));
	sim_run(sim, 30000);
	sim_thaw(sim, 1);
	CHECK(sim_run_until_in(sim, 5, 60000));
	CHECK(sim->clients[1].in_count >= 2);
	sim_destroy(sim);
}

static void a_short_interruption_keeps_the_seat(void)
{
	struct sim *sim = meeting_of(5, 42);
	uint32_t leaf = leaf_of(sim, 3);
	uint64_t epoch;

	sim_run(sim, 6000);
	epoch = zegel_epoch(sim->clients[0].z);
	sim_cut(sim, 3);
	CHECK(sim->clients[3].status == ZEGEL_REJOINING);
	sim_run(sim, 3000);
	CHECK(sim_agree(sim, 5) && leaf_of(sim, 3) == leaf);
	CHECK(zegel_epoch(sim->clients[0].z) == epoch);
	/* And the others know the new handle of its streams. */
	for (uint32_t i = 0; i < 5; i++) {
		struct zegel_person p;

		CHECK(zegel_roster_find(sim->clients[i].z, leaf, &p) == OK);
		CHECK(p.handle == sim->clients[3].connection);
	}
	sim_run(sim, 20000);
	CHECK(sim_agree(sim, 5) && zegel_epoch(sim->clients[0].z) == epoch);
	sim_destroy(sim);
}

static void who_was_away_reads_what_was_committed_meanwhile(void)
{
	struct sim *sim = meeting_of(5, 43);
	uint32_t leaf = leaf_of(sim, 3);

	sim_run(sim, 6000);
	sim->clients[3].is_held = true;
	sim_cut(sim, 3);
	sim_leave(sim, 0);
	sim_run(sim, 1500);
	sim_enter(sim, 5, name_of(5));
	sim_run(sim, 2000);
	sim->clients[3].is_held = false;
	sim->clients[3].reconnect_at = sim->now;
	CHECK(sim_run_until_in(sim, 5, 3000));
	CHECK(leaf_of(sim, 3) == leaf && sim->clients[3].in_count == 2);
	sim_destroy(sim);
}

static void who_was_away_too_long_knocks_and_has_one_seat_again(void)
{
	struct sim *sim = meeting_of(5, 44);

	sim_run(sim, 6000);
	sim->clients[3].is_held = true;
	sim_cut(sim, 3);
	CHECK(sim_run_until_in(sim, 4, 15000));
	for (uint32_t i = 0; i < 6; i++) {
		sim_enter(sim, 10 + i, name_of(10 + i));
		sim_run(sim, 2000);
	}
	sim->clients[3].is_held = false;
	sim->clients[3].reconnect_at = sim->now;
	CHECK(sim_run_until_in(sim, 11, 10000));
	sim_destroy(sim);
}

/* The next committer dies with its commit on the way to the server, or just after. */
static void a_committer_that_dies_is_replaced(void)
{
	for (uint32_t ms = 0; ms < 400; ms += 10) {
		struct sim *sim = meeting_of(4, 50);
		uint64_t length;
		uint32_t dead = SIM_CLIENTS;

		sim_run(sim, 6000);
		length = sim->clients[0].sent_of[FRONT_POST];
		(void)length;
		sim_enter(sim, 4, name_of(4));
		for (uint32_t t = 0; t < 2000 && dead == SIM_CLIENTS; t++) {
			uint64_t posts[4];

			for (uint32_t i = 0; i < 4; i++)
				posts[i] = sim->clients[i].sent_of[FRONT_POST];
			sim_run(sim, 1);
			for (uint32_t i = 0; i < 4; i++)
				if (sim->clients[i].sent_of[FRONT_POST] != posts[i])
					dead = i;
		}
		CHECK(dead != SIM_CLIENTS);
		sim_run(sim, ms);
		sim_kill(sim, dead % 4);
		CHECK(sim_run_until_in(sim, 4, 40000));
		sim_destroy(sim);
	}
}

static void a_committer_that_loses_its_connection_goes_on(void)
{
	for (uint32_t ms = 0; ms < 200; ms += 7) {
		struct sim *sim = meeting_of(4, 51 + ms);

		sim_run(sim, 6000);
		sim_enter(sim, 4, name_of(4));
		sim_run(sim, 330 + ms);
		for (uint32_t i = 0; i < 4; i++)
			sim_cut(sim, i);
		CHECK(sim_run_until_in(sim, 5, 40000));
		sim_destroy(sim);
	}
}

static void a_server_that_starts_anew_gets_its_meeting_back(void)
{
	struct sim *sim = meeting_of(8, 60);

	sim_run(sim, 6000);
	sim_server_restart(sim);
	CHECK(sim_run_until_in(sim, 8, 15000));
	sim_destroy(sim);
}

static void a_last_one_whose_connection_ends_goes_on_alone_or_anew(void)
{
	struct sim *sim = meeting_of(1, 61);

	sim->clients[0].is_held = true;
	sim_cut(sim, 0);
	sim_run(sim, 90000);
	sim->clients[0].is_held = false;
	sim->clients[0].reconnect_at = sim->now;
	CHECK(sim_run_until_in(sim, 1, 5000));
	sim_destroy(sim);
}

static void a_full_block_lets_nobody_in_but_stays(void)
{
	struct sim *sim = sim_create(62);

	sim->members = 4;
	for (uint32_t i = 0; i < 6; i++)
		sim_enter(sim, i, name_of(i));
	sim_run(sim, 30000);
	CHECK(sim_agree(sim, 4));
	for (uint32_t i = 0; i < 6; i++)
		if (sim->clients[i].status == ZEGEL_IN) {
			sim_leave(sim, i);
			break;
		}
	CHECK(sim_run_until_in(sim, 4, 30000));
	sim_destroy(sim);
}

/* --- storms --- */

/* Everything at once: cut connections, lanes that overtake each other, duplicates, people
 * who come, leave, vanish. When it is over, all agree. */
static void storm(uint64_t seed)
{
	struct sim *sim = sim_create(seed);
	bool is_here[16] = { 0 };
	uint32_t count = 0;

	sim->network = (struct sim_network){ .delay_ms = 30, .jitter_ms = 80,
		                             .duplicate_permille = 50, .lanes_overtake = true,
		                             .cut_every_ms = 20000, .reconnect_ms = 700 };
	for (uint32_t round = 0; round < 60; round++) {
		uint32_t i = sim_below(sim, ARRAY_LEN(is_here));
		uint32_t how = sim_below(sim, 4);

		if (!is_here[i]) {
			sim_enter(sim, i, name_of(i));
			is_here[i] = true;
		} else if (how == 0) {
			sim_leave(sim, i);
			is_here[i] = false;
		} else if (how == 1) {
			sim_kill(sim, i);
			is_here[i] = false;
		} else {
			sim_chat(sim, i, "in the storm");
			sim_set_state(sim, i, sim_below(sim, 8));
		}
		sim_run(sim, sim_below(sim, 3000));
	}
	sim->network.cut_every_ms = 0;
	for (uint32_t i = 0; i < ARRAY_LEN(is_here); i++)
		count += is_here[i];
	if (!sim_run_until_in(sim, count, 120000)) {
		printf("storm of seed %llu does not settle\n", (unsigned long long)seed);
		CHECK(false);
	}
	sim_destroy(sim);
}

static void after_a_storm_all_agree(void)
{
	for (uint64_t seed = 100; seed < 120; seed++)
		storm(seed);
}

int main(void)
{
	the_first_one_is_in_after_one_round_trip();
	a_second_one_is_in_after_four_round_trips_and_the_batch();
	meetings_of_several_sizes_agree_and_talk();
	everybody_knows_everybodys_name_state_and_handle();
	who_said_it_is_known();
	of_ten_who_come_to_an_empty_room_at_once_one_founds_it();
	when_all_have_left_the_next_meeting_is_another_group();
	commits_are_never_more_than_one_a_second();
	the_group_gets_new_keys_every_ten_minutes();
	who_vanishes_is_removed_after_the_grace();
	who_freezes_is_removed_after_silence_and_comes_back_by_knocking();
	a_short_interruption_keeps_the_seat();
	who_was_away_reads_what_was_committed_meanwhile();
	who_was_away_too_long_knocks_and_has_one_seat_again();
	a_committer_that_dies_is_replaced();
	a_committer_that_loses_its_connection_goes_on();
	a_server_that_starts_anew_gets_its_meeting_back();
	a_last_one_whose_connection_ends_goes_on_alone_or_anew();
	a_full_block_lets_nobody_in_but_stays();
	after_a_storm_all_agree();
	return check_report("meeting_life");
}
