/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/proposal_choose.h"

#include <string.h>

static bool is_received(const struct listed_proposal *item)
{
	return item->ref.n != 0;
}

static void drop(struct proposal_list *list, size_t at)
{
	memmove(&list->items[at], &list->items[at + 1],
	        (list->count - at - 1) * sizeof(*list->items));
	list->count--;
}

/* Is it the proposal's fault, and not ours? */
static bool is_refusal(enum err err)
{
	return err != OK && err != ERR_SPACE && err != ERR_PROVIDER;
}

/* --- each for itself --- */

static enum err drop_invalid(struct proposal_list *list, const struct ratchet_tree *tree,
                             const struct leaf_node_rules *rules)
{
	for (size_t i = 0; i < list->count;) {
		const struct listed_proposal *item = &list->items[i];
		enum err err = OK;

		/* A linking PSK is ours and is judged with the list. */
		if (is_received(item) || item->proposal->type != PROPOSAL_PSK)
			err = proposal_check(item->proposal, item->sender, tree, rules);
		if (is_received(item) && is_refusal(err))
			drop(list, i);
		else if (err != OK)
			return err;
		else
			i++;
	}
	return OK;
}

/* --- who touches which leaf --- */

/* Takes a leaf; false if it is taken. */
static bool take(bool *taken)
{
	bool was = *taken;

	*taken = true;
	return !was;
}

/* Removals first, then updates, of which the newest wins. */
static enum err settle_leaves(struct proposal_list *list, const struct ratchet_tree *tree,
                              struct arena *scratch, bool **removed)
{
	bool *gone = arena_array(scratch, sizeof(*gone), tree->leaves);
	bool *updated = arena_array(scratch, sizeof(*updated), tree->leaves);

	if (gone == NULL || updated == NULL)
		return ERR_SPACE;
	/* 12.2: not the committer's own leaf, whichever way. */
	gone[list->committer] = true;
	for (size_t i = 0; i < list->count;) {
		const struct proposal *p = list->items[i].proposal;

		if (p->type == PROPOSAL_REMOVE && !take(&gone[p->remove]) &&
		    is_received(&list->items[i]))
			drop(list, i);
		else
			i++;
	}
	for (size_t i = list->count; i-- > 0;) {
		const struct listed_proposal *item = &list->items[i];
		uint32_t leaf = item->sender.index;

		if (item->proposal->type == PROPOSAL_UPDATE &&
		    (gone[leaf] || !take(&updated[leaf])))
			drop(list, i);
	}
	gone[list->committer] = false;
	*removed = gone;
	return OK;
}

/* --- what excludes what --- */

static bool is_add_doubled(const struct proposal_list *list, size_t at,
                           const struct ratchet_tree *tree, const bool *removed)
{
	struct span key = list->items[at].proposal->add.leaf.signature_key;
	uint32_t leaf;

	if (ratchet_tree_find_signer(tree, key, &leaf) && !removed[leaf])
		return true;
	for (size_t i = 0; i < at; i++) {
		const struct proposal *p = list->items[i].proposal;

		if (p->type == PROPOSAL_ADD && span_is_equal(p->add.leaf.signature_key, key))
			return true;
	}
	return false;
}

static bool is_psk_doubled(const struct proposal_list *list, size_t at)
{
	size_t n = 0;

	for (size_t i = 0; i < at; i++) {
		const struct proposal *p = list->items[i].proposal;

		if (p->type != PROPOSAL_PSK)
			continue;
		if (++n == PSKS_MAX || psk_id_is_equal(&p->psk, &list->items[at].proposal->psk))
			return true;
	}
	return false;
}

static bool has_before(const struct proposal_list *list, size_t at, enum proposal_type type)
{
	for (size_t i = 0; i < at; i++)
		if (list->items[i].proposal->type == type)
			return true;
	return false;
}

/* Does the received proposal go with all that stands before it? */
static bool is_fitting(const struct proposal_list *list, size_t at,
                       const struct ratchet_tree *tree, const bool *removed)
{
	switch (list->items[at].proposal->type) {
	case PROPOSAL_ADD:
		return !is_add_doubled(list, at, tree, removed);
	case PROPOSAL_UPDATE:
	case PROPOSAL_REMOVE:
		return true;
	case PROPOSAL_PSK:
		return !is_psk_doubled(list, at);
	case PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		return !has_before(list, at, PROPOSAL_GROUP_CONTEXT_EXTENSIONS);
	case PROPOSAL_REINIT:
	case PROPOSAL_EXTERNAL_INIT:
		break;
	}
	return false;
}

/* 12.2: a ReInit stands alone; it can be sent again. */
static bool is_reinit_only(const struct proposal_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].proposal->type != PROPOSAL_REINIT)
			return false;
	return list->count != 0;
}

enum err proposal_list_choose(struct proposal_list *list, const struct ratchet_tree *tree,
                              const struct leaf_node_rules *rules, struct arena *scratch)
{
	bool *removed;

	TRY(drop_invalid(list, tree, rules));
	TRY(settle_leaves(list, tree, scratch, &removed));
	if (is_reinit_only(list)) {
		list->count = 1;
		return OK;
	}
	for (size_t i = 0; i < list->count;)
		if (is_received(&list->items[i]) && !is_fitting(list, i, tree, removed))
			drop(list, i);
		else
			i++;
	return OK;
}
