/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/ratchet_tree.h"

#include <string.h>

/* A node changed: no hash above it holds any more. */
static void touch(struct ratchet_tree *t, uint32_t node)
{
	uint32_t root = tree_root(t->leaves);

	t->hashed[node] = false;
	while (node != root) {
		node = tree_parent(node);
		t->hashed[node] = false;
	}
}

/* Arrays for so many leaves; the nodes that were there stay where they are. */
static enum err resize(struct ratchet_tree *t, uint32_t leaves)
{
	size_t hash = hash_len(t->suite->hash), width = tree_width(leaves);
	size_t kept = t->leaves == 0 ? 0 : tree_width(t->leaves);

	if (leaves > TREE_LEAVES_MAX)
		return ERR_LIMIT;

	union tree_node *nodes = arena_array(t->arena, sizeof(*nodes), width);
	uint8_t *hashes = arena_array(t->arena, hash, width);
	bool *hashed = arena_array(t->arena, sizeof(*hashed), width);

	if (nodes == NULL || hashes == NULL || hashed == NULL)
		return ERR_SPACE;
	if (kept != 0) {
		memcpy(nodes, t->nodes, kept * sizeof(*nodes));
		memcpy(hashes, t->hashes, kept * hash);
		memcpy(hashed, t->hashed, kept * sizeof(*hashed));
	}
	t->nodes = nodes;
	t->hashes = hashes;
	t->hashed = hashed;
	t->leaves = leaves;
	return OK;
}

enum err ratchet_tree_init(struct ratchet_tree *t, struct arena *a,
                           const struct mls_suite *suite)
{
	*t = (struct ratchet_tree){ .arena = a, .suite = suite };
	return resize(t, 1);
}

enum err ratchet_tree_extend(struct ratchet_tree *t)
{
	return resize(t, 2 * t->leaves);
}

/* RFC 9420 7.7: halves, as long as the right half has no member. */
static void truncate(struct ratchet_tree *t)
{
	uint32_t last = t->leaves - 1;

	while (last > 0 && t->nodes[2 * last].leaf == NULL)
		last--;
	while (t->leaves > 1 && last < t->leaves / 2)
		t->leaves /= 2;
}

static enum err parent_copy(struct arena *a, const struct parent_node *in,
                            struct parent_node **out)
{
	struct parent_node *p = arena_alloc(a, sizeof(*p));
	struct span unmerged = { in->unmerged, 4 * (size_t)in->unmerged_count }, copied;

	if (p == NULL)
		return ERR_SPACE;
	TRY(arena_dup(a, in->encryption_key, &p->encryption_key));
	TRY(arena_dup(a, in->parent_hash, &p->parent_hash));
	TRY(arena_dup(a, unmerged, &copied));
	p->unmerged = (uint8_t *)(uintptr_t)copied.p; /* the copy is ours */
	p->unmerged_count = p->unmerged_cap = in->unmerged_count;
	*out = p;
	return OK;
}

static enum err leaf_copy(struct arena *a, const struct leaf_node *in, struct leaf_node **out)
{
	struct leaf_node *leaf = arena_alloc(a, sizeof(*leaf));

	if (leaf == NULL)
		return ERR_SPACE;
	TRY(leaf_node_copy(a, in, leaf));
	*out = leaf;
	return OK;
}

enum err ratchet_tree_copy(struct ratchet_tree *out, struct arena *a,
                           const struct ratchet_tree *in)
{
	struct ratchet_tree t = { .arena = a, .suite = in->suite };
	size_t width = tree_width(in->leaves);

	TRY(resize(&t, in->leaves));
	memcpy(t.hashes, in->hashes, width * hash_len(t.suite->hash));
	memcpy(t.hashed, in->hashed, width * sizeof(*t.hashed));
	for (uint32_t x = 0; x < width; x++) {
		if (in->nodes[x].any == NULL)
			continue;
		if (tree_is_leaf(x))
			TRY(leaf_copy(a, in->nodes[x].leaf, &t.nodes[x].leaf));
		else
			TRY(parent_copy(a, in->nodes[x].parent, &t.nodes[x].parent));
	}
	*out = t;
	return OK;
}

const struct leaf_node *ratchet_tree_leaf(const struct ratchet_tree *t, uint32_t leaf)
{
	return leaf < t->leaves ? t->nodes[2 * leaf].leaf : NULL;
}

