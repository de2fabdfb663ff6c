/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/mls/group_state.h"
#include "sealed/mls/labels.h"

/* What making and taking a commit have in common. */

/* Of our own updates we have kept the keys. */
static void own_update_take(const struct epoch *old, const struct proposal_list *list,
                            struct epoch *next)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct listed_proposal *item = &list->items[i];
		const struct received_proposal *received;

		if (item->proposal->type != PROPOSAL_UPDATE)
			continue;
		received = epoch_find_proposal(old, item->ref);
		if (received != NULL && received->has_key)
			treekem_private_init(&next->private, old->private.leaf, received->key,
			                     hpke_priv_len(old->suite->hpke.kem));
	}
}

enum err group_apply_proposals(struct mls_group *g, const struct epoch *old,
                               const struct proposal_list *list, uint64_t now,
                               struct epoch *next, struct proposal_effect *effect,
                               uint32_t *committer)
{
	struct leaf_node_rules rules = group_leaf_rules(g, old, now);

	TRY(proposal_list_check(list, &old->tree, old->suite, &g->scratch));
	TRY(epoch_begin(next, old));
	TRY(proposal_list_apply(list, &next->tree, &rules, &g->scratch, effect));
	if (effect->extensions_changed)
		TRY(epoch_set_extensions(next, effect->extensions));
	own_update_take(old, list, next);
	/* RFC 9420 12.4.3.2: the joiner takes the leftmost free leaf. */
	if (list->external)
		TRY(ratchet_tree_free_leaf(&next->tree, committer));
	if (next->private.leaf < next->tree.leaves)
		treekem_private_prune(&next->private, &next->tree);
	return OK;
}

enum err group_transcript_input(struct arena *scratch, enum wire_format format,
                                struct span framed, struct span signature, struct span *out)
{
	size_t cap = 2 + framed.n + 4 + signature.n;
	uint8_t *buf = arena_alloc(scratch, cap);

	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, cap);

	wr_uint(&w, 2, format);
	wr_bytes(&w, framed);
	wr_vec(&w, signature);
	return wr_end(&w, out);
}

enum err group_proposal_ref(const struct mls_group *g, struct arena *scratch,
                            enum wire_format format, struct span framed, struct span auth,
                            uint8_t *ref)
{
	size_t mark = arena_mark(scratch), cap = 2 + framed.n + auth.n;
	uint8_t *buf = arena_alloc(scratch, cap);
	struct wr w = wr_into(buf, cap);
	struct span content;
	enum err err;

	if (buf == NULL)
		return ERR_SPACE;
	wr_uint(&w, 2, format);
	wr_bytes(&w, framed);
	wr_bytes(&w, auth);
	err = wr_end(&w, &content);
	if (err == OK)
		err = mls_ref_hash(g->config.crypto, g->suite,
		                   SPAN_STR("MLS 1.0 Proposal Reference"), content, ref);
	arena_release(scratch, mark);
	return err;
}
