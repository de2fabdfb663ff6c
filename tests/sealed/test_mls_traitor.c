/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/mls/group_commit.h"
#include "tests/support/check.h"
#include "tests/support/mls_client.h"
#include "tests/support/provider.h"

/* Members, and people at the door, who sign and tag truly what RFC 9420 12.4 forbids. A
 * forged commit has no right confirmation tag, so each is refused in the end (ERR_AUTH); the
 * rule that it breaks must have refused it before (ERR_MALFORMED). */
enum { people = 4, room_size = 1 << 18 };

static struct mls_client clients[people];
static struct mls_client *const all[people] = { &clients[0], &clients[1], &clients[2],
	                                        &clients[3] };
static struct mls_client *const eva = &clients[1], *const victim = &clients[0];
static uint8_t room[room_size];
static struct arena a;
static const struct span none;

static void meet(size_t count)
{
	static const char *const names[people] = { "Anna", "Eva", "Chris", "Dewi" };

	a = arena_into(room, sizeof(room));
	for (size_t i = 0; i < people; i++)
		mls_client_init(&clients[i], provider(), 1, CLIENT_BLOCK, names[i]);
	CHECK(mls_client_create(all[0], "meeting") == OK);
	CHECK(mls_client_add(all[0], NULL, 0, all + 1, count - 1) == OK);
}

static void part(void)
{
	for (size_t i = 0; i < people; i++)
		mls_client_clear(&clients[i]);
}

/* --- commits that are written by hand --- */

/* What the victim says to content that is signed and tagged truly. */
static enum err answer_to_content(struct sender sender, enum content_type type,
                                  struct span body)
{
	static const uint8_t no_tag[HASH_MAX];
	struct epoch *e = eva->group->current;
	struct protection p = epoch_protection(e, provider());
	const struct framed_head head = { .group_id = e->context.group_id,
		                          .epoch = e->context.epoch,
		                          .sender = sender,
		                          .type = type };
	uint8_t buf[8192], auth[256], sig[SIG_MAX];
	struct wr w = wr_into(buf, sizeof(buf)), v = wr_into(auth, sizeof(auth));
	struct span framed = none, tail = none, message = none;
	struct mls_received got;
	size_t sig_len;

	framed_head_write(&w, &head);
	wr_bytes(&w, body);
	CHECK(wr_end(&w, &framed) == OK);
	CHECK(content_sign(&p, eva->sig_priv, WIRE_PUBLIC_MESSAGE, sender.type, framed, &a, sig,
	                   &sig_len) == OK);
	content_auth_write(&v, (struct span){ sig, sig_len }, type,
	                   (struct span){ no_tag, 32 });
	CHECK(wr_end(&v, &tail) == OK);
	CHECK(public_message_seal(&p, &head, framed, tail, &a, &message) == OK);
	return mls_group_input(victim->group, message, CLIENT_NOW, &got);
}

/* To a Commit of these proposals and the encoded UpdatePath, if any. */
static enum err answer_to(struct sender sender, const struct proposal *proposals, size_t count,
                          struct span path)
{
	uint8_t buf[8192];
	struct wr w = wr_into(buf, sizeof(buf));
	size_t opened = wr_open(&w);
	struct span body = none;

	for (size_t i = 0; i < count; i++) {
		struct proposal_or_ref item = { .proposal = proposals[i] };

		CHECK(proposal_encode(&a, &item.proposal) == OK);
		proposal_or_ref_write(&w, &item);
	}
	wr_close(&w, opened);
	wr_uint(&w, 1, path.n != 0);
	wr_bytes(&w, path);
	CHECK(wr_end(&w, &body) == OK);
	return answer_to_content(sender, CONTENT_COMMIT, body);
}

static enum err answer_to_proposal(enum sender_type type, uint32_t index,
                                   struct proposal proposal)
{
	CHECK(proposal_encode(&a, &proposal) == OK);
	return answer_to_content((struct sender){ type, index }, CONTENT_PROPOSAL,
	                         proposal.raw);
}

static enum err answer_to_member(const struct proposal *proposals, size_t count)
{
	return answer_to((struct sender){ SENDER_MEMBER, 1 }, proposals, count, none);
}

static struct proposal add_of(struct mls_client *client)
{
	struct proposal p = { .type = PROPOSAL_ADD };

	CHECK(key_package_read_message(mls_client_key_package(client), &a, &p.add) == OK);
	return p;
}

