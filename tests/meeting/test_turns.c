/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/meeting/committer.h"
#include "sealed/meeting/front.h"
#include "sealed/meeting/participant.h"
#include "sealed/mls/group_state.h"
#include "tests/sim/sim.h"
#include "tests/support/check.h"

/* Whose turn it is, and what there is to be told of it: commits, takeovers, races, chat,
 * beats, codes, and what is left of a meeting in the memory of who left. */

static struct sim *meeting_of(uint32_t count, uint64_t seed)
{
	struct sim *sim = sim_create(seed);

	for (uint32_t i = 0; i < count; i++)
		sim_enter(sim, i, "Somebody");
	CHECK(sim_run_until_in(sim, count, 60000));
	sim_run(sim, 6000);
	return sim;
}

static struct zegel *z_of(const struct sim *sim, uint32_t i)
{
	return sim->clients[i].z;
}

/* The client whose turn it is, of all who are there. */
static uint32_t next_committer(const struct sim *sim, uint32_t count)
{
	bool candidates[LEAVES_MAX] = { 0 };
	struct zegel *z = z_of(sim, 0);

	for (uint32_t leaf = 0; leaf < z->roster.width; leaf++)
		candidates[leaf] = roster_seat(&z->roster, leaf) != NULL;
	for (uint32_t i = 0; i < count; i++)
		if (committer_rank(candidates, z->roster.width, zegel_own_leaf(z_of(sim, i)),
		                   zegel_epoch(z)) == 0)
			return i;
	return SIM_CLIENTS;
}

static uint64_t posts(const struct sim *sim, uint32_t count)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < count; i++)
		sum += sim->clients[i].sent_of[FRONT_POST];
	return sum;
}

/* --- turns --- */

static void whose_turn_it_is_commits_and_nobody_else(void)
{
	struct sim *sim = meeting_of(5, 1);
	uint32_t seen = 0;

	for (uint32_t round = 0; round < 8; round++) {
		uint32_t turn = next_committer(sim, 5);
		uint64_t before = sim->clients[turn].sent_of[FRONT_POST], all = posts(sim, 5);

		sim_enter(sim, 5, "Guest");
		CHECK(sim_run_until_in(sim, 6, 5000));
		CHECK(sim->clients[turn].sent_of[FRONT_POST] == before + 1);
		CHECK(posts(sim, 5) == all + 1);
		seen |= 1u << turn;
		sim_leave(sim, 5);
		CHECK(sim_run_until_in(sim, 5, 5000));
		sim_run(sim, 2000);
	}
	/* It goes round. */
	CHECK((seen & (seen - 1)) != 0);
	sim_destroy(sim);
}

static void the_next_in_line_takes_over_after_its_step(void)
{
	struct sim *sim = meeting_of(5, 2);
	uint32_t frozen = next_committer(sim, 5);
	uint64_t began, length = sim_server_log_length(sim);

	sim->network.jitter_ms = 0;
	sim_freeze(sim, frozen);
	began = sim->now;
	sim_enter(sim, 5, "Guest");
	while (sim_server_log_length(sim) == length && sim->now < began + 5000)
		sim_run(sim, 1);
	CHECK(sim->now - began ==
	      3 * sim->network.delay_ms + committer_batch_ms(5) + COMMITTER_STEP_MS);
	sim_destroy(sim);
}

/* Whoever vanishes, also the one whose turn it would have been, is put out in time: nobody
 * waits for the turn of one who is about to be removed. */
static void who_vanishes_is_removed_whoever_it_is(void)
{
	for (uint32_t gone = 0; gone < 5; gone++) {
		struct sim *sim = meeting_of(5, 3);
		uint64_t length = sim_server_log_length(sim);

		sim_kill(sim, gone);
		CHECK(sim_run_until_in(sim, 4, GONE_GRACE_MS + COMMITTER_STEP_MS - 50));
		CHECK(sim_server_log_length(sim) == length + 1);
		sim_destroy(sim);
	}
}

static void two_who_vanish_one_of_them_in_turn_are_removed(void)
{
	struct sim *sim = meeting_of(6, 4);
	uint64_t length = sim_server_log_length(sim);
	uint32_t first = next_committer(sim, 6);

	sim_kill(sim, first);
	sim_kill(sim, (first + 1) % 6);
	CHECK(sim_run_until_in(sim, 4, GONE_GRACE_MS + COMMIT_SPACING_MS + 300));
	CHECK(sim_server_log_length(sim) <= length + 2);
	sim_destroy(sim);
}

/* --- batches --- */

static void knocks_close_together_go_into_one_commit(void)
{
	struct sim *sim = meeting_of(3, 10);
	uint64_t length = sim_server_log_length(sim);

	for (uint32_t i = 3; i < 3 + ADDS_MAX; i++)
		sim_enter(sim, i, "One of many");
	CHECK(sim_run_until_in(sim, 3 + ADDS_MAX, 5000));
	CHECK(sim_server_log_length(sim) == length + 1);
	sim_destroy(sim);
}

