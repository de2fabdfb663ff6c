/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/treekem_internal.h"

/* What a committer sends along its filtered direct path, RFC 9420 7.6:
 *
 *   struct { opaque kem_output<V>; opaque ciphertext<V>; } HPKECiphertext;
 *   struct {
 *       HPKEPublicKey encryption_key;
 *       HPKECiphertext encrypted_path_secret<V>;
 *   } UpdatePathNode;
 *   struct { LeafNode leaf_node; UpdatePathNode nodes<V>; } UpdatePath;        */

static void node_read(struct rd *r, struct update_path_node *node)
{
	node->encryption_key = rd_vec(r);
	node->ciphertexts = rd_vec(r);
	node->ciphertext_count = 0;

	struct rd list = rd_from(node->ciphertexts);

	for (; rd_more(&list); node->ciphertext_count++) {
		rd_vec(&list);
		rd_vec(&list);
	}
	/* A length that points out of the list is wrong, not short. */
	if (list.err != OK)
		rd_fail(r, ERR_MALFORMED);
}

enum err update_path_read(struct rd *r, struct arena *a, struct update_path *out)
{
	struct rd list;

	out->count = 0;
	TRY(leaf_node_read(r, a, &out->leaf));
	list = rd_child(r);
	while (rd_more(&list)) {
		if (out->count == TREE_DEPTH_MAX)
			return ERR_LIMIT;
		node_read(&list, &out->nodes[out->count++]);
	}
	rd_join(r, &list);
	return r->err;
}

bool leaf_list_has(struct leaf_list list, uint32_t node)
{
	for (size_t i = 0; i < list.count; i++)
		if (node == 2 * list.leaves[i])
			return true;
	return false;
}

/* Exactly one ciphertext for each node of the copath's resolution but the new leaves. */
static enum err ciphertexts_check(const struct ratchet_tree *t, uint32_t copath,
                                  const struct update_path_node *node, struct leaf_list added,
                                  struct arena *scratch)
{
	struct node_list resolution;
	size_t n = 0;

	TRY(ratchet_tree_resolution(t, copath, scratch, &resolution));
	for (size_t i = 0; i < resolution.count; i++)
		n += !leaf_list_has(added, resolution.nodes[i]);
	return n == node->ciphertext_count ? OK : ERR_MALFORMED;
}

/* 12.4.2: none of the public keys in the path is in the tree, the replaced ones
 * included; nor twice in the path. */
static enum err keys_check(const struct ratchet_tree *t, const struct update_path *path)
{
	size_t len = hpke_pub_len(t->suite->hpke.kem);

	for (size_t i = 0; i <= path->count; i++) {
		struct span key = i == path->count ? path->leaf.encryption_key
		                                   : path->nodes[i].encryption_key;

		if (key.n != len || ratchet_tree_has_key(t, key))
			return ERR_MALFORMED;
		for (size_t k = 0; k < i; k++)
			if (span_is_equal(path->nodes[k].encryption_key, key))
				return ERR_MALFORMED;
	}
	return OK;
}

/* 7.3: the new leaf's signature key is nobody else's. */
static enum err signer_check(const struct ratchet_tree *t, uint32_t sender,
                             const struct leaf_node *leaf)
{
	for (uint32_t i = 0; i < t->leaves; i++) {
		const struct leaf_node *other = ratchet_tree_leaf(t, i);

		if (other != NULL && i != sender &&
		    span_is_equal(other->signature_key, leaf->signature_key))
			return ERR_MALFORMED;
	}
	return OK;
}

uint32_t tree_copath_child(uint32_t parent, uint32_t leaf)
{
	uint32_t left = tree_left(parent);

	return tree_is_in(2 * leaf, left) ? tree_right(parent) : left;
}

enum err treekem_path_put(struct ratchet_tree *t, const struct crypto *c, uint32_t leaf,
                          const uint32_t *nodes, const struct span *keys, size_t count,
                          struct arena *scratch, struct span *leaf_parent_hash)
{
	size_t n = hash_len(t->suite->hash);
	uint8_t *hash = arena_alloc(scratch, HASH_MAX);
	struct span root, above = { 0 };

	if (hash == NULL)
		return ERR_SPACE;
	TRY(ratchet_tree_hash(t, c, &root)); /* the copath's hashes are current */
	ratchet_tree_blank_path(t, leaf);
	/* From the root down: each node holds the hash of the one above it (7.9). */
	for (size_t i = count; i-- > 0;) {
		TRY(ratchet_tree_set_parent(t, nodes[i], keys[i], above));
		TRY(ratchet_tree_parent_hash(t, c, nodes[i], tree_copath_child(nodes[i], leaf),
		                             scratch, hash));
		above = (struct span){ hash, n };
	}
	*leaf_parent_hash = above;
	return OK;
}

enum err treekem_path_merge(struct ratchet_tree *t, const struct crypto *c, uint32_t sender,
                            const struct update_path *path, struct leaf_list added,
                            struct arena *scratch)
{
	uint32_t nodes[TREE_DEPTH_MAX];
	struct span keys[TREE_DEPTH_MAX], expected;

	if (sender >= t->leaves || path->leaf.source != LEAF_NODE_COMMIT ||
	    ratchet_tree_filtered_path(t, sender, nodes) != path->count)
		return ERR_MALFORMED;
	TRY(keys_check(t, path));
	TRY(signer_check(t, sender, &path->leaf));
	for (size_t i = 0; i < path->count; i++) {
		TRY(ciphertexts_check(t, tree_copath_child(nodes[i], sender), &path->nodes[i],
		                      added, scratch));
		keys[i] = path->nodes[i].encryption_key;
	}
	TRY(treekem_path_put(t, c, sender, nodes, keys, path->count, scratch, &expected));
	/* 7.9.2: the committer signed the path that we see. */
	if (!span_is_equal(path->leaf.parent_hash, expected))
		return ERR_AUTH;
	return ratchet_tree_set_leaf(t, sender, &path->leaf);
}