static void what_needs_a_path_has_one(void)
{
	struct proposal add, removal = { .type = PROPOSAL_REMOVE, .remove = 2 };
	struct proposal extensions = { .type = PROPOSAL_GROUP_CONTEXT_EXTENSIONS };

	meet(3);
	add = add_of(all[3]);
	CHECK(answer_to_member(&add, 1) == ERR_AUTH); /* but for the tag it is right */
	CHECK(answer_to_member(NULL, 0) == ERR_MALFORMED);
	CHECK(answer_to_member(&removal, 1) == ERR_MALFORMED);
	CHECK(answer_to_member(&extensions, 1) == ERR_MALFORMED);
	CHECK(mls_client_agree(all, 3));
	part();
}

static void nobody_comes_in_twice(void)
{
	struct proposal add;

	meet(3);
	add = add_of(all[2]);
	CHECK(answer_to_member(&add, 1) == ERR_MALFORMED);
	CHECK(mls_client_agree(all, 3));
	part();
}

static void a_list_that_contradicts_itself_is_refused_whole(void)
{
	static const uint8_t nonce[32];
	struct proposal psks[2] = { { .type = PROPOSAL_PSK } };
	struct proposal reinit[2] = {
		{ .type = PROPOSAL_REINIT,
		  .reinit = { .group_id = SPAN_STR("other"), .version = 1, .suite = 1 } },
	};

	meet(2);
	psks[0].psk = (struct psk_id){ .type = PSK_EXTERNAL,
		                       .id = SPAN_STR("shared"),
		                       .nonce = SPAN(nonce) };
	psks[1] = psks[0];
	reinit[1] = reinit[0];
	CHECK(answer_to_member(psks, 1) == ERR_AUTH);
	CHECK(answer_to_member(psks, 2) == ERR_MALFORMED);
	CHECK(answer_to_member(reinit, 1) == ERR_AUTH);
	CHECK(answer_to_member(reinit, 2) == ERR_MALFORMED);
	CHECK(mls_client_agree(all, 2));
	part();
}

/* RFC 9420 6.1: who may say what. */
static void senders_say_what_they_may(void)
{
	const struct proposal removal = { .type = PROPOSAL_REMOVE, .remove = 0 };
	const struct proposal nobody = { .type = PROPOSAL_REMOVE, .remove = 2 };
	const struct proposal init = { .type = PROPOSAL_EXTERNAL_INIT };

	meet(2);
	CHECK(answer_to_proposal(SENDER_MEMBER, 1, nobody) == ERR_MALFORMED);
	CHECK(answer_to_proposal(SENDER_MEMBER, 1, init) == ERR_MALFORMED);
	CHECK(answer_to_proposal(SENDER_MEMBER, 0, removal) == ERR_AUTH);
	CHECK(answer_to_proposal(SENDER_MEMBER, 2, removal) == ERR_AUTH);
	CHECK(answer_to_proposal(SENDER_EXTERNAL, 0, init) == ERR_MALFORMED);
	CHECK(answer_to_proposal(SENDER_EXTERNAL, 0, removal) == ERR_AUTH);
	CHECK(answer_to_proposal(SENDER_NEW_MEMBER_PROPOSAL, 0, removal) == ERR_MALFORMED);
	CHECK(answer_to((struct sender){ SENDER_NEW_MEMBER_COMMIT, 0 }, NULL, 0, none) ==
	      ERR_MALFORMED);
	CHECK(!mls_group_has_proposals(victim->group) && mls_client_agree(all, 2));
	part();
}

/* --- somebody comes back --- */

/* A path of a joiner for leaf 1 of two: the leaf with this key, and one node. */
static struct span path_with(struct span key)
{
	static uint8_t buf[2048];
	static const uint8_t node_key[32] = { 9 }, sealed[48];
	const struct leaf_node_plan plan = { .source = LEAF_NODE_COMMIT,
		                             .encryption_key = key,
		                             .parent_hash = SPAN(node_key),
		                             .group_id = SPAN_STR("meeting"),
		                             .leaf = 1 };
	struct wr w = wr_into(buf, sizeof(buf));
	struct leaf_node leaf;
	struct span out = none;
	size_t nodes, ciphertexts;

	CHECK(leaf_node_create(&eva->config, &plan, &a, &leaf) == OK);
	wr_bytes(&w, leaf.raw);
	nodes = wr_open(&w);
	wr_vec(&w, SPAN(node_key));
	ciphertexts = wr_open(&w);
	wr_vec(&w, SPAN(node_key));
	wr_vec(&w, SPAN(sealed));
	wr_close(&w, ciphertexts);
	wr_close(&w, nodes);
	CHECK(wr_end(&w, &out) == OK);
	return out;
}

