/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/ratchet_tree.h"

/* A ratchet tree on the wire, RFC 9420 12.4.3.3:
 *
 *   struct {
 *       NodeType node_type;                       leaf(1), parent(2)
 *       select (Node.node_type) {
 *           case leaf:   LeafNode leaf_node;
 *           case parent: ParentNode parent_node;
 *       };
 *   } Node;
 *   optional<Node> ratchet_tree<V>;                                            */

/* 7.1: sorted in increasing order, so none twice; and below their node, so that whatever
 * walks the list stays inside the tree. */
static enum err unmerged_check(const struct parent_node *p, uint32_t x)
{
	uint32_t n = p->unmerged_count;

	for (uint32_t i = 1; i < n; i++)
		if (parent_node_unmerged(p, i - 1) >= parent_node_unmerged(p, i))
			return ERR_MALFORMED;
	if (n != 0 && (parent_node_unmerged(p, 0) < tree_first_leaf(x) ||
	               parent_node_unmerged(p, n - 1) > tree_last_leaf(x)))
		return ERR_MALFORMED;
	return OK;
}

static enum err parent_read(struct rd *r, struct arena *a, uint32_t x, struct parent_node **out)
{
	struct parent_node *p = arena_alloc(a, sizeof(*p));

	if (p == NULL)
		return ERR_SPACE;
	p->encryption_key = rd_vec(r);
	p->parent_hash = rd_vec(r);

	struct span unmerged = rd_vec(r);

	if (unmerged.n % 4 != 0)
		rd_fail(r, ERR_MALFORMED);
	if (r->err != OK)
		return r->err;
	/* What was read was copied into this arena before: it is ours to change, but there
	 * is no room after it, which cap says. */
	p->unmerged = (uint8_t *)(uintptr_t)unmerged.p;
	p->unmerged_count = p->unmerged_cap = (uint32_t)(unmerged.n / 4);
	TRY(unmerged_check(p, x));
	*out = p;
	return OK;
}

static enum err leaf_read(struct rd *r, struct arena *a, struct leaf_node **out)
{
	struct leaf_node *leaf = arena_alloc(a, sizeof(*leaf));

	if (leaf == NULL)
		return ERR_SPACE;
	TRY(leaf_node_read(r, a, leaf));
	*out = leaf;
	return OK;
}

static enum err node_read(struct rd *r, struct ratchet_tree *t, uint32_t x)
{
	uint64_t present = rd_uint(r, 1);

	if (present == 0 || r->err != OK)
		return r->err;

	uint64_t type = rd_uint(r, 1);

	if (r->err != OK)
		return r->err;
	/* The type says nothing that the place does not: leaves are at even indices. */
	if (present != 1 || type != (tree_is_leaf(x) ? 1 : 2))
		return ERR_MALFORMED;
	if (tree_is_leaf(x))
		return leaf_read(r, t->arena, &t->nodes[x].leaf);
	return parent_read(r, t->arena, x, &t->nodes[x].parent);
}

enum err ratchet_tree_read(struct ratchet_tree *t, struct arena *a,
                           const struct mls_suite *suite, struct span in)
{
	struct ratchet_tree tree;
	struct span copied;
	uint32_t x = 0;

	TRY(arena_dup(a, in, &copied));
	TRY(ratchet_tree_init(&tree, a, suite));

	struct rd r = rd_from(copied), list = rd_child(&r);

	for (; rd_more(&list); x++) {
		if (x == tree_width(tree.leaves))
			TRY(ratchet_tree_extend(&tree));
		TRY(node_read(&list, &tree, x));
	}
	rd_join(&r, &list);
	TRY(rd_end(&r));
	/* 12.4.3.3: the last node is not blank. Else one tree had many encodings. */
	if (x == 0 || tree.nodes[x - 1].any == NULL)
		return ERR_MALFORMED;
	*t = tree;
	return OK;
}

static void node_write(struct wr *w, const struct ratchet_tree *t, uint32_t x)
{
	const struct parent_node *p;

	wr_uint(w, 1, t->nodes[x].any != NULL);
	if (t->nodes[x].any == NULL)
		return;
	wr_uint(w, 1, tree_is_leaf(x) ? 1 : 2);
	if (tree_is_leaf(x)) {
		wr_bytes(w, t->nodes[x].leaf->raw);
		return;
	}
	p = t->nodes[x].parent;
	wr_vec(w, p->encryption_key);
	wr_vec(w, p->parent_hash);
	wr_vec(w, (struct span){ p->unmerged, 4 * (size_t)p->unmerged_count });
}

void ratchet_tree_write(struct wr *w, const struct ratchet_tree *t)
{
	uint32_t width = tree_width(t->leaves);
	size_t opened = wr_open(w);

	while (width > 0 && t->nodes[width - 1].any == NULL)
		width--;
	for (uint32_t x = 0; x < width; x++)
		node_write(w, t, x);
	wr_close(w, opened);
}

size_t ratchet_tree_write_bound(const struct ratchet_tree *t)
{
	size_t n = 4; /* the longest vector header */

	for (uint32_t x = 0; x < tree_width(t->leaves); x++) {
		n += 2;
		if (t->nodes[x].any == NULL)
			continue;
		if (tree_is_leaf(x)) {
			n += t->nodes[x].leaf->raw.n;
		} else {
			const struct parent_node *p = t->nodes[x].parent;

			n += 3 * 4 + p->encryption_key.n + p->parent_hash.n +
			     4 * (size_t)p->unmerged_count;
		}
	}
	return n;
}
