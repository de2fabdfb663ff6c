/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/crypto/secret.h"
#include "sealed/mls/group_state.h"
#include "sealed/mls/tree_validate.h"

/* A group's beginning and end, and what can be asked of it. */

/* A creator's leaf is replaced by its first commit; until then it must not look stale to
 * those who check, nor be good for ever. */
enum { creator_lifetime = 28 * 24 * 3600, clock_skew = 3600 };

struct mls_group *mls_group_init(struct arena *memory, size_t block,
                                 const struct mls_config *config)
{
	const struct mls_suite *suite = mls_suite_from(config->identity->suite);
	struct mls_group *g = arena_alloc(memory, sizeof(*g));

	/* The group itself takes its room from the block that is scratch. */
	if (suite == NULL || g == NULL || block <= sizeof(*g) ||
	    arena_split(memory, block - sizeof(*g), &g->scratch) != OK)
		return NULL;
	for (size_t i = 0; i < MLS_EPOCHS_KEPT; i++)
		if (arena_split(memory, block, &g->epochs[i].arena) != OK)
			return NULL;
	g->config = *config;
	g->suite = suite;
	return g;
}

void mls_group_clear(struct mls_group *g)
{
	for (size_t i = 0; i < MLS_EPOCHS_KEPT; i++)
		epoch_clear(&g->epochs[i]);
	arena_clear(&g->scratch);
	wipe(g->resumptions, sizeof(g->resumptions));
	g->current = g->past = g->pending = NULL;
	g->old = NULL;
}

struct epoch *group_free_epoch(struct mls_group *g)
{
	struct epoch *e = g->epochs;

	while (e == g->current || e == g->past || e == g->pending)
		e++;
	epoch_clear(e);
	return e;
}

static void resumption_keep(struct mls_group *g, const struct epoch *e)
{
	struct resumption *r = &g->resumptions[e->context.epoch % RESUMPTIONS_KEPT];

	r->is_there = true;
	r->epoch = e->context.epoch;
	memcpy(r->psk, e->secrets.bytes[EPOCH_RESUMPTION_PSK], sizeof(r->psk));
}

void group_enter(struct mls_group *g, struct epoch *next)
{
	if (g->past != NULL)
		epoch_clear(g->past);
	g->past = g->current;
	if (g->past != NULL) {
		/* Joined anew from outside, it may even be another group. */
		if (!span_is_equal(g->past->context.group_id, next->context.group_id))
			wipe(g->resumptions, sizeof(g->resumptions));
		epoch_retire(g->past);
	}
	if (g->pending != NULL && g->pending != next)
		epoch_clear(g->pending);
	g->pending = NULL;
	g->current = next;
	resumption_keep(g, next);
}

struct leaf_node_rules group_leaf_rules(struct mls_group *g, const struct epoch *e,
                                        uint64_t now)
{
	return (struct leaf_node_rules){
		.crypto = g->config.crypto,
		.suite = g->suite,
		.group_id = e->context.group_id,
		.group_extensions = e->context.extensions,
		.judge = &g->config.judge,
		.now = now,
		.check_lifetime = now != 0,
		.scratch = &g->scratch,
	};
}

/* --- creation, RFC 9420 section 11 --- */

static enum err own_leaf_put(struct mls_group *g, struct epoch *e, uint64_t now)
{
	uint8_t priv[HPKE_PRIV_MAX], pub[HPKE_PUB_MAX];
	struct leaf_node leaf;
	enum err err;

	TRY(encryption_key_create(g->config.crypto, g->suite, priv, pub));
	treekem_private_init(&e->private, 0, priv, hpke_priv_len(g->suite->hpke.kem));
	wipe(priv, sizeof(priv));

	const struct leaf_node_plan plan = {
		.source = LEAF_NODE_KEY_PACKAGE,
		.encryption_key = { pub, hpke_pub_len(g->suite->hpke.kem) },
		.not_before = now > clock_skew ? now - clock_skew : 0,
		.not_after = now + creator_lifetime,
	};

	err = ratchet_tree_init(&e->tree, &e->arena, g->suite);
	if (err == OK)
		err = leaf_node_create(&g->config, &plan, &g->scratch, &leaf);
	if (err == OK)
		err = ratchet_tree_set_leaf(&e->tree, 0, &leaf);
	return err;
}

