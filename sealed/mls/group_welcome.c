/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/crypto/secret.h"
#include "sealed/mls/group_commit.h"
#include "sealed/mls/labels.h"
#include "sealed/mls/welcome.h"

/* The Welcome for those whom a commit of ours adds, RFC 9420 section 12.4.3.1. */

/* The GroupInfo, encrypted once for all of them. */
static enum err info_seal(struct commit_job *job, struct span *sealed)
{
	struct mls_group *g = job->g;
	const struct crypto *c = g->config.crypto;
	struct welcome_key key;
	struct span info;
	uint8_t *out;
	enum err err;

	TRY(group_info_make(g, job->next, job->with_tree, false, &g->scratch, &info));
	out = arena_alloc(&g->scratch, info.n + AEAD_TAG);
	if (out == NULL)
		return ERR_SPACE;
	err = welcome_key_derive(c, g->suite, job->joiner_secret, job->psk_secret, &key);
	if (err == OK)
		err = crypto_seal(c, g->suite->aead, key.key, key.nonce, (struct span){ 0 },
		                  info, out);
	wipe(&key, sizeof(key));
	*sealed = (struct span){ out, info.n + AEAD_TAG };
	return err;
}

static enum err psk_ids_collect(struct commit_job *job, struct group_secrets *out)
{
	size_t n = job->effect.psk_count;
	struct psk_id *ids = arena_array(&job->g->scratch, sizeof(*ids), n);

	if (ids == NULL)
		return ERR_SPACE;
	for (size_t i = 0; i < n; i++)
		ids[i] = *job->effect.psks[i];
	out->psks = ids;
	out->psk_count = n;
	return OK;
}

/* The secrets of one of them, encrypted. */
static enum err secrets_seal(struct commit_job *job, const struct group_secrets *common,
                             size_t i, struct span info, struct wr *w)
{
	struct mls_group *g = job->g;
	const struct crypto *c = g->config.crypto;
	const struct key_package *kp = job->effect.added_packages[i];
	struct group_secrets secrets = *common;
	uint8_t ref[HASH_MAX], enc[HPKE_ENC_MAX], *sealed;
	struct span plain;

	if (job->has_path) {
		secrets.path_secret = treekem_path_secret_for(&job->path, g->suite, job->leaf,
		                                              job->effect.added.leaves[i]);
		secrets.has_path_secret = secrets.path_secret.n != 0;
	}
	TRY(group_secrets_encode(&g->scratch, &secrets, &plain));
	sealed = arena_alloc(&g->scratch, plain.n + AEAD_TAG);
	if (sealed == NULL)
		return ERR_SPACE;
	TRY(mls_encrypt_with_label(c, g->suite, kp->init_key, SPAN_STR("Welcome"), info, plain,
	                           &g->scratch, enc, sealed));
	TRY(key_package_ref(c, g->suite, kp, ref));

	const struct encrypted_group_secrets item = {
		.new_member = { ref, hash_len(g->suite->hash) },
		.kem_output = { enc, hpke_enc_len(g->suite->hpke.kem) },
		.ciphertext = { sealed, plain.n + AEAD_TAG },
	};

	encrypted_group_secrets_write(w, &item);
	return w->err;
}

static size_t secrets_max(const struct commit_job *job)
{
	size_t hash = hash_len(job->g->suite->hash);
	size_t n = 64 + 3 * hash + HPKE_ENC_MAX + AEAD_TAG;

	for (size_t i = 0; i < job->effect.psk_count; i++) {
		const struct psk_id *id = job->effect.psks[i];

		n += 32 + id->id.n + id->group_id.n + id->nonce.n;
	}
	return n;
}

static enum err secrets_write(struct commit_job *job, struct span info, struct wr *w)
{
	struct mls_group *g = job->g;
	struct group_secrets common = {
		.joiner_secret = { job->joiner_secret, hash_len(g->suite->hash) },
	};

	TRY(psk_ids_collect(job, &common));
	for (size_t i = 0; i < job->effect.added.count; i++) {
		size_t mark = arena_mark(&g->scratch);
		enum err err = secrets_seal(job, &common, i, info, w);

		arena_release(&g->scratch, mark);
		TRY(err);
	}
	return OK;
}

enum err commit_job_welcome(struct commit_job *job)
{
	size_t count = job->effect.added.count, cap, opened;
	struct span info;
	uint8_t *buf;
	struct wr w;

	if (count == 0)
		return OK;
	TRY(info_seal(job, &info));
	cap = 16 + count * secrets_max(job) + info.n;
	buf = arena_alloc(&job->next->arena, cap);
	if (buf == NULL)
		return ERR_SPACE;
	w = wr_into(buf, cap);
	mls_message_write(&w, WIRE_WELCOME);
	wr_uint(&w, 2, job->g->suite->id);
	opened = wr_open(&w);
	TRY(secrets_write(job, info, &w));
	wr_close(&w, opened);
	wr_vec(&w, info);
	return wr_end(&w, &job->welcome);
}
