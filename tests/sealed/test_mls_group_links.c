/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/mls/group_state.h"
#include "sealed/mls/proposal.h"
#include "tests/support/check.h"
#include "tests/support/mls_client.h"
#include "tests/support/provider.h"

/* What ties a group to secrets and groups from before: external and resumption PSKs,
 * ReInit, branches; and what the application may refuse. */
enum { people = 4 };

static struct mls_client clients[people];
static struct mls_client *const all[people] = { &clients[0], &clients[1], &clients[2],
	                                        &clients[3] };
static const struct span none;

static enum err psk_find(void *arg, struct span id, struct span *secret)
{
	(void)arg;
	if (!span_is_equal(id, SPAN_STR("shared")))
		return ERR_AUTH;
	*secret = SPAN_STR("a secret of us all");
	return OK;
}

static enum err psk_other(void *arg, struct span id, struct span *secret)
{
	(void)arg;
	(void)id;
	*secret = SPAN_STR("quite another one");
	return OK;
}

static void meet(size_t count)
{
	static const char *const names[people] = { "Anna", "Bram", "Chris", "Dewi" };

	for (size_t i = 0; i < people; i++) {
		mls_client_init(&clients[i], provider(), 1, CLIENT_BLOCK, names[i]);
		clients[i].config.judge.psk = psk_find;
		mls_group_clear(clients[i].group);
		clients[i].group = mls_client_group(&clients[i]);
	}
	CHECK(mls_client_create(all[0], "meeting") == OK);
	if (count > 1)
		CHECK(mls_client_add(all[0], NULL, 0, all + 1, count - 1) == OK);
	CHECK(mls_client_agree(all, count));
}

static void part(void)
{
	for (size_t i = 0; i < people; i++)
		mls_client_clear(&clients[i]);
}

static enum err commit_and_deliver(struct mls_client *by, struct mls_client *const *others,
                                   size_t count, const struct mls_proposal *proposal)
{
	const struct mls_commit_options options = { .extra = proposal, .extra_count = 1 };

	return mls_client_commit(by, others, count, &options);
}

/* --- PSKs --- */

static void an_external_psk_is_mixed_in_by_all(void)
{
	const struct span id = SPAN_STR("shared");
	struct mls_commit_options options = { .psk_ids = &id, .psk_count = 1 };
	struct mls_client *const fourth = all[3];
	struct span package, message, welcome;

	meet(3);
	CHECK(mls_client_commit(all[0], all + 1, 2, &options) == OK &&
	      mls_client_agree(all, 3));

	/* In a Welcome, too. */
	package = mls_client_key_package(fourth);
	options.adds = &package;
	options.add_count = 1;
	options.with_tree = true;
	CHECK(mls_group_commit(all[1]->group, &options, CLIENT_NOW, &message, &welcome) == OK);
	CHECK(mls_client_deliver((struct mls_client *const[]){ all[0], all[2] }, 2, message) ==
	      OK);
	CHECK(mls_group_commit_apply(all[1]->group) == OK);
	CHECK(mls_group_join(fourth->group, welcome, package, none, &fourth->secrets,
	                     CLIENT_NOW) == OK);
	CHECK(mls_client_agree(all, 4));
	part();
}

static void without_the_psk_there_is_no_way_on(void)
{
	const struct span id = SPAN_STR("shared"), unknown = SPAN_STR("unknown");
	struct mls_commit_options options = { .psk_ids = &id, .psk_count = 1 };
	struct span message, welcome;
	struct mls_received got;

	meet(3);
	all[1]->config.judge.psk = NULL;
	all[2]->config.judge.psk = psk_other;
	for (size_t i = 1; i < 3; i++) {
		mls_group_clear(all[i]->group);
		all[i]->group = mls_client_group(all[i]);
	}
	CHECK(mls_client_commit(
	          all[0], NULL, 0,
	          &(struct mls_commit_options){ .removes = (const uint32_t[]){ 1, 2 },
	                                        .remove_count = 2 }) == OK);
	CHECK(mls_client_add(all[0], NULL, 0, all + 1, 2) == OK);
	CHECK(mls_group_commit(all[0]->group, &options, CLIENT_NOW, &message, &welcome) == OK);
	for (size_t i = 1; i < 3; i++)
		CHECK(mls_group_input(all[i]->group, message, CLIENT_NOW, &got) == ERR_AUTH);
	mls_group_commit_drop(all[0]->group);
	CHECK(mls_client_agree(all, 3));

	options.psk_ids = &unknown;
	CHECK(mls_group_commit(all[0]->group, &options, CLIENT_NOW, &message, &welcome) != OK);
	part();
}

