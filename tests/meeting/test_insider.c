/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdio.h>
#include <string.h>

#include "sealed/meeting/front.h"
#include "sealed/meeting/participant.h"
#include "sealed/mls/group_state.h"
#include "tests/sim/sim.h"
#include "tests/support/check.h"

/* A member of the meeting who breaks its rules: what it sends is ignored by all alike, and
 * its name is in their diagnostics. It is played by reaching into a participant. */

enum { members = 4, insider = 2, room = 1 << 18 };

static uint8_t memory[room];
static struct span psk_ids[1]; /* the link's */

static struct sim *meeting(uint64_t seed)
{
	struct sim *sim = sim_create(seed);

	for (uint32_t i = 0; i < members; i++) {
		char name[16];

		snprintf(name, sizeof(name), "P%u", i);
		sim_enter(sim, i, name);
	}
	CHECK(sim_run_until_in(sim, members, 60000));
	sim_run(sim, 6000);
	return sim;
}

static struct zegel *insider_of(struct sim *sim)
{
	return sim->clients[insider].z;
}

static struct span sealed(struct sim *sim, enum lane lane, struct span content)
{
	struct zegel *z = insider_of(sim);
	struct arena arena = arena_into(memory, sizeof(memory));
	struct span blob = { 0 };

	CHECK(blob_seal(&z->link, z->crypto, lane, content, &arena, &blob) == OK);
	return blob;
}

/* A commit with these options comes into the log. */
static void commit(struct sim *sim, const struct mls_commit_options *options)
{
	struct zegel *z = insider_of(sim);
	struct span message = { 0 }, welcome;

	CHECK(mls_group_commit(z->group, options, participant_wall(z), &message, &welcome) == OK);
	sim_server_append(sim, sealed(sim, LANE_LOG, message));
	mls_group_commit_drop(z->group);
}

static void broadcast(struct sim *sim, struct span mls_message)
{
	static uint8_t buf[room];
	struct wr w = wr_into(buf, sizeof(buf));
	struct span out = { 0 };

	wr_uint(&w, 1, FRONT_BROADCAST);
	wr_vec(&w, sealed(sim, LANE_BROADCAST, mls_message));
	CHECK(wr_end(&w, &out) == OK);
	sim_server_broadcast(sim, out);
}

/* What a member says: application data. */
static void say(struct sim *sim, struct span data)
{
	static uint8_t buf[room];
	struct zegel *z = insider_of(sim);
	struct arena arena = arena_into(buf, sizeof(buf));
	struct span message = { 0 };

	CHECK(mls_group_seal(z->group, data, (struct span){ 0 }, 256, &arena, &message) == OK);
	broadcast(sim, message);
}

static void the_others_say(struct sim *sim, unsigned diagnostic, uint32_t leaf)
{
	for (uint32_t i = 0; i < members; i++) {
		if (i == insider)
			continue;
		CHECK(sim->clients[i].diagnostics[diagnostic] == 1);
		CHECK(sim->clients[i].diagnostic_leaf == leaf);
	}
}

static void all_go_on(struct sim *sim)
{
	sim_run(sim, 20000);
	CHECK(sim_agree(sim, members));
	for (uint32_t i = 0; i < members; i++)
		CHECK(sim->clients[i].in_count == 1);
}

/* A commit that breaks a rule: all stay in their epoch, and know whose it was. */
static void is_skipped(uint64_t seed, const struct mls_commit_options *options)
{
	struct sim *sim = meeting(seed);
	uint64_t epoch = zegel_epoch(insider_of(sim));

	commit(sim, options);
	sim_run(sim, 40);
	for (uint32_t i = 0; i < members; i++)
		CHECK(zegel_epoch(sim->clients[i].z) == epoch);
	the_others_say(sim, ZEGEL_DIAG_COMMIT, zegel_own_leaf(insider_of(sim)));
	all_go_on(sim);
	/* Made good by one commit of somebody. */
	CHECK(zegel_epoch(insider_of(sim)) == epoch + 1);
	sim_destroy(sim);
}

static void a_commit_without_the_links_key_is_skipped(void)
{
	is_skipped(1, &(struct mls_commit_options){ .force_path = true });
}

