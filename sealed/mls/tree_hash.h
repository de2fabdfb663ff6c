/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_TREE_HASH_H
#define ZEGEL_MLS_TREE_HASH_H

#include "sealed/mls/ratchet_tree.h"

/* Tree hashes (RFC 9420 section 7.8) and parent hashes (7.9).
 *
 * Tree hashes are cached per node; a change of a node drops those on its direct path
 * only, so that a commit costs O(log n) hashes. */

/* The hash of the whole tree; hash_len(suite->hash) bytes, borrowed from the tree. */
MUST_USE enum err ratchet_tree_hash(struct ratchet_tree *t, const struct crypto *c, struct span *out);

/* Of one node, after ratchet_tree_hash() and before any change. */
struct span ratchet_tree_hash_of(const struct ratchet_tree *t, uint32_t node);

/* The parent hash of node P with copath child S, into out (a hash long). The original
 * tree hash of S: without the leaves that P lists as unmerged. All hashes of the tree
 * below S must be current. */
MUST_USE enum err ratchet_tree_parent_hash(const struct ratchet_tree *t, const struct crypto *c, uint32_t p,
                              uint32_t s, struct arena *scratch, uint8_t *out);

#endif
