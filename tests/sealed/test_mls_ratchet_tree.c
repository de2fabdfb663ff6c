/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/tree_party.h"

enum { memory_size = 6 << 20 };

static struct tree_party party;
static uint8_t *memory;

static struct span written(const struct ratchet_tree *t)
{
	size_t cap = ratchet_tree_write_bound(t);
	struct wr w = wr_into(arena_alloc(&party.scratch, cap), cap);
	struct span out = { 0 };

	ratchet_tree_write(&w, t);
	CHECK(wr_end(&w, &out) == OK);
	return out;
}

/* Seven members, a blank leaf, blank and unmerged nodes. */
static void some_tree(void)
{
	static const unsigned others[] = { 1, 2, 3, 4, 5, 6, 7 };

	party_init(&party, memory, memory_size, 1, 21);
	CHECK(party_commit(&party, 0, others, 7));
	CHECK(party_commit(&party, 6, NULL, 0));
	party_remove(&party, 3);
	party_remove(&party, 5);
	CHECK(party_commit(&party, 2, NULL, 0));
	party_add(&party, 8);
}

static void reading_what_was_written_gives_the_same_tree(void)
{
	struct ratchet_tree read;
	struct span wire, before = { 0 }, after = { 0 };

	some_tree();
	wire = written(&party.tree);
	CHECK(ratchet_tree_read(&read, &party.next, party.suite, wire) == OK);
	CHECK(span_is_equal(written(&read), wire));
	CHECK(ratchet_tree_hash(&party.tree, party.c, &before) == OK);
	CHECK(ratchet_tree_hash(&read, party.c, &after) == OK);
	CHECK(span_is_equal(before, after));
}

static void every_prefix_is_refused(void)
{
	struct ratchet_tree read;
	struct span wire;

	some_tree();
	wire = written(&party.tree);
	for (size_t n = 0; n < wire.n; n++) {
		CHECK(ratchet_tree_read(&read, &party.next, party.suite,
		                        (struct span){ wire.p, n }) != OK);
		arena_clear(&party.next);
	}
}

static enum err read_nodes(const uint8_t *nodes, size_t n)
{
	uint8_t wire[256];
	struct wr w = wr_into(wire, sizeof(wire));
	struct ratchet_tree t;
	struct span in = { 0 };

	wr_vec(&w, (struct span){ nodes, n });
	CHECK(wr_end(&w, &in) == OK);
	arena_clear(&party.next);
	return ratchet_tree_read(&t, &party.next, party.suite, in);
}

static void wrong_forms_are_refused(void)
{
	/* Blank leaf, parent with key "k": the last node is a parent, which reads. */
	static const uint8_t good[] = { 0, 1, 2, 1, 'k', 0, 0 };
	static const uint8_t blank_last[] = { 0, 1, 2, 1, 'k', 0, 0, 0 };
	static const uint8_t present_two[] = { 0, 2, 2, 1, 'k', 0, 0 };
	static const uint8_t leaf_as_parent[] = { 0, 1, 1, 1, 'k', 0, 0 };
	static const uint8_t parent_as_leaf[] = { 1, 2, 1, 'k', 0, 0 };
	static const uint8_t type_three[] = { 0, 1, 3, 1, 'k', 0, 0 };
	static const uint8_t one_unmerged[] = { 0, 1, 2, 1, 'k', 0, 4, 0, 0, 0, 1 };
	static const uint8_t two_unmerged[] = { 0, 1, 2, 1, 'k', 0, 8, 0, 0, 0, 0, 0, 0, 0, 1 };
	static const uint8_t falling[] = { 0, 1, 2, 1, 'k', 0, 8, 0, 0, 0, 1, 0, 0, 0, 0 };
	static const uint8_t twice[] = { 0, 1, 2, 1, 'k', 0, 8, 0, 0, 0, 1, 0, 0, 0, 1 };
	static const uint8_t outside[] = { 0, 1, 2, 1, 'k', 0, 4, 0, 0, 0, 2 };
	static const uint8_t far_outside[] = { 0, 1, 2, 1, 'k', 0, 4, 0xff, 0xff, 0xff, 0xff };
	static const uint8_t left_outside[] = { 0, 0, 0, 0, 0,   1, 2, 1,
		                                'k', 0, 4, 0, 0, 0, 1 };
	static const uint8_t three_bytes[] = { 0, 1, 2, 1, 'k', 0, 3, 0, 0, 0 };
	static const uint8_t past_the_end[] = { 0, 1, 2, 1, 'k', 0, 9, 0, 0, 0, 0 };

	CHECK(read_nodes(good, sizeof(good)) == OK);
	CHECK(read_nodes(one_unmerged, sizeof(one_unmerged)) == OK);
	CHECK(read_nodes(two_unmerged, sizeof(two_unmerged)) == OK);
	CHECK(read_nodes(good, 0) == ERR_MALFORMED);
	CHECK(read_nodes(blank_last, sizeof(blank_last)) == ERR_MALFORMED);
	CHECK(read_nodes(present_two, sizeof(present_two)) == ERR_MALFORMED);
	CHECK(read_nodes(leaf_as_parent, sizeof(leaf_as_parent)) == ERR_MALFORMED);
	CHECK(read_nodes(parent_as_leaf, sizeof(parent_as_leaf)) == ERR_MALFORMED);
	CHECK(read_nodes(type_three, sizeof(type_three)) == ERR_MALFORMED);
	CHECK(read_nodes(falling, sizeof(falling)) == ERR_MALFORMED);
	CHECK(read_nodes(twice, sizeof(twice)) == ERR_MALFORMED);
	CHECK(read_nodes(outside, sizeof(outside)) == ERR_MALFORMED);
	CHECK(read_nodes(far_outside, sizeof(far_outside)) == ERR_MALFORMED);
	CHECK(read_nodes(left_outside, sizeof(left_outside)) == ERR_MALFORMED);
	CHECK(read_nodes(three_bytes, sizeof(three_bytes)) == ERR_MALFORMED);
	CHECK(read_nodes(past_the_end, sizeof(past_the_end)) == ERR_TRUNCATED);
}