static void more_than_a_commit_holds_go_into_the_next(void)
{
	struct sim *sim = meeting_of(3, 11);
	uint64_t length = sim_server_log_length(sim);

	for (uint32_t i = 3; i < 3 + ADDS_MAX + 8; i++)
		sim_enter(sim, i, "One of many");
	CHECK(sim_run_until_in(sim, 3 + ADDS_MAX + 8, 10000));
	CHECK(sim_server_log_length(sim) == length + 2);
	sim_destroy(sim);
}

/* --- races --- */

/* The way to the server takes longer than a step, so that several post for one index. */
static void of_several_commits_for_one_index_one_counts(void)
{
	struct sim *sim = meeting_of(5, 20);
	uint64_t length = sim_server_log_length(sim), before = posts(sim, 5);

	sim->network.delay_ms = 700;
	sim_enter(sim, 5, "Guest");
	CHECK(sim_run_until_in(sim, 6, 15000));
	sim_run(sim, 10000);
	CHECK(posts(sim, 5) - before >= 2);
	CHECK(sim_server_log_length(sim) == length + 1 && sim_agree(sim, 6));
	for (uint32_t i = 0; i < 6; i++)
		CHECK(sim->clients[i].in_count == 1 && sim->clients[i].reconnects == 0);
	sim_destroy(sim);
}

/* --- chat --- */

struct held {
	uint8_t bytes[2048];
	size_t n;
};

static bool hold_first_chat(struct sim *sim, uint32_t client, uint8_t *m, size_t n)
{
	struct held *held = sim->arg;

	if (client != 1 || m[0] != FRONT_BROADCAST || held->n != 0 || n > sizeof(held->bytes))
		return true;
	memcpy(held->bytes, m, held->n = n);
	return false;
}

static void chat_out_of_order_is_heard_and_again_is_not(void)
{
	struct sim *sim = meeting_of(3, 30);
	struct sim_client *c = &sim->clients[1];
	struct held held = { .n = 0 };

	sim->arg = &held;
	sim->tap = hold_first_chat;
	sim_chat(sim, 0, "first");
	sim_run(sim, 100);
	sim->tap = NULL;
	CHECK(held.n != 0 && c->chat_count == 0);
	sim_chat(sim, 0, "second");
	sim_run(sim, 100);
	for (uint32_t i = 0; i < 3; i++)
		sim_server_send(sim, c->connection, (struct span){ held.bytes, held.n });
	sim_run(sim, 100);
	CHECK(c->chat_count == 2);
	CHECK(strcmp(c->chats[0].text, "second") == 0 && strcmp(c->chats[1].text, "first") == 0);
	CHECK(c->diagnostics[ZEGEL_DIAG_MESSAGE] == 2);
	sim_destroy(sim);
}

static void chat_is_text_within_its_size_and_of_members_only(void)
{
	struct sim *sim = sim_create(31);
	static char text[ZEGEL_CHAT_MAX + 1];
	struct zegel *z;

	memset(text, 'x', sizeof(text));
	sim_enter(sim, 0, "Anna");
	z = z_of(sim, 0);
	CHECK(zegel_chat(z, "early", 5, sim->now) == ERR_NOT_NOW);
	CHECK(sim_run_until_in(sim, 1, 5000));
	CHECK(zegel_chat(z, text, ZEGEL_CHAT_MAX, sim->now) == OK);
	CHECK(zegel_chat(z, text, ZEGEL_CHAT_MAX + 1, sim->now) == ERR_LIMIT);
	CHECK(zegel_chat(z, text, 0, sim->now) == ERR_LIMIT);
	CHECK(zegel_chat(z, "a\x1b", 2, sim->now) == ERR_LIMIT);
	zegel_leave(z, sim->now);
	CHECK(zegel_chat(z, "late", 4, sim->now) == ERR_NOT_NOW);
	sim_destroy(sim);
}

/* What is said in an epoch that a reader enters a little later waits for it. */
static void what_comes_before_its_commit_waits_for_it(void)
{
	struct sim *sim = meeting_of(4, 32);

	sim->network.lanes_overtake = true;
	sim->network.jitter_ms = 400;
	for (uint32_t round = 0; round < 20; round++) {
		uint64_t epoch = zegel_epoch(z_of(sim, 0));

		sim_enter(sim, 4, "Guest");
		while (zegel_epoch(z_of(sim, 0)) == epoch)
			sim_run(sim, 1);
		sim_chat(sim, 0, "already in the new one");
		CHECK(sim_run_until_in(sim, 5, 10000));
		sim_leave(sim, 4);
		CHECK(sim_run_until_in(sim, 4, 10000));
		sim_run(sim, 3000);
	}
	for (uint32_t i = 1; i < 4; i++)
		CHECK(sim->clients[i].chat_count == 20);
	sim_destroy(sim);
}

/* --- beats --- */