static void who_comes_back_brings_a_new_key(void)
{
	static const uint8_t kem_output[32] = { 9 };
	const struct sender sender = { SENDER_NEW_MEMBER_COMMIT, 0 };
	const struct proposal list[2] = {
		{ .type = PROPOSAL_EXTERNAL_INIT, .kem_output = SPAN(kem_output) },
		{ .type = PROPOSAL_REMOVE, .remove = 1 },
	};
	uint8_t priv[HPKE_PRIV_MAX], pub[HPKE_PUB_MAX];
	struct span old;

	meet(2);
	old = ratchet_tree_key(&victim->group->current->tree, 2);
	CHECK(encryption_key_create(provider(), mls_suite_from(1), priv, pub) == OK);
	CHECK(answer_to(sender, list, 2, path_with((struct span){ pub, 32 })) == ERR_AUTH);
	CHECK(answer_to(sender, list, 2, path_with(old)) == ERR_MALFORMED);
	CHECK(mls_client_agree(all, 2));
	part();
}

/* --- commits that are true, of somebody else --- */

static enum err no_sons(void *arg, const struct mls_member *member, uint64_t now)
{
	(void)arg;
	(void)now;
	return span_is_equal(member->credential, SPAN_STR("Anna's son")) ? ERR_AUTH : OK;
}

static void a_committer_keeps_the_name_that_was_judged(void)
{
	const struct mls_commit_options update = { .force_path = true };
	struct span message, welcome;
	struct mls_received got;

	meet(2);
	victim->group->config.judge.credential = no_sons;
	CHECK(mls_client_commit(eva, all, 1, &update) == OK);
	eva->identity.credential = SPAN_STR("Anna's son");
	CHECK(mls_group_commit(eva->group, &update, CLIENT_NOW, &message, &welcome) == OK);
	CHECK(mls_group_input(victim->group, message, CLIENT_NOW, &got) == ERR_AUTH);
	mls_group_commit_drop(eva->group);
	CHECK(mls_client_agree(all, 2));
	part();
}

/* Between an update and the commit that takes it in, the judge may learn something. */
static void an_update_is_judged_again_when_it_counts(void)
{
	const struct mls_commit_options plain = { 0 };
	struct mls_client *const others[] = { all[0], all[2] };
	struct span message, welcome;
	struct mls_received got;

	meet(3);
	eva->identity.credential = SPAN_STR("Anna's son");
	CHECK(mls_group_propose(eva->group, &(struct mls_proposal){ .type = MLS_UPDATE },
	                        &(struct mls_send_options){ 0 }, &eva->arena, &message) == OK);
	CHECK(mls_client_deliver(others, 2, message) == OK);
	CHECK(mls_group_commit(all[2]->group, &plain, CLIENT_NOW, &message, &welcome) == OK);
	victim->group->config.judge.credential = no_sons;
	CHECK(mls_group_input(victim->group, message, CLIENT_NOW, &got) == ERR_AUTH);
	victim->group->config.judge.credential = NULL;
	CHECK(mls_group_input(victim->group, message, CLIENT_NOW, &got) == OK);
	part();
}

static void ones_own_commit_does_not_come_from_others(void)
{
	const struct mls_commit_options in_clear = { .public_message = true,
		                                     .force_path = true };
	struct span message, welcome;
	uint8_t longer[4096] = { 0 };
	struct mls_received got;

	meet(2);
	CHECK(mls_group_commit(eva->group, &in_clear, CLIENT_NOW, &message, &welcome) == OK);
	CHECK(mls_group_input(eva->group, message, CLIENT_NOW, &got) == ERR_NOT_NOW);
	/* Nor does anything hang on behind it. */
	memcpy(longer, message.p, message.n);
	CHECK(mls_group_input(victim->group, (struct span){ longer, message.n + 1 }, CLIENT_NOW,
	                      &got) == ERR_MALFORMED);
	CHECK(mls_client_deliver(all, 1, message) == OK);
	CHECK(mls_group_commit_apply(eva->group) == OK && mls_client_agree(all, 2));
	part();
}

/* --- what newcomers are told --- */

static enum err joins_by_info(void)
{
	const struct mls_external_options options = { 0 };
	struct span info = none, message;

	CHECK(mls_group_info(eva->group, true, &eva->arena, &info) == OK);
	return mls_group_join_external(all[3]->group, info, none, &options, CLIENT_NOW,
	                               &message);
}