static void a_tree_of_blanks_is_bounded(void)
{
	static uint8_t wire[4 + 3 * TREE_LEAVES_MAX];
	struct wr w = wr_into(wire, sizeof(wire));
	size_t opened = wr_open(&w);
	struct ratchet_tree t;
	struct span in;

	wr_zero(&w, 2 * TREE_LEAVES_MAX + 1);
	wr_close(&w, opened);
	CHECK(wr_end(&w, &in) == OK);

	size_t size = 64 << 20;
	void *block = malloc(size);
	struct arena large = arena_into(block, size), small;

	CHECK(ratchet_tree_read(&t, &large, party.suite, in) == ERR_LIMIT);
	arena_clear(&large);
	CHECK(arena_split(&large, 1 << 20, &small) == OK);
	CHECK(ratchet_tree_read(&t, &small, party.suite, in) == ERR_SPACE);
	free(block);
}

static void a_copy_is_independent(void)
{
	struct ratchet_tree copy;
	struct span before, hash = { 0 };
	uint8_t kept[HASH_MAX];

	some_tree();
	before = written(&party.tree);
	CHECK(ratchet_tree_hash(&party.tree, party.c, &hash) == OK);
	memcpy(kept, hash.p, hash.n);
	CHECK(ratchet_tree_copy(&copy, &party.next, &party.tree) == OK);
	arena_clear(&party.arena); /* zeroes all that the first one had */
	CHECK(span_is_equal(written(&copy), before));
	memset(copy.hashed, 0, tree_width(copy.leaves));
	CHECK(ratchet_tree_hash(&copy, party.c, &hash) == OK);
	CHECK(memcmp(kept, hash.p, hash.n) == 0);
}

/* After anything that changes a tree, the cached hash is what a new reader computes. */
static bool is_hash_current(void)
{
	struct span cached, fresh;
	struct ratchet_tree read;
	size_t mark = arena_mark(&party.next);
	bool same = ratchet_tree_hash(&party.tree, party.c, &cached) == OK &&
	            ratchet_tree_read(&read, &party.next, party.suite,
	                              written(&party.tree)) == OK &&
	            ratchet_tree_hash(&read, party.c, &fresh) == OK &&
	            span_is_equal(cached, fresh);

	arena_release(&party.next, mark);
	return same;
}

static void cached_hashes_follow_every_change(void)
{
	party_init(&party, memory, memory_size, 1, 22);
	for (unsigned who = 1; who < 20; who++) {
		party_add(&party, who);
		CHECK(is_hash_current());
		if (who % 4 == 3) {
			CHECK(party_commit(&party, who, NULL, 0));
			CHECK(is_hash_current());
		}
		if (who % 3 == 2) {
			party_update(&party, who - 1);
			CHECK(is_hash_current());
		}
	}
	for (unsigned who = 19; who > 0; who--) {
		party_remove(&party, who);
		CHECK(is_hash_current());
	}
}

static void the_tree_grows_and_shrinks_with_its_last_member(void)
{
	party_init(&party, memory, memory_size, 1, 23);
	CHECK(party.tree.leaves == 1);
	for (unsigned who = 1; who < 17; who++)
		CHECK(party_add(&party, who) == who);
	CHECK(party.tree.leaves == 32);
	party_remove(&party, 16);
	CHECK(party.tree.leaves == 16);
	for (unsigned who = 8; who < 15; who++)
		party_remove(&party, who);
	CHECK(party.tree.leaves == 16);
	CHECK(ratchet_tree_member_count(&party.tree) == 9);
	CHECK(party_add(&party, 8) == 8); /* the leftmost blank leaf */
	party_remove(&party, 8);
	party_remove(&party, 15);
	CHECK(party.tree.leaves == 8);
	for (unsigned who = 7; who > 0; who--)
		party_remove(&party, who);
	CHECK(party.tree.leaves == 1);
	CHECK(party_add(&party, 1) == 1);
	CHECK(party.tree.leaves == 2);
	/* What the removed half held is gone. */
	for (unsigned who = 2; who < 9; who++)
		party_add(&party, who);
	for (uint32_t i = 9; i < party.tree.leaves; i++)
		CHECK(ratchet_tree_leaf(&party.tree, i) == NULL);
}

