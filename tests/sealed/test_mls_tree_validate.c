/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/tree_party.h"

/* Trees that a malicious member or server could show to a newcomer. */

enum { memory_size = 6 << 20 };

static struct tree_party party;
static uint8_t *memory;

/* Eight members; after 0's commit that added them, 5 and then 2 have committed: all of 2's
 * and 5's paths have keys, node 1 too. Nodes: 7 above 3 (1, 5) and 11 (9, 13). */
static void eight(void)
{
	static const unsigned others[] = { 1, 2, 3, 4, 5, 6, 7 };

	party_init(&party, memory, memory_size, 1, 11);
	CHECK(party_commit(&party, 0, others, 7));
	CHECK(party_commit(&party, 5, NULL, 0));
	CHECK(party_commit(&party, 2, NULL, 0));
	CHECK(party_validate(&party) == OK);
}

static union tree_node *node(uint32_t x)
{
	return &party.tree.nodes[x];
}

/* Hashes are computed anew: tests change nodes behind the tree's back. */
static void forget_hashes(void)
{
	memset(party.tree.hashed, 0, tree_width(party.tree.leaves) * sizeof(bool));
}

static enum err validate(void)
{
	forget_hashes();
	return ratchet_tree_validate(&party.tree, &party.rules, &party.scratch);
}

/* Puts a leaf there that `who` signed as if from a commit with this parent hash. */
static void forge_leaf(unsigned who, uint32_t leaf, struct span parent_hash)
{
	uint8_t pub[HPKE_PUB_MAX], priv[HPKE_PRIV_MAX];
	const struct leaf_node_plan plan = {
		.source = LEAF_NODE_COMMIT,
		.encryption_key = { pub, 32 },
		.parent_hash = parent_hash,
		.group_id = party.group_id,
		.leaf = leaf,
	};

	CHECK(encryption_key_create(party.c, party.suite, priv, pub) == OK);

	struct leaf_node forged = party_forged_leaf(&party, who, &plan);

	CHECK(ratchet_tree_set_leaf(&party.tree, leaf, &forged) == OK);
}

static struct span parent_hash_of(uint32_t p, uint32_t s)
{
	static uint8_t hash[HASH_MAX];
	struct span root;

	forget_hashes();
	CHECK(ratchet_tree_hash(&party.tree, party.c, &root) == OK);
	CHECK(ratchet_tree_parent_hash(&party.tree, party.c, p, s, &party.scratch, hash) == OK);
	return (struct span){ hash, 32 };
}

static void a_parent_that_nobody_vouches_for_is_refused(void)
{
	for (uint32_t x = 1; x < 15; x += 2) {
		eight();
		if (node(x)->parent == NULL)
			continue;
		node(x)->parent->encryption_key = SPAN_STR("a key of the server's own choice");
		CHECK(validate() == ERR_AUTH);
		eight();
		node(x)->parent->parent_hash = SPAN_STR("a hash of the server's own making");
		CHECK(validate() == ERR_AUTH);
	}
}

static void a_parent_put_where_none_was_is_refused(void)
{
	static const unsigned out[] = { 4, 6 };

	for (size_t i = 0; i < ARRAY_LEN(out); i++) {
		eight();
		party_remove(&party, out[i]);
		CHECK(party_commit(&party, 0, NULL, 0));
		CHECK(party_validate(&party) == OK);
		CHECK(node(11)->parent == NULL);
		CHECK(ratchet_tree_set_parent(&party.tree, 11,
		                              SPAN_STR("a key that an insider can open  "),
		                              (struct span){ 0 }) == OK);
		CHECK(validate() == ERR_AUTH);
	}
}

static void an_empty_parent_hash_vouches_for_nothing(void)
{
	eight();
	forge_leaf(2, 2, (struct span){ 0 });
	CHECK(validate() == ERR_AUTH);
	eight();
	node(3)->parent->parent_hash = (struct span){ 0 };
	CHECK(validate() == ERR_AUTH);
}

static void a_leaf_of_no_commit_vouches_for_nothing(void)
{
	eight();
	/* The field of the struct is right, but the leaf does not contain one. */
	struct span hash = parent_hash_of(5, 6);

	node(4)->leaf->source = LEAF_NODE_UPDATE;
	node(4)->leaf->parent_hash = hash;
	forget_hashes();
	CHECK(tree_check_parent_hashes(&party.tree, party.c, &party.scratch) == ERR_AUTH);
}

