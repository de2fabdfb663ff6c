/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/crypto/secret.h"
#include "sealed/mls/group_state.h"
#include "sealed/mls/labels.h"
#include "sealed/mls/tree_validate.h"

/* Processing a commit of another, RFC 9420 section 12.4.2. */

struct processing {
	struct mls_group *g;
	struct epoch *old, *next;
	uint64_t now;
	const struct authenticated_content *content;
	const struct commit *commit;
	struct proposal_list list;
	struct proposal_effect effect;
	uint32_t committer;
	bool removes_us;
	uint8_t init_secret[HASH_MAX]; /* of an external commit */
	uint8_t commit_secret[HASH_MAX], psk_secret[HASH_MAX];
};

static enum err item_resolve(const struct processing *p, const struct proposal_or_ref *from,
                             struct listed_proposal *out)
{
	const struct received_proposal *received;
	struct proposal *proposal;
	struct rd r;

	if (!from->is_ref) {
		*out = (struct listed_proposal){ &from->proposal,
			                         p->content->framed.sender,
			                         { 0 } };
		return OK;
	}
	received = epoch_find_proposal(p->old, from->ref);
	/* It may still come: the caller can try again then. */
	if (received == NULL)
		return ERR_NOT_NOW;
	proposal = arena_alloc(&p->g->scratch, sizeof(*proposal));
	if (proposal == NULL)
		return ERR_SPACE;
	r = rd_from(received->raw);
	TRY(proposal_read(&r, &p->g->scratch, proposal));
	*out = (struct listed_proposal){ proposal, received->sender, from->ref };
	return OK;
}

static enum err list_resolve(struct processing *p)
{
	const struct commit *commit = p->commit;
	struct listed_proposal *items = arena_array(&p->g->scratch, sizeof(*items),
	                                            commit->count);

	if (items == NULL)
		return ERR_SPACE;
	for (size_t i = 0; i < commit->count; i++)
		TRY(item_resolve(p, &commit->proposals[i], &items[i]));
	p->list = (struct proposal_list){
		.items = items,
		.count = commit->count,
		.external = p->content->framed.sender.type == SENDER_NEW_MEMBER_COMMIT,
		.committer = p->committer,
	};
	return OK;
}

static bool is_removed(const struct proposal_list *list, uint32_t leaf)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].proposal->type == PROPOSAL_REMOVE &&
		    list->items[i].proposal->remove == leaf)
			return true;
	return false;
}

/* 12.2: one who replaces its own past self must also bring a new key, as an update
 * would. Whether it is the same person is the application's judgement. */
static enum err resync_check(const struct processing *p)
{
	struct span old_key;

	if (!p->effect.has_removed || !p->list.external)
		return OK;
	old_key = ratchet_tree_key(&p->old->tree, 2 * p->effect.removed);
	return span_is_equal(old_key, p->commit->path.leaf.encryption_key) ? ERR_MALFORMED
	                                                                    : OK;
}

static enum err path_merge(struct processing *p)
{
	struct leaf_node_rules rules = group_leaf_rules(p->g, p->next, p->now);
	const struct update_path *path = &p->commit->path;

	if (!p->commit->has_path)
		return p->effect.needs_path ? ERR_MALFORMED : OK;
	TRY(resync_check(p));
	TRY(leaf_node_validate(&rules, &path->leaf, p->committer, LEAF_NODE_COMMIT));
	return treekem_path_merge(&p->next->tree, p->g->config.crypto, p->committer, path,
	                          p->effect.added, &p->g->scratch);
}

static enum err path_decrypt(struct processing *p)
{
	struct span provisional;

	if (!p->commit->has_path)
		return OK;
	TRY(epoch_hash_tree(p->next, p->g->config.crypto));
	TRY(group_context_encode(&p->next->context, &p->g->scratch, &provisional));
	return treekem_path_decrypt(&p->next->tree, p->g->config.crypto, &p->next->private,
	                            p->committer, &p->commit->path, p->effect.added,
	                            provisional, &p->g->scratch, p->commit_secret);
}

/* 8.3: what a joiner from outside has sent takes the place of the old init secret. */
static enum err external_init(struct processing *p)
{
	const struct crypto *c = p->g->config.crypto;
	const struct mls_suite *suite = p->g->suite;
	uint8_t priv[HPKE_PRIV_MAX], pub[HPKE_PUB_MAX];
	enum err err;

