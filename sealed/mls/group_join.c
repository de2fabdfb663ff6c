/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/crypto/secret.h"
#include "sealed/mls/framing.h"
#include "sealed/mls/group_state.h"
#include "sealed/mls/labels.h"
#include "sealed/mls/tree_validate.h"
#include "sealed/mls/welcome.h"

/* Joining by a Welcome, RFC 9420 section 12.4.3.1. */

struct joining {
	struct mls_group *g;
	struct epoch *next;
	const struct mls_key_package_secrets *secrets;
	uint64_t now;
	struct key_package key_package;
	struct mls_welcome welcome;
	struct group_secrets group_secrets;
	const struct psk_id **psks;
	const struct psk_id *link; /* a PSK of usage reinit or branch; NULL: none */
	uint8_t psk_secret[HASH_MAX];
	struct group_info info;
};

static enum err messages_read(struct joining *j, struct span welcome, struct span key_package)
{
	struct rd r = rd_from(welcome);
	enum wire_format format;

	TRY(key_package_read_message(key_package, &j->g->scratch, &j->key_package));
	TRY(mls_message_read(&r, &format));
	if (format != WIRE_WELCOME)
		return ERR_MALFORMED;
	TRY(mls_welcome_read(&r, &j->welcome));
	TRY(rd_end(&r));
	if (j->welcome.suite != j->g->suite->id || j->key_package.suite != j->g->suite->id)
		return ERR_MALFORMED;
	return OK;
}

static enum err secrets_open(struct joining *j)
{
	const struct crypto *c = j->g->config.crypto;
	const struct mls_suite *suite = j->g->suite;
	struct encrypted_group_secrets sealed;
	uint8_t ref[HASH_MAX], *plain;
	struct rd r;

	TRY(key_package_ref(c, suite, &j->key_package, ref));
	TRY(mls_welcome_find(&j->welcome, (struct span){ ref, hash_len(suite->hash) }, &sealed));
	if (sealed.ciphertext.n < AEAD_TAG)
		return ERR_AUTH;
	plain = arena_alloc(&j->g->scratch, sealed.ciphertext.n - AEAD_TAG);
	if (plain == NULL)
		return ERR_SPACE;
	TRY(mls_decrypt_with_label(c, suite, j->secrets->init_priv, j->key_package.init_key,
	                           SPAN_STR("Welcome"), j->welcome.group_info,
	                           sealed.kem_output, sealed.ciphertext, &j->g->scratch,
	                           plain));
	r = rd_from((struct span){ plain, sealed.ciphertext.n - AEAD_TAG });
	TRY(group_secrets_read(&r, &j->g->scratch, &j->group_secrets));
	TRY(rd_end(&r));
	return j->group_secrets.joiner_secret.n == hash_len(suite->hash) ? OK : ERR_MALFORMED;
}

/* Which PSKs there are to be, and the one that links to another group. */
static enum err psks_collect(struct joining *j)
{
	const struct group_secrets *s = &j->group_secrets;

	j->psks = arena_array(&j->g->scratch, sizeof(const struct psk_id *), s->psk_count);
	if (j->psks == NULL)
		return ERR_SPACE;
	for (size_t i = 0; i < s->psk_count; i++) {
		const struct psk_id *id = &s->psks[i];

		j->psks[i] = id;
		if (id->nonce.n != hash_len(j->g->suite->hash))
			return ERR_MALFORMED;
		if (id->type != PSK_RESUMPTION || id->usage == PSK_APPLICATION)
			continue;
		/* 12.4.3.1: it is the only such PSK. */
		if (j->link != NULL)
			return ERR_MALFORMED;
		j->link = id;
	}
	/* A link must be wanted: it says which group this one claims to follow. */
	if ((j->link != NULL) != (j->g->old != NULL))
		return ERR_AUTH;
	return group_psk_secret(j->g, j->g->suite, j->psks, s->psk_count, j->psk_secret);
}

static enum err info_open(struct joining *j)
{
	const struct crypto *c = j->g->config.crypto;
	struct span sealed = j->welcome.group_info;
	struct welcome_key key;
	struct rd r;
	uint8_t *plain;
	enum err err;

	if (sealed.n < AEAD_TAG)
		return ERR_AUTH;
	plain = arena_alloc(&j->g->scratch, sealed.n - AEAD_TAG);
	if (plain == NULL)
		return ERR_SPACE;
	err = welcome_key_derive(c, j->g->suite, j->group_secrets.joiner_secret.p,
	                         j->psk_secret, &key);
	if (err == OK)
		err = crypto_open(c, j->g->suite->aead, key.key, key.nonce, (struct span){ 0 },
		                  sealed, plain);
	wipe(&key, sizeof(key));
	TRY(err);
	r = rd_from((struct span){ plain, sealed.n - AEAD_TAG });
	TRY(group_info_read(&r, &j->g->scratch, &j->info));
	TRY(rd_end(&r));
	return j->info.context.suite == j->g->suite->id ? OK : ERR_MALFORMED;
}

