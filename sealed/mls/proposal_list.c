/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/proposal_list.h"

/* --- one proposal (12.1) --- */

/* RFC 9420 6.1 and 12.1.8: what a sender may propose, by who it is. */
static enum err sender_check(const struct proposal *p, struct sender sender,
                             const struct ratchet_tree *tree)
{
	switch (sender.type) {
	case SENDER_MEMBER:
		if (ratchet_tree_leaf(tree, sender.index) == NULL)
			return ERR_AUTH;
		return p->type == PROPOSAL_EXTERNAL_INIT ? ERR_MALFORMED : OK;
	case SENDER_EXTERNAL:
		return proposal_may_be_external(p->type) ? OK : ERR_MALFORMED;
	case SENDER_NEW_MEMBER_PROPOSAL:
		return p->type == PROPOSAL_ADD ? OK : ERR_MALFORMED;
	case SENDER_NEW_MEMBER_COMMIT:
		break;
	}
	/* 12.2: all that an external commit may contain. */
	return p->type == PROPOSAL_EXTERNAL_INIT || p->type == PROPOSAL_REMOVE ||
	                       p->type == PROPOSAL_PSK
	               ? OK
	               : ERR_MALFORMED;
}

static enum err psk_check(const struct psk_id *id, const struct mls_suite *suite, bool linking)
{
	/* RFC 9420 12.1.4: usages reinit and branch are for the first commit of a new
	 * group, which its creator alone ever sees. */
	if (id->type == PSK_RESUMPTION && id->usage != PSK_APPLICATION && !linking)
		return ERR_MALFORMED;
	return id->nonce.n == hash_len(suite->hash) ? OK : ERR_MALFORMED;
}

static enum err update_check(const struct leaf_node *leaf, uint32_t index,
                             const struct ratchet_tree *tree,
                             const struct leaf_node_rules *rules)
{
	/* RFC 9420 7.3: an update that keeps its key would update nothing. */
	if (span_is_equal(leaf->encryption_key, ratchet_tree_key(tree, 2 * index)))
		return ERR_MALFORMED;
	return leaf_node_validate(rules, leaf, index, LEAF_NODE_UPDATE);
}

enum err proposal_check(const struct proposal *p, struct sender sender,
                        const struct ratchet_tree *tree, const struct leaf_node_rules *rules)
{
	TRY(sender_check(p, sender, tree));
	switch (p->type) {
	case PROPOSAL_ADD:
		return key_package_validate(rules, &p->add);
	case PROPOSAL_UPDATE:
		return update_check(&p->update, sender.index, tree, rules);
	case PROPOSAL_REMOVE:
		return ratchet_tree_leaf(tree, p->remove) != NULL ? OK : ERR_MALFORMED;
	case PROPOSAL_PSK:
		return psk_check(&p->psk, rules->suite, false);
	case PROPOSAL_REINIT:
		return p->reinit.version >= MLS_VERSION_10 ? OK : ERR_MALFORMED;
	case PROPOSAL_EXTERNAL_INIT:
		return OK;
	case PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		return group_extensions_check(p->extensions);
	}
	return ERR_MALFORMED;
}

/* --- the list (12.2) --- */

struct counts {
	size_t of[PROPOSAL_GROUP_CONTEXT_EXTENSIONS + 1];
};

static enum err counts_check(const struct proposal_list *list, const struct counts *counts)
{
	const size_t *of = counts->of;

	if (list->external) {
		if (of[PROPOSAL_EXTERNAL_INIT] != 1 || of[PROPOSAL_REMOVE] > 1)
			return ERR_MALFORMED;
		if (list->count != 1 + of[PROPOSAL_REMOVE] + of[PROPOSAL_PSK])
			return ERR_MALFORMED;
		return OK;
	}
	if (of[PROPOSAL_EXTERNAL_INIT] != 0 || of[PROPOSAL_GROUP_CONTEXT_EXTENSIONS] > 1)
		return ERR_MALFORMED;
	if (of[PROPOSAL_REINIT] != 0 && list->count != 1)
		return ERR_MALFORMED;
	return OK;
}

/* An update or remove of each leaf once, and none that concerns the committer. */
static enum err leaves_check(const struct proposal_list *list, const struct ratchet_tree *tree,
                             struct arena *scratch)
{
	size_t mark = arena_mark(scratch);
	bool *is_named = arena_alloc(scratch, tree->leaves * sizeof(*is_named));
	enum err err = is_named == NULL ? ERR_SPACE : OK;

	for (size_t i = 0; i < list->count && err == OK; i++) {
		const struct listed_proposal *item = &list->items[i];
		uint32_t leaf = item->sender.index;

		if (item->proposal->type == PROPOSAL_REMOVE)
			leaf = item->proposal->remove;
		else if (item->proposal->type != PROPOSAL_UPDATE)
			continue;
		if (leaf >= tree->leaves || is_named[leaf] ||
		    (!list->external && leaf == list->committer))
			err = ERR_MALFORMED;
		else
			is_named[leaf] = true;
	}
	arena_release(scratch, mark);
	return err;
}