static void a_past_epoch_can_be_mixed_in(void)
{
	const struct mls_proposal past = { .type = MLS_PSK,
		                           .resumption = true,
		                           .psk_epoch = 1 };
	const struct mls_proposal unknown = { .type = MLS_PSK,
		                              .resumption = true,
		                              .psk_epoch = 99 };
	const struct mls_commit_options update = { .force_path = true };

	meet(3);
	CHECK(mls_client_commit(all[0], all + 1, 2, &update) == OK);
	CHECK(mls_client_commit(all[0], all + 1, 2, &update) == OK);
	CHECK(commit_and_deliver(all[0], all + 1, 2, &past) == OK);
	CHECK(mls_client_agree(all, 3));
	CHECK(commit_and_deliver(all[0], all + 1, 2, &unknown) != OK);
	part();
}

/* --- groups that follow groups --- */

static void a_reinit_ends_the_group_and_begins_another(void)
{
	const struct mls_proposal reinit = { .type = MLS_REINIT,
		                             .group_id = SPAN_STR("meeting 2"),
		                             .suite = 1 };
	const struct mls_commit_options update = { .force_path = true };
	struct mls_group *new_group[3];
	struct span packages[2], message, welcome;
	struct mls_commit_options adds = { .adds = packages,
		                           .add_count = 2,
		                           .with_tree = true };

	meet(3);
	CHECK(commit_and_deliver(all[0], all + 1, 2, &reinit) == OK &&
	      mls_client_agree(all, 3));
	for (size_t i = 0; i < 3; i++) {
		CHECK(mls_group_is_over(all[i]->group));
		CHECK(mls_group_seal(all[i]->group, SPAN_STR("x"), none, 0, &all[i]->arena,
		                     &message) == ERR_NOT_NOW);
		CHECK(mls_group_commit(all[i]->group, &update, CLIENT_NOW, &message,
		                       &welcome) == ERR_NOT_NOW);
		CHECK(mls_group_info(all[i]->group, true, &all[i]->arena, &message) ==
		      ERR_NOT_NOW);
		new_group[i] = mls_client_group(all[i]);
	}
	CHECK(mls_group_reinit(new_group[0], all[0]->group, CLIENT_NOW) == OK);
	packages[0] = mls_client_key_package(all[1]);
	packages[1] = mls_client_key_package(all[2]);
	CHECK(mls_group_commit(new_group[0], &adds, CLIENT_NOW, &message, &welcome) == OK);
	CHECK(mls_group_commit_apply(new_group[0]) == OK);
	for (size_t i = 1; i < 3; i++) {
		/* Who does not know of the old group, or of another one, does not join. */
		CHECK(mls_group_join(new_group[i], welcome, packages[i - 1], none,
		                     &all[i]->secrets, CLIENT_NOW) != OK);
		CHECK(mls_group_join_from(new_group[i], all[i]->group, welcome, packages[i - 1],
		                          none, &all[i]->secrets, CLIENT_NOW) == OK);
	}
	for (size_t i = 0; i < 3; i++) {
		mls_group_clear(all[i]->group);
		all[i]->group = new_group[i];
	}
	CHECK(mls_client_agree(all, 3) && mls_client_talk(all[1], all, 3));
	CHECK(span_is_equal(mls_group_id(all[2]->group), SPAN_STR("meeting 2")));
	CHECK(mls_group_epoch(all[2]->group) == 1);
	part();
}

/* --- links that lie --- */

/* Anna founds what is to follow `old`, and lies to herself first; Bram and Chris are to
 * join it. `lie` and `doubt` change what Anna says, and what Bram knows. */
typedef void change(struct mls_group *old, struct mls_group *new);

static enum err follows(bool is_branch, size_t added, change *lie, change *doubt)
{
	const struct mls_proposal reinit = { .type = MLS_REINIT,
		                             .group_id = SPAN_STR("meeting 2"),
		                             .suite = 1 };
	struct mls_group *founded, *joined;
	struct span packages[2], message, welcome;
	const struct mls_commit_options adds = { .adds = packages,
		                                 .add_count = added,
		                                 .with_tree = true };
	enum err err;

