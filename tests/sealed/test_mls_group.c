/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/mls_client.h"
#include "tests/support/provider.h"

/* Groups of people who only exchange messages. */
enum { people = 5 };

static struct mls_client clients[people];
static struct mls_client *const all[people] = { &clients[0], &clients[1], &clients[2],
	                                        &clients[3], &clients[4] };

static void meet_with(enum mls_suite_id suite, size_t count)
{
	static const char *const names[people] = { "Anna", "Bram", "Chris", "Dewi", "Els" };

	for (size_t i = 0; i < people; i++)
		mls_client_init(&clients[i], provider(), suite, CLIENT_BLOCK, names[i]);
	CHECK(mls_client_create(all[0], "meeting") == OK);
	if (count > 1)
		CHECK(mls_client_add(all[0], NULL, 0, all + 1, count - 1) == OK);
	CHECK(mls_client_agree(all, count));
}

static void meet(size_t count)
{
	meet_with(MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519, count);
}

static void part(void)
{
	for (size_t i = 0; i < people; i++)
		mls_client_clear(&clients[i]);
}

static void a_group_begins_with_its_creator(void)
{
	struct mls_member self;
	uint8_t secret[16];

	meet(1);
	CHECK(mls_group_epoch(all[0]->group) == 0);
	CHECK(mls_group_own_leaf(all[0]->group) == 0);
	CHECK(span_is_equal(mls_group_id(all[0]->group), SPAN_STR("meeting")));
	CHECK(mls_group_leaf_width(all[0]->group) == 1);
	CHECK(mls_group_member(all[0]->group, 0, &self));
	CHECK(span_is_equal(self.credential, SPAN_STR("Anna")));
	CHECK(!mls_group_member(all[0]->group, 1, &self));
	CHECK(mls_group_export(all[0]->group, SPAN_STR("x"), SPAN_STR("y"), secret, 16) == OK);
	part();
}

static void everybody_speaks_in_every_suite(void)
{
	static const enum mls_suite_id suites[] = { 1, 2, 3, 5, 7 };

	for (size_t i = 0; i < ARRAY_LEN(suites); i++) {
		meet_with(suites[i], 4);
		for (size_t k = 0; k < 4; k++)
			CHECK(mls_client_talk(all[k], all, 4));
		part();
	}
}

static void everybody_commits(void)
{
	const struct mls_commit_options plain = { .force_path = true };
	const struct mls_commit_options in_clear = { .public_message = true };

	meet(4);
	for (size_t i = 0; i < 4; i++) {
		struct mls_client *others[3];
		size_t n = 0;

		for (size_t k = 0; k < 4; k++)
			if (k != i)
				others[n++] = all[k];
		CHECK(mls_client_commit(all[i], others, 3, &plain) == OK);
		CHECK(mls_client_agree(all, 4));
		CHECK(mls_client_commit(all[i], others, 3, &in_clear) == OK);
		CHECK(mls_client_agree(all, 4));
		CHECK(mls_client_talk(all[i], all, 4));
	}
	CHECK(mls_group_epoch(all[0]->group) == 1 + 4 * 2);
	part();
}

static void who_is_added_later_joins_the_same_group(void)
{
	struct mls_member member;

	meet(2);
	CHECK(mls_client_add(all[1], all, 1, all + 2, 1) == OK);
	CHECK(mls_client_add(all[2], all, 2, all + 3, 2) == OK);
	CHECK(mls_client_agree(all, 5));
	CHECK(mls_client_talk(all[4], all, 5) && mls_client_talk(all[0], all, 5));
	for (uint32_t leaf = 0; leaf < 5; leaf++)
		for (size_t i = 0; i < 5; i++) {
			CHECK(mls_group_member(all[i]->group, leaf, &member));
			CHECK(span_is_equal(member.credential, all[leaf]->identity.credential));
			CHECK(span_is_equal(member.signature_key, all[leaf]->identity.sig_pub));
		}
	part();
}

