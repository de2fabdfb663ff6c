/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/tree_hash.h"

#include <string.h>

/* RFC 9420 7.8:
 *
 *   struct { NodeType type = leaf(1);   uint32 leaf_index; optional<LeafNode> leaf_node; }
 *   struct { NodeType type = parent(2); optional<ParentNode> parent_node;
 *            opaque left_hash<V>; opaque right_hash<V>; }
 *
 * What is hashed is handed over as parts, so that nothing is copied. */

enum { PREFIX_MAX = 6, LENGTH_MAX = 4 };

/* The length that stands before a vector of n bytes. */
static struct span vector_len(uint8_t buf[LENGTH_MAX], size_t n)
{
	struct wr w = wr_into(buf, LENGTH_MAX);
	struct span out = { buf, 0 };

	wr_varint(&w, n); /* what was read from a vector fits one */
	return wr_end(&w, &out) == OK ? out : (struct span){ buf, 0 };
}

static enum err hash_leaf(const struct crypto *c, enum hash_alg alg, uint32_t x,
                          const struct leaf_node *leaf, uint8_t *out)
{
	uint8_t prefix[PREFIX_MAX];
	struct wr w = wr_into(prefix, sizeof(prefix));
	struct span parts[2] = { { 0 } };

	wr_uint(&w, 1, 1);
	wr_uint(&w, 4, x / 2);
	wr_uint(&w, 1, leaf != NULL);
	TRY(wr_end(&w, &parts[0]));
	if (leaf != NULL)
		parts[1] = leaf->raw;
	return crypto_hash_parts(c, alg, parts, ARRAY_LEN(parts), out);
}

static enum err hash_parent(const struct crypto *c, enum hash_alg alg,
                                  const struct parent_node *p, struct span unmerged,
                                  const uint8_t *left, const uint8_t *right, uint8_t *out)
{
	uint8_t prefix[2] = { 2, p != NULL }, lens[5][LENGTH_MAX];
	size_t n = hash_len(alg), count = 1;
	struct span parts[11] = { SPAN(prefix) };

	if (p != NULL) {
		parts[1] = vector_len(lens[0], p->encryption_key.n);
		parts[2] = p->encryption_key;
		parts[3] = vector_len(lens[1], p->parent_hash.n);
		parts[4] = p->parent_hash;
		parts[5] = vector_len(lens[2], unmerged.n);
		parts[6] = unmerged;
		count = 7;
	}
	parts[count++] = vector_len(lens[3], n);
	parts[count++] = (struct span){ left, n };
	parts[count++] = vector_len(lens[4], n);
	parts[count++] = (struct span){ right, n };
	return crypto_hash_parts(c, alg, parts, count, out);
}

static struct span unmerged_of(const struct parent_node *p)
{
	if (p == NULL)
		return (struct span){ 0 };
	return (struct span){ p->unmerged, 4 * (size_t)p->unmerged_count };
}

static enum err hash_node(struct ratchet_tree *t, const struct crypto *c, uint32_t x)
{
	enum hash_alg alg = t->suite->hash;
	size_t n = hash_len(alg);
	uint8_t *out = t->hashes + n * x;

	if (tree_is_leaf(x))
		return hash_leaf(c, alg, x, t->nodes[x].leaf, out);
	return hash_parent(c, alg, t->nodes[x].parent, unmerged_of(t->nodes[x].parent),
	                         t->hashes + n * tree_left(x), t->hashes + n * tree_right(x),
	                         out);
}

enum err ratchet_tree_hash(struct ratchet_tree *t, const struct crypto *c, struct span *out)
{
	uint32_t width = tree_width(t->leaves);

	/* Level by level, so that children come before their parents. */
	for (uint32_t first = 0; first < width; first = 2 * first + 1)
		for (uint32_t x = first; x < width; x += 2 * (first + 1)) {
			if (t->hashed[x])
				continue;
			TRY(hash_node(t, c, x));
			t->hashed[x] = true;
		}
	*out = ratchet_tree_hash_of(t, tree_root(t->leaves));
	return OK;
}

struct span ratchet_tree_hash_of(const struct ratchet_tree *t, uint32_t node)
{
	size_t n = hash_len(t->suite->hash);

	return (struct span){ t->hashes + n * node, n };
}

/* The entries of an ordered list of unmerged leaves that lie below node x. */
static struct span within(const struct parent_node *p, uint32_t x)
{
	uint32_t from = parent_node_unmerged_from(p, tree_first_leaf(x));
	uint32_t to = parent_node_unmerged_from(p, tree_last_leaf(x) + 1);

	return (struct span){ p->unmerged + 4 * (size_t)from, 4 * (size_t)(to - from) };
}

/* p's unmerged leaves, without those that are unmerged at `gone`. */
static enum err without(const struct parent_node *p, const struct parent_node *gone,
                        struct arena *scratch, struct span *out)
{
	uint8_t *kept = arena_alloc(scratch, 4 * (size_t)p->unmerged_count);
	struct wr w = wr_into(kept, 4 * (size_t)p->unmerged_count);

	if (kept == NULL)
		return ERR_SPACE;
	for (uint32_t i = 0; i < p->unmerged_count; i++) {
		uint32_t leaf = parent_node_unmerged(p, i);

		if (!parent_node_has_unmerged(gone, leaf))
			wr_uint(&w, 4, leaf);
	}
	return wr_end(&w, out);
}

/* The tree hash of x as it was before the leaves unmerged at p came (7.9). Only the
 * paths to such leaves are hashed anew: depth TREE_DEPTH_MAX at most. */
static enum err original_hash(const struct ratchet_tree *t, const struct crypto *c, uint32_t x,
                              const struct parent_node *p, struct arena *scratch, uint8_t *out)
{
	enum hash_alg alg = t->suite->hash;
	uint8_t left[HASH_MAX], right[HASH_MAX];
	const struct parent_node *node;
	size_t mark = arena_mark(scratch);
	struct span unmerged = { 0 };

	if (within(p, x).n == 0) {
		memcpy(out, ratchet_tree_hash_of(t, x).p, hash_len(alg));
		return OK;
	}
	if (tree_is_leaf(x))
		return hash_leaf(c, alg, x, NULL, out);
	node = t->nodes[x].parent;
	TRY(original_hash(t, c, tree_left(x), p, scratch, left));
	TRY(original_hash(t, c, tree_right(x), p, scratch, right));
	if (node != NULL)
		TRY(without(node, p, scratch, &unmerged));

	enum err err = hash_parent(c, alg, node, unmerged, left, right, out);

	arena_release(scratch, mark);
	return err;
}

/*   struct {
 *       HPKEPublicKey encryption_key;
 *       opaque parent_hash<V>;
 *       opaque original_sibling_tree_hash<V>;
 *   } ParentHashInput;                            */
enum err ratchet_tree_parent_hash(const struct ratchet_tree *t, const struct crypto *c, uint32_t p,
                     uint32_t s, struct arena *scratch, uint8_t *out)
{
	const struct parent_node *parent = t->nodes[p].parent;
	size_t n = hash_len(t->suite->hash);
	uint8_t original[HASH_MAX], lens[3][LENGTH_MAX];

	TRY(original_hash(t, c, s, parent, scratch, original));

	const struct span parts[] = {
		vector_len(lens[0], parent->encryption_key.n),
		parent->encryption_key,
		vector_len(lens[1], parent->parent_hash.n),
		parent->parent_hash,
		vector_len(lens[2], n),
		{ original, n },
	};

	return crypto_hash_parts(c, t->suite->hash, parts, ARRAY_LEN(parts), out);
}
