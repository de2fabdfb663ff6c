/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/crypto/secret.h"
#include "sealed/mls/group_state.h"

/* Proposals of ours, within a commit or apart from it. */

static enum err psk_make(const struct crypto *c, const struct mls_suite *suite,
                         const struct mls_proposal *want, struct span group_id,
                         struct arena *scratch, struct psk_id *out)
{
	size_t n = hash_len(suite->hash);
	uint8_t *nonce = arena_alloc(scratch, n);

	if (nonce == NULL)
		return ERR_SPACE;
	/* RFC 9420 8.4: the same key is never mixed in twice in the same way. */
	TRY(crypto_random(c, nonce, n));
	out->nonce = (struct span){ nonce, n };
	if (!want->resumption) {
		out->type = PSK_EXTERNAL;
		out->id = want->psk_id;
		return OK;
	}
	out->type = PSK_RESUMPTION;
	out->usage = PSK_APPLICATION;
	out->group_id = group_id;
	out->epoch = want->psk_epoch;
	return OK;
}

enum err group_proposal_make(const struct crypto *c, const struct mls_suite *suite,
                             const struct mls_proposal *want, struct span group_id,
                             struct arena *scratch, struct proposal *out)
{
	const struct extension_list extensions = { want->extensions, want->extension_count };
	struct proposal p = { .type = (enum proposal_type)want->type };

	switch (want->type) {
	case MLS_ADD:
		TRY(key_package_read_message(want->key_package, scratch, &p.add));
		break;
	case MLS_REMOVE:
		p.remove = want->removed;
		break;
	case MLS_PSK:
		TRY(psk_make(c, suite, want, group_id, scratch, &p.psk));
		break;
	case MLS_REINIT:
		p.reinit = (struct reinit){ want->group_id, MLS_VERSION_10,
			                    (uint16_t)want->suite, extensions };
		break;
	case MLS_GROUP_CONTEXT_EXTENSIONS:
		p.extensions = extensions;
		break;
	case MLS_UPDATE: /* never in the commit of its own sender, 12.2 */
	default:
		return ERR_MALFORMED;
	}
	TRY(proposal_encode(scratch, &p));
	*out = p;
	return OK;
}

static enum err update_make(struct mls_group *g, uint8_t *priv, struct proposal *out)
{
	const struct epoch *e = g->current;
	uint8_t pub[HPKE_PUB_MAX];

	TRY(encryption_key_create(g->config.crypto, g->suite, priv, pub));

	const struct leaf_node_plan plan = {
		.source = LEAF_NODE_UPDATE,
		.encryption_key = { pub, hpke_pub_len(g->suite->hpke.kem) },
		.group_id = e->context.group_id,
		.leaf = e->private.leaf,
	};

	out->type = PROPOSAL_UPDATE;
	TRY(leaf_node_create(&g->config, &plan, &g->scratch, &out->update));
	return proposal_encode(&g->scratch, out);
}

/* --- the message around it --- */

struct sending {
	const struct mls_config *config;
	struct protection protection;
	enum wire_format format;
	struct framed_head head;
	size_t padding;
	struct span framed, auth; /* worked out */
};

static enum err content_frame(struct sending *s, struct span body, struct arena *scratch)
{
	size_t cap = framed_head_max(&s->head) + body.n, sig_len;
	uint8_t *buf = arena_alloc(scratch, cap), *auth = arena_alloc(scratch, 4 + SIG_MAX);
	uint8_t sig[SIG_MAX];

	if (buf == NULL || auth == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, cap), v = wr_into(auth, 4 + SIG_MAX);

	framed_head_write(&w, &s->head);
	wr_bytes(&w, body);
	TRY(wr_end(&w, &s->framed));
	TRY(content_sign(&s->protection, s->config->identity->sig_priv, s->format,
	                 s->head.sender.type, s->framed, scratch, sig, &sig_len));
	content_auth_write(&v, (struct span){ sig, sig_len }, s->head.type, (struct span){ 0 });
	return wr_end(&v, &s->auth);
}