static void a_commit_that_changes_the_groups_extensions_is_skipped(void)
{
	const struct mls_extension extension = { ROSTER_NAME_EXTENSION, SPAN_STR("x") };

	is_skipped(2, &(struct mls_commit_options){ .force_path = true,
	                                            .psk_ids = psk_ids, .psk_count = 1,
	                                            .extensions = &extension,
	                                            .extension_count = 1 });
}

static void a_commit_that_ends_the_group_is_skipped(void)
{
	const struct mls_proposal reinit = {
		.type = MLS_REINIT,
		.group_id = SPAN_STR("another"),
		.suite = MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
	};

	is_skipped(3, &(struct mls_commit_options){ .extra = &reinit, .extra_count = 1 });
}

static void a_commit_with_another_pre_shared_key_is_skipped(void)
{
	struct sim *sim = meeting(4);
	const struct mls_proposal psk = {
		.type = MLS_PSK,
		.resumption = true,
		.psk_epoch = zegel_epoch(insider_of(sim)),
	};

	commit(sim, &(struct mls_commit_options){ .force_path = true, .psk_ids = psk_ids,
	                                          .psk_count = 1, .extra = &psk,
	                                          .extra_count = 1 });
	sim_run(sim, 40);
	the_others_say(sim, ZEGEL_DIAG_COMMIT, zegel_own_leaf(insider_of(sim)));
	all_go_on(sim);
	sim_destroy(sim);
}

static void a_commit_with_an_old_epochs_key_instead_of_the_links_is_skipped(void)
{
	struct sim *sim = meeting(6);
	const struct mls_proposal psk = {
		.type = MLS_PSK,
		.resumption = true,
		.psk_epoch = zegel_epoch(insider_of(sim)),
	};

	commit(sim, &(struct mls_commit_options){ .force_path = true, .extra = &psk,
	                                          .extra_count = 1 });
	sim_run(sim, 40);
	the_others_say(sim, ZEGEL_DIAG_COMMIT, zegel_own_leaf(insider_of(sim)));
	all_go_on(sim);
	sim_destroy(sim);
}

/* Broken deep inside: its signature holds, but nobody comes to the same keys. */
static void a_commit_that_does_not_compute_names_its_author_too(void)
{
	struct sim *sim = meeting(5);
	struct zegel *z = insider_of(sim);

	z->link.psk[0] ^= 1;
	commit(sim, &(struct mls_commit_options){ .force_path = true, .psk_ids = psk_ids,
	                                          .psk_count = 1 });
	z->link.psk[0] ^= 1;
	sim_run(sim, 40);
	the_others_say(sim, ZEGEL_DIAG_COMMIT, zegel_own_leaf(z));
	all_go_on(sim);
	sim_destroy(sim);
}

/* A KeyPackage of nobody in particular, with that credential and those leaf extensions. */
static struct span key_package(const struct zegel *z, struct span credential,
                               const struct mls_extension *extensions, size_t count)
{
	static uint8_t a[room], b[room];
	struct arena scratch = arena_into(a, sizeof(a)), out = arena_into(b, sizeof(b));
	struct mls_identity identity = z->identity;
	const struct mls_config config = { .crypto = z->crypto, .identity = &identity };
	struct mls_key_package_secrets secrets;
	uint8_t priv[SIG_PRIV_MAX], pub[SIG_PUB_MAX];
	uint64_t wall = participant_wall(z);
	struct span message = { 0 };

	CHECK(sig_generate(z->crypto, SIG_ED25519, priv, pub) == OK);
	identity.sig_priv = priv;
	identity.sig_pub = (struct span){ pub, 32 };
	identity.credential = credential;
	identity.leaf_extensions = extensions;
	identity.leaf_extension_count = count;
	CHECK(mls_key_package_create(&config, wall - 1000, wall + 1000, &scratch, &out, &message,
	                             &secrets) == OK);
	return message;
}