/* Finds and places ourselves; the private keys must be those of the tree. */
static enum err own_leaf_take(struct joining *j)
{
	const struct group_secrets *s = &j->group_secrets;
	struct epoch *e = j->next;
	uint32_t leaf;

	if (!ratchet_tree_find_leaf(&e->tree, j->key_package.leaf.raw, &leaf))
		return ERR_AUTH;
	treekem_private_init(&e->private, leaf, j->secrets->encryption_priv,
	                     hpke_priv_len(j->g->suite->hpke.kem));
	if (s->has_path_secret)
		TRY(treekem_join(&e->tree, j->g->config.crypto, &e->private, j->info.signer,
		                 s->path_secret));
	return treekem_private_check(&e->private, &e->tree, j->g->config.crypto);
}

static enum err schedule_enter(struct joining *j)
{
	const struct crypto *c = j->g->config.crypto;
	struct epoch *e = j->next;

	TRY(epoch_secrets_derive(c, j->g->suite, j->group_secrets.joiner_secret.p,
	                         j->psk_secret, e->context_raw, &e->secrets));
	TRY(epoch_finish(e, c));
	return secret_is_equal(j->info.confirmation_tag,
	                       epoch_hash_span(e, e->confirmation_tag))
	               ? OK
	               : ERR_AUTH;
}

/* --- the link to another group, section 11 --- */

static bool has_member_like(const struct ratchet_tree *t, const struct leaf_node *leaf)
{
	for (uint32_t i = 0; i < t->leaves; i++) {
		const struct leaf_node *other = ratchet_tree_leaf(t, i);

		if (other != NULL && other->credential.type == leaf->credential.type &&
		    span_is_equal(other->credential.data, leaf->credential.data))
			return true;
	}
	return false;
}

static bool has_all_members(const struct ratchet_tree *t, const struct ratchet_tree *of)
{
	for (uint32_t i = 0; i < of->leaves; i++) {
		const struct leaf_node *leaf = ratchet_tree_leaf(of, i);

		if (leaf != NULL && !has_member_like(t, leaf))
			return false;
	}
	return true;
}

static bool extensions_are_equal(struct extension_list a, struct extension_list b)
{
	if (a.count != b.count)
		return false;
	for (size_t i = 0; i < a.count; i++)
		if (a.items[i].type != b.items[i].type ||
		    !span_is_equal(a.items[i].data, b.items[i].data))
			return false;
	return true;
}

static enum err link_check(const struct joining *j)
{
	const struct epoch *old, *e = j->next;

	if (j->link == NULL)
		return OK;
	old = j->g->old->current;
	if (e->context.epoch != 1)
		return ERR_AUTH;
	if (j->link->usage == PSK_BRANCH)
		return e->suite->id == old->suite->id && has_all_members(&old->tree, &e->tree)
		               ? OK
		               : ERR_AUTH;
	if (!old->is_over || j->link->epoch != old->context.epoch ||
	    !has_all_members(&e->tree, &old->tree) ||
	    old->reinit.version != MLS_VERSION_10 || old->reinit.suite != e->suite->id ||
	    !span_is_equal(old->reinit.group_id, e->context.group_id) ||
	    !extensions_are_equal(old->reinit.extensions, e->context.extensions))
		return ERR_AUTH;
	return OK;
}

static enum err join(struct joining *j, struct span welcome, struct span key_package,
                     struct span tree)
{
	TRY(messages_read(j, welcome, key_package));
	TRY(secrets_open(j));
	TRY(psks_collect(j));
	TRY(info_open(j));
	TRY(group_enter_info(j->g, &j->info, tree, j->now, j->next));
	TRY(own_leaf_take(j));
	TRY(schedule_enter(j));
	return link_check(j);
}

static enum err join_or_leave(struct mls_group *g, struct span welcome, struct span key_package,
                              struct span tree, const struct mls_key_package_secrets *secrets,
                              uint64_t now)
{
	struct joining j = { .g = g, .secrets = secrets, .now = now };
	enum err err;

	j.next = group_free_epoch(g);
	err = join(&j, welcome, key_package, tree);
	arena_clear(&g->scratch);
	wipe(j.psk_secret, sizeof(j.psk_secret));
	g->old = NULL;
	if (err != OK)
		epoch_clear(j.next);
	else
		group_enter(g, j.next);
	return err;
}

enum err mls_group_join(struct mls_group *g, struct span welcome, struct span key_package,
                        struct span tree, const struct mls_key_package_secrets *secrets,
                        uint64_t now)
{
	if (g->current != NULL)
		return ERR_NOT_NOW;
	g->old = NULL;
	return join_or_leave(g, welcome, key_package, tree, secrets, now);
}

enum err mls_group_join_from(struct mls_group *g, const struct mls_group *old,
                             struct span welcome, struct span key_package, struct span tree,
                             const struct mls_key_package_secrets *secrets, uint64_t now)
{
	if (g->current != NULL || old->current == NULL)
		return ERR_NOT_NOW;
	g->old = old;
	return join_or_leave(g, welcome, key_package, tree, secrets, now);
}