static void an_info_is_of_the_tree_that_it_signs(void)
{
	static const uint8_t broken[] = { 5 };
	const struct mls_extension senders = { MLS_EXTENSION_EXTERNAL_SENDERS, SPAN(broken) };
	struct group_context *said;

	meet(2);
	CHECK(joins_by_info() == OK);
	part();
	meet(2);
	said = &eva->group->current->context;
	said->tree_hash = SPAN_STR("the hash of another, taller tree");
	CHECK(joins_by_info() == ERR_AUTH);
	part();
	meet(2);
	eva->group->current->context.extensions = (struct extension_list){ &senders, 1 };
	CHECK(joins_by_info() == ERR_MALFORMED);
	CHECK(mls_group_info(all[3]->group, true, &a, &(struct span){ 0 }) == ERR_NOT_NOW);
	part();
}

/* Eva's Welcome for Dewi; `lie` changes the epoch that it tells of. */
static struct span welcome_of(struct span package, void (*lie)(struct epoch *next))
{
	struct mls_group *g = eva->group;
	struct proposal add = { .type = PROPOSAL_ADD };
	struct listed_proposal item = { &add, { SENDER_MEMBER, 1 }, { 0 } };
	struct commit_job job = {
		.g = g,
		.old = g->current,
		.next = group_free_epoch(g),
		.now = CLIENT_NOW,
		.format = WIRE_PUBLIC_MESSAGE,
		.with_tree = true,
		.list = { .items = &item, .count = 1, .committer = 1 },
		.sender = { SENDER_MEMBER, 1 },
		.leaf = 1,
		.init_secret = g->current->secrets.bytes[EPOCH_INIT],
	};

	CHECK(key_package_read_message(package, &a, &add.add) == OK);
	CHECK(proposal_encode(&a, &add) == OK);
	CHECK(commit_job_run(&job) == OK);
	lie(job.next);
	CHECK(commit_job_welcome(&job) == OK);
	g->pending = job.next;
	commit_job_clear(&job);
	return job.welcome;
}

static void the_truth(struct epoch *next)
{
	(void)next;
}

static void another_tag(struct epoch *next)
{
	next->confirmation_tag[0] ^= 1;
}

static void another_suite(struct epoch *next)
{
	next->context.suite = 2;
}

static enum err joins(struct span welcome, struct span package)
{
	return mls_group_join(all[3]->group, welcome, package, none, &all[3]->secrets,
	                      CLIENT_NOW);
}

static void a_welcome_tells_of_the_epoch_that_it_leads_to(void)
{
	struct span package;

	meet(2);
	package = mls_client_key_package(all[3]);
	CHECK(joins(welcome_of(package, another_tag), package) == ERR_AUTH);
	mls_group_commit_drop(eva->group);
	CHECK(joins(welcome_of(package, another_suite), package) == ERR_MALFORMED);
	mls_group_commit_drop(eva->group);
	CHECK(joins(welcome_of(package, the_truth), package) == OK);
	CHECK(joins(none, package) == ERR_NOT_NOW);
	part();
}

static void a_welcome_is_what_it_says_it_is(void)
{
	enum { FORMAT = 3, SUITE = 5, PACKAGE_SUITE = 7 };
	uint8_t bytes[8192], other[1024];
	struct span package, welcome;

	meet(2);
	package = mls_client_key_package(all[3]);
	welcome = welcome_of(package, the_truth);
	memcpy(bytes, welcome.p, welcome.n);
	memcpy(other, package.p, package.n);
	bytes[welcome.n] = 0;
	CHECK(joins((struct span){ bytes, welcome.n + 1 }, package) == ERR_MALFORMED);
	bytes[FORMAT] = WIRE_GROUP_INFO;
	CHECK(joins((struct span){ bytes, welcome.n }, package) == ERR_MALFORMED);
	bytes[FORMAT] = WIRE_WELCOME;
	bytes[SUITE] = 2;
	CHECK(joins((struct span){ bytes, welcome.n }, package) == ERR_MALFORMED);
	other[PACKAGE_SUITE] = 2;
	CHECK(joins(welcome, (struct span){ other, package.n }) == ERR_MALFORMED);
	CHECK(joins(welcome, package) == OK);
	part();
}

int main(void)
{
	what_needs_a_path_has_one();
	nobody_comes_in_twice();
	a_list_that_contradicts_itself_is_refused_whole();
	senders_say_what_they_may();
	who_comes_back_brings_a_new_key();
	a_committer_keeps_the_name_that_was_judged();
	an_update_is_judged_again_when_it_counts();
	ones_own_commit_does_not_come_from_others();
	an_info_is_of_the_tree_that_it_signs();
	a_welcome_tells_of_the_epoch_that_it_leads_to();
	a_welcome_is_what_it_says_it_is();
	return check_report("mls_traitor");
}
