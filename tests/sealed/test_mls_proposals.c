/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/mls/group_state.h"
#include "sealed/mls/proposal_choose.h"
#include "tests/support/check.h"
#include "tests/support/mls_client.h"
#include "tests/support/provider.h"

/* RFC 9420 12.1 and 12.2, rule by rule: which proposals are valid, which of them may stand
 * together, and which of those that came we put into a commit of ours. The committer is
 * Anna (leaf 0); the others are leaves 1 to 3; Eva is no member. */
enum { people = 5, members = 4, leaf_count = 4, room_size = 1 << 20, hash = 32 };

static struct mls_client clients[people];
static struct mls_client *const all[people] = { &clients[0], &clients[1], &clients[2],
	                                        &clients[3], &clients[4] };
static uint8_t room[room_size];
static struct arena a;
static struct mls_group *g;
static const struct ratchet_tree *tree;
static const uint8_t nonce[2][hash] = { { 1 }, { 2 } };
static const uint8_t ref[hash] = { 7 };

static struct proposal add, update[leaf_count], removal[leaf_count], psk, psk_again, psk_other,
    psk_reinit, reinit, external_init, extensions;

static struct proposal update_of(uint32_t leaf)
{
	struct span message;
	const struct received_proposal *last;
	struct proposal p = { 0 };
	struct rd r;

	CHECK(mls_group_propose(all[leaf]->group, &(struct mls_proposal){ .type = MLS_UPDATE },
	                        &(struct mls_send_options){ 0 }, &all[leaf]->arena,
	                        &message) == OK);
	last = all[leaf]->group->current->proposals;
	while (last->next != NULL)
		last = last->next;
	r = rd_from(last->raw);
	CHECK(proposal_read(&r, &a, &p) == OK);
	return p;
}

static struct proposal add_of(struct mls_client *client)
{
	struct proposal p = { .type = PROPOSAL_ADD };

	CHECK(key_package_read_message(mls_client_key_package(client), &a, &p.add) == OK);
	return p;
}

static struct proposal psk_of(enum psk_type type, enum psk_usage usage, const uint8_t *n)
{
	return (
	    struct proposal){ .type = PROPOSAL_PSK,
		              .psk = { .type = type, .usage = usage, .nonce = { n, hash } } };
}

static void meet(void)
{
	static const char *const names[people] = { "Anna", "Bram", "Chris", "Dewi", "Eva" };

	a = arena_into(room, sizeof(room));
	for (size_t i = 0; i < people; i++)
		mls_client_init(&clients[i], provider(), 1, CLIENT_BLOCK, names[i]);
	CHECK(mls_client_create(all[0], "meeting") == OK);
	CHECK(mls_client_add(all[0], NULL, 0, all + 1, members - 1) == OK);
	g = all[0]->group;
	tree = &g->current->tree;
	add = add_of(all[4]);
	for (uint32_t i = 0; i < leaf_count; i++) {
		update[i] = update_of(i);
		removal[i] = (struct proposal){ .type = PROPOSAL_REMOVE, .remove = i };
	}
	psk = psk_again = psk_of(PSK_EXTERNAL, 0, nonce[0]);
	psk_other = psk_of(PSK_EXTERNAL, 0, nonce[1]);
	psk_reinit = psk_of(PSK_RESUMPTION, PSK_REINIT, nonce[0]);
	reinit = (struct proposal){ .type = PROPOSAL_REINIT, .reinit = { .version = 1 } };
	external_init = (struct proposal){ .type = PROPOSAL_EXTERNAL_INIT };
	extensions = (struct proposal){ .type = PROPOSAL_GROUP_CONTEXT_EXTENSIONS };
}

static void part(void)
{
	for (size_t i = 0; i < people; i++)
		mls_client_clear(&clients[i]);
}

/* --- lists --- */

static struct listed_proposal by(const struct proposal *p, enum sender_type type,
                                 uint32_t index)
{
	return (struct listed_proposal){ p, { type, index }, { 0 } };
}

#define MEMBER(p, leaf) by(&(p), SENDER_MEMBER, leaf)
#define OWN(p)          by(&(p), SENDER_MEMBER, 0)
#define JOINER(p)       by(&(p), SENDER_NEW_MEMBER_COMMIT, 0)
#define LIST(...)                                                                              \
	(struct listed_proposal[]){ __VA_ARGS__ },                                             \
	    ARRAY_LEN(((struct listed_proposal[]){ __VA_ARGS__ }))