/* Its own judgement would have kept the insider from adding these. */
static bool is_added(uint64_t seed, struct span credential,
                     const struct mls_extension *extensions, size_t count)
{
	struct sim *sim = meeting(seed);
	struct zegel *z = insider_of(sim);
	const struct span add = key_package(z, credential, extensions, count);
	struct mls_judge judge = z->group->config.judge;
	uint32_t size;

	z->group->config.judge = (struct mls_judge){ .arg = z, .psk = judge.psk };
	commit(sim, &(struct mls_commit_options){ .adds = &add, .add_count = 1,
	                                          .force_path = true, .psk_ids = psk_ids,
	                                          .psk_count = 1 });
	z->group->config.judge = judge;
	sim_run(sim, 40);
	size = zegel_roster_size(sim->clients[0].z);
	if (size == members) {
		the_others_say(sim, ZEGEL_DIAG_COMMIT, zegel_own_leaf(z));
		all_go_on(sim);
	}
	sim_destroy(sim);
	return size == members + 1;
}

static void who_is_added_must_be_one_who_can_be_shown(void)
{
	const struct mls_extension good = { ROSTER_NAME_EXTENSION, SPAN_STR("A ghost") };
	const struct mls_extension bad = { ROSTER_NAME_EXTENSION, SPAN_STR("A\nghost") };

	/* In an open meeting anybody lets in anybody: here the harness is tested. */
	CHECK(is_added(10, (struct span){ 0 }, &good, 1));
	CHECK(!is_added(11, (struct span){ 0 }, &bad, 1));
	CHECK(!is_added(12, (struct span){ 0 }, NULL, 0));
	CHECK(!is_added(13, SPAN_STR("says who"), &good, 1));
}

static void a_commit_that_adds_too_many_is_skipped(void)
{
	const struct mls_extension name = { ROSTER_NAME_EXTENSION, SPAN_STR("One of many") };
	static uint8_t buf[room];
	struct arena arena = arena_into(buf, sizeof(buf));
	struct sim *sim = meeting(17);
	struct span adds[ADDS_MAX + 1];

	for (size_t i = 0; i < ARRAY_LEN(adds); i++)
		CHECK(arena_dup(&arena,
		                key_package(insider_of(sim), (struct span){ 0 }, &name, 1),
		                &adds[i]) == OK);
	commit(sim, &(struct mls_commit_options){ .adds = adds, .add_count = ARRAY_LEN(adds),
	                                          .force_path = true, .psk_ids = psk_ids,
	                                          .psk_count = 1 });
	sim_run(sim, 40);
	the_others_say(sim, ZEGEL_DIAG_COMMIT, zegel_own_leaf(insider_of(sim)));
	all_go_on(sim);
	sim_destroy(sim);
}

/* Somebody's proposal, known to all, that another member commits: else one could have the
 * other do what it would be blamed for. */
static void a_proposal_of_another_member_is_nobodys_to_commit(void)
{
	static uint8_t buf[room];
	struct arena arena = arena_into(buf, sizeof(buf));
	struct sim *sim = meeting(14);
	struct zegel *other = sim->clients[0].z;
	const struct mls_proposal remove = { .type = MLS_REMOVE,
		                             .removed = zegel_own_leaf(sim->clients[1].z) };
	uint64_t epoch = zegel_epoch(other);
	struct span proposal = { 0 };
	struct mls_received got;

	CHECK(mls_group_propose(other->group, &remove, &(struct mls_send_options){ 0 }, &arena,
	                        &proposal) == OK);
	/* In the lane it is dropped unread. */
	broadcast(sim, proposal);
	sim_run(sim, 40);
	CHECK(sim->clients[3].diagnostics[ZEGEL_DIAG_MESSAGE] == 1);
	CHECK(!mls_group_has_proposals(sim->clients[3].z->group));
	for (uint32_t i = 1; i < members; i++)
		CHECK(mls_group_input(sim->clients[i].z->group, proposal,
		                      participant_wall(other), &got) == OK);
	insider_of(sim)->group->config.judge.commit = NULL;
	commit(sim, &(struct mls_commit_options){ .force_path = true, .psk_ids = psk_ids,
	                                          .psk_count = 1 });
	sim_run(sim, 40);
	CHECK(zegel_epoch(sim->clients[3].z) == epoch);
	CHECK(sim->clients[3].diagnostics[ZEGEL_DIAG_COMMIT] == 1);
	CHECK(sim->clients[3].diagnostic_leaf == zegel_own_leaf(insider_of(sim)));
	sim_destroy(sim);
}

