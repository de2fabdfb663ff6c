/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/epoch.h"

#include <string.h>

#include "sealed/crypto/secret.h"
#include "sealed/mls/transcript.h"

void epoch_clear(struct epoch *e)
{
	struct arena arena = e->arena;

	arena_clear(&arena);
	wipe(e, sizeof(*e));
	e->arena = arena;
}

struct span epoch_hash_span(const struct epoch *e, const uint8_t *hash)
{
	return (struct span){ hash, hash_len(e->suite->hash) };
}

enum err epoch_begin(struct epoch *next, const struct epoch *old)
{
	const struct group_context *from = &old->context;
	struct arena *a = &next->arena;

	next->suite = old->suite;
	next->context = *from;
	next->context.epoch = from->epoch + 1;
	if (from->epoch == UINT64_MAX)
		return ERR_LIMIT;
	TRY(arena_dup(a, from->group_id, &next->context.group_id));
	TRY(arena_dup(a, from->confirmed_transcript_hash,
	              &next->context.confirmed_transcript_hash));
	TRY(extension_list_copy(a, from->extensions, &next->context.extensions));
	TRY(ratchet_tree_copy(&next->tree, a, &old->tree));
	treekem_private_copy(&next->private, &old->private);
	return OK;
}

enum err epoch_set_extensions(struct epoch *e, struct extension_list extensions)
{
	return extension_list_copy(&e->arena, extensions, &e->context.extensions);
}

enum err epoch_hash_tree(struct epoch *e, const struct crypto *c)
{
	struct span hash;

	TRY(ratchet_tree_hash(&e->tree, c, &hash));
	return arena_dup(&e->arena, hash, &e->context.tree_hash);
}

/* The new context, which holds the commit that leads to it. */
static enum err confirm_transcript(struct epoch *e, const struct crypto *c,
                                   const struct epoch_inputs *in)
{
	uint8_t confirmed[HASH_MAX];

	TRY(transcript_confirmed(c, e->suite, in->interim, in->commit, confirmed));
	TRY(arena_dup(&e->arena, epoch_hash_span(e, confirmed),
	              &e->context.confirmed_transcript_hash));
	return group_context_encode(&e->context, &e->arena, &e->context_raw);
}

enum err epoch_set_tag(struct epoch *e, const struct crypto *c, struct span tag)
{
	memcpy(e->confirmation_tag, tag.p, hash_len(e->suite->hash));
	return transcript_interim(c, e->suite, e->context.confirmed_transcript_hash, tag,
	                          e->interim);
}

enum err epoch_finish(struct epoch *e, const struct crypto *c)
{
	struct span confirmed = e->context.confirmed_transcript_hash;
	uint8_t *encryption = e->secrets.bytes[EPOCH_ENCRYPTION];
	enum err err = secret_tree_init(&e->keys, &e->arena, e->suite, e->tree.leaves,
	                                epoch_secret(&e->secrets, EPOCH_ENCRYPTION));

	/* RFC 9420 9.2: with the secret tree it was consumed. */
	wipe(encryption, HASH_MAX);
	TRY(err);
	TRY(confirmation_tag_derive(c, e->suite,
	                            epoch_secret(&e->secrets, EPOCH_CONFIRMATION_KEY),
	                            confirmed, e->confirmation_tag));
	return transcript_interim(c, e->suite, confirmed,
	                          epoch_hash_span(e, e->confirmation_tag), e->interim);
}

enum err epoch_advance(struct epoch *e, const struct crypto *c, const struct epoch_inputs *in,
                       uint8_t *joiner_secret)
{
	TRY(epoch_hash_tree(e, c));
	TRY(confirm_transcript(e, c, in));
	TRY(joiner_secret_derive(c, e->suite, in->init_secret, in->commit_secret,
	                         e->context_raw, joiner_secret));
	TRY(epoch_secrets_derive(c, e->suite, joiner_secret, in->psk_secret, e->context_raw,
	                         &e->secrets));
	return epoch_finish(e, c);
}

void epoch_retire(struct epoch *e)
{
	static const enum epoch_secret ended[] = {
		EPOCH_ENCRYPTION,     EPOCH_EXPORTER,       EPOCH_EXTERNAL,
		EPOCH_MEMBERSHIP_KEY, EPOCH_RESUMPTION_PSK, EPOCH_CONFIRMATION_KEY,
		EPOCH_AUTHENTICATOR,  EPOCH_INIT,
	};

	for (size_t i = 0; i < ARRAY_LEN(ended); i++)
		wipe(e->secrets.bytes[ended[i]], HASH_MAX);
	treekem_private_clear(&e->private);
	for (struct received_proposal *p = e->proposals; p != NULL; p = p->next)
		wipe(p->key, sizeof(p->key));
	e->proposals = NULL;
	e->proposal_count = e->proposal_bytes = 0;
}

struct protection epoch_protection(struct epoch *e, const struct crypto *c)
{
	return (struct protection){
		.crypto = c,
		.suite = e->suite,
		.context = e->context_raw,
		.membership_key = epoch_secret(&e->secrets, EPOCH_MEMBERSHIP_KEY),
		.sender_data_secret = epoch_secret(&e->secrets, EPOCH_SENDER_DATA),
		.keys = &e->keys,
	};
}

const struct received_proposal *epoch_find_proposal(const struct epoch *e, struct span ref)
{
	const struct received_proposal *p = e->proposals;

	while (p != NULL && !span_is_equal(ref, epoch_hash_span(e, p->ref)))
		p = p->next;
	return p;
}

enum err epoch_add_proposal(struct epoch *e, const uint8_t *ref, struct sender sender,
                            struct span raw, const uint8_t *key)
{
	struct received_proposal *p, **last = &e->proposals;
	size_t mark = arena_mark(&e->arena);
	enum err err;

	if (epoch_find_proposal(e, epoch_hash_span(e, ref)) != NULL)
		return OK;
	if (e->proposal_count == RECEIVED_PROPOSALS_MAX ||
	    raw.n > e->arena.cap / RECEIVED_PROPOSALS_SHARE - e->proposal_bytes)
		return ERR_LIMIT;
	p = arena_alloc(&e->arena, sizeof(*p));
	if (p == NULL)
		return ERR_SPACE;
	err = arena_dup(&e->arena, raw, &p->raw);
	if (err != OK) {
		arena_release(&e->arena, mark);
		return err;
	}
	memcpy(p->ref, ref, hash_len(e->suite->hash));
	p->sender = sender;
	p->has_key = key != NULL;
	if (key != NULL)
		memcpy(p->key, key, hpke_priv_len(e->suite->hpke.kem));
	while (*last != NULL)
		last = &(*last)->next;
	*last = p;
	e->proposal_count++;
	e->proposal_bytes += raw.n;
	return OK;
}