static enum err judge(struct listed_proposal *items, size_t count)
{
	const struct proposal_list list = { .items = items, .count = count };

	return proposal_list_check(&list, tree, g->suite, &a);
}

static enum err judge_external(struct listed_proposal *items, size_t count)
{
	const struct proposal_list list = { .items = items, .count = count, .external = true };

	return proposal_list_check(&list, tree, g->suite, &a);
}

static void what_does_not_contradict_itself_may_stand_together(void)
{
	CHECK(judge(NULL, 0) == OK);
	CHECK(judge(LIST(OWN(removal[1]), OWN(removal[2]), OWN(add))) == OK);
	CHECK(judge(LIST(MEMBER(update[1], 1), MEMBER(removal[2], 3))) == OK);
	CHECK(judge(LIST(OWN(psk), OWN(psk_other))) == OK);
	CHECK(judge(LIST(OWN(extensions), OWN(add))) == OK);
	CHECK(judge(LIST(OWN(reinit))) == OK);
}

static void a_committer_neither_updates_nor_removes_itself(void)
{
	CHECK(judge(LIST(OWN(removal[0]))) == ERR_MALFORMED);
	CHECK(judge(LIST(MEMBER(removal[0], 1))) == ERR_MALFORMED);
	CHECK(judge(LIST(OWN(update[0]))) == ERR_MALFORMED);
}

static void a_leaf_is_touched_once(void)
{
	CHECK(judge(LIST(OWN(removal[2]), MEMBER(removal[2], 1))) == ERR_MALFORMED);
	CHECK(judge(LIST(MEMBER(update[2], 2), OWN(removal[2]))) == ERR_MALFORMED);
	CHECK(judge(LIST(MEMBER(update[2], 2), MEMBER(update[2], 2))) == ERR_MALFORMED);
}

static void what_may_be_there_once_is_there_once(void)
{
	CHECK(judge(LIST(OWN(psk), MEMBER(psk_again, 1))) == ERR_MALFORMED);
	CHECK(judge(LIST(OWN(extensions), OWN(extensions))) == ERR_MALFORMED);
	CHECK(judge(LIST(OWN(reinit), OWN(removal[1]))) == ERR_MALFORMED);
	CHECK(judge(LIST(OWN(reinit), OWN(reinit))) == ERR_MALFORMED);
	CHECK(judge(LIST(OWN(external_init))) == ERR_MALFORMED);
}

static void senders_propose_what_they_may(void)
{
	static const enum sender_type external = SENDER_EXTERNAL;
	static const enum sender_type new_member = SENDER_NEW_MEMBER_PROPOSAL;

	CHECK(judge(LIST(by(&removal[1], external, 0))) == OK);
	CHECK(judge(LIST(by(&add, external, 0))) == OK);
	CHECK(judge(LIST(by(&psk, external, 0))) == OK);
	CHECK(judge(LIST(by(&reinit, external, 0))) == OK);
	CHECK(judge(LIST(by(&extensions, external, 0))) == OK);
	CHECK(judge(LIST(by(&update[1], external, 1))) == ERR_MALFORMED);
	CHECK(judge(LIST(by(&external_init, external, 0))) == ERR_MALFORMED);
	CHECK(judge(LIST(by(&add, new_member, 0))) == OK);
	CHECK(judge(LIST(by(&removal[1], new_member, 0))) == ERR_MALFORMED);
	CHECK(judge(LIST(MEMBER(removal[1], leaf_count))) == ERR_AUTH);
	CHECK(judge(LIST(JOINER(add))) == ERR_MALFORMED);
}

static void psks_of_other_uses_belong_in_first_commits(void)
{
	struct proposal branch = psk_of(PSK_RESUMPTION, PSK_BRANCH, nonce[0]);
	struct proposal plain = psk_of(PSK_RESUMPTION, PSK_APPLICATION, nonce[0]);
	struct proposal short_nonce = psk;
	struct listed_proposal item = OWN(psk_reinit);
	struct proposal_list list = { .items = &item, .count = 1, .linking = true };

	CHECK(judge(LIST(OWN(plain))) == OK);
	CHECK(judge(LIST(OWN(psk_reinit))) == ERR_MALFORMED);
	CHECK(judge(LIST(OWN(branch))) == ERR_MALFORMED);
	CHECK(proposal_list_check(&list, tree, g->suite, &a) == OK);
	short_nonce.psk.nonce.n--;
	CHECK(judge(LIST(OWN(short_nonce))) == ERR_MALFORMED);
}