static void what_is_no_private_commit_of_this_epoch_is_skipped(void)
{
	static uint8_t buf[room];
	struct arena arena = arena_into(buf, sizeof(buf));
	struct sim *sim = meeting(15);
	struct zegel *z = insider_of(sim);
	uint64_t epoch = zegel_epoch(z);
	struct span message = { 0 };

	CHECK(mls_group_seal(z->group, SPAN_STR("\x03"), (struct span){ 0 }, 0, &arena,
	                     &message) == OK);
	sim_server_append(sim, sealed(sim, LANE_LOG, message));
	commit(sim, &(struct mls_commit_options){ .force_path = true, .public_message = true,
	                                          .psk_ids = psk_ids, .psk_count = 1 });
	sim_run(sim, 40);
	CHECK(zegel_epoch(sim->clients[0].z) == epoch);
	CHECK(sim->clients[0].diagnostics[ZEGEL_DIAG_COMMIT] == 2);
	all_go_on(sim);
	sim_destroy(sim);
}

/* A block that is too small for what a member put into a commit skips it: nobody can end
 * the meeting for all by a commit that is large. */
static void a_commit_without_end_ends_nobodys_meeting(void)
{
	struct sim *sim = sim_create(16);
	static uint8_t big[24 << 10];
	const struct mls_extension extension = { ROSTER_NAME_EXTENSION, SPAN(big) };
	struct mls_judge judge;

	for (uint32_t i = 0; i < members; i++) {
		sim->members = i == insider ? 64 : members;
		sim_enter(sim, i, "Somebody");
	}
	CHECK(sim_run_until_in(sim, members, 60000));
	judge = insider_of(sim)->group->config.judge;
	insider_of(sim)->group->config.judge = (struct mls_judge){ .arg = judge.arg,
		                                                   .psk = judge.psk };
	commit(sim, &(struct mls_commit_options){ .force_path = true, .psk_ids = psk_ids,
	                                          .psk_count = 1, .extensions = &extension,
	                                          .extension_count = 1 });
	insider_of(sim)->group->config.judge = judge;
	sim_run(sim, 40);
	/* By whom, cannot be read either. */
	the_others_say(sim, ZEGEL_DIAG_COMMIT, ZEGEL_NOBODY);
	all_go_on(sim);
	sim_destroy(sim);
}

static void what_members_say_is_of_the_grammar_or_dropped(void)
{
	static const struct span bad[] = { { (const uint8_t *)"", 0 },
		                           { (const uint8_t *)"\x04", 1 },
		                           { (const uint8_t *)"\x03\x00", 2 },
		                           { (const uint8_t *)"\x01\x03" "a\x1b" "b", 5 },
		                           { (const uint8_t *)"\x02\0\0\0\0", 5 } };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct sim *sim = meeting(20 + i);

		say(sim, bad[i]);
		sim_run(sim, 100);
		the_others_say(sim, ZEGEL_DIAG_CONTENT, zegel_own_leaf(insider_of(sim)));
		CHECK(sim->clients[0].chat_count == 0);
		all_go_on(sim);
		sim_destroy(sim);
	}
}

static void a_member_with_another_history_is_told_of(void)
{
	struct sim *sim = meeting(30);
	uint8_t data[1 + 4 + 4 + 8 + 1 + 32] = { 2, [17] = 32, [18] = 7 };

	say(sim, SPAN(data));
	sim_run(sim, 100);
	the_others_say(sim, ZEGEL_DIAG_TRANSCRIPT, zegel_own_leaf(insider_of(sim)));
	sim_destroy(sim);
}

int main(void)
{
	psk_ids[0] = LINK_PSK_ID;
	a_commit_without_the_links_key_is_skipped();
	a_commit_that_changes_the_groups_extensions_is_skipped();
	a_commit_that_ends_the_group_is_skipped();
	a_commit_with_another_pre_shared_key_is_skipped();
	a_commit_with_an_old_epochs_key_instead_of_the_links_is_skipped();
	a_commit_that_does_not_compute_names_its_author_too();
	a_commit_that_adds_too_many_is_skipped();
	who_is_added_must_be_one_who_can_be_shown();
	a_proposal_of_another_member_is_nobodys_to_commit();
	what_is_no_private_commit_of_this_epoch_is_skipped();
	a_commit_without_end_ends_nobodys_meeting();
	what_members_say_is_of_the_grammar_or_dropped();
	a_member_with_another_history_is_told_of();
	return check_report("meeting_insider");
}