static enum err epoch_zero_secrets(struct mls_group *g, struct epoch *e)
{
	uint8_t secret[HASH_MAX];
	enum err err = crypto_random(g->config.crypto, secret, hash_len(g->suite->hash));

	if (err == OK)
		err = epoch_secrets_from(g->config.crypto, g->suite, secret, &e->secrets);
	wipe(secret, sizeof(secret));
	return err;
}

static enum err epoch_zero(struct mls_group *g, struct epoch *e, struct span group_id,
                           struct extension_list extensions, uint64_t now)
{
	e->suite = g->suite;
	e->context.suite = g->suite->id;
	TRY(arena_dup(&e->arena, group_id, &e->context.group_id));
	TRY(group_extensions_check(extensions));
	TRY(epoch_set_extensions(e, extensions));
	TRY(own_leaf_put(g, e, now));
	/* What the group demands, its creator must be able to do. */
	TRY(tree_check_capabilities(&e->tree, extensions));
	TRY(epoch_hash_tree(e, g->config.crypto));
	TRY(group_context_encode(&e->context, &e->arena, &e->context_raw));
	TRY(epoch_zero_secrets(g, e));
	return epoch_finish(e, g->config.crypto);
}

enum err mls_group_create(struct mls_group *g, struct span group_id,
                          const struct mls_extension *extensions, size_t count, uint64_t now)
{
	size_t mark = arena_mark(&g->scratch);
	struct epoch *e = group_free_epoch(g);
	enum err err;

	if (g->current != NULL)
		return ERR_NOT_NOW;
	err = epoch_zero(g, e, group_id, (struct extension_list){ extensions, count }, now);
	arena_release(&g->scratch, mark);
	if (err != OK)
		epoch_clear(e);
	else
		group_enter(g, e);
	return err;
}

/* --- what can be asked --- */

enum err mls_group_export(struct mls_group *g, struct span label, struct span context,
                          uint8_t *out, size_t n)
{
	if (g->current == NULL)
		return ERR_NOT_NOW;
	return epoch_export(g->config.crypto, g->suite, &g->current->secrets, label, context,
	                    out, n);
}

enum err mls_group_pending_export(struct mls_group *g, struct span label, struct span context,
                                  uint8_t *out, size_t n)
{
	if (g->pending == NULL)
		return ERR_NOT_NOW;
	return epoch_export(g->config.crypto, g->suite, &g->pending->secrets, label, context,
	                    out, n);
}

uint64_t mls_group_epoch(const struct mls_group *g)
{
	return g->current == NULL ? 0 : g->current->context.epoch;
}

uint32_t mls_group_own_leaf(const struct mls_group *g)
{
	return g->current == NULL ? 0 : g->current->private.leaf;
}

struct span mls_group_id(const struct mls_group *g)
{
	return g->current == NULL ? (struct span){ 0 } : g->current->context.group_id;
}

struct span mls_group_epoch_authenticator(const struct mls_group *g)
{
	if (g->current == NULL)
		return (struct span){ 0 };
	return epoch_secret(&g->current->secrets, EPOCH_AUTHENTICATOR);
}

struct span mls_group_confirmed_transcript_hash(const struct mls_group *g)
{
	if (g->current == NULL)
		return (struct span){ 0 };
	return g->current->context.confirmed_transcript_hash;
}

uint32_t mls_group_leaf_width(const struct mls_group *g)
{
	return g->current == NULL ? 0 : g->current->tree.leaves;
}

bool mls_group_member(const struct mls_group *g, uint32_t leaf, struct mls_member *member)
{
	const struct leaf_node *node;

	if (g->current == NULL || leaf >= g->current->tree.leaves)
		return false;
	node = ratchet_tree_leaf(&g->current->tree, leaf);
	if (node == NULL)
		return false;
	*member = leaf_node_member(node, leaf);
	return true;
}

bool mls_group_extension(const struct mls_group *g, uint16_t type, struct span *data)
{
	return g->current != NULL &&
	       extension_list_find(g->current->context.extensions, type, data);
}

bool mls_group_has_proposals(const struct mls_group *g)
{
	return g->current != NULL && g->current->proposal_count != 0;
}

bool mls_group_is_over(const struct mls_group *g)
{
	return g->current != NULL && g->current->is_over;
}
