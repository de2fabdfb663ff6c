/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/crypto_fake.h"
#include "tests/support/mls_client.h"
#include "tests/support/provider.h"

/* Whatever goes wrong, the group stays as it was, and goes on when it is right. */
enum { people = 4 };

static struct mls_client clients[people];
static struct mls_client *const all[people] = { &clients[0], &clients[1], &clients[2],
	                                        &clients[3] };
static const struct mls_commit_options update = { .force_path = true };
static const struct span none;

/* The second one's provider may fail. */
static struct crypto_fake fake;

static void meet(size_t count)
{
	static const char *const names[people] = { "Anna", "Bram", "Chris", "Dewi" };

	crypto_fake_init(&fake, provider(), 7);
	fake.fail_at = CRYPTO_FAKE_NEVER;
	for (size_t i = 0; i < people; i++)
		mls_client_init(&clients[i], i == 1 ? &fake.table : provider(), 1, CLIENT_BLOCK,
		                names[i]);
	CHECK(mls_client_create(all[0], "meeting") == OK);
	CHECK(mls_client_add(all[0], NULL, 0, all + 1, count - 1) == OK);
	CHECK(mls_client_agree(all, count));
}

static void part(void)
{
	for (size_t i = 0; i < people; i++)
		mls_client_clear(&clients[i]);
}

/* --- what came is not what was sent --- */

static struct span changed(struct mls_client *s, struct span message, size_t at)
{
	struct span copy = { 0 };

	CHECK(arena_dup(&s->arena, message, &copy) == OK);
	((uint8_t *)(uintptr_t)copy.p)[at] ^= 1 << at % 8;
	return copy;
}

static void no_change_of(struct span message)
{
	struct mls_received got;

	for (size_t i = 0; i < message.n; i++) {
		size_t mark = arena_mark(&all[1]->arena);

		CHECK(mls_group_input(all[1]->group, changed(all[1], message, i), CLIENT_NOW,
		                      &got) != OK);
		CHECK(mls_group_input(all[1]->group, (struct span){ message.p, i }, CLIENT_NOW,
		                      &got) != OK);
		arena_release(&all[1]->arena, mark);
	}
	CHECK(mls_group_epoch(all[1]->group) == mls_group_epoch(all[0]->group));
}

static void a_changed_commit_is_refused_and_the_true_one_taken(void)
{
	struct mls_commit_options options = { .force_path = true };
	struct span message, welcome;

	meet(3);
	for (size_t i = 0; i < 2; i++) {
		options.public_message = i == 0;
		CHECK(mls_group_commit(all[0]->group, &options, CLIENT_NOW, &message,
		                       &welcome) == OK);
		no_change_of(message);
		CHECK(mls_client_deliver(all + 1, 2, message) == OK);
		CHECK(mls_group_commit_apply(all[0]->group) == OK && mls_client_agree(all, 3));
	}
	part();
}

static void a_changed_word_is_refused_and_the_true_one_heard(void)
{
	struct span message;

	meet(3);
	CHECK(mls_group_seal(all[0]->group, SPAN_STR("good morning"), SPAN_STR("aad"), 32,
	                     &all[0]->arena, &message) == OK);
	no_change_of(message);
	CHECK(mls_client_deliver(all + 1, 2, message) == OK);
	part();
}

static void a_changed_welcome_joins_nothing(void)
{
	struct span package, message, welcome;
	const struct mls_commit_options options = { .adds = &package,
		                                    .add_count = 1,
		                                    .with_tree = true };

	meet(3);
	package = mls_client_key_package(all[3]);
	CHECK(mls_group_commit(all[0]->group, &options, CLIENT_NOW, &message, &welcome) == OK);
	for (size_t i = 0; i < welcome.n; i++) {
		size_t mark = arena_mark(&all[3]->arena);

		CHECK(mls_group_join(all[3]->group, changed(all[3], welcome, i), package, none,
		                     &all[3]->secrets, CLIENT_NOW) != OK);
		CHECK(mls_group_join(all[3]->group, (struct span){ welcome.p, i }, package,
		                     none, &all[3]->secrets, CLIENT_NOW) != OK);
		arena_release(&all[3]->arena, mark);
	}
	CHECK(mls_group_commit_apply(all[0]->group) == OK);
	CHECK(mls_group_join(all[3]->group, welcome, package, none, &all[3]->secrets,
	                     CLIENT_NOW) == OK);
	CHECK(mls_client_deliver(all + 1, 2, message) == OK && mls_client_agree(all, 4));
	part();
}

