/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "tests/support/mls_write.h"

static void write_capabilities(struct wr *w, const struct capabilities *c)
{
	wr_vec(w, c->versions);
	wr_vec(w, c->cipher_suites);
	wr_vec(w, c->extensions);
	wr_vec(w, c->proposals);
	wr_vec(w, c->credentials);
}

void write_leaf_node(struct wr *w, const struct leaf_node *leaf)
{
	wr_vec(w, leaf->encryption_key);
	wr_vec(w, leaf->signature_key);
	credential_write(w, &leaf->credential);
	write_capabilities(w, &leaf->capabilities);
	wr_uint(w, 1, leaf->source);
	if (leaf->source == LEAF_NODE_KEY_PACKAGE) {
		wr_uint(w, 8, leaf->not_before);
		wr_uint(w, 8, leaf->not_after);
	} else if (leaf->source == LEAF_NODE_COMMIT) {
		wr_vec(w, leaf->parent_hash);
	}
	extension_list_write(w, leaf->extensions);
	wr_vec(w, leaf->signature);
}

void write_key_package(struct wr *w, const struct key_package *kp)
{
	wr_uint(w, 2, kp->version);
	wr_uint(w, 2, kp->suite);
	wr_vec(w, kp->init_key);
	write_leaf_node(w, &kp->leaf);
	extension_list_write(w, kp->extensions);
	wr_vec(w, kp->signature);
}

void write_proposal(struct wr *w, const struct proposal *p)
{
	if (p->type == PROPOSAL_ADD) {
		wr_uint(w, 2, p->type);
		write_key_package(w, &p->add);
	} else if (p->type == PROPOSAL_UPDATE) {
		wr_uint(w, 2, p->type);
		write_leaf_node(w, &p->update);
	} else {
		proposal_write(w, p);
	}
}

static void write_update_path(struct wr *w, const struct update_path *path)
{
	size_t opened;

	write_leaf_node(w, &path->leaf);
	opened = wr_open(w);
	for (size_t i = 0; i < path->count; i++) {
		wr_vec(w, path->nodes[i].encryption_key);
		wr_vec(w, path->nodes[i].ciphertexts);
	}
	wr_close(w, opened);
}

void write_commit(struct wr *w, const struct commit *commit)
{
	size_t opened = wr_open(w);

	for (size_t i = 0; i < commit->count; i++) {
		const struct proposal_or_ref *item = &commit->proposals[i];

		wr_uint(w, 1, item->is_ref ? PROPOSAL_BY_REFERENCE : PROPOSAL_BY_VALUE);
		if (item->is_ref)
			wr_vec(w, item->ref);
		else
			write_proposal(w, &item->proposal);
	}
	wr_close(w, opened);
	wr_uint(w, 1, commit->has_path);
	if (commit->has_path)
		write_update_path(w, &commit->path);
}

void write_public_message(struct wr *w, const struct public_message *m)
{
	const struct framed_content *f = &m->content.framed;
	const struct framed_head head = { f->group_id, f->epoch, f->sender, f->aad,
		                          f->content.type };

	framed_head_write(w, &head);
	if (head.type == CONTENT_APPLICATION)
		wr_vec(w, f->content.application);
	else if (head.type == CONTENT_PROPOSAL)
		write_proposal(w, &f->content.proposal);
	else
		write_commit(w, &f->content.commit);
	content_auth_write(w, m->content.auth.signature, head.type,
	                   m->content.auth.confirmation_tag);
	if (head.sender.type == SENDER_MEMBER)
		wr_vec(w, m->membership_tag);
}

void write_private_message(struct wr *w, const struct private_message *m)
{
	wr_vec(w, m->group_id);
	wr_uint(w, 8, m->epoch);
	wr_uint(w, 1, m->type);
	wr_vec(w, m->aad);
	wr_vec(w, m->sender_data);
	wr_vec(w, m->ciphertext);
}

void write_group_info(struct wr *w, const struct group_info *info)
{
	group_context_write(w, &info->context);
	extension_list_write(w, info->extensions);
	wr_vec(w, info->confirmation_tag);
	wr_uint(w, 4, info->signer);
	wr_vec(w, info->signature);
}

void write_welcome(struct wr *w, const struct mls_welcome *welcome)
{
	struct rd secrets = rd_from(welcome->secrets);
	size_t opened;

	wr_uint(w, 2, welcome->suite);
	opened = wr_open(w);
	while (rd_more(&secrets)) {
		struct encrypted_group_secrets item = encrypted_group_secrets_read(&secrets);

		encrypted_group_secrets_write(w, &item);
	}
	wr_close(w, opened);
	wr_vec(w, welcome->group_info);
}

/* One of the five forms. */
static enum err body_read_and_write(struct rd *r, enum wire_format format, struct arena *a,
                                    struct wr *w)
{
	struct public_message public_message;
	struct private_message private_message;
	struct mls_welcome welcome;
	struct group_info info;
	struct key_package kp;

	switch (format) {
	case WIRE_PUBLIC_MESSAGE:
		TRY(public_message_read(r, a, &public_message));
		write_public_message(w, &public_message);
		return OK;
	case WIRE_PRIVATE_MESSAGE:
		TRY(private_message_read(r, &private_message));
		write_private_message(w, &private_message);
		return OK;
	case WIRE_WELCOME:
		TRY(mls_welcome_read(r, &welcome));
		write_welcome(w, &welcome);
		return OK;
	case WIRE_GROUP_INFO:
		TRY(group_info_read(r, a, &info));
		write_group_info(w, &info);
		return OK;
	case WIRE_KEY_PACKAGE:
		TRY(key_package_read(r, a, &kp));
		write_key_package(w, &kp);
		return OK;
	}
	return ERR_MALFORMED;
}

enum err mls_message_read_and_write(struct span message, struct arena *a, struct wr *w)
{
	struct rd r = rd_from(message);
	enum wire_format format;

	TRY(mls_message_read(&r, &format));
	mls_message_write(w, format);
	TRY(body_read_and_write(&r, format, a, w));
	return rd_end(&r);
}
