/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/mls/group_state.h"

/* Messages that come to the group, and application messages that go out. */

struct input {
	struct mls_group *g;
	struct epoch *epoch; /* whose keys protect the message */
	struct protection protection;
	uint64_t now;
	struct authenticated_content content;
	bool is_private;
	struct message_place place;
	uint8_t *kept; /* room for what outlives the call: as long as the message */
};

/* --- from bytes to authenticated content --- */

/* Which epoch is a message for? A past one opens application messages only: what would
 * change the group must come in its own epoch. */
static enum err epoch_find(struct mls_group *g, const struct message_address *to,
                           struct epoch **out)
{
	if (g->current == NULL || !span_is_equal(to->group_id, g->current->context.group_id))
		return ERR_NOT_NOW;
	if (to->epoch == g->current->context.epoch && !g->current->is_over)
		*out = g->current;
	else if (g->past != NULL && to->epoch == g->past->context.epoch &&
	         to->type == CONTENT_APPLICATION &&
	         span_is_equal(to->group_id, g->past->context.group_id))
		*out = g->past;
	else
		return ERR_NOT_NOW;
	return OK;
}

static enum err input_open(struct input *in, struct span message)
{
	struct rd r = rd_from(message);
	struct arena *scratch = &in->g->scratch;
	struct public_message public;
	struct private_message private;
	enum wire_format format;

	TRY(mls_message_read(&r, &format));
	in->is_private = format == WIRE_PRIVATE_MESSAGE;
	if (in->is_private) {
		TRY(private_message_read(&r, &private));
		TRY(rd_end(&r));
		return private_message_open(&in->protection, &in->epoch->tree, &private,
		                            scratch, &in->content, &in->place);
	}
	TRY(public_message_read(&r, scratch, &public));
	TRY(rd_end(&r));
	TRY(public_message_verify(&in->protection, &public));
	in->content = public.content;
	return OK;
}

/* RFC 9420 6.1: whose key signs, by what the sender says it is. ERR_MALFORMED: one who may
 * not send such content. */
static enum err signer_find(const struct input *in, struct span *key)
{
	const struct framed_content *framed = &in->content.framed;
	const struct content *content = &framed->content;
	const struct leaf_node *leaf;
	struct external_sender external;
	struct span list;

	switch (framed->sender.type) {
	case SENDER_MEMBER:
		leaf = ratchet_tree_leaf(&in->epoch->tree, framed->sender.index);
		if (leaf == NULL)
			return ERR_AUTH;
		*key = leaf->signature_key;
		return OK;
	case SENDER_EXTERNAL:
		if (content->type != CONTENT_PROPOSAL ||
		    !proposal_may_be_external(content->proposal.type))
			return ERR_MALFORMED;
		if (!extension_list_find(in->epoch->context.extensions,
		                         MLS_EXTENSION_EXTERNAL_SENDERS, &list))
			return ERR_AUTH;
		TRY(external_senders_find(list, framed->sender.index, &external));
		*key = external.signature_key;
		return OK;
	case SENDER_NEW_MEMBER_PROPOSAL:
		if (content->type != CONTENT_PROPOSAL ||
		    content->proposal.type != PROPOSAL_ADD)
			return ERR_MALFORMED;
		*key = content->proposal.add.leaf.signature_key;
		return OK;
	case SENDER_NEW_MEMBER_COMMIT:
		if (content->type != CONTENT_COMMIT || !content->commit.has_path)
			return ERR_MALFORMED;
		*key = content->commit.path.leaf.signature_key;
		return OK;
	}
	return ERR_MALFORMED;
}

/* --- what it does --- */

/* The message counts: its key is used up. The last step that may fail. */
static enum err input_done(const struct input *in)
{
	return in->is_private ? private_message_done(&in->protection, &in->place) : OK;
}

static enum err proposal_take(struct input *in, struct mls_received *got)
{
	struct leaf_node_rules rules = group_leaf_rules(in->g, in->epoch, in->now);
	const struct authenticated_content *content = &in->content;
	const struct proposal *proposal = &content->framed.content.proposal;
	uint8_t ref[HASH_MAX];

	/* A commit may change the extensions too: whether they fit is judged there. */
	rules.group_extensions = (struct extension_list){ 0 };
	TRY(proposal_check(proposal, content->framed.sender, &in->epoch->tree, &rules));
	TRY(group_proposal_ref(in->g, &in->g->scratch, content->wire_format,
	                       content->framed.raw, content->auth.raw, ref));
	TRY(input_done(in));
	got->kind = MLS_GOT_PROPOSAL;
	return epoch_add_proposal(in->epoch, ref, content->framed.sender, proposal->raw, NULL);
}

static enum err commit_take(struct input *in, struct mls_received *got)
{
	struct epoch *next;

	TRY(group_process_commit(in->g, &in->content, in->now, &next, &got->sender));
	got->kind = MLS_GOT_COMMIT;
	got->removed_us = next == NULL;
	got->epoch++;
	if (next == NULL)
		return OK;

	enum err err = input_done(in);