	meet(3);
	if (!is_branch)
		CHECK(commit_and_deliver(all[0], all + 1, 2, &reinit) == OK);
	founded = mls_client_group(all[0]);
	joined = mls_client_group(all[1]);
	packages[0] = mls_client_key_package(all[1]);
	/* A branch that takes a stranger along is none. */
	packages[1] = mls_client_key_package(all[is_branch ? 3 : 2]);
	if (lie != NULL && !is_branch)
		lie(all[0]->group, founded);
	CHECK((is_branch ? mls_group_branch(founded, all[0]->group, SPAN_STR("aside"), NULL, 0,
	                                    CLIENT_NOW)
	                 : mls_group_reinit(founded, all[0]->group, CLIENT_NOW)) == OK);
	if (lie != NULL && is_branch)
		lie(all[0]->group, founded);
	CHECK(mls_group_commit(founded, &adds, CLIENT_NOW, &message, &welcome) == OK);
	if (doubt != NULL)
		doubt(all[1]->group, joined);
	err = mls_group_join_from(joined, all[1]->group, welcome, packages[0], none,
	                          &all[1]->secrets, CLIENT_NOW);
	mls_group_clear(founded);
	mls_group_clear(joined);
	part();
	return err;
}

static void another_name(struct mls_group *old, struct mls_group *new)
{
	(void)new;
	old->current->reinit.group_id = SPAN_STR("meeting 3");
}

static void other_extensions(struct mls_group *old, struct mls_group *new)
{
	static const uint8_t nobody[] = { 0, 0, 0 };
	static struct mls_extension required;

	(void)new;
	required = (struct mls_extension){ MLS_EXTENSION_REQUIRED_CAPABILITIES, SPAN(nobody) };
	old->current->reinit.extensions = (struct extension_list){ &required, 1 };
}

static void another_suite(struct mls_group *old, struct mls_group *new)
{
	(void)new;
	old->current->reinit.suite = 2;
}

static void another_version(struct mls_group *old, struct mls_group *new)
{
	(void)new;
	old->current->reinit.version = 2;
}

static void it_lives(struct mls_group *old, struct mls_group *new)
{
	(void)new;
	old->current->is_over = false;
}

static void it_went_on(struct mls_group *old, struct mls_group *new)
{
	(void)new;
	old->current->context.epoch++;
}

static void it_has_another_suite(struct mls_group *old, struct mls_group *new)
{
	(void)new;
	old->current->suite = mls_suite_from(2);
}

static void it_began_before(struct mls_group *old, struct mls_group *new)
{
	(void)old;
	new->current->context.epoch = 3;
}

static void it_names_no_group(struct mls_group *old, struct mls_group *new)
{
	(void)old;
	new->old = NULL;
}

/* RFC 9420 11.2, 11.3, 12.4.3.1. */
static void what_follows_a_group_is_what_it_decided(void)
{
	CHECK(follows(false, 2, NULL, NULL) == OK);
	CHECK(follows(false, 1, NULL, NULL) == ERR_AUTH); /* without Chris */
	CHECK(follows(false, 2, another_name, NULL) == ERR_AUTH);
	CHECK(follows(false, 2, other_extensions, NULL) == ERR_AUTH);
	CHECK(follows(false, 2, NULL, another_suite) == ERR_AUTH);
	CHECK(follows(false, 2, NULL, another_version) == ERR_AUTH);
	CHECK(follows(false, 2, NULL, it_lives) == ERR_AUTH);
	CHECK(follows(false, 2, NULL, it_went_on) == ERR_AUTH);
}

static void a_branch_is_new_and_of_members(void)
{
	CHECK(follows(true, 1, NULL, NULL) == OK);
	CHECK(follows(true, 2, NULL, NULL) == ERR_AUTH);
	CHECK(follows(true, 1, it_began_before, NULL) == ERR_AUTH);
	CHECK(follows(true, 1, NULL, it_has_another_suite) == ERR_AUTH);
	CHECK(follows(true, 1, it_names_no_group, NULL) == ERR_AUTH);
}

