/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/group_state.h"

/* What a commit would do, in the application's words. */

static struct mls_proposal_view proposal_view(const struct listed_proposal *item)
{
	const struct proposal *p = item->proposal;
	struct mls_proposal_view view = {
		.type = (uint16_t)p->type,
		.by_sender_leaf = item->sender.type == SENDER_MEMBER,
		.sender_leaf = item->sender.index,
	};

	switch (p->type) {
	case PROPOSAL_ADD:
		view.added = leaf_node_member(&p->add.leaf, 0);
		view.key_package = p->add.raw;
		break;
	case PROPOSAL_UPDATE:
		view.added = leaf_node_member(&p->update, item->sender.index);
		break;
	case PROPOSAL_REMOVE:
		view.removed_leaf = p->remove;
		break;
	case PROPOSAL_PSK:
		view.psk_id = p->psk.id;
		break;
	case PROPOSAL_REINIT:
		view.extensions = p->reinit.extensions.items;
		view.extension_count = p->reinit.extensions.count;
		break;
	case PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		view.extensions = p->extensions.items;
		view.extension_count = p->extensions.count;
		break;
	case PROPOSAL_EXTERNAL_INIT:
		break;
	}
	return view;
}

enum err group_judge_commit(struct mls_group *g, const struct proposal_list *list,
                            const struct epoch *next, uint32_t committer, struct span aad)
{
	const struct mls_judge *judge = &g->config.judge;
	const struct leaf_node *leaf = ratchet_tree_leaf(&next->tree, committer);
	struct mls_proposal_view *views;

	if (judge->commit == NULL)
		return OK;
	if (leaf == NULL)
		return ERR_MALFORMED;
	views = arena_array(&g->scratch, sizeof(*views), list->count);
	if (views == NULL)
		return ERR_SPACE;
	for (size_t i = 0; i < list->count; i++)
		views[i] = proposal_view(&list->items[i]);

	const struct mls_commit_view view = {
		.external = list->external,
		.committer = committer,
		.committer_member = leaf_node_member(leaf, committer),
		.aad = aad,
		.proposals = views,
		.proposal_count = list->count,
	};

	return judge->commit(judge->arg, &view);
}
