/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/treekem_internal.h"

#include <string.h>

#include "sealed/crypto/secret.h"
#include "sealed/mls/labels.h"

enum err treekem_derive_keys(const struct crypto *c, const struct mls_suite *suite,
                            const uint8_t *path_secret, uint8_t *priv, uint8_t *pub)
{
	uint8_t node_secret[HASH_MAX];
	const struct span from = { path_secret, hash_len(suite->hash) };
	const struct span ikm = { node_secret, hash_len(suite->hash) };
	enum err err = mls_derive_secret(c, suite, from, SPAN_STR("node"), node_secret);

	if (err == OK)
		err = hpke_derive_key_pair(c, suite->hpke.kem, ikm, priv, pub);
	wipe(node_secret, sizeof(node_secret));
	return err;
}

enum err treekem_derive_next(const struct crypto *c, const struct mls_suite *suite,
                            const uint8_t *path_secret, uint8_t *next)
{
	const struct span from = { path_secret, hash_len(suite->hash) };

	return mls_derive_secret(c, suite, from, SPAN_STR("path"), next);
}

/* The keys of one node of our direct path, which must be those in the tree. */
static enum err take_node(const struct ratchet_tree *t, const struct crypto *c,
                          struct treekem_private *p, uint32_t node, const uint8_t *path_secret)
{
	const struct mls_suite *suite = t->suite;
	uint32_t level = tree_level(node);
	uint8_t pub[HPKE_PUB_MAX];
	const struct span derived = { pub, hpke_pub_len(suite->hpke.kem) };
	enum err err = treekem_derive_keys(c, suite, path_secret, p->keys[level], pub);

	if (err == OK && !span_is_equal(derived, ratchet_tree_key(t, node)))
		err = ERR_AUTH;
	if (err != OK)
		treekem_private_drop(p, level);
	else
		p->has[level] = true;
	return err;
}

/* From the first of `nodes` (all on our direct path) upwards. `secret` is used up: it
 * becomes the commit secret. */
static enum err take_path(const struct ratchet_tree *t, const struct crypto *c,
                          struct treekem_private *p, const uint32_t *nodes, size_t count,
                          uint8_t *secret)
{
	uint8_t next[HASH_MAX];
	enum err err = OK;

	/* Above, the committer replaced or blanked everything. */
	for (uint32_t level = tree_level(nodes[0]); level <= TREE_DEPTH_MAX; level++)
		treekem_private_drop(p, level);
	for (size_t i = 0; err == OK && i < count; i++) {
		err = take_node(t, c, p, nodes[i], secret);
		if (err == OK)
			err = treekem_derive_next(c, t->suite, secret, next);
		memcpy(secret, next, HASH_MAX);
	}
	wipe(next, sizeof(next));
	return err;
}

/* The private key that we hold for a node of a resolution. NULL: none. */
static const uint8_t *key_for(const struct treekem_private *p, uint32_t node)
{
	if (node == 2 * p->leaf)
		return p->leaf_key;
	if (!tree_is_leaf(node) && tree_is_in(2 * p->leaf, node) && p->has[tree_level(node)])
		return p->keys[tree_level(node)];
	return NULL;
}

/* Which ciphertext is ours, and the node that it is for. */
static enum err find_ciphertext(const struct ratchet_tree *t, const struct treekem_private *p,
                                uint32_t copath, struct leaf_list added,
                                struct arena *scratch, size_t *at, uint32_t *node)
{
	struct node_list resolution;
	size_t n = 0;

	TRY(ratchet_tree_resolution(t, copath, scratch, &resolution));
	for (size_t i = 0; i < resolution.count; i++) {
		if (leaf_list_has(added, resolution.nodes[i]))
			continue;
		if (key_for(p, resolution.nodes[i]) != NULL) {
			*at = n;
			*node = resolution.nodes[i];
			return OK;
		}
		n++;
	}
	return ERR_AUTH; /* it was not encrypted to us */
}

static enum err open_secret(const struct ratchet_tree *t, const struct crypto *c,
                            const struct treekem_private *p, uint32_t copath,
                            const struct update_path_node *from, struct leaf_list added,
                            struct span context, struct arena *scratch, uint8_t *secret)
{
	struct rd list = rd_from(from->ciphertexts);
	struct span enc, sealed;
	uint32_t node;
	size_t at;

	TRY(find_ciphertext(t, p, copath, added, scratch, &at, &node));
	do {
		enc = rd_vec(&list);
		sealed = rd_vec(&list);
	} while (at-- > 0);
	if (list.err != OK || sealed.n != hash_len(t->suite->hash) + AEAD_TAG)
		return ERR_AUTH;
	return mls_decrypt_with_label(c, t->suite, key_for(p, node), ratchet_tree_key(t, node),
	                              SPAN_STR("UpdatePathNode"), context, enc, sealed, scratch,
	                              secret);
}

enum err treekem_path_decrypt(const struct ratchet_tree *t, const struct crypto *c,
                              struct treekem_private *p, uint32_t sender,
                              const struct update_path *path, struct leaf_list added,
                              struct span context, struct arena *scratch,
                              uint8_t *commit_secret)
{
	uint32_t nodes[TREE_DEPTH_MAX];
	uint8_t secret[HASH_MAX];
	size_t n = ratchet_tree_filtered_path(t, sender, nodes), i = 0;
	enum err err;

	if (n != path->count || sender == p->leaf)
		return ERR_MALFORMED;
	/* Keys that we do not derive ourselves: nobody could encrypt to a bad one. */
	for (; i < n && !tree_is_in(2 * p->leaf, nodes[i]); i++)
		TRY(hpke_pub_check(c, t->suite->hpke.kem, path->nodes[i].encryption_key));
	if (i == n)
		return ERR_MALFORMED;

	err = open_secret(t, c, p, tree_copath_child(nodes[i], sender), &path->nodes[i], added,
	                  context, scratch, secret);
	if (err == OK)
		err = take_path(t, c, p, nodes + i, n - i, secret);
	if (err == OK)
		memcpy(commit_secret, secret, hash_len(t->suite->hash));
	wipe(secret, sizeof(secret));
	return err;
}

enum err treekem_join(const struct ratchet_tree *t, const struct crypto *c,
                      struct treekem_private *p, uint32_t signer, struct span path_secret)
{
	uint32_t nodes[TREE_DEPTH_MAX];
	uint8_t secret[HASH_MAX];
	size_t n, i = 0;
	enum err err;

	if (signer >= t->leaves || signer == p->leaf ||
	    path_secret.n != hash_len(t->suite->hash))
		return ERR_MALFORMED;
	n = ratchet_tree_filtered_path(t, signer, nodes);
	while (i < n && !tree_is_in(2 * p->leaf, nodes[i]))
		i++;
	if (i == n)
		return ERR_MALFORMED;
	memcpy(secret, path_secret.p, path_secret.n);
	err = take_path(t, c, p, nodes + i, n - i, secret);
	wipe(secret, sizeof(secret));
	return err;
}