	if (!p->list.external) {
		memcpy(p->init_secret, p->old->secrets.bytes[EPOCH_INIT], HASH_MAX);
		return OK;
	}
	err = external_key_derive(c, suite, &p->old->secrets, priv, pub);
	if (err == OK)
		err = hpke_receive_export(
			c, suite->hpke, priv, (struct span){ pub, hpke_pub_len(suite->hpke.kem) },
			p->effect.kem_output, (struct span){ 0 },
			SPAN_STR("MLS 1.0 external init secret"), p->init_secret,
			hash_len(suite->hash));
	wipe(priv, sizeof(priv));
	return err;
}

static enum err advance(struct processing *p)
{
	const struct crypto *c = p->g->config.crypto;
	const struct authenticated_content *content = p->content;
	uint8_t joiner_secret[HASH_MAX];
	struct epoch_inputs in = {
		.init_secret = p->init_secret,
		.commit_secret = p->commit->has_path ? p->commit_secret : NULL,
		.psk_secret = p->psk_secret,
		.interim = epoch_hash_span(p->old, p->old->interim),
	};
	enum err err;

	TRY(external_init(p));
	TRY(group_psk_secret(p->g, p->g->suite, p->effect.psks, p->effect.psk_count,
	                     p->psk_secret));
	TRY(group_transcript_input(&p->g->scratch, content->wire_format, content->framed.raw,
	                           content->auth.signature, &in.commit));
	err = epoch_advance(p->next, c, &in, joiner_secret);
	wipe(joiner_secret, sizeof(joiner_secret));
	TRY(err);
	/* The committer came to the same keys, or this fails. */
	if (!secret_is_equal(content->auth.confirmation_tag,
	                     epoch_hash_span(p->next, p->next->confirmation_tag)))
		return ERR_AUTH;
	return OK;
}

/* 12.4.2: a group ended by a ReInit knows what is to follow it. */
static enum err reinit_note(struct processing *p)
{
	const struct reinit *reinit = p->effect.reinit;
	struct epoch *e = p->next;

	if (reinit == NULL)
		return OK;
	e->is_over = true;
	e->reinit = *reinit;
	TRY(arena_dup(&e->arena, reinit->group_id, &e->reinit.group_id));
	return extension_list_copy(&e->arena, reinit->extensions, &e->reinit.extensions);
}

static enum err process(struct processing *p)
{
	TRY(list_resolve(p));
	TRY(group_apply_proposals(p->g, p->old, &p->list, p->now, p->next, &p->effect,
	                          &p->committer));
	p->removes_us = is_removed(&p->list, p->old->private.leaf);
	TRY(path_merge(p));
	TRY(ratchet_tree_check(&p->next->tree, p->next->context.extensions, &p->g->scratch));
	/* One who is put out cannot follow further; all that can be checked was. */
	if (!p->removes_us) {
		TRY(path_decrypt(p));
		TRY(advance(p));
		TRY(reinit_note(p));
	}
	return group_judge_commit(p->g, &p->list, p->next, p->committer,
	                          p->content->framed.aad);
}

enum err group_process_commit(struct mls_group *g, const struct authenticated_content *content,
                              uint64_t now, struct epoch **next, uint32_t *committer)
{
	struct processing p = {
		.g = g,
		.old = g->current,
		.next = group_free_epoch(g),
		.now = now,
		.content = content,
		.commit = &content->framed.content.commit,
		.committer = content->framed.sender.index,
	};
	enum err err;

	/* Our own commit is applied by mls_group_commit_apply(). */
	if (content->framed.sender.type == SENDER_MEMBER &&
	    p.committer == g->current->private.leaf)
		return ERR_NOT_NOW;
	err = process(&p);
	if (err == OK) {
		*next = p.removes_us ? NULL : p.next;
		*committer = p.committer;
	}
	if (err != OK || p.removes_us)
		epoch_clear(p.next);
	wipe(p.init_secret, sizeof(p.init_secret));
	wipe(p.commit_secret, sizeof(p.commit_secret));
	wipe(p.psk_secret, sizeof(p.psk_secret));
	return err;
}
