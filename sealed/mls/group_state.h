/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_GROUP_STATE_H
#define ZEGEL_MLS_GROUP_STATE_H

#include "sealed/mls/epoch.h"
#include "sealed/mls/group_info.h"
#include "sealed/mls/proposal_list.h"

/* The inside of a group, for the files group*.c alone.
 *
 *      commit of ours            commit of another
 *   current --> pending        current --> next (a local of the call)
 *        ^         |                ^        |
 *        +--apply--+                +--------+   the old current becomes the past one  */

/* RFC 9420 8.6: how many past epochs a resumption PSK may come from. */
enum { RESUMPTIONS_KEPT = 8 };

struct resumption {
	bool is_there;
	uint64_t epoch;
	uint8_t psk[HASH_MAX];
};

struct mls_group {
	struct mls_config config;
	const struct mls_suite *suite;
	struct arena scratch;
	struct epoch epochs[MLS_EPOCHS_KEPT];
	struct epoch *current, *past, *pending; /* NULL, or one of those */
	struct resumption resumptions[RESUMPTIONS_KEPT]; /* by epoch; of this group */
	const struct mls_group *old; /* the group that this one follows, while it matters */
	enum psk_usage link;         /* how: PSK_REINIT or PSK_BRANCH */
};

/* One that nobody uses, empty. There always is one: see MLS_EPOCHS_KEPT. */
struct epoch *group_free_epoch(struct mls_group *g);

/* `next` becomes the current epoch. */
void group_enter(struct mls_group *g, struct epoch *next);

struct leaf_node_rules group_leaf_rules(struct mls_group *g, const struct epoch *e,
                                        uint64_t now);

/* From `old` to `next` as far as the proposals lead: list checked, tree and extensions
 * changed. Of an external commit *committer is set to the joiner's leaf. */
MUST_USE enum err group_apply_proposals(struct mls_group *g, const struct epoch *old,
                                        const struct proposal_list *list, uint64_t now,
                                        struct epoch *next, struct proposal_effect *effect,
                                        uint32_t *committer);

/* ConfirmedTranscriptHashInput, in scratch. */
MUST_USE enum err group_transcript_input(struct arena *scratch, enum wire_format format,
                                         struct span framed, struct span signature,
                                         struct span *out);

/* ProposalRef, section 5.2. */
MUST_USE enum err group_proposal_ref(const struct mls_group *g, struct arena *scratch,
                                     enum wire_format format, struct span framed,
                                     struct span auth, uint8_t *ref);

/* --- group_psk.c --- */

/* psk_secret of those PSKs, in their order. ERR_AUTH: one that we have not got. */
MUST_USE enum err group_psk_secret(struct mls_group *g, const struct mls_suite *suite,
                                   const struct psk_id *const *ids, size_t count,
                                   uint8_t *out);
/* The resumption PSK of an epoch of that group. */
bool group_resumption(const struct mls_group *g, struct span group_id, uint64_t epoch,
                      struct span *psk);

/* --- group_view.c --- */

/* Asks the application about a commit. */
MUST_USE enum err group_judge_commit(struct mls_group *g, const struct proposal_list *list,
                                     const struct epoch *next, uint32_t committer,
                                     struct span aad);

/* --- group_propose.c --- */

/* The proposal that the caller wants, encoded in scratch; no update. */
MUST_USE enum err group_proposal_make(const struct crypto *c, const struct mls_suite *suite,
                                      const struct mls_proposal *want, struct span group_id,
                                      struct arena *scratch, struct proposal *out);

/* --- group_process.c --- */

/* Computes the next epoch from another's commit, whose signature was verified. *next is
 * not entered yet; NULL: the commit removes us. */
MUST_USE enum err group_process_commit(struct mls_group *g,
                                       const struct authenticated_content *content,
                                       uint64_t now, struct epoch **next,
                                       uint32_t *committer);

/* --- group_info_use.c --- */

/* Fills an empty epoch with what a GroupInfo says, once its tree and its signature were
 * checked; no secrets. tree: used where the GroupInfo has none. */
MUST_USE enum err group_enter_info(struct mls_group *g, const struct group_info *info,
                                   struct span tree, uint64_t now, struct epoch *e);

/* The GroupInfo of an epoch, signed by us, in `out`. */
MUST_USE enum err group_info_make(struct mls_group *g, struct epoch *e, bool with_tree,
                                  bool with_external_pub, struct arena *out,
                                  struct span *encoded);

#endif
