/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/tree_validate.h"

#include <string.h>

/* RFC 9420 7.3: a type must be known to all; more in one group serve nobody. */
enum { CREDENTIAL_TYPES_MAX = 16 };

/* The parent_hash field of a node that is not blank; a leaf has one after a commit. */
static struct span parent_hash_field(const struct ratchet_tree *t, uint32_t x)
{
	const struct leaf_node *leaf;

	if (!tree_is_leaf(x))
		return t->nodes[x].parent->parent_hash;
	leaf = t->nodes[x].leaf;
	if (leaf == NULL || leaf->source != LEAF_NODE_COMMIT)
		return (struct span){ 0 };
	return leaf->parent_hash;
}

/* 7.9.2: is the resolution, without d, what is unmerged at p below child c? */
static bool is_rest_unmerged(const struct node_list *resolution, uint32_t d,
                             const struct parent_node *p, uint32_t c)
{
	uint32_t i = parent_node_unmerged_from(p, tree_first_leaf(c));
	uint32_t end = parent_node_unmerged_from(p, tree_last_leaf(c) + 1);

	if (resolution->count != (size_t)(end - i) + 1)
		return false;
	for (size_t k = 0; k < resolution->count; k++) {
		if (resolution->nodes[k] == d)
			continue;
		if (i == end || resolution->nodes[k] != 2 * parent_node_unmerged(p, i++))
			return false;
	}
	return true;
}

/* How many nodes below child c (s being the other one) have a parent hash that is valid
 * with respect to p. */
static enum err count_children(const struct ratchet_tree *t, const struct crypto *c_,
                               uint32_t p, uint32_t c, uint32_t s, struct arena *scratch,
                               unsigned *count)
{
	uint8_t hash[HASH_MAX];
	const struct span expected = { hash, hash_len(t->suite->hash) };
	struct node_list resolution;

	TRY(ratchet_tree_parent_hash(t, c_, p, s, scratch, hash));
	TRY(ratchet_tree_resolution(t, c, scratch, &resolution));
	for (size_t i = 0; i < resolution.count; i++) {
		uint32_t d = resolution.nodes[i];

		if (span_is_equal(parent_hash_field(t, d), expected) &&
		    is_rest_unmerged(&resolution, d, t->nodes[p].parent, c))
			++*count;
	}
	return OK;
}

enum err tree_check_parent_hashes(struct ratchet_tree *t, const struct crypto *c,
                                  struct arena *scratch)
{
	struct span root;

	TRY(ratchet_tree_hash(t, c, &root));
	for (uint32_t p = 1; p < tree_width(t->leaves); p += 2) {
		size_t mark = arena_mark(scratch);
		uint32_t l = tree_left(p), r = tree_right(p);
		unsigned count = 0;

		if (t->nodes[p].parent == NULL)
			continue;
		TRY(count_children(t, c, p, l, r, scratch, &count));
		TRY(count_children(t, c, p, r, l, scratch, &count));
		arena_release(scratch, mark);
		/* Exactly one chain: a node nobody vouches for was put there by somebody
		 * who may hold its key without being below it. */
		if (count != 1)
			return ERR_AUTH;
	}
	return OK;
}

enum err tree_check_unmerged(const struct ratchet_tree *t)
{
	for (uint32_t p = 1; p < tree_width(t->leaves); p += 2) {
		const struct parent_node *parent = t->nodes[p].parent;

		for (uint32_t i = 0; parent != NULL && i < parent->unmerged_count; i++) {
			uint32_t leaf = parent_node_unmerged(parent, i);

			if (ratchet_tree_leaf(t, leaf) == NULL)
				return ERR_MALFORMED;
			for (uint32_t x = tree_parent(2 * leaf); x != p; x = tree_parent(x))
				if (t->nodes[x].parent != NULL &&
				    !parent_node_has_unmerged(t->nodes[x].parent, leaf))
					return ERR_MALFORMED;
		}
	}
	return OK;
}

static int span_compare(struct span a, struct span b)
{
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return a.n == 0 ? 0 : memcmp(a.p, b.p, a.n);
}

