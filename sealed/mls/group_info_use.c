/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/framing.h"
#include "sealed/mls/group_info.h"
#include "sealed/mls/group_state.h"
#include "sealed/mls/tree_validate.h"

/* Making a GroupInfo of the group, and believing one. */

/* --- believing, RFC 9420 12.4.3.1 --- */

static enum err tree_take(struct mls_group *g, const struct group_info *info, struct span tree,
                          struct epoch *e)
{
	struct span hash;

	/* The tree in the GroupInfo is signed, so it goes first. */
	if (!extension_list_find(info->extensions, MLS_EXTENSION_RATCHET_TREE, &tree) &&
	    tree.n == 0)
		return ERR_MALFORMED;
	TRY(ratchet_tree_read(&e->tree, &e->arena, g->suite, tree));
	TRY(ratchet_tree_hash(&e->tree, g->config.crypto, &hash));
	return span_is_equal(hash, info->context.tree_hash) ? OK : ERR_AUTH;
}

static enum err context_take(const struct group_context *from, struct epoch *e)
{
	struct arena *a = &e->arena;

	e->context = *from;
	TRY(arena_dup(a, from->group_id, &e->context.group_id));
	TRY(arena_dup(a, from->tree_hash, &e->context.tree_hash));
	TRY(arena_dup(a, from->confirmed_transcript_hash,
	              &e->context.confirmed_transcript_hash));
	TRY(extension_list_copy(a, from->extensions, &e->context.extensions));
	return group_context_encode(&e->context, a, &e->context_raw);
}

enum err group_enter_info(struct mls_group *g, const struct group_info *info, struct span tree,
                          uint64_t now, struct epoch *e)
{
	const struct leaf_node *signer;
	struct leaf_node_rules rules;

	e->suite = g->suite;
	TRY(tree_take(g, info, tree, e));
	signer = info->signer < e->tree.leaves ? ratchet_tree_leaf(&e->tree, info->signer)
	                                       : NULL;
	if (signer == NULL)
		return ERR_AUTH;
	TRY(group_info_verify(g->config.crypto, g->suite, signer->signature_key, info,
	                      &g->scratch));
	TRY(context_take(&info->context, e));
	TRY(group_extensions_check(e->context.extensions));
	rules = group_leaf_rules(g, e, now);
	return ratchet_tree_validate(&e->tree, &rules, &g->scratch);
}

/* --- making, 12.4.3 --- */

static enum err tree_encode(const struct epoch *e, struct arena *scratch,
                            struct mls_extension *out)
{
	size_t cap = ratchet_tree_write_bound(&e->tree);
	uint8_t *buf = arena_alloc(scratch, cap);

	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, cap);

	ratchet_tree_write(&w, &e->tree);
	out->type = MLS_EXTENSION_RATCHET_TREE;
	return wr_end(&w, &out->data);
}

static enum err external_pub_encode(struct mls_group *g, const struct epoch *e,
                                    struct mls_extension *out)
{
	uint8_t pub[HPKE_PUB_MAX], *buf = arena_alloc(&g->scratch, 4 + HPKE_PUB_MAX);
	struct wr w = wr_into(buf, 4 + HPKE_PUB_MAX);

	if (buf == NULL)
		return ERR_SPACE;
	TRY(external_key_derive(g->config.crypto, g->suite, &e->secrets, NULL, pub));
	wr_vec(&w, (struct span){ pub, hpke_pub_len(g->suite->hpke.kem) });
	out->type = MLS_EXTENSION_EXTERNAL_PUB;
	return wr_end(&w, &out->data);
}

enum err group_info_make(struct mls_group *g, struct epoch *e, bool with_tree,
                         bool with_external_pub, struct arena *out, struct span *encoded)
{
	struct mls_extension extensions[3];
	size_t n = 0;
	uint8_t grease;

	if (with_tree)
		TRY(tree_encode(e, &g->scratch, &extensions[n++]));
	if (with_external_pub)
		TRY(external_pub_encode(g, e, &extensions[n++]));
	/* 13.5: receivers must ignore what they do not know; this keeps them honest. */
	TRY(crypto_random(g->config.crypto, &grease, sizeof(grease)));
	extensions[n++] = (struct mls_extension){ mls_grease(grease), { 0 } };

	const struct group_info info = {
		.context = e->context,
		.extensions = { extensions, n },
		.confirmation_tag = epoch_hash_span(e, e->confirmation_tag),
		.signer = e->private.leaf,
	};

	return group_info_sign(g->config.crypto, g->suite, g->config.identity->sig_priv, &info,
	                       &g->scratch, out, encoded);
}

enum err mls_group_info(struct mls_group *g, bool with_tree, struct arena *out,
                        struct span *message)
{
	size_t mark = arena_mark(&g->scratch);
	struct span info;
	enum err err;

	if (g->current == NULL || g->current->is_over)
		return ERR_NOT_NOW;
	err = group_info_make(g, g->current, with_tree, true, &g->scratch, &info);
	if (err == OK) {
		size_t cap = 4 + info.n;
		uint8_t *buf = arena_alloc(out, cap);
		struct wr w = wr_into(buf, buf == NULL ? 0 : cap);

		mls_message_write(&w, WIRE_GROUP_INFO);
		wr_bytes(&w, info);
		err = wr_end(&w, message);
	}
	arena_release(&g->scratch, mark);
	return err;
}
