/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/key_package.h"
#include "sealed/mls/tree_hash.h"
#include "tests/vectors/vec.h"

enum { ADD = 1, UPDATE = 2, REMOVE = 3 };

static enum err apply(struct vec *v, struct ratchet_tree *t, struct span proposal,
                      uint32_t sender)
{
	struct rd r = rd_from(proposal);
	uint64_t type = rd_uint(&r, 2);
	struct leaf_node leaf;
	struct key_package kp;
	uint32_t index;

	switch (type) {
	case ADD:
		TRY(key_package_read(&r, &v->arena, &kp));
		TRY(rd_end(&r));
		return ratchet_tree_add(t, &kp.leaf, &index);
	case UPDATE:
		TRY(leaf_node_read(&r, &v->arena, &leaf));
		TRY(rd_end(&r));
		return ratchet_tree_update(t, sender, &leaf);
	case REMOVE:
		index = (uint32_t)rd_uint(&r, 4);
		TRY(rd_end(&r));
		return ratchet_tree_remove(t, index);
	default:
		return ERR_MALFORMED;
	}
}

static bool writes_as(struct vec *v, const struct ratchet_tree *t, struct span wanted)
{
	size_t cap = ratchet_tree_write_bound(t);
	struct wr w = wr_into(arena_alloc(&v->arena, cap), cap);
	struct span out;

	ratchet_tree_write(&w, t);
	return wr_end(&w, &out) == OK && span_is_equal(out, wanted);
}

void vec_tree_operations(struct vec *v, struct json *test)
{
	struct ratchet_tree before, after;
	struct span hash;

	CHECK(ratchet_tree_read(&before, &v->arena, v->suite, vec_hex(test, "tree_before")) ==
	      OK);
	CHECK(ratchet_tree_hash(&before, v->crypto, &hash) == OK);
	CHECK(span_is_equal(hash, vec_hex(test, "tree_hash_before")));
	CHECK(ratchet_tree_copy(&after, &v->arena, &before) == OK);
	CHECK(apply(v, &after, vec_hex(test, "proposal"),
	            (uint32_t)json_uint(json_get(test, "proposal_sender"))) == OK);
	CHECK(writes_as(v, &after, vec_hex(test, "tree_after")));
	CHECK(ratchet_tree_hash(&after, v->crypto, &hash) == OK);
	CHECK(span_is_equal(hash, vec_hex(test, "tree_hash_after")));
	/* The copy was changed, not what it was copied from. */
	CHECK(writes_as(v, &before, vec_hex(test, "tree_before")));
}