static void chains_may_skip_blank_nodes_but_not_members(void)
{
	eight();
	/* 3 leaves: above 2, node 5 is blank and 3 is the next. A newcomer accepts that. */
	party_remove(&party, 3);
	CHECK(party_commit(&party, 2, NULL, 0));
	CHECK(node(5)->parent == NULL && node(3)->parent != NULL);
	CHECK(party_validate(&party) == OK);

	/* Now with the member 3 there: 2 vouches for a node above both, whose key 3 never
	 * got. Whoever encrypts to that node would lock 3 out. */
	eight();
	node(5)->parent = NULL;
	forge_leaf(2, 2, parent_hash_of(3, 1));
	CHECK(validate() == ERR_AUTH);
}

static void a_leaf_cannot_vouch_past_the_node_above_it(void)
{
	eight();
	/* 1 says that its path was 3, 7; but node 1 lies between and has a key. */
	forge_leaf(1, 1, parent_hash_of(3, 5));
	node(5)->parent->parent_hash = SPAN_STR("");
	CHECK(validate() == ERR_AUTH);
}

static void unmerged_leaves_are_listed_all_the_way_down(void)
{
	eight();
	party_remove(&party, 3);
	CHECK(party_commit(&party, 2, NULL, 0));
	CHECK(party_commit(&party, 6, NULL, 0));
	CHECK(party_add(&party, 3) == 3);
	CHECK(node(3)->parent->unmerged_count == 1 && node(7)->parent->unmerged_count == 1);
	CHECK(party_validate(&party) == OK);

	node(3)->parent->unmerged_count = 0;
	CHECK(tree_check_unmerged(&party.tree) == ERR_MALFORMED);
	CHECK(validate() == ERR_MALFORMED);
	node(3)->parent->unmerged_count = 1;

	/* Below only: then the one above says that 3 knows its key. */
	node(7)->parent->unmerged_count = 0;
	CHECK(validate() == ERR_AUTH);
	node(7)->parent->unmerged_count = 1;
	CHECK(validate() == OK);

	/* An entry for a leaf that is blank. */
	eight();
	party_remove(&party, 3);
	CHECK(party_commit(&party, 2, NULL, 0));
	CHECK(parent_node_add_unmerged(node(3)->parent, party.tree.arena, 3) == OK);
	CHECK(parent_node_add_unmerged(node(7)->parent, party.tree.arena, 3) == OK);
	CHECK(tree_check_unmerged(&party.tree) == ERR_MALFORMED);
	CHECK(validate() == ERR_MALFORMED);
}

static void a_member_called_unmerged_breaks_the_chain(void)
{
	eight();
	/* 3 did get the keys of nodes 5, 3 and 7. To call it unmerged at all of them would
	 * send every later secret to it alone, as if it had none. */
	CHECK(parent_node_add_unmerged(node(5)->parent, party.tree.arena, 3) == OK);
	CHECK(parent_node_add_unmerged(node(3)->parent, party.tree.arena, 3) == OK);
	CHECK(parent_node_add_unmerged(node(7)->parent, party.tree.arena, 3) == OK);
	CHECK(tree_check_unmerged(&party.tree) == OK);
	CHECK(validate() == ERR_AUTH);
}

static void who_vouches_is_not_unmerged_itself(void)
{
	eight();
	/* As above, 2 vouches past the member 3; and to make the numbers right, it calls
	 * itself unmerged. */
	node(5)->parent = NULL;
	forge_leaf(2, 2, parent_hash_of(3, 1));
	CHECK(parent_node_add_unmerged(node(3)->parent, party.tree.arena, 2) == OK);
	CHECK(parent_node_add_unmerged(node(7)->parent, party.tree.arena, 2) == OK);
	CHECK(tree_check_unmerged(&party.tree) == OK);
	CHECK(validate() == ERR_AUTH);
}

static void no_key_stands_in_the_tree_twice(void)
{
	eight();
	node(3)->parent->encryption_key = node(7)->parent->encryption_key;
	CHECK(tree_check_keys(&party.tree, &party.scratch) == ERR_MALFORMED);
	CHECK(validate() == ERR_MALFORMED);
	eight();
	node(3)->parent->encryption_key = node(0)->leaf->encryption_key;
	CHECK(validate() == ERR_MALFORMED);
	eight();
	node(12)->leaf->encryption_key = node(2)->leaf->encryption_key;
	CHECK(validate() == ERR_MALFORMED);
	eight();
	node(14)->leaf->signature_key = node(8)->leaf->signature_key;
	CHECK(validate() == ERR_MALFORMED);
	eight();
	CHECK(tree_check_keys(&party.tree, &party.scratch) == OK);
}