static void a_branch_holds_some_of_the_members(void)
{
	struct mls_group *branch[2];
	struct span package, message, welcome;
	struct mls_commit_options adds = { .adds = &package,
		                           .add_count = 1,
		                           .with_tree = true };
	struct mls_client *const both[] = { all[0], all[1] };

	meet(3);
	branch[0] = mls_client_group(all[0]);
	branch[1] = mls_client_group(all[1]);
	CHECK(mls_group_branch(branch[0], all[0]->group, SPAN_STR("aside"), NULL, 0,
	                       CLIENT_NOW) == OK);
	package = mls_client_key_package(all[1]);
	CHECK(mls_group_commit(branch[0], &adds, CLIENT_NOW, &message, &welcome) == OK);
	CHECK(mls_group_commit_apply(branch[0]) == OK);
	CHECK(mls_group_join_from(branch[1], all[1]->group, welcome, package, none,
	                          &all[1]->secrets, CLIENT_NOW) == OK);
	CHECK(mls_client_talk(all[2], all, 3)); /* the old group lives on */

	mls_group_clear(all[0]->group);
	mls_group_clear(all[1]->group);
	all[0]->group = branch[0];
	all[1]->group = branch[1];
	CHECK(mls_client_agree(both, 2) && mls_client_talk(both[0], both, 2));
	part();
}

/* --- the application's judgement --- */

struct judgement {
	enum err answer;
	size_t asked;
	uint32_t committer;
	size_t proposals;
	uint16_t type;
	uint32_t removed;
	bool external;
};

static enum err judge_commit(void *arg, const struct mls_commit_view *view)
{
	struct judgement *j = arg;

	j->asked++;
	j->committer = view->committer;
	j->proposals = view->proposal_count;
	j->external = view->external;
	if (view->proposal_count != 0) {
		j->type = view->proposals[0].type;
		j->removed = view->proposals[0].removed_leaf;
	}
	return j->answer;
}

static enum err judge_credential(void *arg, const struct mls_member *member, uint64_t now)
{
	(void)arg;
	(void)now;
	return span_is_equal(member->credential, SPAN_STR("Dewi")) ? ERR_AUTH : OK;
}

static void a_commit_is_shown_before_it_counts(void)
{
	const uint32_t removed = 2;
	const struct mls_commit_options options = { .removes = &removed, .remove_count = 1 };
	struct judgement judgement = { .answer = ERR_AUTH };
	struct span package, message, welcome;
	struct mls_commit_options adds = { .adds = &package,
		                           .add_count = 1,
		                           .with_tree = true };
	struct mls_received got;

	meet(1);
	all[1]->config.judge.arg = &judgement;
	all[1]->config.judge.commit = judge_commit;
	mls_group_clear(all[1]->group);
	all[1]->group = mls_client_group(all[1]);
	CHECK(mls_client_add(all[0], NULL, 0, all + 1, 2) == OK);

	CHECK(mls_group_commit(all[0]->group, &options, CLIENT_NOW, &message, &welcome) == OK);
	CHECK(mls_group_input(all[1]->group, message, CLIENT_NOW, &got) == ERR_AUTH);
	CHECK(judgement.asked == 1 && judgement.committer == 0 && judgement.proposals == 1);
	CHECK(judgement.type == PROPOSAL_REMOVE && judgement.removed == 2 &&
	      !judgement.external);
	CHECK(mls_group_epoch(all[1]->group) == 1);
	judgement.answer = OK;
	CHECK(mls_group_input(all[1]->group, message, CLIENT_NOW, &got) == OK);
	CHECK(judgement.asked == 2 && mls_group_epoch(all[1]->group) == 2);
	CHECK(mls_group_commit_apply(all[0]->group) == OK && mls_client_agree(all, 2));

	package = mls_client_key_package(all[3]);
	all[1]->config.judge.credential = judge_credential;
	mls_group_clear(all[1]->group);
	all[1]->group = mls_client_group(all[1]);
	CHECK(
	    mls_client_commit(all[0], NULL, 0,
	                      &(struct mls_commit_options){ .removes = (const uint32_t[]){ 1 },
	                                                    .remove_count = 1 }) == OK);
	CHECK(mls_client_add(all[0], NULL, 0, all + 1, 1) == OK);
	CHECK(mls_group_commit(all[0]->group, &adds, CLIENT_NOW, &message, &welcome) == OK);
	CHECK(mls_group_input(all[1]->group, message, CLIENT_NOW, &got) == ERR_AUTH);
	mls_group_commit_drop(all[0]->group);
	CHECK(mls_client_agree(all, 2));
	part();
}

int main(void)
{
	an_external_psk_is_mixed_in_by_all();
	without_the_psk_there_is_no_way_on();
	a_past_epoch_can_be_mixed_in();
	a_reinit_ends_the_group_and_begins_another();
	what_follows_a_group_is_what_it_decided();
	a_branch_is_new_and_of_members();
	a_branch_holds_some_of_the_members();
	a_commit_is_shown_before_it_counts();
	return check_report("mls_group_links");
}
