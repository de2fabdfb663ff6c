/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/tree_math.h"
#include "tests/vectors/vec.h"

/* Null exactly where there is no such relative, else its index. */
static bool is_entry(struct json *test, const char *key, uint32_t i, bool exists, uint32_t node)
{
	struct json *entry = json_at(json_get(test, key), i);

	return json_is_null(entry) ? !exists : exists && json_uint(entry) == node;
}

void vec_tree_math(struct vec *v, struct json *test)
{
	uint32_t leaves = (uint32_t)json_uint(json_get(test, "n_leaves"));
	uint32_t width = tree_width(leaves), root = tree_root(leaves);

	(void)v;
	CHECK(width == json_uint(json_get(test, "n_nodes")));
	CHECK(root == json_uint(json_get(test, "root")));
	for (uint32_t x = 0; x < width; x++) {
		bool parent = !tree_is_leaf(x), below = x != root;

		CHECK(is_entry(test, "left", x, parent, parent ? tree_left(x) : 0));
		CHECK(is_entry(test, "right", x, parent, parent ? tree_right(x) : 0));
		CHECK(is_entry(test, "parent", x, below, below ? tree_parent(x) : 0));
		CHECK(is_entry(test, "sibling", x, below, below ? tree_sibling(x) : 0));
	}
}
