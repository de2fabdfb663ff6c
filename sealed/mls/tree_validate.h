/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_TREE_VALIDATE_H
#define ZEGEL_MLS_TREE_VALIDATE_H

#include "sealed/mls/tree_hash.h"

/* May this tree be believed? RFC 9420 12.4.3.1, for a tree that came from outside:
 *  - every parent node was set by a member below it (7.9.2, parent hashes);
 *  - unmerged leaves are members below, listed all the way down;
 *  - no encryption key and no signature key stands in it twice;
 *  - every leaf is valid (7.3), for itself and among the others.
 * That its hash is the one in the GroupContext is the caller's check. */
MUST_USE enum err ratchet_tree_validate(struct ratchet_tree *t,
                                        const struct leaf_node_rules *rules,
                                        struct arena *scratch);

/* Its parts. */
MUST_USE enum err tree_check_parent_hashes(struct ratchet_tree *t, const struct crypto *c,
                                           struct arena *scratch);
MUST_USE enum err tree_check_unmerged(const struct ratchet_tree *t);
MUST_USE enum err tree_check_keys(const struct ratchet_tree *t, struct arena *scratch);
MUST_USE enum err tree_check_leaves(const struct ratchet_tree *t,
                                    const struct leaf_node_rules *rules);
/* Every member knows every credential type in use (7.3), and all group extensions. */
MUST_USE enum err tree_check_capabilities(const struct ratchet_tree *t,
                                          struct extension_list group_extensions);

/* After proposals and path of a commit were applied to a tree that was valid: no key
 * twice, and all members still understand each other. What is new was validated leaf by
 * leaf; what was there keeps its signatures. */
MUST_USE enum err ratchet_tree_check(const struct ratchet_tree *t,
                                     struct extension_list group_extensions,
                                     struct arena *scratch);

#endif