static void every_member_beats_and_none_too_often(void)
{
	static const uint32_t sizes[] = { 2, 5, 20, 50 };

	for (size_t s = 0; s < ARRAY_LEN(sizes); s++) {
		struct sim *sim = meeting_of(sizes[s], 40 + s);
		uint32_t period = sizes[s] < 5 ? 5 : sizes[s];
		uint64_t before[SIM_CLIENTS];

		for (uint32_t i = 0; i < sizes[s]; i++)
			before[i] = sim->clients[i].sent_of[FRONT_SEND];
		sim_run(sim, 4000 * period);
		for (uint32_t i = 0; i < sizes[s]; i++) {
			uint64_t n = sim->clients[i].sent_of[FRONT_SEND] - before[i];

			CHECK(n >= 3 && n <= 5);
			CHECK(sim->clients[i].reconnects == 0);
		}
		sim_destroy(sim);
	}
}

/* --- the code --- */

static void the_code_changes_with_people_and_not_with_keys(void)
{
	struct sim *sim = meeting_of(3, 50);
	char codes[4][ZEGEL_CODE_LEN];
	uint64_t epoch = zegel_epoch(z_of(sim, 0));

	CHECK(zegel_code(z_of(sim, 0), codes[0]) == OK);
	sim_run(sim, REFRESH_MS + 5000);
	CHECK(zegel_epoch(z_of(sim, 0)) > epoch && zegel_code(z_of(sim, 1), codes[1]) == OK);
	CHECK(memcmp(codes[0], codes[1], ZEGEL_CODE_LEN) == 0);
	sim_enter(sim, 3, "Guest");
	CHECK(sim_run_until_in(sim, 4, 5000));
	for (uint32_t i = 0; i < 4; i++) {
		CHECK(zegel_code(z_of(sim, i), codes[2]) == OK);
		CHECK(i == 0 || memcmp(codes[2], codes[3], ZEGEL_CODE_LEN) == 0);
		memcpy(codes[3], codes[2], ZEGEL_CODE_LEN);
	}
	CHECK(memcmp(codes[0], codes[2], ZEGEL_CODE_LEN) != 0);
	sim_leave(sim, 3);
	CHECK(sim_run_until_in(sim, 3, 5000));
	CHECK(zegel_code(z_of(sim, 2), codes[3]) == OK);
	CHECK(memcmp(codes[0], codes[3], ZEGEL_CODE_LEN) == 0);
	sim_destroy(sim);
}

/* --- afterwards --- */

enum { secret_len = 16, secrets_max = 8 };

static bool has(const struct zegel *z, const uint8_t *secret)
{
	return memmem(z->block, z->block_size, secret, secret_len) != NULL;
}

/* Where the group's secrets are, there are those of the tree and of the key schedule. */
static void who_leaves_keeps_no_secret_of_the_meeting(void)
{
	struct sim *sim = meeting_of(3, 60);
	struct zegel *z = z_of(sim, 1);
	uint32_t transform = zegel_transform_create(z, ZEGEL_CAMERA);
	uint8_t secrets[secrets_max][secret_len];
	struct zegel_plan plan;
	size_t count = 0;

	CHECK(zegel_seal_plan(z, transform, (const uint8_t *)"\x01", 1, &plan, sim->now) == OK);
	CHECK(zegel_key_export(z, plan.key, secrets[count++]) == OK);
	memcpy(secrets[count++], z->link.wrap, secret_len);
	memcpy(secrets[count++], z->link.psk, secret_len);
	memcpy(secrets[count++], z->link.knock, secret_len);
	memcpy(secrets[count++], z->sig_priv, secret_len);
	memcpy(secrets[count++], z->pass, secret_len);
	memcpy(secrets[count++], z->media.epochs[zegel_epoch(z) % MEDIA_EPOCHS].base_key,
	       secret_len);
	memcpy(secrets[count++], z->group->current->secrets.bytes[EPOCH_INIT], secret_len);
	for (size_t i = 0; i < count; i++)
		CHECK(has(z, secrets[i]));
	sim_leave(sim, 1);
	for (size_t i = 0; i < count; i++)
		CHECK(!has(z, secrets[i]));
	sim_destroy(sim);
}

int main(void)
{
	whose_turn_it_is_commits_and_nobody_else();
	the_next_in_line_takes_over_after_its_step();
	who_vanishes_is_removed_whoever_it_is();
	two_who_vanish_one_of_them_in_turn_are_removed();
	knocks_close_together_go_into_one_commit();
	more_than_a_commit_holds_go_into_the_next();
	of_several_commits_for_one_index_one_counts();
	chat_out_of_order_is_heard_and_again_is_not();
	chat_is_text_within_its_size_and_of_members_only();
	what_comes_before_its_commit_waits_for_it();
	every_member_beats_and_none_too_often();
	the_code_changes_with_people_and_not_with_keys();
	who_leaves_keeps_no_secret_of_the_meeting();
	return check_report("meeting_turns");
}
