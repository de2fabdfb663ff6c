/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "sealed/crypto/crypto_openssl.h"
#include "sealed/mls/tree_validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { arena_size = 8 << 20 };

static void must_be(bool holds)
{
	if (!holds)
		__builtin_trap();
}

/* Properties: a tree that reads writes back to the very same bytes, its copy too; no tree,
 * however wrong, makes validation or the walks over it crash; a tree that validates, and
 * whose first member leaves, is still sound. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t *memory, out[1 << 20];
	struct arena all, a, scratch;
	struct ratchet_tree t, copy;
	struct span wire, root;
	struct wr w = wr_into(out, sizeof(out));
	uint32_t path[TREE_DEPTH_MAX];

	if (memory == NULL)
		memory = malloc(3 * (arena_size + 64));
	if (memory == NULL || size > sizeof(out))
		return 0;
	all = arena_into(memory, 3 * (arena_size + 64));
	must_be(arena_split(&all, 2 * arena_size, &a) == OK);
	must_be(arena_split(&all, arena_size, &scratch) == OK);

	const struct leaf_node_rules rules = {
		.crypto = crypto_openssl(),
		.suite = mls_suite_from(1),
		.group_id = SPAN_STR("fuzz"),
		.scratch = &scratch,
	};

	if (ratchet_tree_read(&t, &a, rules.suite, (struct span){ data, size }) != OK)
		return 0;
	if (ratchet_tree_copy(&copy, &a, &t) != OK)
		return 0;
	ratchet_tree_write(&w, &copy);
	must_be(wr_end(&w, &wire) == OK);
	must_be(span_is_equal(wire, (struct span){ data, size }));
	must_be(wire.n <= ratchet_tree_write_bound(&t));

	for (uint32_t i = 0; i < t.leaves && i < 64; i++)
		ratchet_tree_filtered_path(&t, i, path);

	enum err valid = ratchet_tree_validate(&t, &rules, &scratch);

	if (ratchet_tree_hash(&t, rules.crypto, &root) != OK)
		return 0;
	if (ratchet_tree_leaf(&t, 0) != NULL && ratchet_tree_member_count(&t) > 1) {
		must_be(ratchet_tree_remove(&t, 0) == OK);
		if (valid == OK)
			must_be(ratchet_tree_validate(&t, &rules, &scratch) == OK);
	}
	return 0;
}