uint32_t ratchet_tree_member_count(const struct ratchet_tree *t)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < t->leaves; i++)
		n += t->nodes[2 * i].leaf != NULL;
	return n;
}

bool ratchet_tree_find_signer(const struct ratchet_tree *t, struct span signature_key,
                              uint32_t *leaf)
{
	for (uint32_t i = 0; i < t->leaves; i++) {
		const struct leaf_node *l = t->nodes[2 * i].leaf;

		if (l == NULL || !span_is_equal(l->signature_key, signature_key))
			continue;
		*leaf = i;
		return true;
	}
	return false;
}

bool ratchet_tree_find_leaf(const struct ratchet_tree *t, struct span raw, uint32_t *leaf)
{
	for (uint32_t i = 0; i < t->leaves; i++) {
		const struct leaf_node *l = t->nodes[2 * i].leaf;

		if (l == NULL || !span_is_equal(l->raw, raw))
			continue;
		*leaf = i;
		return true;
	}
	return false;
}

struct span ratchet_tree_key(const struct ratchet_tree *t, uint32_t node)
{
	if (t->nodes[node].any == NULL)
		return (struct span){ 0 };
	return tree_is_leaf(node) ? t->nodes[node].leaf->encryption_key
	                          : t->nodes[node].parent->encryption_key;
}

bool ratchet_tree_has_key(const struct ratchet_tree *t, struct span encryption_key)
{
	for (uint32_t x = 0; x < tree_width(t->leaves); x++)
		if (t->nodes[x].any != NULL &&
		    span_is_equal(ratchet_tree_key(t, x), encryption_key))
			return true;
	return false;
}

void ratchet_tree_blank_path(struct ratchet_tree *t, uint32_t index)
{
	uint32_t root = tree_root(t->leaves);

	touch(t, 2 * index);
	for (uint32_t x = 2 * index; x != root;) {
		x = tree_parent(x);
		t->nodes[x].parent = NULL;
	}
}

enum err ratchet_tree_set_leaf(struct ratchet_tree *t, uint32_t index,
                               const struct leaf_node *leaf)
{
	if (index >= t->leaves)
		return ERR_MALFORMED;
	TRY(leaf_copy(t->arena, leaf, &t->nodes[2 * index].leaf));
	touch(t, 2 * index);
	return OK;
}

enum err ratchet_tree_set_parent(struct ratchet_tree *t, uint32_t node,
                                 struct span encryption_key, struct span parent_hash)
{
	struct parent_node p = { .encryption_key = encryption_key,
		                 .parent_hash = parent_hash };

	TRY(parent_copy(t->arena, &p, &t->nodes[node].parent));
	touch(t, node);
	return OK;
}

enum err ratchet_tree_free_leaf(struct ratchet_tree *t, uint32_t *index)
{
	uint32_t i = 0;

	while (i < t->leaves && t->nodes[2 * i].leaf != NULL)
		i++;
	if (i == t->leaves)
		TRY(ratchet_tree_extend(t));
	*index = i;
	return OK;
}

enum err ratchet_tree_add(struct ratchet_tree *t, const struct leaf_node *leaf, uint32_t *index)
{
	uint32_t i;

	TRY(ratchet_tree_free_leaf(t, &i));
	/* RFC 9420 12.1.1: unmerged at every node above that has a key. */
	for (uint32_t x = 2 * i, root = tree_root(t->leaves); x != root;) {
		x = tree_parent(x);
		if (t->nodes[x].parent != NULL)
			TRY(parent_node_add_unmerged(t->nodes[x].parent, t->arena, i));
	}
	TRY(ratchet_tree_set_leaf(t, i, leaf));
	*index = i;
	return OK;
}

enum err ratchet_tree_update(struct ratchet_tree *t, uint32_t index,
                             const struct leaf_node *leaf)
{
	if (ratchet_tree_leaf(t, index) == NULL)
		return ERR_MALFORMED;
	TRY(ratchet_tree_set_leaf(t, index, leaf));
	ratchet_tree_blank_path(t, index);
	return OK;
}

enum err ratchet_tree_remove(struct ratchet_tree *t, uint32_t index)
{
	if (ratchet_tree_leaf(t, index) == NULL)
		return ERR_MALFORMED;
	t->nodes[2 * index].leaf = NULL;
	ratchet_tree_blank_path(t, index);
	truncate(t);
	return OK;
}
