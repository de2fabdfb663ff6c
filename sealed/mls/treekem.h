/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_TREEKEM_H
#define ZEGEL_MLS_TREEKEM_H

#include "sealed/mls/tree_hash.h"

/* How a committer gives all members but the removed ones a new secret, RFC 9420 sections
 * 7.4 to 7.6. Making and taking a path are two steps each, because the group context
 * between them contains the tree hash after the first:
 *
 *   committer:  treekem_path_create   -> tree hash, context -> treekem_path_encrypt
 *   receiver:   treekem_path_merge    -> tree hash, context -> treekem_path_decrypt
 *   joiner:     ratchet_tree_validate -> treekem_join                                   */

/* The private half: our leaf's key and those of the nodes above it that we know, by
 * level. A node on our direct path is known by its level alone. Wipe with _clear. */
struct treekem_private {
	uint32_t leaf;
	uint8_t leaf_key[HPKE_PRIV_MAX];
	bool has[TREE_DEPTH_MAX + 1]; /* [0] is not used */
	uint8_t keys[TREE_DEPTH_MAX + 1][HPKE_PRIV_MAX];
};

void treekem_private_init(struct treekem_private *p, uint32_t leaf, const uint8_t *leaf_key,
                          size_t len);
void treekem_private_copy(struct treekem_private *out, const struct treekem_private *in);
void treekem_private_clear(struct treekem_private *p);
/* Wipes the keys of nodes that proposals made blank. Call it after they were applied. */
void treekem_private_prune(struct treekem_private *p, const struct ratchet_tree *t);
/* Every private key belongs to the public one in the tree; ERR_AUTH: not so. */
MUST_USE enum err treekem_private_check(const struct treekem_private *p,
                                        const struct ratchet_tree *t, const struct crypto *c);

struct update_path_node {
	struct span encryption_key;
	struct span ciphertexts; /* HPKECiphertext in a row, well-formed */
	size_t ciphertext_count;
};

struct update_path {
	struct leaf_node leaf;
	struct update_path_node nodes[TREE_DEPTH_MAX];
	size_t count;
};

/* Leaf indices that the commit adds: they get their secret in the Welcome instead. */
struct leaf_list {
	const uint32_t *leaves;
	size_t count;
};

MUST_USE enum err update_path_read(struct rd *r, struct arena *a, struct update_path *out);

/* The receiver's first step: the path is checked against the tree (proposals applied)
 * and merged into it. The leaf node was validated (source commit) by the caller.
 * ERR_MALFORMED: lengths, keys that are in the tree already, keys that are none;
 * ERR_AUTH: the leaf's parent hash. */
MUST_USE enum err treekem_path_merge(struct ratchet_tree *t, const struct crypto *c,
                                     uint32_t sender, const struct update_path *path,
                                     struct leaf_list added, struct arena *scratch);

/* The second step, on the merged tree: our copy of the path secret, all keys above, and
 * the commit secret (a hash long). ERR_AUTH: it does not open, or a key derived from it
 * is not the key in the path. */
MUST_USE enum err treekem_path_decrypt(const struct ratchet_tree *t, const struct crypto *c,
                                       struct treekem_private *p, uint32_t sender,
                                       const struct update_path *path, struct leaf_list added,
                                       struct span context, struct arena *scratch,
                                       uint8_t *commit_secret);

/* A path of our own. Wipe it with treekem_path_clear(). */
struct treekem_path {
	uint32_t nodes[TREE_DEPTH_MAX]; /* the filtered direct path */
	size_t count;
	uint8_t secrets[TREE_DEPTH_MAX][HASH_MAX];
	uint8_t commit_secret[HASH_MAX];
};

/* The committer's first step: fresh keys for leaf and path go into tree and private
 * half, the leaf is signed. p->leaf is our leaf; it may be blank before (external). */
MUST_USE enum err treekem_path_create(struct ratchet_tree *t, const struct mls_config *config,
                                      struct span group_id, struct treekem_private *p,
                                      struct arena *scratch, struct treekem_path *out);

/* The second step: writes the UpdatePath. */
MUST_USE enum err treekem_path_encrypt(const struct ratchet_tree *t, const struct crypto *c,
                                       uint32_t sender, const struct treekem_path *path,
                                       struct leaf_list added, struct span context,
                                       struct arena *scratch, struct wr *w);

/* The path secret that a new member gets in the Welcome: that of the lowest node above
 * both. Empty: there is none (not one of the tree's members). */
struct span treekem_path_secret_for(const struct treekem_path *path,
                                    const struct mls_suite *suite, uint32_t sender,
                                    uint32_t leaf);
void treekem_path_clear(struct treekem_path *path);

/* A new member's private half from the Welcome (12.4.3.1). p was initialised. ERR_AUTH:
 * a derived key is not the one in the tree. */
MUST_USE enum err treekem_join(const struct ratchet_tree *t, const struct crypto *c,
                               struct treekem_private *p, uint32_t signer,
                               struct span path_secret);

#endif
