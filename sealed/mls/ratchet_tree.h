/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_RATCHET_TREE_H
#define ZEGEL_MLS_RATCHET_TREE_H

#include "sealed/mls/leaf_node.h"
#include "sealed/mls/tree_math.h"

/* The public half of a group's tree, RFC 9420 section 7: who is in it, and a public key
 * for every subtree that has one. It always has 2^d leaves; blank ones are NULL.
 *
 * Everything lives in the arena that it was made with; replaced nodes stay there until
 * the arena is cleared, so a tree is copied into a fresh arena for each epoch. On an
 * error a tree may be half changed: throw the copy away. */
struct parent_node {
	struct span encryption_key;
	struct span parent_hash;
	uint8_t *unmerged; /* leaf indices, big-endian uint32, sorted: as on the wire */
	uint32_t unmerged_count, unmerged_cap;
};

union tree_node {
	struct leaf_node *leaf;     /* at even indices */
	struct parent_node *parent; /* at odd indices  */
	const void *any;            /* NULL: blank     */
};

struct ratchet_tree {
	struct arena *arena;
	const struct mls_suite *suite;
	uint32_t leaves; /* a power of two */
	union tree_node *nodes;
	uint8_t *hashes; /* a tree hash a node, valid where hashed[node] */
	bool *hashed;
};

/* One blank leaf. */
MUST_USE enum err ratchet_tree_init(struct ratchet_tree *t, struct arena *a,
                                    const struct mls_suite *suite);

/* An independent deep copy; cached hashes are kept. */
MUST_USE enum err ratchet_tree_copy(struct ratchet_tree *out, struct arena *a,
                                    const struct ratchet_tree *in);

/* `optional<Node> ratchet_tree<V>`, the body of the extension (12.4.3.3). Reading copies
 * `in` and checks the form only: see ratchet_tree_validate(). */
MUST_USE enum err ratchet_tree_read(struct ratchet_tree *t, struct arena *a,
                                    const struct mls_suite *suite, struct span in);
void ratchet_tree_write(struct wr *w, const struct ratchet_tree *t);
size_t ratchet_tree_write_bound(const struct ratchet_tree *t);

/* NULL: blank, or no such leaf. */
const struct leaf_node *ratchet_tree_leaf(const struct ratchet_tree *t, uint32_t leaf);
uint32_t ratchet_tree_member_count(const struct ratchet_tree *t);
/* The leaf whose signature key that is. */
bool ratchet_tree_find_signer(const struct ratchet_tree *t, struct span signature_key,
                              uint32_t *leaf);
/* The leaf whose LeafNode is that, byte for byte. */
bool ratchet_tree_find_leaf(const struct ratchet_tree *t, struct span raw, uint32_t *leaf);
/* Is that the key of any node? */
bool ratchet_tree_has_key(const struct ratchet_tree *t, struct span encryption_key);

/* Proposals, sections 12.1.1 to 12.1.3. The leaf node is copied. ERR_LIMIT: full.
 * ERR_MALFORMED: a blank leaf is to be updated or removed. */
MUST_USE enum err ratchet_tree_add(struct ratchet_tree *t, const struct leaf_node *leaf,
                                   uint32_t *index);
MUST_USE enum err ratchet_tree_update(struct ratchet_tree *t, uint32_t index,
                                      const struct leaf_node *leaf);
MUST_USE enum err ratchet_tree_remove(struct ratchet_tree *t, uint32_t index);
/* The leftmost blank leaf, made if there is none: an external committer's place. */
MUST_USE enum err ratchet_tree_free_leaf(struct ratchet_tree *t, uint32_t *index);

/* For treekem: puts a node where the committer's path goes. The data is copied. */
MUST_USE enum err ratchet_tree_set_leaf(struct ratchet_tree *t, uint32_t index,
                                        const struct leaf_node *leaf);
MUST_USE enum err ratchet_tree_set_parent(struct ratchet_tree *t, uint32_t node,
                                          struct span encryption_key,
                                          struct span parent_hash);
void ratchet_tree_blank_path(struct ratchet_tree *t, uint32_t index);

/* Section 4.1.1: the nodes that together hold keys for all members below a node, in
 * order. An array of the arena. */
struct node_list {
	const uint32_t *nodes;
	size_t count;
};
MUST_USE enum err ratchet_tree_resolution(const struct ratchet_tree *t, uint32_t node,
                                          struct arena *a, struct node_list *out);
bool ratchet_tree_is_empty_below(const struct ratchet_tree *t, uint32_t node);

/* Section 4.1.2: the direct path of a leaf without the nodes whose other child has an
 * empty resolution; from below to the root. `nodes` has room for TREE_DEPTH_MAX. */
size_t ratchet_tree_filtered_path(const struct ratchet_tree *t, uint32_t leaf,
                                  uint32_t *nodes);

/* The key of a node; empty where it is blank. */
struct span ratchet_tree_key(const struct ratchet_tree *t, uint32_t node);

/* A blank right half beside what is there. */
MUST_USE enum err ratchet_tree_extend(struct ratchet_tree *t);

/* The unmerged leaves of a parent node. */
uint32_t parent_node_unmerged(const struct parent_node *p, uint32_t i);
uint32_t parent_node_unmerged_from(const struct parent_node *p, uint32_t leaf); /* first >= */
bool parent_node_has_unmerged(const struct parent_node *p, uint32_t leaf);
MUST_USE enum err parent_node_add_unmerged(struct parent_node *p, struct arena *a,
                                           uint32_t leaf);

#endif
