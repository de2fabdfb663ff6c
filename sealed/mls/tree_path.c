/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/ratchet_tree.h"

#include <string.h>

/* The unmerged leaves of a parent node: a sorted list that is kept as it is written. */

uint32_t parent_node_unmerged(const struct parent_node *p, uint32_t i)
{
	const uint8_t *b = p->unmerged + 4 * (size_t)i;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* The first entry that is not below `leaf`. */
uint32_t parent_node_unmerged_from(const struct parent_node *p, uint32_t leaf)
{
	uint32_t low = 0, high = p->unmerged_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (parent_node_unmerged(p, mid) < leaf)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool parent_node_has_unmerged(const struct parent_node *p, uint32_t leaf)
{
	uint32_t i = parent_node_unmerged_from(p, leaf);

	return i < p->unmerged_count && parent_node_unmerged(p, i) == leaf;
}

enum err parent_node_add_unmerged(struct parent_node *p, struct arena *a, uint32_t leaf)
{
	uint32_t at = parent_node_unmerged_from(p, leaf);

	if (p->unmerged_count == p->unmerged_cap) {
		uint32_t cap = p->unmerged_cap < 4 ? 4 : 2 * p->unmerged_cap;
		uint8_t *grown = arena_array(a, 4, cap);

		if (grown == NULL)
			return ERR_SPACE;
		if (p->unmerged_count != 0)
			memcpy(grown, p->unmerged, 4 * (size_t)p->unmerged_count);
		p->unmerged = grown;
		p->unmerged_cap = cap;
	}

	uint8_t *slot = p->unmerged + 4 * (size_t)at;
	struct wr w = wr_into(slot, 4);

	memmove(slot + 4, slot, 4 * (size_t)(p->unmerged_count - at));
	wr_uint(&w, 4, leaf);
	p->unmerged_count++;
	return OK;
}

bool ratchet_tree_is_empty_below(const struct ratchet_tree *t, uint32_t node)
{
	uint32_t first = node + 1 - (1u << tree_level(node));
	uint32_t last = node - 1 + (1u << tree_level(node));

	for (uint32_t x = first; x <= last; x++)
		if (t->nodes[x].any != NULL)
			return false;
	return true;
}

size_t ratchet_tree_filtered_path(const struct ratchet_tree *t, uint32_t leaf, uint32_t *nodes)
{
	uint32_t root = tree_root(t->leaves);
	size_t n = 0;

	for (uint32_t x = 2 * leaf; x != root; x = tree_parent(x))
		if (!ratchet_tree_is_empty_below(t, tree_sibling(x)))
			nodes[n++] = tree_parent(x);
	return n;
}

/* Appends the resolution of the subtree; `list` has room for all that it can hold. */
static void resolve(const struct ratchet_tree *t, uint32_t node, uint32_t *list, size_t *n)
{
	if (tree_is_leaf(node)) {
		if (t->nodes[node].leaf != NULL)
			list[(*n)++] = node;
		return;
	}

	const struct parent_node *p = t->nodes[node].parent;

	if (p == NULL) {
		resolve(t, tree_left(node), list, n); /* TREE_DEPTH_MAX deep at most */
		resolve(t, tree_right(node), list, n);
		return;
	}
	list[(*n)++] = node;
	for (uint32_t i = 0; i < p->unmerged_count; i++)
		list[(*n)++] = 2 * parent_node_unmerged(p, i);
}

/* How long it is: the same walk. */
static size_t resolution_len(const struct ratchet_tree *t, uint32_t node)
{
	if (t->nodes[node].any != NULL)
		return tree_is_leaf(node) ? 1 : 1 + t->nodes[node].parent->unmerged_count;
	if (tree_is_leaf(node))
		return 0;
	return resolution_len(t, tree_left(node)) + resolution_len(t, tree_right(node));
}

enum err ratchet_tree_resolution(const struct ratchet_tree *t, uint32_t node, struct arena *a,
                                 struct node_list *out)
{
	uint32_t *list = arena_array(a, sizeof(*list), resolution_len(t, node));
	size_t n = 0;

	if (list == NULL)
		return ERR_SPACE;
	resolve(t, node, list, &n);
	*out = (struct node_list){ list, n };
	return OK;
}