static void sift_down(struct span *heap, size_t root, size_t n)
{
	for (size_t child; (child = 2 * root + 1) < n; root = child) {
		if (child + 1 < n && span_compare(heap[child], heap[child + 1]) < 0)
			child++;
		if (span_compare(heap[root], heap[child]) >= 0)
			return;

		struct span swap = heap[root];

		heap[root] = heap[child];
		heap[child] = swap;
	}
}

/* Heap sort: no member can choose keys that make it slow, as they could a hash table. */
static bool has_duplicate(struct span *keys, size_t n)
{
	for (size_t i = n / 2; i-- > 0;)
		sift_down(keys, i, n);
	for (size_t end = n; end-- > 1;) {
		struct span largest = keys[0];

		keys[0] = keys[end];
		keys[end] = largest;
		sift_down(keys, 0, end);
	}
	for (size_t i = 1; i < n; i++)
		if (span_is_equal(keys[i - 1], keys[i]))
			return true;
	return false;
}

enum err tree_check_keys(const struct ratchet_tree *t, struct arena *scratch)
{
	uint32_t width = tree_width(t->leaves);
	size_t mark = arena_mark(scratch), n = 0, signers = 0;
	struct span *keys = arena_array(scratch, sizeof(*keys), width);
	struct span *signature_keys = arena_array(scratch, sizeof(*keys), t->leaves);
	bool twice;

	if (keys == NULL || signature_keys == NULL)
		return ERR_SPACE;
	for (uint32_t x = 0; x < width; x++) {
		if (t->nodes[x].any == NULL)
			continue;
		keys[n++] = ratchet_tree_key(t, x);
		if (tree_is_leaf(x))
			signature_keys[signers++] = t->nodes[x].leaf->signature_key;
	}
	twice = has_duplicate(keys, n) || has_duplicate(signature_keys, signers);
	arena_release(scratch, mark);
	return twice ? ERR_MALFORMED : OK;
}

enum err tree_check_leaves(const struct ratchet_tree *t, const struct leaf_node_rules *rules)
{
	for (uint32_t i = 0; i < t->leaves; i++) {
		const struct leaf_node *leaf = ratchet_tree_leaf(t, i);

		if (leaf != NULL)
			TRY(leaf_node_validate(rules, leaf, i, 0));
	}
	return OK;
}

/* The credential types that members present; ERR_LIMIT: too many. */
static enum err credential_types(const struct ratchet_tree *t, uint16_t *types, size_t *count)
{
	size_t n = 0;

	for (uint32_t i = 0; i < t->leaves; i++) {
		const struct leaf_node *leaf = ratchet_tree_leaf(t, i);
		size_t k = 0;

		while (leaf != NULL && k < n && types[k] != leaf->credential.type)
			k++;
		if (leaf == NULL || k < n)
			continue;
		if (n == CREDENTIAL_TYPES_MAX)
			return ERR_LIMIT;
		types[n++] = leaf->credential.type;
	}
	*count = n;
	return OK;
}

enum err tree_check_capabilities(const struct ratchet_tree *t,
                                 struct extension_list group_extensions)
{
	uint16_t types[CREDENTIAL_TYPES_MAX];
	size_t count;

	TRY(credential_types(t, types, &count));
	for (uint32_t i = 0; i < t->leaves; i++) {
		const struct leaf_node *leaf = ratchet_tree_leaf(t, i);

		if (leaf == NULL)
			continue;
		for (size_t k = 0; k < count; k++)
			if (!capabilities_has_credential(&leaf->capabilities, types[k]))
				return ERR_MALFORMED;
		if (!leaf_node_supports(leaf, group_extensions))
			return ERR_MALFORMED;
	}
	return OK;
}

enum err ratchet_tree_check(const struct ratchet_tree *t,
                            struct extension_list group_extensions, struct arena *scratch)
{
	TRY(tree_check_keys(t, scratch));
	return tree_check_capabilities(t, group_extensions);
}

enum err ratchet_tree_validate(struct ratchet_tree *t, const struct leaf_node_rules *rules,
                               struct arena *scratch)
{
	/* What is cheap first: signatures are checked in trees that are otherwise sound. */
	TRY(tree_check_unmerged(t));
	TRY(ratchet_tree_check(t, rules->group_extensions, scratch));
	TRY(tree_check_parent_hashes(t, rules->crypto, scratch));
	return tree_check_leaves(t, rules);
}
