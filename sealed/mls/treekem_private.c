/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/treekem_internal.h"

#include <string.h>

#include "sealed/crypto/secret.h"

void treekem_private_init(struct treekem_private *p, uint32_t leaf, const uint8_t *leaf_key,
                          size_t len)
{
	memset(p, 0, sizeof(*p));
	p->leaf = leaf;
	memcpy(p->leaf_key, leaf_key, len < HPKE_PRIV_MAX ? len : HPKE_PRIV_MAX);
}

void treekem_private_copy(struct treekem_private *out, const struct treekem_private *in)
{
	memcpy(out, in, sizeof(*out));
}

void treekem_private_clear(struct treekem_private *p)
{
	wipe(p, sizeof(*p));
}

void treekem_private_drop(struct treekem_private *p, uint32_t level)
{
	wipe(p->keys[level], HPKE_PRIV_MAX);
	p->has[level] = false;
}

void treekem_private_prune(struct treekem_private *p, const struct ratchet_tree *t)
{
	uint32_t node = 2 * p->leaf, root = tree_root(t->leaves);

	for (uint32_t level = 1; level <= TREE_DEPTH_MAX; level++) {
		bool is_above_root = node == root;

		if (!is_above_root)
			node = tree_parent(node);
		if (is_above_root || t->nodes[node].parent == NULL)
			treekem_private_drop(p, level);
	}
}

static enum err key_check(const struct ratchet_tree *t, const struct crypto *c, uint32_t node,
                          const uint8_t *priv)
{
	enum hpke_kem kem = t->suite->hpke.kem;
	uint8_t pub[HPKE_PUB_MAX];

	TRY(hpke_public(c, kem, priv, pub));
	return span_is_equal(ratchet_tree_key(t, node),
	                     (struct span){ pub, hpke_pub_len(kem) })
	               ? OK
	               : ERR_AUTH;
}

enum err treekem_private_check(const struct treekem_private *p, const struct ratchet_tree *t,
                               const struct crypto *c)
{
	uint32_t node = 2 * p->leaf;

	if (ratchet_tree_leaf(t, p->leaf) == NULL)
		return ERR_AUTH;
	TRY(key_check(t, c, node, p->leaf_key));
	for (uint32_t level = 1; node != tree_root(t->leaves); level++) {
		node = tree_parent(node);
		if (p->has[level])
			TRY(key_check(t, c, node, p->keys[level]));
	}
	return OK;
}
