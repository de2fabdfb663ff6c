/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_PROPOSAL_CHOOSE_H
#define ZEGEL_MLS_PROPOSAL_CHOOSE_H

#include "sealed/mls/proposal_list.h"

/* Which of the proposals that others sent go into a commit of ours, RFC 9420 section 12.2:
 * all that can stand together, so that nobody's proposal keeps us from committing. What was
 * received (it has a `ref`) gives way to what is ours, an update to a removal, an older
 * update to a newer one, a ReInit to anything. Order is kept.
 *
 * ERR_MALFORMED, ERR_AUTH: one of our own is not valid. */
MUST_USE enum err proposal_list_choose(struct proposal_list *list,
                                       const struct ratchet_tree *tree,
                                       const struct leaf_node_rules *rules,
                                       struct arena *scratch);

#endif
