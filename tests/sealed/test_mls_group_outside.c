/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/mls/extension.h"
#include "tests/support/check.h"
#include "tests/support/mls_client.h"
#include "tests/support/provider.h"

/* Proposals that are sent apart, and what comes from outside a group: external commits,
 * external senders, new members who propose themselves. */
enum { people = 5 };

static struct mls_client clients[people];
static struct mls_client *const all[people] = { &clients[0], &clients[1], &clients[2],
	                                        &clients[3], &clients[4] };
static const struct mls_commit_options plain_commit = { 0 };
static const struct mls_send_options hidden = { 0 }, in_clear = { .public_message = true };
static const struct span none;

/* The last of the people is an external sender of the group. */
static uint8_t senders[256];

static struct mls_extension external_senders(void)
{
	const struct mls_identity *who = &all[people - 1]->identity;
	struct wr w = wr_into(senders, sizeof(senders));
	struct credential credential = { who->credential_type, who->credential };
	size_t opened = wr_open(&w);
	struct span data = { 0 };

	wr_vec(&w, who->sig_pub);
	credential_write(&w, &credential);
	wr_close(&w, opened);
	CHECK(wr_end(&w, &data) == OK);
	return (struct mls_extension){ MLS_EXTENSION_EXTERNAL_SENDERS, data };
}

static void meet(size_t count)
{
	static const char *const names[people] = { "Anna", "Bram", "Chris", "Dewi", "Door" };
	struct mls_extension extension;

	for (size_t i = 0; i < people; i++)
		mls_client_init(&clients[i], provider(), 1, CLIENT_BLOCK, names[i]);
	extension = external_senders();
	CHECK(mls_group_create(all[0]->group, SPAN_STR("meeting"), &extension, 1, CLIENT_NOW) ==
	      OK);
	CHECK(mls_client_add(all[0], NULL, 0, all + 1, count - 1) == OK);
	CHECK(mls_client_agree(all, count));
}

static void part(void)
{
	for (size_t i = 0; i < people; i++)
		mls_client_clear(&clients[i]);
}

/* --- proposals --- */

static void proposals_are_committed_by_another(void)
{
	struct mls_proposal update = { .type = MLS_UPDATE };
	struct mls_proposal removal = { .type = MLS_REMOVE, .removed = 3 };
	struct mls_proposal add = { .type = MLS_ADD };
	struct mls_client *const stay[] = { all[0], all[1], all[2] };
	struct span message, welcome;
	struct mls_member member;

	meet(4);
	CHECK(mls_group_propose(all[1]->group, &update, &hidden, &all[1]->arena, &message) ==
	      OK);
	CHECK(mls_client_deliver((struct mls_client *const[]){ all[0], all[2], all[3] }, 3,
	                         message) == OK);
	CHECK(mls_group_propose(all[2]->group, &removal, &in_clear, &all[2]->arena, &message) ==
	      OK);
	CHECK(mls_client_deliver((struct mls_client *const[]){ all[0], all[1], all[3] }, 3,
	                         message) == OK);
	add.key_package = mls_client_key_package(all[4]);
	CHECK(mls_group_propose(all[0]->group, &add, &hidden, &all[0]->arena, &message) == OK);
	CHECK(mls_client_deliver(all + 1, 3, message) == OK);

	/* 12.4: nothing is said before the proposals are committed. */
	CHECK(mls_group_has_proposals(all[0]->group));
	CHECK(mls_group_seal(all[0]->group, SPAN_STR("x"), none, 0, &all[0]->arena, &message) ==
	      ERR_NOT_NOW);

	CHECK(mls_group_commit(all[0]->group, &(struct mls_commit_options){ .with_tree = true },
	                       CLIENT_NOW, &message, &welcome) == OK);
	CHECK(mls_client_deliver(stay + 1, 2, message) == OK);
	CHECK(mls_group_commit_apply(all[0]->group) == OK);
	CHECK(!mls_group_has_proposals(all[0]->group));
	CHECK(mls_group_join(all[4]->group, welcome, add.key_package, none, &all[4]->secrets,
	                     CLIENT_NOW) == OK);
	CHECK(mls_client_agree(stay, 3) &&
	      mls_client_agree((struct mls_client *const[]){ all[0], all[4] }, 2));
	CHECK(mls_client_talk(all[1], stay, 3) && mls_client_talk(all[4], stay, 3));
	CHECK(mls_group_member(all[1]->group, 3, &member));
	CHECK(span_is_equal(member.credential, SPAN_STR("Door")));
	part();
}