/* --- the provider fails --- */

/* Runs `step` with the fake failing at call 0, 1, 2, ... until it passes; before each
 * further try the group has to be the one that the others have. */
static void fails_without_a_trace(enum err (*step)(void *arg), void *arg, size_t agree)
{
	for (uint64_t n = 0; n < 100000; n++) {
		fake.calls = 0;
		fake.has_failed = false;
		fake.fail_at = n;

		enum err err = step(arg);

		fake.fail_at = CRYPTO_FAKE_NEVER;
		if (!fake.has_failed) {
			CHECK(err == OK && n > 0);
			return;
		}
		CHECK(err != OK);
		if (agree != 0)
			CHECK(mls_client_agree(all, agree));
	}
	CHECK(false);
}

struct step {
	struct span message, welcome;
};

static enum err step_input(void *arg)
{
	struct mls_received got;

	return mls_group_input(all[1]->group, ((struct step *)arg)->message, CLIENT_NOW, &got);
}

static enum err step_commit(void *arg)
{
	struct step *s = arg;

	return mls_group_commit(all[1]->group, &update, CLIENT_NOW, &s->message, &s->welcome);
}

static enum err step_add(void *arg)
{
	struct step *s = arg;
	const struct mls_commit_options options = { .adds = &all[3]->key_package,
		                                    .add_count = 1,
		                                    .with_tree = true };

	return mls_group_commit(all[1]->group, &options, CLIENT_NOW, &s->message, &s->welcome);
}

static enum err step_seal(void *arg)
{
	struct step *s = arg;

	return mls_group_seal(all[1]->group, SPAN_STR("word"), none, 0, &all[1]->arena,
	                      &s->message);
}

static enum err step_join(void *arg)
{
	return mls_group_join(all[1]->group, ((struct step *)arg)->welcome, all[1]->key_package,
	                      none, &all[1]->secrets, CLIENT_NOW);
}

static void a_commit_that_could_not_be_taken_is_taken_later(void)
{
	struct step s;

	meet(3);
	CHECK(mls_group_commit(all[0]->group, &update, CLIENT_NOW, &s.message, &s.welcome) ==
	      OK);
	fails_without_a_trace(step_input, &s, 3);
	CHECK(mls_client_deliver(all + 2, 1, s.message) == OK);
	CHECK(mls_group_commit_apply(all[0]->group) == OK && mls_client_agree(all, 3));
	part();
}

static void a_commit_that_could_not_be_made_is_made_later(void)
{
	struct mls_client *const others[] = { all[0], all[2] };
	struct step s;

	meet(3);
	fails_without_a_trace(step_commit, &s, 3);
	CHECK(mls_client_deliver(others, 2, s.message) == OK);
	CHECK(mls_group_commit_apply(all[1]->group) == OK && mls_client_agree(all, 3));

	CHECK(mls_client_key_package(all[3]).n != 0);
	fails_without_a_trace(step_add, &s, 3);
	CHECK(mls_client_deliver(others, 2, s.message) == OK);
	CHECK(mls_group_commit_apply(all[1]->group) == OK);
	CHECK(mls_group_join(all[3]->group, s.welcome, all[3]->key_package, none,
	                     &all[3]->secrets, CLIENT_NOW) == OK);
	CHECK(mls_client_agree(all, 4));
	part();
}

