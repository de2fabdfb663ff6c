/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/treekem_internal.h"

#include <string.h>

#include "sealed/crypto/secret.h"
#include "sealed/mls/labels.h"

/* A path of our own (RFC 9420 7.4 and 7.5). */

void treekem_path_clear(struct treekem_path *path)
{
	wipe(path, sizeof(*path));
}

/* All secrets of the path, from a random one. Alone in the tree there is no node, and
 * the random secret itself is the commit secret: nobody else has to derive it. */
static enum err derive_secrets(const struct crypto *c, const struct mls_suite *suite,
                               struct treekem_path *path)
{
	size_t n = hash_len(suite->hash);

	if (path->count == 0)
		return crypto_random(c, path->commit_secret, n);
	TRY(crypto_random(c, path->secrets[0], n));
	for (size_t i = 0; i < path->count; i++) {
		uint8_t *next = i + 1 < path->count ? path->secrets[i + 1] : path->commit_secret;

		TRY(treekem_derive_next(c, suite, path->secrets[i], next));
	}
	return OK;
}

static enum err derive_path_keys(const struct crypto *c, const struct mls_suite *suite,
                                 const struct treekem_path *path, struct treekem_private *p,
                                 struct arena *scratch, struct span *keys)
{
	size_t len = hpke_pub_len(suite->hpke.kem);

	for (uint32_t level = 1; level <= TREE_DEPTH_MAX; level++)
		treekem_private_drop(p, level);
	for (size_t i = 0; i < path->count; i++) {
		uint32_t level = tree_level(path->nodes[i]);
		uint8_t *pub = arena_alloc(scratch, len);

		if (pub == NULL)
			return ERR_SPACE;
		TRY(treekem_derive_keys(c, suite, path->secrets[i], p->keys[level], pub));
		p->has[level] = true;
		keys[i] = (struct span){ pub, len };
	}
	return OK;
}

static enum err put_leaf(struct ratchet_tree *t, const struct mls_config *config,
                         struct span group_id, struct treekem_private *p,
                         struct span parent_hash, struct arena *scratch)
{
	uint8_t pub[HPKE_PUB_MAX];
	struct leaf_node leaf;

	TRY(encryption_key_create(config->crypto, t->suite, p->leaf_key, pub));

	const struct leaf_node_plan plan = {
		.source = LEAF_NODE_COMMIT,
		.encryption_key = { pub, hpke_pub_len(t->suite->hpke.kem) },
		.parent_hash = parent_hash,
		.group_id = group_id,
		.leaf = p->leaf,
	};

	TRY(leaf_node_create(config, &plan, scratch, &leaf));
	return ratchet_tree_set_leaf(t, p->leaf, &leaf);
}

enum err treekem_path_create(struct ratchet_tree *t, const struct mls_config *config,
                             struct span group_id, struct treekem_private *p,
                             struct arena *scratch, struct treekem_path *out)
{
	const struct crypto *c = config->crypto;
	struct span keys[TREE_DEPTH_MAX], parent_hash;
	enum err err;

	if (p->leaf >= t->leaves)
		return ERR_MALFORMED;
	memset(out, 0, sizeof(*out));
	out->count = ratchet_tree_filtered_path(t, p->leaf, out->nodes);
	err = derive_secrets(c, t->suite, out);
	if (err == OK)
		err = derive_path_keys(c, t->suite, out, p, scratch, keys);
	if (err == OK)
		err = treekem_path_put(t, c, p->leaf, out->nodes, keys, out->count, scratch,
		                       &parent_hash);
	if (err == OK)
		err = put_leaf(t, config, group_id, p, parent_hash, scratch);
	if (err != OK)
		treekem_path_clear(out);
	return err;
}

/* One path secret to one key. */
static enum err seal_secret(const struct ratchet_tree *t, const struct crypto *c, uint32_t to,
                            struct span secret, struct span context, struct arena *scratch,
                            struct wr *w)
{
	uint8_t enc[HPKE_ENC_MAX], sealed[HASH_MAX + AEAD_TAG];
	size_t mark = arena_mark(scratch);

	TRY(mls_encrypt_with_label(c, t->suite, ratchet_tree_key(t, to),
	                           SPAN_STR("UpdatePathNode"), context, secret, scratch, enc,
	                           sealed));
	wr_vec(w, (struct span){ enc, hpke_enc_len(t->suite->hpke.kem) });
	wr_vec(w, (struct span){ sealed, secret.n + AEAD_TAG });
	arena_release(scratch, mark);
	return w->err;
}

static enum err write_node(const struct ratchet_tree *t, const struct crypto *c,
                           uint32_t sender, const struct treekem_path *path, size_t i,
                           struct leaf_list added, struct span context,
                           struct arena *scratch, struct wr *w)
{
	const struct span secret = { path->secrets[i], hash_len(t->suite->hash) };
	struct node_list resolution;
	size_t opened;

	TRY(ratchet_tree_resolution(t, tree_copath_child(path->nodes[i], sender), scratch,
	                            &resolution));
	wr_vec(w, ratchet_tree_key(t, path->nodes[i]));
	opened = wr_open(w);
	for (size_t k = 0; k < resolution.count; k++)
		if (!leaf_list_has(added, resolution.nodes[k]))
			TRY(seal_secret(t, c, resolution.nodes[k], secret, context, scratch, w));
	wr_close(w, opened);
	return w->err;
}

enum err treekem_path_encrypt(const struct ratchet_tree *t, const struct crypto *c,
                              uint32_t sender, const struct treekem_path *path,
                              struct leaf_list added, struct span context,
                              struct arena *scratch, struct wr *w)
{
	const struct leaf_node *leaf = ratchet_tree_leaf(t, sender);
	size_t mark = arena_mark(scratch), opened;

	if (leaf == NULL)
		return ERR_MALFORMED;
	wr_bytes(w, leaf->raw);
	opened = wr_open(w);
	for (size_t i = 0; i < path->count; i++)
		TRY(write_node(t, c, sender, path, i, added, context, scratch, w));
	wr_close(w, opened);
	arena_release(scratch, mark);
	return w->err;
}

struct span treekem_path_secret_for(const struct treekem_path *path,
                                    const struct mls_suite *suite, uint32_t sender,
                                    uint32_t leaf)
{
	for (size_t i = 0; leaf != sender && i < path->count; i++)
		if (tree_is_in(2 * leaf, path->nodes[i]))
			return (struct span){ path->secrets[i], hash_len(suite->hash) };
	return (struct span){ 0 };
}