static void who_updated_can_go_on(void)
{
	struct mls_proposal update = { .type = MLS_UPDATE };
	struct span message;

	meet(3);
	for (size_t round = 0; round < 3; round++) {
		CHECK(mls_group_propose(all[1]->group, &update, &hidden, &all[1]->arena,
		                        &message) == OK);
		CHECK(mls_client_deliver((struct mls_client *const[]){ all[0], all[2] }, 2,
		                         message) == OK);
		CHECK(mls_client_commit(all[0], all + 1, 2, &plain_commit) == OK);
		CHECK(mls_client_commit(
		          all[1], (struct mls_client *const[]){ all[0], all[2] }, 2,
		          &(struct mls_commit_options){ .force_path = true }) == OK);
		CHECK(mls_client_agree(all, 3));
	}
	part();
}

static void a_removal_wins_over_an_update(void)
{
	struct mls_proposal update = { .type = MLS_UPDATE };
	struct mls_proposal removal = { .type = MLS_REMOVE, .removed = 2 };
	struct mls_client *const stay[] = { all[0], all[1] };
	struct mls_received got;
	struct span message, welcome;

	meet(3);
	CHECK(mls_group_propose(all[2]->group, &update, &hidden, &all[2]->arena, &message) ==
	      OK);
	CHECK(mls_client_deliver(stay, 2, message) == OK);
	CHECK(mls_group_propose(all[1]->group, &removal, &hidden, &all[1]->arena, &message) ==
	      OK);
	CHECK(mls_client_deliver((struct mls_client *const[]){ all[0], all[2] }, 2, message) ==
	      OK);
	CHECK(mls_group_commit(all[0]->group, &plain_commit, CLIENT_NOW, &message, &welcome) ==
	      OK);
	CHECK(mls_client_deliver(stay + 1, 1, message) == OK);
	CHECK(mls_group_input(all[2]->group, message, CLIENT_NOW, &got) == OK &&
	      got.removed_us);
	CHECK(mls_group_commit_apply(all[0]->group) == OK);
	CHECK(mls_client_agree(stay, 2) && mls_client_talk(stay[0], stay, 2));
	part();
}

static void a_commit_of_what_was_never_heard_is_refused(void)
{
	struct mls_proposal update = { .type = MLS_UPDATE };
	struct mls_received got;
	struct span message, welcome;

	meet(3);
	CHECK(mls_group_propose(all[1]->group, &update, &hidden, &all[1]->arena, &message) ==
	      OK);
	CHECK(mls_client_deliver(all, 1, message) == OK);
	CHECK(mls_group_commit(all[0]->group, &plain_commit, CLIENT_NOW, &message, &welcome) ==
	      OK);
	CHECK(mls_group_input(all[2]->group, message, CLIENT_NOW, &got) != OK);
	CHECK(mls_group_epoch(all[2]->group) == 1 && mls_client_agree(all, 3));
	part();
}

/* --- external commits --- */

static enum err join_from_outside(struct mls_client *joiner, struct mls_client *inside,
                                  struct mls_client *const *members, size_t count,
                                  const struct mls_external_options *options)
{
	struct span info, message;

	TRY(mls_group_info(inside->group, true, &inside->arena, &info));
	TRY(mls_group_join_external(joiner->group, info, none, options, CLIENT_NOW, &message));
	TRY(mls_client_deliver(members, count, message));
	return mls_group_commit_apply(joiner->group);
}

static void a_stranger_joins_by_an_external_commit(void)
{
	const struct mls_external_options options = { 0 };

	meet(3);
	CHECK(join_from_outside(all[3], all[1], all, 3, &options) == OK);
	CHECK(mls_client_agree(all, 4) && mls_client_talk(all[3], all, 4) &&
	      mls_client_talk(all[0], all, 4));
	CHECK(mls_group_own_leaf(all[3]->group) == 3);
	CHECK(mls_client_commit(all[3], all, 3,
	                        &(struct mls_commit_options){ .force_path = true }) == OK);
	CHECK(mls_client_agree(all, 4));
	part();
}

static void a_member_without_its_state_comes_back(void)
{
	const struct mls_external_options again = { .resync = true };

	meet(3);
	mls_group_clear(all[2]->group);
	all[2]->group = mls_client_group(all[2]);
	CHECK(join_from_outside(all[2], all[0], all, 2, &again) == OK);
	CHECK(mls_group_own_leaf(all[2]->group) == 2);
	CHECK(mls_client_agree(all, 3) && mls_client_talk(all[2], all, 3));
	part();
}

static void an_info_of_the_past_lets_nobody_in(void)
{
	const struct mls_external_options options = { 0 };
	struct span info, message;
	struct mls_received got;

	meet(2);
	CHECK(mls_group_info(all[0]->group, true, &all[0]->arena, &info) == OK);
	CHECK(mls_client_commit(all[0], all + 1, 1,
	                        &(struct mls_commit_options){ .force_path = true }) == OK);
	CHECK(mls_group_join_external(all[2]->group, info, none, &options, CLIENT_NOW,
	                              &message) == OK);
	CHECK(mls_group_input(all[0]->group, message, CLIENT_NOW, &got) == ERR_NOT_NOW);
	part();
}