static void who_is_removed_is_out(void)
{
	const uint32_t removed = 1;
	const struct mls_commit_options options = { .removes = &removed, .remove_count = 1 };
	struct mls_client *const stay[] = { all[0], all[2], all[3] };
	struct span message, welcome, later;
	struct mls_received got;
	struct mls_member member;

	meet(4);
	CHECK(mls_group_commit(all[0]->group, &options, CLIENT_NOW, &message, &welcome) == OK);
	CHECK(welcome.n == 0);
	CHECK(mls_group_input(all[1]->group, message, CLIENT_NOW, &got) == OK &&
	      got.removed_us);
	CHECK(mls_client_deliver(stay + 1, 2, message) == OK);
	CHECK(mls_group_commit_apply(all[0]->group) == OK);
	CHECK(mls_client_agree(stay, 3) && mls_client_talk(stay[0], stay, 3));
	CHECK(!mls_group_member(all[0]->group, removed, &member));

	CHECK(mls_group_seal(all[0]->group, SPAN_STR("secret"), (struct span){ 0 }, 0,
	                     &all[0]->arena, &later) == OK);
	CHECK(mls_group_input(all[1]->group, later, CLIENT_NOW, &got) == ERR_NOT_NOW);
	CHECK(mls_group_seal(all[1]->group, SPAN_STR("hello?"), (struct span){ 0 }, 0,
	                     &all[1]->arena, &later) == ERR_NOT_NOW);

	/* The place is free again. */
	CHECK(mls_client_add(all[2], (struct mls_client *const[]){ all[0], all[3] }, 2, all + 4,
	                     1) == OK);
	CHECK(mls_group_own_leaf(all[4]->group) == removed);
	part();
}

static void a_pending_commit_changes_nothing_until_applied(void)
{
	const struct mls_commit_options options = { .force_path = true };
	struct span label = SPAN_STR("label"), none = { 0 }, message, welcome;
	uint8_t before[32], pending[32], after[32];

	meet(2);
	CHECK(mls_group_export(all[0]->group, label, none, before, 32) == OK);
	CHECK(mls_group_pending_export(all[0]->group, label, none, pending, 32) == ERR_NOT_NOW);
	CHECK(mls_group_commit_apply(all[0]->group) == ERR_NOT_NOW);
	CHECK(mls_group_commit(all[0]->group, &options, CLIENT_NOW, &message, &welcome) == OK);
	CHECK(mls_group_pending_export(all[0]->group, label, none, pending, 32) == OK);
	CHECK(mls_group_epoch(all[0]->group) == 1 && mls_client_agree(all, 2));
	CHECK(mls_client_talk(all[0], all, 2) && mls_client_talk(all[1], all, 2));
	CHECK(mls_group_commit_apply(all[0]->group) == OK);
	CHECK(mls_group_epoch(all[0]->group) == 2);
	CHECK(mls_group_export(all[0]->group, label, none, after, 32) == OK);
	CHECK(memcmp(pending, after, 32) == 0 && memcmp(before, after, 32) != 0);
	part();
}

static void a_dropped_commit_leaves_the_other_ones_way_free(void)
{
	const struct mls_commit_options options = { .force_path = true };
	struct span lost, won, welcome;

	meet(3);
	CHECK(mls_group_commit(all[0]->group, &options, CLIENT_NOW, &lost, &welcome) == OK);
	CHECK(mls_group_commit(all[1]->group, &options, CLIENT_NOW, &won, &welcome) == OK);
	mls_group_commit_drop(all[0]->group);
	CHECK(mls_client_deliver((struct mls_client *const[]){ all[0], all[2] }, 2, won) == OK);
	CHECK(mls_group_commit_apply(all[1]->group) == OK);
	CHECK(mls_client_agree(all, 3));
	CHECK(mls_group_commit_apply(all[0]->group) == ERR_NOT_NOW);
	CHECK(mls_client_deliver(all + 1, 2, lost) != OK && mls_client_agree(all, 3));
	part();
}