static void too_many_psks_are_refused(void)
{
	static struct proposal many[PSKS_MAX + 1];
	static struct listed_proposal items[PSKS_MAX + 1];
	static uint8_t nonces[PSKS_MAX + 1][hash];

	for (size_t i = 0; i <= PSKS_MAX; i++) {
		nonces[i][0] = (uint8_t)i;
		many[i] = psk_of(PSK_EXTERNAL, 0, nonces[i]);
		items[i] = OWN(many[i]);
	}
	CHECK(judge(items, PSKS_MAX) == OK);
	CHECK(judge(items, PSKS_MAX + 1) == ERR_LIMIT);
}

static void a_leaf_beyond_the_tree_is_not_touched(void)
{
	const struct proposal beyond = { .type = PROPOSAL_REMOVE, .remove = leaf_count };

	CHECK(judge(LIST(OWN(beyond))) == ERR_MALFORMED);
}

static void an_external_commit_joins_and_does_nothing_else(void)
{
	struct listed_proposal by_ref = JOINER(psk);

	by_ref.ref = SPAN(ref);
	CHECK(judge_external(LIST(JOINER(external_init))) == OK);
	CHECK(judge_external(LIST(JOINER(removal[2]), JOINER(external_init), JOINER(psk))) ==
	      OK);
	CHECK(judge_external(NULL, 0) == ERR_MALFORMED);
	/* Whoever wrote the list: one who does not join from outside joins nothing. */
	CHECK(judge_external(LIST(MEMBER(add, 1))) == ERR_MALFORMED);
	CHECK(judge(LIST(JOINER(external_init))) == ERR_MALFORMED);
	CHECK(judge_external(LIST(JOINER(psk))) == ERR_MALFORMED);
	CHECK(judge_external(LIST(JOINER(external_init), JOINER(external_init))) ==
	      ERR_MALFORMED);
	CHECK(judge_external(LIST(JOINER(external_init), JOINER(removal[1]),
	                          JOINER(removal[2]))) == ERR_MALFORMED);
	CHECK(judge_external(LIST(JOINER(external_init), JOINER(add))) == ERR_MALFORMED);
	CHECK(judge_external(LIST(JOINER(external_init), JOINER(extensions))) == ERR_MALFORMED);
	CHECK(judge_external(LIST(JOINER(external_init), MEMBER(add, 1))) == ERR_MALFORMED);
	CHECK(judge_external(LIST(JOINER(external_init), by_ref)) == ERR_MALFORMED);
}

/* --- one proposal --- */

static enum err judge_one(const struct proposal *p, uint32_t sender)
{
	struct leaf_node_rules rules = group_leaf_rules(g, g->current, CLIENT_NOW);

	rules.scratch = &a;
	return proposal_check(p, (struct sender){ SENDER_MEMBER, sender }, tree, &rules);
}

static void an_add_needs_a_valid_key_package(void)
{
	struct proposal p = add;
	uint8_t sig[SIG_MAX];

	CHECK(judge_one(&add, 1) == OK);
	p.add.init_key = p.add.leaf.encryption_key;
	CHECK(judge_one(&p, 1) == ERR_MALFORMED);
	p = add;
	p.add.suite = 2;
	CHECK(judge_one(&p, 1) == ERR_MALFORMED);
	p = add;
	memcpy(sig, p.add.signature.p, p.add.signature.n);
	sig[0] ^= 1;
	p.add.signature.p = sig;
	CHECK(judge_one(&p, 1) == ERR_AUTH);
}

static void an_update_brings_a_new_key_to_its_senders_leaf(void)
{
	struct proposal p = update[1];

	CHECK(judge_one(&p, 1) == OK);
	CHECK(judge_one(&p, 2) == ERR_AUTH); /* signed for another leaf */
	p.update.encryption_key = ratchet_tree_leaf(tree, 1)->encryption_key;
	CHECK(judge_one(&p, 1) == ERR_MALFORMED);
	p = update[1];
	p.update = add.add.leaf; /* of a key package */
	CHECK(judge_one(&p, 1) == ERR_MALFORMED);
}