static void blank_leaves_are_neither_updated_nor_removed(void)
{
	struct leaf_node leaf;

	some_tree();
	leaf = party_leaf(&party, 30);
	CHECK(ratchet_tree_remove(&party.tree, 5) == ERR_MALFORMED);
	CHECK(ratchet_tree_remove(&party.tree, 8) == ERR_MALFORMED);
	CHECK(ratchet_tree_remove(&party.tree, UINT32_MAX) == ERR_MALFORMED);
	CHECK(ratchet_tree_update(&party.tree, 5, &leaf) == ERR_MALFORMED);
	CHECK(ratchet_tree_update(&party.tree, 1u << 31, &leaf) == ERR_MALFORMED);
	CHECK(ratchet_tree_leaf(&party.tree, UINT32_MAX) == NULL);
}

static void members_are_found_by_their_keys(void)
{
	uint32_t leaf = 99;

	some_tree();
	for (uint32_t i = 0; i < party.tree.leaves; i++) {
		const struct leaf_node *l = ratchet_tree_leaf(&party.tree, i);

		if (l == NULL)
			continue;
		CHECK(ratchet_tree_find_signer(&party.tree, l->signature_key, &leaf));
		CHECK(leaf == i);
		CHECK(ratchet_tree_find_leaf(&party.tree, l->raw, &leaf));
		CHECK(leaf == i);
		CHECK(ratchet_tree_has_key(&party.tree, l->encryption_key));
	}
	CHECK(!ratchet_tree_find_signer(&party.tree, SPAN_STR("nobody"), &leaf));
	CHECK(!ratchet_tree_find_leaf(&party.tree, SPAN_STR("nobody"), &leaf));
	CHECK(!ratchet_tree_has_key(&party.tree, (struct span){ 0 }));
	CHECK(ratchet_tree_has_key(&party.tree, party.tree.nodes[7].parent->encryption_key));
}

/* The promise in ratchet_tree.h and mls.h: a copy of 1000 members in what a block has. */
static void a_thousand_members_fit(void)
{
	enum { members = 1000 };
	size_t size = 8 << 20;
	void *one = malloc(size), *two = malloc(size);
	struct arena a = arena_into(one, size), b = arena_into(two, size);
	struct ratchet_tree t, copy;
	struct span root;
	uint32_t index;

	party_init(&party, memory, memory_size, 1, 24);
	CHECK(ratchet_tree_init(&t, &a, party.suite) == OK);
	for (unsigned i = 0; i < members; i++) {
		struct leaf_node leaf = party_leaf(&party, i % PARTY_MAX);

		CHECK(ratchet_tree_add(&t, &leaf, &index) == OK && index == i);
		arena_clear(&party.scratch);
	}
	CHECK(ratchet_tree_hash(&t, party.c, &root) == OK);
	CHECK(ratchet_tree_copy(&copy, &b, &t) == OK);
	printf("a tree of %d members takes %zu bytes a member\n", members,
	       b.used / members);
	CHECK(b.used / members < 1000);
	free(one);
	free(two);
}

static void the_arithmetic_holds_in_every_tree(void)
{
	for (uint32_t leaves = 1; leaves <= 64; leaves *= 2) {
		for (uint32_t x = 0; x < tree_width(leaves); x++) {
			CHECK(tree_is_in(x, tree_root(leaves)));
			CHECK(tree_is_in(2 * tree_first_leaf(x), x));
			CHECK(tree_is_in(2 * tree_last_leaf(x), x));
			for (uint32_t y = 0; y < tree_width(leaves); y++) {
				uint32_t above = tree_common_ancestor(x, y);
				bool in = y / 2 >= tree_first_leaf(x) &&
				          (y + 1) / 2 <= tree_last_leaf(x);

				CHECK(tree_common_ancestor(y, x) == above);
				CHECK(tree_is_in(x, above) && tree_is_in(y, above));
				CHECK(tree_is_leaf(above) ||
				      !(tree_is_in(x, tree_left(above)) &&
				        tree_is_in(y, tree_left(above))));
				CHECK(tree_is_in(y, x) == (x == y || (in && !tree_is_leaf(x))));
			}
		}
	}
}

int main(void)
{
	memory = malloc(memory_size);
	if (memory == NULL)
		return 1;
	the_arithmetic_holds_in_every_tree();
	reading_what_was_written_gives_the_same_tree();
	every_prefix_is_refused();
	wrong_forms_are_refused();
	a_tree_of_blanks_is_bounded();
	a_copy_is_independent();
	cached_hashes_follow_every_change();
	the_tree_grows_and_shrinks_with_its_last_member();
	blank_leaves_are_neither_updated_nor_removed();
	members_are_found_by_their_keys();
	a_thousand_members_fit();
	free(memory);
	return check_report("ratchet_tree");
}
