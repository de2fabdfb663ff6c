/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/crypto/secret.h"
#include "sealed/mls/group_commit.h"
#include "sealed/mls/tree_validate.h"

/* --- the path --- */

static enum err path_create(struct commit_job *job)
{
	const struct crypto *c = job->g->config.crypto;
	struct epoch *next = job->next;

	if (!job->effect.needs_path && !job->force_path)
		return OK;
	job->has_path = true;
	TRY(treekem_path_create(&next->tree, &job->g->config, next->context.group_id,
	                        &next->private, &job->g->scratch, &job->path));
	return epoch_hash_tree(next, c);
}

/* --- the Commit --- */

/* How many bytes the path may need: a ciphertext for every member at worst. */
static size_t path_max(const struct commit_job *job)
{
	const struct mls_suite *suite = job->g->suite;
	const struct ratchet_tree *t = &job->next->tree;
	size_t sealed = 4 + hpke_enc_len(suite->hpke.kem) + 4 + hash_len(suite->hash) + AEAD_TAG;
	size_t node = 4 + hpke_pub_len(suite->hpke.kem) + 4;

	if (!job->has_path)
		return 0;
	return 4 + ratchet_tree_leaf(t, job->leaf)->raw.n + TREE_DEPTH_MAX * (node + sealed) +
	       (size_t)ratchet_tree_member_count(t) * sealed;
}

static void proposals_write(struct wr *w, const struct proposal_list *list)
{
	size_t opened = wr_open(w);

	for (size_t i = 0; i < list->count; i++) {
		const struct listed_proposal *item = &list->items[i];
		const struct proposal_or_ref entry = {
			.is_ref = item->ref.n != 0,
			.ref = item->ref,
			.proposal = { .raw = item->proposal->raw },
		};

		proposal_or_ref_write(w, &entry);
	}
	wr_close(w, opened);
}

static enum err path_write(struct commit_job *job, struct wr *w)
{
	struct arena *scratch = &job->g->scratch;
	struct span provisional;

	wr_uint(w, 1, job->has_path);
	if (!job->has_path)
		return w->err;
	TRY(group_context_encode(&job->next->context, scratch, &provisional));
	return treekem_path_encrypt(&job->next->tree, job->g->config.crypto, job->leaf,
	                            &job->path, job->effect.added, provisional, scratch, w);
}

/* The FramedContent, whose end is the Commit. */
static enum err content_write(struct commit_job *job)
{
	size_t head = framed_head_max(&job->head), cap = head + 16 + path_max(job);
	uint8_t *buf;
	struct wr w;
	size_t start;

	for (size_t i = 0; i < job->list.count; i++)
		cap += 1 + 4 + job->list.items[i].ref.n + job->list.items[i].proposal->raw.n;
	buf = arena_alloc(&job->g->scratch, cap);
	if (buf == NULL)
		return ERR_SPACE;
	w = wr_into(buf, cap);
	framed_head_write(&w, &job->head);
	start = w.n;
	proposals_write(&w, &job->list);
	TRY(path_write(job, &w));
	TRY(wr_end(&w, &job->framed));
	job->body = (struct span){ job->framed.p + start, job->framed.n - start };
	return OK;
}

/* --- into the next epoch --- */

static enum err advance(struct commit_job *job, struct span signature)
{
	struct mls_group *g = job->g;
	struct epoch_inputs in = {
		.init_secret = job->init_secret,
		.commit_secret = job->has_path ? job->path.commit_secret : NULL,
		.psk_secret = job->psk_secret,
		.interim = epoch_hash_span(job->old, job->old->interim),
	};

	TRY(group_psk_secret(g, g->suite, job->effect.psks, job->effect.psk_count,
	                     job->psk_secret));
	TRY(group_transcript_input(&g->scratch, job->format, job->framed, signature,
	                           &in.commit));
	return epoch_advance(job->next, g->config.crypto, &in, job->joiner_secret);
}

static enum err message_write(struct commit_job *job, const struct protection *protection,
                              struct span signature)
{
	uint8_t auth[4 + SIG_MAX + 1 + HASH_MAX];
	struct wr w = wr_into(auth, sizeof(auth));
	struct span raw;

	content_auth_write(&w, signature, CONTENT_COMMIT,
	                   epoch_hash_span(job->next, job->next->confirmation_tag));
	TRY(wr_end(&w, &raw));
	if (job->format == WIRE_PUBLIC_MESSAGE)
		return public_message_seal(protection, &job->head, job->framed, raw,
		                           &job->next->arena, &job->message);
	return private_message_seal(protection, &job->head, job->body, raw, job->padding,
	                            &job->g->scratch, &job->next->arena, &job->message);
}

static enum err content_send(struct commit_job *job)
{
	struct mls_group *g = job->g;
	struct protection protection = epoch_protection(job->old, g->config.crypto);
	uint8_t sig[SIG_MAX];
	size_t sig_len;

	TRY(content_write(job));
	TRY(content_sign(&protection, g->config.identity->sig_priv, job->format,
	                 job->sender.type, job->framed, &g->scratch, sig, &sig_len));

	const struct span signature = { sig, sig_len };

	TRY(advance(job, signature));
	return message_write(job, &protection, signature);
}

static enum err reinit_note(struct commit_job *job)
{
	struct epoch *e = job->next;

	if (job->effect.reinit == NULL)
		return OK;
	e->is_over = true;
	e->reinit = *job->effect.reinit;
	TRY(arena_dup(&e->arena, e->reinit.group_id, &e->reinit.group_id));
	return extension_list_copy(&e->arena, e->reinit.extensions, &e->reinit.extensions);
}

static bool has_received(const struct proposal_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].ref.n != 0)
			return true;
	return false;
}

enum err commit_job_run(struct commit_job *job)
{
	struct epoch *next = job->next;

	TRY(group_apply_proposals(job->g, job->old, &job->list, job->now, next, &job->effect,
	                          &job->leaf));
	next->private.leaf = job->leaf;
	job->head = (struct framed_head){
		.group_id = job->old->context.group_id,
		.epoch = job->old->context.epoch,
		.sender = job->sender,
		.aad = job->aad,
		.type = CONTENT_COMMIT,
	};
	TRY(path_create(job));
	TRY(ratchet_tree_check(&next->tree, next->context.extensions, &job->g->scratch));
	/* What others proposed is included only if our application wants it. */
	if (has_received(&job->list))
		TRY(group_judge_commit(job->g, &job->list, next, job->leaf, job->aad));
	TRY(content_send(job));
	TRY(reinit_note(job));
	return commit_job_welcome(job);
}

void commit_job_clear(struct commit_job *job)
{
	treekem_path_clear(&job->path);
	wipe(job->psk_secret, sizeof(job->psk_secret));
	wipe(job->joiner_secret, sizeof(job->joiner_secret));
}
