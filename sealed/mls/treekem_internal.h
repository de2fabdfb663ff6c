/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_TREEKEM_INTERNAL_H
#define ZEGEL_MLS_TREEKEM_INTERNAL_H

#include "sealed/mls/treekem.h"

/* What the files of treekem share among themselves. */

/* RFC 9420 7.4: a path secret gives the keys of its node and the next path secret. */
MUST_USE enum err treekem_derive_keys(const struct crypto *c, const struct mls_suite *suite,
                                      const uint8_t *path_secret, uint8_t *priv,
                                      uint8_t *pub);
MUST_USE enum err treekem_derive_next(const struct crypto *c, const struct mls_suite *suite,
                                      const uint8_t *path_secret, uint8_t *next);

/* Wipes what we know of the node on our direct path at that level. */
void treekem_private_drop(struct treekem_private *p, uint32_t level);

/* The child of `parent` that is not above the leaf. */
uint32_t tree_copath_child(uint32_t parent, uint32_t leaf);

bool leaf_list_has(struct leaf_list list, uint32_t node);

/* Blanks the direct path of the leaf and puts these keys on the given nodes of it, with
 * their parent hashes; the leaf's own parent hash comes out (in scratch). */
MUST_USE enum err treekem_path_put(struct ratchet_tree *t, const struct crypto *c,
                                   uint32_t leaf, const uint32_t *nodes,
                                   const struct span *keys, size_t count,
                                   struct arena *scratch, struct span *leaf_parent_hash);

#endif