	if (err == OK)
		group_enter(in->g, next);
	else
		epoch_clear(next);
	return err;
}

static enum err application_take(struct input *in, struct mls_received *got)
{
	TRY(input_done(in));
	got->kind = MLS_GOT_APPLICATION;
	got->data = in->content.framed.content.application;
	return OK;
}

static void author_tell(const struct input *in)
{
	const struct mls_judge *judge = &in->g->config.judge;
	const struct sender *sender = &in->content.framed.sender;

	if (judge->author != NULL && sender->type == SENDER_MEMBER)
		judge->author(judge->arg, sender->index);
}

static enum err content_take(struct input *in, struct mls_received *got)
{
	struct span key;

	TRY(signer_find(in, &key));
	TRY(content_verify(&in->protection, key, &in->content, &in->g->scratch));
	author_tell(in);
	got->sender = in->content.framed.sender.index;
	got->epoch = in->content.framed.epoch;
	got->aad = in->content.framed.aad;
	switch (in->content.framed.content.type) {
	case CONTENT_APPLICATION:
		return application_take(in, got);
	case CONTENT_PROPOSAL:
		return proposal_take(in, got);
	case CONTENT_COMMIT:
		return commit_take(in, got);
	}
	return ERR_MALFORMED;
}

/* Moves what the caller gets to where it stays until the next call. */
static void result_keep(const struct input *in, struct mls_received *got)
{
	uint8_t *to = in->kept;

	if (got->data.n != 0)
		memmove(to, got->data.p, got->data.n);
	got->data.p = to;
	to += got->data.n;
	if (got->aad.n != 0)
		memmove(to, got->aad.p, got->aad.n);
	got->aad.p = to;
}

enum err mls_group_input(struct mls_group *g, struct span message, uint64_t now,
                         struct mls_received *got)
{
	struct input in = { .g = g, .now = now };
	struct mls_received received = { 0 };
	struct message_address to;
	size_t mark;
	enum err err;

	/* With it goes the plaintext that the last call gave out. */
	arena_clear(&g->scratch);
	TRY(message_address_read(message, &to));
	TRY(epoch_find(g, &to, &in.epoch));
	in.kept = arena_alloc(&g->scratch, message.n);
	if (in.kept == NULL)
		return ERR_SPACE;
	mark = arena_mark(&g->scratch);
	in.protection = epoch_protection(in.epoch, g->config.crypto);
	err = input_open(&in, message);
	if (err == OK)
		err = content_take(&in, &received);
	if (err == OK)
		result_keep(&in, &received);
	arena_release(&g->scratch, mark);
	if (err != OK) {
		arena_clear(&g->scratch);
		return err;
	}
	if (received.removed_us) {
		received.aad = (struct span){ 0 };
		mls_group_clear(g);
	}
	*got = received;
	return OK;
}

/* --- sending --- */

static enum err seal(struct mls_group *g, const struct framed_head *head, struct span body,
                     size_t padding, struct arena *out, struct span *message)
{
	struct protection protection = epoch_protection(g->current, g->config.crypto);
	size_t cap = framed_head_max(head) + body.n, sig_len;
	uint8_t *buf = arena_alloc(&g->scratch, cap), *auth;
	uint8_t sig[SIG_MAX];
	struct span framed, auth_raw;

	auth = arena_alloc(&g->scratch, 4 + SIG_MAX);
	if (buf == NULL || auth == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, cap), v = wr_into(auth, 4 + SIG_MAX);

	framed_head_write(&w, head);
	wr_bytes(&w, body);
	TRY(wr_end(&w, &framed));
	TRY(content_sign(&protection, g->config.identity->sig_priv, WIRE_PRIVATE_MESSAGE,
	                 SENDER_MEMBER, framed, &g->scratch, sig, &sig_len));
	content_auth_write(&v, (struct span){ sig, sig_len }, CONTENT_APPLICATION,
	                   (struct span){ 0 });
	TRY(wr_end(&v, &auth_raw));
	return private_message_seal(&protection, head, body, auth_raw, padding, &g->scratch, out,
	                            message);
}

enum err mls_group_seal(struct mls_group *g, struct span data, struct span aad, size_t padding,
                        struct arena *out, struct span *message)
{
	size_t mark = arena_mark(&g->scratch);
	struct span body;
	uint8_t *buf;
	enum err err;

	if (g->current == NULL || g->current->is_over || g->current->proposal_count != 0)
		return ERR_NOT_NOW;
	buf = arena_alloc(&g->scratch, 4 + data.n);
	if (buf == NULL)
		return ERR_SPACE;

	const struct framed_head head = {
		.group_id = g->current->context.group_id,
		.epoch = g->current->context.epoch,
		.sender = { SENDER_MEMBER, g->current->private.leaf },
		.aad = aad,
		.type = CONTENT_APPLICATION,
	};
	struct wr w = wr_into(buf, 4 + data.n);

	wr_vec(&w, data);
	err = wr_end(&w, &body);
	if (err == OK)
		err = seal(g, &head, body, padding, out, message);
	arena_release(&g->scratch, mark);
	return err;
}
