/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_PROPOSAL_LIST_H
#define ZEGEL_MLS_PROPOSAL_LIST_H

#include "sealed/mls/framing.h"
#include "sealed/mls/group_context.h"
#include "sealed/mls/ratchet_tree.h"

/* The proposals of one commit, RFC 9420 section 12: which may stand together (12.2), and
 * what they do to the group (12.3). */
struct listed_proposal {
	const struct proposal *proposal;
	struct sender sender;
	struct span ref; /* the ProposalRef; empty: by value */
};

struct proposal_list {
	struct listed_proposal *items;
	size_t count;
	bool external;      /* of an external commit (12.4.3.2)                  */
	uint32_t committer; /* of such a one: not known before the proposals are
	                     * applied, and of no meaning to the list            */
	bool linking;       /* the first commit of a group that follows another one:
	                     * PSKs of usage reinit and branch belong in it (11.2) */
};

/* What a list needs and what it brought about. Spans and arrays live as long as the list
 * and the arena it was applied with. */
struct proposal_effect {
	struct extension_list extensions; /* of the group, after it */
	bool extensions_changed;
	struct leaf_list added;           /* in the list's order    */
	const struct key_package **added_packages;
	const struct psk_id **psks;       /* in the list's order    */
	size_t psk_count;
	const struct reinit *reinit;      /* NULL: none             */
	struct span kem_output;           /* of an external commit  */
	bool has_removed;                 /* of an external commit: the joiner's past self */
	uint32_t removed;
	bool needs_path;                  /* 12.4               */
};

/* 12.2 as far as it concerns the list itself: who may propose what, what excludes what.
 * `tree` is the one before. ERR_MALFORMED: an invalid list; ERR_AUTH: a sender who may not. */
MUST_USE enum err proposal_list_check(const struct proposal_list *list,
                                      const struct ratchet_tree *tree,
                                      const struct mls_suite *suite, struct arena *scratch);

/* Is one proposal valid by itself (12.1), for this sender? `rules` are those of the group
 * with the extensions after the commit. */
MUST_USE enum err proposal_check(const struct proposal *p, struct sender sender,
                                 const struct ratchet_tree *tree,
                                 const struct leaf_node_rules *rules);

/* 12.3: extensions, updates, removes, adds, in this order, to the tree (a copy: on an
 * error it is half changed). Leaves that are new are validated (7.3). rules->
 * group_extensions: those before; they are replaced by the new ones on the way. */
MUST_USE enum err proposal_list_apply(const struct proposal_list *list,
                                      struct ratchet_tree *tree,
                                      struct leaf_node_rules *rules, struct arena *a,
                                      struct proposal_effect *out);

#endif