/* RFC 9420 12.2: no two with the same PreSharedKeyID. Few by PSKS_MAX, so each with each. */
static enum err psks_check(const struct proposal_list *list)
{
	const struct psk_id *seen[PSKS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct proposal *p = list->items[i].proposal;

		if (p->type != PROPOSAL_PSK)
			continue;
		if (n == PSKS_MAX)
			return ERR_LIMIT;
		for (size_t k = 0; k < n; k++)
			if (psk_id_is_equal(seen[k], &p->psk))
				return ERR_MALFORMED;
		seen[n++] = &p->psk;
	}
	return OK;
}

enum err proposal_list_check(const struct proposal_list *list, const struct ratchet_tree *tree,
                             const struct mls_suite *suite, struct arena *scratch)
{
	struct counts counts = { { 0 } };

	for (size_t i = 0; i < list->count; i++) {
		const struct listed_proposal *item = &list->items[i];

		TRY(sender_check(item->proposal, item->sender, tree));
		/* 12.4.3.2: a joiner cannot know what was proposed within the group. */
		if (list->external && item->ref.n != 0)
			return ERR_MALFORMED;
		if (item->proposal->type == PROPOSAL_PSK)
			TRY(psk_check(&item->proposal->psk, suite, list->linking));
		counts.of[item->proposal->type]++;
	}
	TRY(counts_check(list, &counts));
	TRY(psks_check(list));
	return leaves_check(list, tree, scratch);
}

/* --- what it does (12.3) --- */

static enum err updates_apply(const struct proposal_list *list, struct ratchet_tree *tree,
                              const struct leaf_node_rules *rules)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct listed_proposal *item = &list->items[i];

		if (item->proposal->type != PROPOSAL_UPDATE)
			continue;
		TRY(proposal_check(item->proposal, item->sender, tree, rules));
		TRY(ratchet_tree_update(tree, item->sender.index, &item->proposal->update));
	}
	return OK;
}

static enum err removes_apply(const struct proposal_list *list, struct ratchet_tree *tree,
                              struct proposal_effect *out)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct proposal *p = list->items[i].proposal;

		if (p->type != PROPOSAL_REMOVE)
			continue;
		TRY(ratchet_tree_remove(tree, p->remove));
		out->has_removed = true;
		out->removed = p->remove;
	}
	return OK;
}

static enum err adds_apply(const struct proposal_list *list, struct ratchet_tree *tree,
                           const struct leaf_node_rules *rules, struct arena *a,
                           struct proposal_effect *out)
{
	uint32_t *leaves = arena_array(a, sizeof(*leaves), list->count);
	const struct key_package **packages =
		arena_array(a, sizeof(const struct key_package *), list->count);
	size_t n = 0;

	if (leaves == NULL || packages == NULL)
		return ERR_SPACE;
	for (size_t i = 0; i < list->count; i++) {
		const struct proposal *p = list->items[i].proposal;

		if (p->type != PROPOSAL_ADD)
			continue;
		TRY(key_package_validate(rules, &p->add));
		TRY(ratchet_tree_add(tree, &p->add.leaf, &leaves[n]));
		packages[n++] = &p->add;
	}
	out->added = (struct leaf_list){ leaves, n };
	out->added_packages = packages;
	return OK;
}

/* All that does not concern the tree. */
static enum err rest_apply(const struct proposal_list *list, struct arena *a,
                           struct proposal_effect *out)
{
	out->psks = arena_array(a, sizeof(const struct psk_id *), list->count);
	if (out->psks == NULL)
		return ERR_SPACE;
	out->needs_path = list->count == 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct proposal *p = list->items[i].proposal;

		out->needs_path |= proposal_needs_path(p->type);
		if (p->type == PROPOSAL_PSK)
			out->psks[out->psk_count++] = &p->psk;
		else if (p->type == PROPOSAL_REINIT)
			out->reinit = &p->reinit;
		else if (p->type == PROPOSAL_EXTERNAL_INIT)
			out->kem_output = p->kem_output;
		else if (p->type == PROPOSAL_GROUP_CONTEXT_EXTENSIONS) {
			TRY(group_extensions_check(p->extensions));
			out->extensions = p->extensions;
			out->extensions_changed = true;
		}
	}
	return OK;
}

enum err proposal_list_apply(const struct proposal_list *list, struct ratchet_tree *tree,
                             struct leaf_node_rules *rules, struct arena *a,
                             struct proposal_effect *out)
{
	struct proposal_effect effect = { .extensions = rules->group_extensions };

	TRY(rest_apply(list, a, &effect));
	/* 12.3: the new extensions count for all other proposals. */
	rules->group_extensions = effect.extensions;
	TRY(updates_apply(list, tree, rules));
	TRY(removes_apply(list, tree, &effect));
	TRY(adds_apply(list, tree, rules, a, &effect));
	*out = effect;
	return OK;
}