static void the_others_have_forms_to_keep(void)
{
	static const uint8_t broken[] = { 5 };
	const struct mls_extension required = { MLS_EXTENSION_REQUIRED_CAPABILITIES,
		                                SPAN(broken) };
	struct proposal p = removal[3];

	CHECK(judge_one(&p, 1) == OK);
	p.remove = leaf_count;
	CHECK(judge_one(&p, 1) == ERR_MALFORMED);
	p = reinit;
	CHECK(judge_one(&p, 1) == OK);
	p.reinit.version = 0;
	CHECK(judge_one(&p, 1) == ERR_MALFORMED);
	p = extensions;
	CHECK(judge_one(&p, 1) == OK);
	p.extensions = (struct extension_list){ &required, 1 };
	CHECK(judge_one(&p, 1) == ERR_MALFORMED);
	CHECK(judge_one(&external_init, 1) == ERR_MALFORMED);
	CHECK(judge_one(&removal[3], leaf_count) == ERR_AUTH);
}

static void broken_extensions_are_not_applied(void)
{
	static const uint8_t broken[] = { 5 };
	const struct mls_extension senders = { MLS_EXTENSION_EXTERNAL_SENDERS, SPAN(broken) };
	struct proposal p = extensions;
	struct listed_proposal item = OWN(p);
	const struct proposal_list list = { .items = &item, .count = 1 };
	struct leaf_node_rules rules = group_leaf_rules(g, g->current, CLIENT_NOW);
	struct proposal_effect effect;

	CHECK(proposal_list_apply(&list, &g->current->tree, &rules, &a, &effect) == OK);
	CHECK(effect.extensions_changed && effect.needs_path);
	p.extensions = (struct extension_list){ &senders, 1 };
	CHECK(proposal_list_apply(&list, &g->current->tree, &rules, &a, &effect) ==
	      ERR_MALFORMED);
}

/* --- choosing --- */

static struct listed_proposal came(const struct proposal *p, uint32_t sender)
{
	return (struct listed_proposal){ p, { SENDER_MEMBER, sender }, SPAN(ref) };
}

/* What is left of the list, in order, is what `left` points to. */
static bool chooses(struct listed_proposal *items, size_t count,
                    const struct proposal *const *left, size_t left_count)
{
	struct proposal_list list = { .items = items, .count = count };
	struct leaf_node_rules rules = group_leaf_rules(g, g->current, CLIENT_NOW);

	rules.scratch = &a;
	if (proposal_list_choose(&list, tree, &rules, &a) != OK || list.count != left_count)
		return false;
	for (size_t i = 0; i < left_count; i++)
		if (list.items[i].proposal != left[i])
			return false;
	/* What is chosen must pass. */
	return proposal_list_check(&list, tree, g->suite, &a) == OK;
}

#define LEFT(...)                                                                              \
	(const struct proposal *const[]){ __VA_ARGS__ },                                       \
	    ARRAY_LEN(((const struct proposal *const[]){ __VA_ARGS__ }))

static void all_that_fits_is_chosen(void)
{
	CHECK(chooses(LIST(came(&add, 1), came(&update[1], 1), came(&removal[2], 3),
	                   came(&psk, 1), came(&extensions, 2)),
	              LEFT(&add, &update[1], &removal[2], &psk, &extensions)));
}

static void removals_win_and_the_newest_update(void)
{
	struct proposal newer = update_of(2);

	CHECK(chooses(LIST(came(&update[2], 2), came(&removal[2], 1)), LEFT(&removal[2])));
	CHECK(chooses(LIST(came(&update[2], 2), OWN(removal[2])), LEFT(&removal[2])));
	CHECK(chooses(LIST(came(&removal[2], 1), came(&removal[2], 3)), LEFT(&removal[2])));
	CHECK(chooses(LIST(OWN(removal[2]), came(&removal[2], 3)), LEFT(&removal[2])));
	CHECK(chooses(LIST(came(&update[2], 2), came(&newer, 2)), LEFT(&newer)));
}