static void a_word_is_lost_and_the_next_one_heard(void)
{
	struct step s;

	meet(3);
	fails_without_a_trace(step_seal, &s, 3);
	CHECK(mls_client_deliver(all, 1, s.message) == OK);
	CHECK(mls_group_seal(all[0]->group, SPAN_STR("word"), none, 0, &all[0]->arena,
	                     &s.message) == OK);
	fails_without_a_trace(step_input, &s, 3);
	part();
}

static void a_join_that_failed_is_done_again(void)
{
	const struct mls_commit_options options = { .adds = &all[1]->key_package,
		                                    .add_count = 1,
		                                    .with_tree = true };
	struct step s;

	meet(1);
	CHECK(mls_client_key_package(all[1]).n != 0);
	CHECK(mls_group_commit(all[0]->group, &options, CLIENT_NOW, &s.message, &s.welcome) ==
	      OK);
	CHECK(mls_group_commit_apply(all[0]->group) == OK);
	fails_without_a_trace(step_join, &s, 0);
	CHECK(mls_client_agree(all, 2) && mls_client_talk(all[1], all, 2));
	part();
}

/* --- there is too little memory --- */

static void a_small_block_is_refused_or_enough(void)
{
	size_t refused = 0, enough = 0;

	for (size_t block = 0; block < 96 << 10; block += 509) {
		struct arena memory;
		void *bytes = malloc((MLS_EPOCHS_KEPT + 2) * block + (64 << 10));
		struct mls_group *group;

		mls_client_init(&clients[0], provider(), 1, CLIENT_BLOCK, "Anna");
		mls_client_init(&clients[1], provider(), 1, CLIENT_BLOCK, "Bram");
		memory = arena_into(bytes, (MLS_EPOCHS_KEPT + 2) * block + (64 << 10));
		group = mls_group_init(&memory, block, &clients[1].config);
		if (group != NULL) {
			mls_group_clear(clients[1].group);
			clients[1].group = group;
			CHECK(mls_client_create(all[0], "meeting") == OK);

			enum err err = mls_client_add(all[0], NULL, 0, all + 1, 1);

			for (size_t i = 0; i < 4 && err == OK; i++)
				err = mls_client_commit(all[i % 2], all + (i + 1) % 2, 1,
				                        &update);
			CHECK(err == OK || err == ERR_SPACE);
			CHECK(err != OK || mls_client_agree(all, 2));
			refused += err == ERR_SPACE;
			enough += err == OK;
		}
		mls_client_clear(&clients[0]);
		mls_client_clear(&clients[1]);
		free(bytes);
	}
	CHECK(refused != 0 && enough != 0);
}

static void a_cleared_group_leaves_nothing(void)
{
	struct span message;
	size_t used, left = 0;

	meet(3);
	CHECK(mls_client_commit(all[0], all + 1, 2, &update) == OK);
	CHECK(mls_group_seal(all[1]->group, SPAN_STR("x"), none, 0, &all[2]->arena, &message) ==
	      OK);
	used = (MLS_EPOCHS_KEPT + 1) * all[1]->block;
	mls_group_clear(all[1]->group);
	/* The blocks of the first group lie at the front of the client's memory. */
	for (size_t i = 0; i < used; i++)
		left += all[1]->arena.base[i] != 0;
	CHECK(left < 1024); /* addresses of blocks, and the configuration */
	CHECK(mls_group_seal(all[1]->group, SPAN_STR("x"), none, 0, &all[2]->arena, &message) ==
	      ERR_NOT_NOW);
	part();
}

int main(void)
{
	a_changed_commit_is_refused_and_the_true_one_taken();
	a_changed_word_is_refused_and_the_true_one_heard();
	a_changed_welcome_joins_nothing();
	a_commit_that_could_not_be_taken_is_taken_later();
	a_commit_that_could_not_be_made_is_made_later();
	a_word_is_lost_and_the_next_one_heard();
	a_join_that_failed_is_done_again();
	a_small_block_is_refused_or_enough();
	a_cleared_group_leaves_nothing();
	return check_report("mls_group_faults");
}