static void an_info_that_was_changed_is_refused(void)
{
	const struct mls_external_options options = { 0 };
	struct span info, copy, message;

	meet(2);
	CHECK(mls_group_info(all[0]->group, true, &all[0]->arena, &info) == OK);
	for (size_t i = 0; i < info.n; i++) {
		size_t mark = arena_mark(&all[2]->arena);

		CHECK(arena_dup(&all[2]->arena, info, &copy) == OK);
		((uint8_t *)(uintptr_t)copy.p)[i] ^= 1;
		CHECK(mls_group_join_external(all[2]->group, copy, none, &options, CLIENT_NOW,
		                              &message) != OK);
		arena_release(&all[2]->arena, mark);
	}
	CHECK(mls_group_join_external(all[2]->group, info, none, &options, CLIENT_NOW,
	                              &message) == OK);
	part();
}

/* --- external senders --- */

static enum err propose_from_outside(struct mls_client *by,
                                     const struct mls_external_sender *sender,
                                     const struct mls_proposal *proposal, struct span *out)
{
	static uint8_t block[1 << 16];
	struct arena scratch = arena_into(block, sizeof(block));

	return mls_external_propose(&by->config, sender, proposal, &scratch, &by->arena, out);
}

static void an_external_sender_removes(void)
{
	const struct mls_proposal removal = { .type = MLS_REMOVE, .removed = 2 };
	struct mls_external_sender sender = { .group_id = SPAN_STR("meeting"), .epoch = 1 };
	struct span message, welcome;
	struct mls_received got;

	meet(3);
	CHECK(propose_from_outside(all[4], &sender, &removal, &message) == OK);
	CHECK(mls_client_deliver(all, 3, message) == OK);
	CHECK(mls_group_commit(all[0]->group, &plain_commit, CLIENT_NOW, &message, &welcome) ==
	      OK);
	CHECK(mls_client_deliver(all + 1, 1, message) == OK);
	CHECK(mls_group_input(all[2]->group, message, CLIENT_NOW, &got) == OK &&
	      got.removed_us);
	CHECK(mls_group_commit_apply(all[0]->group) == OK && mls_client_agree(all, 2));

	/* Another entry of the list, and somebody who is not in it. */
	sender.epoch = 2;
	sender.index = 1;
	CHECK(propose_from_outside(all[4], &sender, &removal, &message) == OK);
	CHECK(mls_group_input(all[0]->group, message, CLIENT_NOW, &got) == ERR_AUTH);
	sender.index = 0;
	CHECK(propose_from_outside(all[3], &sender, &removal, &message) == OK);
	CHECK(mls_group_input(all[0]->group, message, CLIENT_NOW, &got) == ERR_AUTH);
	part();
}

static void a_new_member_proposes_itself(void)
{
	const struct mls_external_sender sender = { .is_new_member = true,
		                                    .group_id = SPAN_STR("meeting"),
		                                    .epoch = 1 };
	const struct mls_commit_options options = { .with_tree = true };
	struct mls_proposal add = { .type = MLS_ADD };
	struct span message, welcome;
	struct mls_received got;

	meet(2);
	/* With the key package of another, the signature does not fit. */
	add.key_package = mls_client_key_package(all[3]);
	if (propose_from_outside(all[2], &sender, &add, &message) == OK)
		CHECK(mls_group_input(all[0]->group, message, CLIENT_NOW, &got) == ERR_AUTH);

	add.key_package = mls_client_key_package(all[2]);
	CHECK(propose_from_outside(all[2], &sender, &add, &message) == OK);
	CHECK(mls_client_deliver(all, 2, message) == OK);
	CHECK(mls_group_commit(all[1]->group, &options, CLIENT_NOW, &message, &welcome) == OK);
	CHECK(mls_client_deliver(all, 1, message) == OK);
	CHECK(mls_group_commit_apply(all[1]->group) == OK);
	CHECK(mls_group_join(all[2]->group, welcome, add.key_package, none, &all[2]->secrets,
	                     CLIENT_NOW) == OK);
	CHECK(mls_client_agree(all, 3));
	part();
}

int main(void)
{
	proposals_are_committed_by_another();
	who_updated_can_go_on();
	a_removal_wins_over_an_update();
	a_commit_of_what_was_never_heard_is_refused();
	a_stranger_joins_by_an_external_commit();
	a_member_without_its_state_comes_back();
	an_info_of_the_past_lets_nobody_in();
	an_info_that_was_changed_is_refused();
	an_external_sender_removes();
	a_new_member_proposes_itself();
	return check_report("mls_group_outside");
}