static void nobody_makes_us_touch_ourselves(void)
{
	CHECK(chooses(LIST(came(&removal[0], 1), came(&removal[2], 1)), LEFT(&removal[2])));
	CHECK(chooses(LIST(came(&update[0], 0), came(&removal[2], 1)), LEFT(&removal[2])));
}

static void doubles_and_what_cannot_be_are_left_out(void)
{
	struct proposal again = add_of(all[4]), member = add_of(all[2]), broken = add;
	struct proposal gone = { .type = PROPOSAL_REMOVE, .remove = leaf_count };
	struct proposal second = extensions;

	broken.add.suite = 2;
	CHECK(chooses(LIST(OWN(add), came(&again, 1)), LEFT(&add)));
	CHECK(chooses(LIST(came(&add, 2), came(&again, 1)), LEFT(&add)));
	CHECK(chooses(LIST(came(&member, 1), came(&psk, 1)), LEFT(&psk)));
	CHECK(chooses(LIST(OWN(removal[2]), came(&member, 1)), LEFT(&removal[2], &member)));
	CHECK(chooses(LIST(came(&broken, 1), came(&psk, 1)), LEFT(&psk)));
	CHECK(chooses(LIST(came(&gone, 1), came(&psk, 1)), LEFT(&psk)));
	CHECK(chooses(LIST(OWN(psk), came(&psk_again, 1)), LEFT(&psk)));
	CHECK(chooses(LIST(OWN(extensions), came(&second, 1)), LEFT(&extensions)));
	CHECK(chooses(LIST(came(&psk_reinit, 1), came(&psk, 1)), LEFT(&psk)));
	CHECK(chooses(LIST(came(&external_init, 1), came(&psk, 1)), LEFT(&psk)));
}

static void no_more_psks_are_chosen_than_may_be_sent(void)
{
	static struct proposal many[PSKS_MAX + 1];
	static struct listed_proposal items[PSKS_MAX + 1];
	static uint8_t nonces[PSKS_MAX + 1][hash];
	const struct proposal *left[PSKS_MAX];

	for (size_t i = 0; i <= PSKS_MAX; i++) {
		nonces[i][0] = (uint8_t)i;
		many[i] = psk_of(PSK_EXTERNAL, 0, nonces[i]);
		items[i] = came(&many[i], 1);
		if (i < PSKS_MAX)
			left[i] = &many[i];
	}
	CHECK(chooses(items, PSKS_MAX + 1, left, PSKS_MAX));
}

static void a_reinit_waits_for_a_quiet_moment(void)
{
	struct proposal second = reinit;

	CHECK(chooses(LIST(came(&reinit, 1), came(&psk, 1)), LEFT(&psk)));
	CHECK(chooses(LIST(OWN(psk), came(&reinit, 1)), LEFT(&psk)));
	CHECK(chooses(LIST(came(&reinit, 1), came(&second, 2)), LEFT(&reinit)));
}

static void what_we_want_and_cannot_have_is_said(void)
{
	struct proposal gone = { .type = PROPOSAL_REMOVE, .remove = leaf_count };
	struct listed_proposal item = OWN(gone);
	struct proposal_list list = { .items = &item, .count = 1 };
	struct leaf_node_rules rules = group_leaf_rules(g, g->current, CLIENT_NOW);

	CHECK(proposal_list_choose(&list, tree, &rules, &a) == ERR_MALFORMED);
}

int main(void)
{
	meet();
	what_does_not_contradict_itself_may_stand_together();
	a_committer_neither_updates_nor_removes_itself();
	a_leaf_is_touched_once();
	what_may_be_there_once_is_there_once();
	senders_propose_what_they_may();
	psks_of_other_uses_belong_in_first_commits();
	too_many_psks_are_refused();
	a_leaf_beyond_the_tree_is_not_touched();
	an_external_commit_joins_and_does_nothing_else();
	an_add_needs_a_valid_key_package();
	an_update_brings_a_new_key_to_its_senders_leaf();
	the_others_have_forms_to_keep();
	broken_extensions_are_not_applied();
	all_that_fits_is_chosen();
	removals_win_and_the_newest_update();
	nobody_makes_us_touch_ourselves();
	doubles_and_what_cannot_be_are_left_out();
	no_more_psks_are_chosen_than_may_be_sent();
	a_reinit_waits_for_a_quiet_moment();
	what_we_want_and_cannot_have_is_said();
	part();
	return check_report("mls_proposals");
}