static void every_leaf_is_validated(void)
{
	for (uint32_t leaf = 0; leaf < 8; leaf++) {
		eight();
		struct leaf_node *l = node(2 * leaf)->leaf;
		uint8_t *signature = arena_alloc(&party.scratch, l->signature.n);

		memcpy(signature, l->signature.p, l->signature.n);
		signature[5] ^= 1;
		l->signature.p = signature;
		CHECK(validate() == ERR_AUTH);
	}
	/* Signed for another group; for another place. */
	eight();
	party.rules.group_id = SPAN_STR("another");
	CHECK(validate() == ERR_AUTH);
	eight();
	struct leaf_node *two = node(4)->leaf;

	node(4)->leaf = node(10)->leaf;
	node(10)->leaf = two;
	CHECK(tree_check_leaves(&party.tree, &party.rules) == ERR_AUTH);
}

static void all_members_know_all_group_extensions(void)
{
	static const struct mls_extension unknown[] = { { 0xff00, { 0 } } };
	static const uint8_t nothing[] = { 0, 0, 0 }, a_proposal[] = { 0, 2, 0xf0, 1, 0 };
	const struct mls_extension required[] = {
		{ MLS_EXTENSION_REQUIRED_CAPABILITIES, SPAN(nothing) }
	};
	const struct mls_extension demanding[] = {
		{ MLS_EXTENSION_REQUIRED_CAPABILITIES, SPAN(a_proposal) }
	};

	eight();
	party.rules.group_extensions = (struct extension_list){ required, 1 };
	CHECK(validate() == OK);
	party.rules.group_extensions = (struct extension_list){ unknown, 1 };
	CHECK(validate() == ERR_MALFORMED);
	CHECK(tree_check_capabilities(&party.tree, party.rules.group_extensions) ==
	      ERR_MALFORMED);
	party.rules.group_extensions = (struct extension_list){ demanding, 1 };
	CHECK(validate() == ERR_MALFORMED);
}

static void all_members_know_all_credential_types(void)
{
	static uint8_t all[2 * 40];
	static const uint8_t only_basic[] = { 0, 1 }, also_new[] = { 0, 1, 0, 2, 0xf0, 0 };

	eight();
	node(6)->leaf->credential.type = 0xf000;
	CHECK(tree_check_capabilities(&party.tree, (struct extension_list){ 0 }) ==
	      ERR_MALFORMED);
	for (uint32_t i = 0; i < 8; i++)
		node(2 * i)->leaf->capabilities.credentials = SPAN(also_new);
	CHECK(tree_check_capabilities(&party.tree, (struct extension_list){ 0 }) == OK);
	node(14)->leaf->capabilities.credentials = SPAN(only_basic);
	CHECK(tree_check_capabilities(&party.tree, (struct extension_list){ 0 }) ==
	      ERR_MALFORMED);

	for (uint16_t i = 0; i < 8; i++)
		node(2 * i)->leaf->credential.type = i;
	CHECK(tree_check_capabilities(&party.tree, (struct extension_list){ 0 }) ==
	      ERR_MALFORMED);

	/* All know all, but they are more than anybody has a use for. */
	for (uint8_t i = 0; i < 40; i++)
		all[2 * i + 1] = i;
	for (unsigned who = 8; who < 17; who++)
		party_add(&party, who);
	for (uint16_t i = 0; i < 17; i++) {
		node(2 * i)->leaf->credential.type = i;
		node(2 * i)->leaf->capabilities.credentials = SPAN(all);
	}
	CHECK(tree_check_capabilities(&party.tree, (struct extension_list){ 0 }) == ERR_LIMIT);
	party_remove(&party, 16);
	CHECK(tree_check_capabilities(&party.tree, (struct extension_list){ 0 }) == OK);
}

int main(void)
{
	memory = malloc(memory_size);
	if (memory == NULL)
		return 1;
	a_parent_that_nobody_vouches_for_is_refused();
	a_parent_put_where_none_was_is_refused();
	an_empty_parent_hash_vouches_for_nothing();
	a_leaf_of_no_commit_vouches_for_nothing();
	chains_may_skip_blank_nodes_but_not_members();
	a_leaf_cannot_vouch_past_the_node_above_it();
	unmerged_leaves_are_listed_all_the_way_down();
	a_member_called_unmerged_breaks_the_chain();
	who_vouches_is_not_unmerged_itself();
	no_key_stands_in_the_tree_twice();
	every_leaf_is_validated();
	all_members_know_all_group_extensions();
	all_members_know_all_credential_types();
	free(memory);
	return check_report("tree_validate");
}