static void late_messages_of_the_last_epoch_open(void)
{
	const struct mls_commit_options options = { .force_path = true };
	struct span late[3], none = { 0 };
	struct mls_received got;

	meet(3);
	for (size_t i = 0; i < 3; i++)
		CHECK(mls_group_seal(all[1]->group, SPAN_STR("late"), none, 0, &all[1]->arena,
		                     &late[i]) == OK);
	CHECK(mls_group_input(all[0]->group, late[2], CLIENT_NOW, &got) == OK);
	CHECK(mls_client_commit(all[2], all, 2, &options) == OK);
	CHECK(mls_group_input(all[0]->group, late[0], CLIENT_NOW, &got) == OK);
	CHECK(got.epoch == 1 && got.sender == 1 && span_is_equal(got.data, SPAN_STR("late")));
	CHECK(mls_group_input(all[0]->group, late[0], CLIENT_NOW, &got) != OK);
	CHECK(mls_group_input(all[0]->group, late[2], CLIENT_NOW, &got) != OK);
	CHECK(mls_client_commit(all[2], all, 2, &options) == OK);
	CHECK(mls_group_input(all[0]->group, late[1], CLIENT_NOW, &got) == ERR_NOT_NOW);
	CHECK(mls_client_agree(all, 3));
	part();
}

static void a_sealed_message_shows_no_length(void)
{
	struct span one, other, none = { 0 };

	meet(2);
	CHECK(mls_group_seal(all[0]->group, SPAN_STR("a"), none, 256, &all[0]->arena, &one) ==
	      OK);
	CHECK(mls_group_seal(all[0]->group, SPAN_STR("a somewhat longer word"), none, 256,
	                     &all[0]->arena, &other) == OK);
	CHECK(one.n == other.n && one.n > 256);
	part();
}

static void a_message_of_another_group_is_not_for_now(void)
{
	struct span message, none = { 0 };
	struct mls_received got;

	meet(2);
	CHECK(mls_client_create(all[2], "another") == OK);
	CHECK(mls_group_seal(all[2]->group, SPAN_STR("hello"), none, 0, &all[2]->arena,
	                     &message) == OK);
	CHECK(mls_group_input(all[0]->group, message, CLIENT_NOW, &got) == ERR_NOT_NOW);
	CHECK(mls_group_input(all[3]->group, message, CLIENT_NOW, &got) == ERR_NOT_NOW);
	part();
}

static void a_welcome_is_for_whom_it_names(void)
{
	struct span package, other, message, welcome, none = { 0 };
	struct mls_commit_options options = { .adds = &package, .add_count = 1 };

	meet(1);
	other = mls_client_key_package(all[2]);
	package = mls_client_key_package(all[1]);
	CHECK(mls_group_commit(all[0]->group, &options, CLIENT_NOW, &message, &welcome) == OK);
	CHECK(mls_group_join(all[2]->group, welcome, other, none, &all[2]->secrets,
	                     CLIENT_NOW) == ERR_AUTH);
	CHECK(mls_group_join(all[2]->group, welcome, package, none, &all[2]->secrets,
	                     CLIENT_NOW) == ERR_AUTH);
	/* Without the tree there is nothing to believe. */
	CHECK(mls_group_join(all[1]->group, welcome, package, none, &all[1]->secrets,
	                     CLIENT_NOW) != OK);
	part();
}

static void an_expired_key_package_is_not_added(void)
{
	const uint64_t late = CLIENT_NOW + CLIENT_LIFETIME + 1;
	struct span package, message, welcome;
	struct mls_commit_options options = { .adds = &package, .add_count = 1 };

	meet(1);
	package = mls_client_key_package(all[1]);
	CHECK(mls_group_commit(all[0]->group, &options, late, &message, &welcome) != OK);
	CHECK(mls_group_commit(all[0]->group, &options, CLIENT_NOW - 2, &message, &welcome) !=
	      OK);
	CHECK(mls_group_commit(all[0]->group, &options, CLIENT_NOW, &message, &welcome) == OK);
	part();
}

int main(void)
{
	a_group_begins_with_its_creator();
	everybody_speaks_in_every_suite();
	everybody_commits();
	who_is_added_later_joins_the_same_group();
	who_is_removed_is_out();
	a_pending_commit_changes_nothing_until_applied();
	a_dropped_commit_leaves_the_other_ones_way_free();
	late_messages_of_the_last_epoch_open();
	a_sealed_message_shows_no_length();
	a_message_of_another_group_is_not_for_now();
	a_welcome_is_for_whom_it_names();
	an_expired_key_package_is_not_added();
	return check_report("mls_group");
}
