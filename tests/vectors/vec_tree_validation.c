/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/tree_validate.h"
#include "tests/vectors/vec.h"

static bool resolves_to(struct vec *v, const struct ratchet_tree *t, uint32_t x,
                        struct json *wanted)
{
	struct node_list list;

	if (ratchet_tree_resolution(t, x, &v->arena, &list) != OK ||
	    list.count != json_len(wanted))
		return false;
	for (size_t i = 0; i < list.count; i++)
		if (list.nodes[i] != json_uint(json_at(wanted, i)))
			return false;
	return true;
}

void vec_tree_validation(struct vec *v, struct json *test)
{
	struct json *resolutions = json_get(test, "resolutions");
	struct json *hashes = json_get(test, "tree_hashes");
	struct ratchet_tree t;
	struct span root;

	CHECK(ratchet_tree_read(&t, &v->arena, v->suite, vec_hex(test, "tree")) == OK);
	CHECK(ratchet_tree_hash(&t, v->crypto, &root) == OK);
	CHECK(json_len(resolutions) == tree_width(t.leaves));
	for (uint32_t x = 0; x < tree_width(t.leaves); x++) {
		CHECK(resolves_to(v, &t, x, json_at(resolutions, x)));
		CHECK(span_is_equal(ratchet_tree_hash_of(&t, x), json_hex(json_at(hashes, x))));
	}

	const struct leaf_node_rules rules = {
		.crypto = v->crypto,
		.suite = v->suite,
		.group_id = vec_hex(test, "group_id"),
		.scratch = &v->arena,
	};

	CHECK(ratchet_tree_validate(&t, &rules, &v->arena) == OK);
}