static enum err content_send(struct sending *s, struct span body, struct arena *scratch,
                             struct arena *out, struct span *message)
{
	TRY(content_frame(s, body, scratch));
	if (s->format == WIRE_PUBLIC_MESSAGE)
		return public_message_seal(&s->protection, &s->head, s->framed, s->auth, out,
		                           message);
	return private_message_seal(&s->protection, &s->head, body, s->auth, s->padding, scratch,
	                            out, message);
}

/* Checked as others will check it, sent, and remembered for a commit that names it. */
static enum err propose(struct mls_group *g, const struct mls_proposal *want,
                        struct sending *s, uint8_t *key, struct arena *out,
                        struct span *message)
{
	struct epoch *e = g->current;
	struct leaf_node_rules rules = group_leaf_rules(g, e, 0);
	bool is_update = want->type == MLS_UPDATE;
	uint8_t ref[HASH_MAX];
	struct proposal p;

	if (is_update)
		TRY(update_make(g, key, &p));
	else
		TRY(group_proposal_make(g->config.crypto, g->suite, want, e->context.group_id,
		                        &g->scratch, &p));
	rules.group_extensions = (struct extension_list){ 0 };
	TRY(proposal_check(&p, s->head.sender, &e->tree, &rules));
	TRY(content_send(s, p.raw, &g->scratch, out, message));
	TRY(group_proposal_ref(g, &g->scratch, s->format, s->framed, s->auth, ref));
	return epoch_add_proposal(e, ref, s->head.sender, p.raw, is_update ? key : NULL);
}

enum err mls_group_propose(struct mls_group *g, const struct mls_proposal *proposal,
                           const struct mls_send_options *options, struct arena *out,
                           struct span *message)
{
	size_t mark = arena_mark(&g->scratch);
	uint8_t key[HPKE_PRIV_MAX];
	enum err err;

	if (g->current == NULL || g->current->is_over)
		return ERR_NOT_NOW;

	struct sending s = {
		.config = &g->config,
		.protection = epoch_protection(g->current, g->config.crypto),
		.format = options->public_message ? WIRE_PUBLIC_MESSAGE : WIRE_PRIVATE_MESSAGE,
		.head = { g->current->context.group_id,
		          g->current->context.epoch,
		          { SENDER_MEMBER, g->current->private.leaf },
		          options->aad,
		          CONTENT_PROPOSAL },
		.padding = options->padding,
	};

	err = propose(g, proposal, &s, key, out, message);
	arena_release(&g->scratch, mark);
	wipe(key, sizeof(key));
	return err;
}

enum err mls_external_propose(const struct mls_config *config,
                              const struct mls_external_sender *sender,
                              const struct mls_proposal *proposal, struct arena *scratch,
                              struct arena *out, struct span *message)
{
	const struct mls_suite *suite = mls_suite_from(config->identity->suite);
	struct sending s = {
		.config = config,
		.protection = { .crypto = config->crypto, .suite = suite },
		.format = WIRE_PUBLIC_MESSAGE,
		.head = { sender->group_id,
		          sender->epoch,
		          { sender->is_new_member ? SENDER_NEW_MEMBER_PROPOSAL
		                                  : SENDER_EXTERNAL,
		            sender->index },
		          { 0 },
		          CONTENT_PROPOSAL },
	};
	size_t mark = arena_mark(scratch);
	struct proposal p;
	enum err err;

	if (suite == NULL || (sender->is_new_member && proposal->type != MLS_ADD) ||
	    !proposal_may_be_external((enum proposal_type)proposal->type))
		return ERR_MALFORMED;
	err = group_proposal_make(config->crypto, suite, proposal, sender->group_id, scratch,
	                          &p);
	if (err == OK)
		err = content_send(&s, p.raw, scratch, out, message);
	arena_release(scratch, mark);
	return err;
}
