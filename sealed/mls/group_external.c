/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/crypto/secret.h"
#include "sealed/mls/group_commit.h"

/* Joining by a commit of one's own, RFC 9420 section 12.4.3.2. The GroupInfo gives the
 * public half of an epoch that we have never been in; the commit starts from that. */

static enum err info_read(struct mls_group *g, struct span message, struct group_info *out)
{
	struct rd r = rd_from(message);
	enum wire_format format;

	TRY(mls_message_read(&r, &format));
	if (format != WIRE_GROUP_INFO)
		return ERR_MALFORMED;
	TRY(group_info_read(&r, &g->scratch, out));
	TRY(rd_end(&r));
	return out->context.suite == g->suite->id ? OK : ERR_MALFORMED;
}

static enum err old_make(struct mls_group *g, const struct group_info *info, struct span tree,
                         uint64_t now, struct epoch *old)
{
	TRY(group_enter_info(g, info, tree, now, old));
	old->private.leaf = UINT32_MAX; /* we are not in it */
	if (info->confirmation_tag.n != hash_len(g->suite->hash))
		return ERR_MALFORMED;
	return epoch_set_tag(old, g->config.crypto, info->confirmation_tag);
}

/* 8.3: the init secret that goes to the members instead of one they shared. */
static enum err init_make(struct mls_group *g, const struct group_info *info,
                          uint8_t *init_secret, struct proposal *out)
{
	const struct mls_suite *suite = g->suite;
	size_t enc_len = hpke_enc_len(suite->hpke.kem);
	uint8_t *enc = arena_alloc(&g->scratch, enc_len);
	struct span data, pub;
	struct rd r;

	if (enc == NULL)
		return ERR_SPACE;
	if (!extension_list_find(info->extensions, MLS_EXTENSION_EXTERNAL_PUB, &data))
		return ERR_MALFORMED;
	r = rd_from(data);
	pub = rd_vec(&r);
	if (rd_end(&r) != OK || pub.n != hpke_pub_len(suite->hpke.kem))
		return ERR_MALFORMED;
	TRY(hpke_send_export(g->config.crypto, suite->hpke, pub, (struct span){ 0 },
	                     SPAN_STR("MLS 1.0 external init secret"), enc, init_secret,
	                     hash_len(suite->hash)));
	*out = (struct proposal){ .type = PROPOSAL_EXTERNAL_INIT,
		                  .kem_output = { enc, enc_len } };
	return proposal_encode(&g->scratch, out);
}

static enum err list_make(struct mls_group *g, const struct epoch *old,
                          const struct mls_external_options *o, struct proposal *init,
                          struct proposal_list *out)
{
	const struct sender sender = { SENDER_NEW_MEMBER_COMMIT, 0 };
	size_t most = o->psk_count + 2, n = 0;
	struct proposal *own = arena_array(&g->scratch, sizeof(*own), most);
	struct listed_proposal *items = arena_array(&g->scratch, sizeof(*items), most);
	struct mls_proposal want = { .type = MLS_REMOVE };

	if (own == NULL || items == NULL)
		return ERR_SPACE;
	items[n++] = (struct listed_proposal){ init, sender, { 0 } };
	if (o->resync) {
		/* Nobody to be replaced: then a plain join would be another thing than
		 * what was asked for. */
		if (!ratchet_tree_find_signer(&old->tree, g->config.identity->sig_pub,
		                              &want.removed))
			return ERR_NOT_NOW;
		TRY(group_proposal_make(g->config.crypto, g->suite, &want,
		                        old->context.group_id, &g->scratch, &own[n]));
		items[n] = (struct listed_proposal){ &own[n], sender, { 0 } };
		n++;
	}
	want.type = MLS_PSK;
	for (size_t i = 0; i < o->psk_count; i++, n++) {
		want.psk_id = o->psk_ids[i];
		TRY(group_proposal_make(g->config.crypto, g->suite, &want,
		                        old->context.group_id, &g->scratch, &own[n]));
		items[n] = (struct listed_proposal){ &own[n], sender, { 0 } };
	}
	*out = (struct proposal_list){ .items = items, .count = n, .external = true };
	return OK;
}

static enum err external_run(struct commit_job *job, struct span group_info, struct span tree,
                             const struct mls_external_options *o, uint8_t *init_secret)
{
	struct group_info info;
	struct proposal init;

	TRY(info_read(job->g, group_info, &info));
	TRY(old_make(job->g, &info, tree, job->now, job->old));
	TRY(init_make(job->g, &info, init_secret, &init));
	TRY(list_make(job->g, job->old, o, &init, &job->list));
	return commit_job_run(job);
}

enum err mls_group_join_external(struct mls_group *g, struct span group_info, struct span tree,
                                 const struct mls_external_options *options, uint64_t now,
                                 struct span *message)
{
	size_t mark = arena_mark(&g->scratch);
	uint8_t init_secret[HASH_MAX];
	enum err err;

	mls_group_commit_drop(g);

	struct commit_job job = {
		.g = g,
		.next = group_free_epoch(g),
		.now = now,
		.format = WIRE_PUBLIC_MESSAGE,
		.aad = options->aad,
		.sender = { SENDER_NEW_MEMBER_COMMIT, 0 },
		.init_secret = init_secret,
	};

	g->pending = job.next; /* so that the other one is another one */
	job.old = group_free_epoch(g);
	err = external_run(&job, group_info, tree, options, init_secret);
	if (err == OK)
		*message = job.message;
	else
		mls_group_commit_drop(g);
	epoch_clear(job.old);
	commit_job_clear(&job);
	wipe(init_secret, sizeof(init_secret));
	arena_release(&g->scratch, mark);
	return err;
}
