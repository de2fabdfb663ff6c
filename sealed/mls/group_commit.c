/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/crypto/secret.h"
#include "sealed/mls/group_commit.h"
#include "sealed/mls/proposal_choose.h"

/* A member's commit: what is to be in it, and what becomes of it. */

struct collected {
	struct mls_group *g;
	struct proposal *proposals;
	struct listed_proposal *items;
	size_t count;
};

static struct sender own_sender(const struct mls_group *g)
{
	return (struct sender){ SENDER_MEMBER, g->current->private.leaf };
}

static enum err collect_own(struct collected *c, const struct mls_proposal *want)
{
	struct mls_group *g = c->g;
	struct proposal *p = &c->proposals[c->count];

	TRY(group_proposal_make(g->config.crypto, g->suite, want, mls_group_id(g), &g->scratch,
	                        p));
	c->items[c->count++] = (struct listed_proposal){ p, own_sender(g), { 0 } };
	return OK;
}

static enum err collect_options(struct collected *c, const struct mls_commit_options *o)
{
	if (o->extensions != NULL)
		TRY(collect_own(c, &(struct mls_proposal){
					   .type = MLS_GROUP_CONTEXT_EXTENSIONS,
					   .extensions = o->extensions,
					   .extension_count = o->extension_count }));
	for (size_t i = 0; i < o->remove_count; i++)
		TRY(collect_own(c, &(struct mls_proposal){ .type = MLS_REMOVE,
		                                           .removed = o->removes[i] }));
	for (size_t i = 0; i < o->add_count; i++)
		TRY(collect_own(c, &(struct mls_proposal){ .type = MLS_ADD,
		                                           .key_package = o->adds[i] }));
	for (size_t i = 0; i < o->psk_count; i++)
		TRY(collect_own(c, &(struct mls_proposal){ .type = MLS_PSK,
		                                           .psk_id = o->psk_ids[i] }));
	for (size_t i = 0; i < o->extra_count; i++)
		TRY(collect_own(c, &o->extra[i]));
	return OK;
}

/* RFC 9420 11: the first commit of a group that follows another one proves, by a PSK that
 * only members of that one have, what it follows. */
static enum err collect_link(struct collected *c)
{
	struct mls_group *g = c->g;
	struct proposal *p = &c->proposals[c->count];
	const struct epoch *old;
	uint8_t *nonce;

	if (g->old == NULL)
		return OK;
	old = g->old->current;
	nonce = arena_alloc(&g->scratch, HASH_MAX);
	if (nonce == NULL)
		return ERR_SPACE;
	TRY(crypto_random(g->config.crypto, nonce, hash_len(g->suite->hash)));
	*p = (struct proposal){
		.type = PROPOSAL_PSK,
		.psk = { .type = PSK_RESUMPTION,
		         .usage = g->link,
		         .group_id = old->context.group_id,
		         .epoch = old->context.epoch,
		         .nonce = { nonce, hash_len(g->suite->hash) } },
	};
	TRY(proposal_encode(&g->scratch, p));
	c->items[c->count++] = (struct listed_proposal){ p, own_sender(g), { 0 } };
	return OK;
}

static enum err collect_received(struct collected *c)
{
	struct epoch *e = c->g->current;

	for (const struct received_proposal *from = e->proposals; from; from = from->next) {
		struct proposal *p = &c->proposals[c->count];
		struct rd r = rd_from(from->raw);

		TRY(proposal_read(&r, &c->g->scratch, p));
		c->items[c->count++] = (struct listed_proposal){ p, from->sender,
			                                         epoch_hash_span(e, from->ref) };
	}
	return OK;
}

static enum err list_make(struct mls_group *g, const struct mls_commit_options *o, uint64_t now,
                          bool with_received, struct proposal_list *out)
{
	size_t most = o->remove_count + o->add_count + o->psk_count + o->extra_count + 2 +
	              g->current->proposal_count;
	struct leaf_node_rules rules = group_leaf_rules(g, g->current, now);
	struct collected c = {
		.g = g,
		.proposals = arena_array(&g->scratch, sizeof(*c.proposals), most),
		.items = arena_array(&g->scratch, sizeof(*c.items), most),
	};

	if (c.proposals == NULL || c.items == NULL)
		return ERR_SPACE;
	TRY(collect_options(&c, o));
	TRY(collect_link(&c));
	if (with_received)
		TRY(collect_received(&c));
	*out = (struct proposal_list){
		.items = c.items,
		.count = c.count,
		.committer = g->current->private.leaf,
		.linking = g->old != NULL,
	};
	if (o->extensions != NULL)
		rules.group_extensions = (struct extension_list){ o->extensions,
			                                          o->extension_count };
	return proposal_list_choose(out, &g->current->tree, &rules, &g->scratch);
}

static enum err commit_make(struct mls_group *g, const struct mls_commit_options *o,
                            uint64_t now, bool with_received, struct span *message,
                            struct span *welcome)
{
	size_t mark = arena_mark(&g->scratch);
	struct commit_job job = {
		.g = g,
		.old = g->current,
		.next = group_free_epoch(g),
		.now = now,
		.format = o->public_message ? WIRE_PUBLIC_MESSAGE : WIRE_PRIVATE_MESSAGE,
		.aad = o->aad,
		.padding = o->padding,
		.force_path = o->force_path,
		.with_tree = o->with_tree,
		.sender = own_sender(g),
		.leaf = g->current->private.leaf,
		.init_secret = g->current->secrets.bytes[EPOCH_INIT],
	};
	enum err err = list_make(g, o, now, with_received, &job.list);

	if (err == OK)
		err = commit_job_run(&job);
	if (err == OK) {
		g->pending = job.next;
		*message = job.message;
		*welcome = job.welcome;
	} else {
		epoch_clear(job.next);
	}
	commit_job_clear(&job);
	arena_release(&g->scratch, mark);
	return err;
}

enum err mls_group_commit(struct mls_group *g, const struct mls_commit_options *options,
                          uint64_t now, struct span *message, struct span *welcome)
{
	enum err err;

	if (g->current == NULL || g->current->is_over)
		return ERR_NOT_NOW;
	mls_group_commit_drop(g);
	err = commit_make(g, options, now, true, message, welcome);
	/* Nobody's proposal keeps us from committing. */
	if (err != OK && err != ERR_PROVIDER && g->current->proposal_count != 0)
		err = commit_make(g, options, now, false, message, welcome);
	return err;
}

enum err mls_group_update_keys(struct mls_group *g, uint64_t now, struct span *message)
{
	const struct mls_commit_options options = { .force_path = true };
	struct span welcome;

	return mls_group_commit(g, &options, now, message, &welcome);
}

enum err mls_group_commit_apply(struct mls_group *g)
{
	if (g->pending == NULL)
		return ERR_NOT_NOW;
	group_enter(g, g->pending);
	g->old = NULL;
	return OK;
}

void mls_group_commit_drop(struct mls_group *g)
{
	if (g->pending != NULL)
		epoch_clear(g->pending);
	g->pending = NULL;
}
