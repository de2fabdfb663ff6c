/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/leaf_node.h"

#include "sealed/mls/labels.h"

/*   struct {                                     RFC 9420 7.2
 *       HPKEPublicKey encryption_key;
 *       SignaturePublicKey signature_key;
 *       Credential credential;
 *       Capabilities capabilities;
 *       LeafNodeSource leaf_node_source;         key_package(1) update(2) commit(3)
 *       select (LeafNode.leaf_node_source) {
 *           case key_package: Lifetime lifetime;
 *           case update:      struct{};
 *           case commit:      opaque parent_hash<V>;
 *       };
 *       Extension extensions<V>;
 *       opaque signature<V>;
 *   } LeafNode;                                                                 */

static void source_read(struct rd *r, struct leaf_node *leaf)
{
	uint64_t source = rd_uint(r, 1);

	leaf->source = (enum leaf_node_source)source;
	switch (source) {
	case LEAF_NODE_KEY_PACKAGE:
		leaf->not_before = rd_uint(r, 8);
		leaf->not_after = rd_uint(r, 8);
		break;
	case LEAF_NODE_UPDATE:
		break;
	case LEAF_NODE_COMMIT:
		leaf->parent_hash = rd_vec(r);
		break;
	default:
		rd_fail(r, ERR_MALFORMED);
	}
}

enum err leaf_node_read(struct rd *r, struct arena *a, struct leaf_node *out)
{
	const uint8_t *start = r->p;
	struct leaf_node leaf = { 0 };

	leaf.encryption_key = rd_vec(r);
	leaf.signature_key = rd_vec(r);
	TRY(credential_read(r, &leaf.credential));
	TRY(capabilities_read(r, &leaf.capabilities));
	source_read(r, &leaf);
	TRY(extension_list_read(r, a, &leaf.extensions));
	leaf.signed_len = (size_t)(r->p - start);
	leaf.signature = rd_vec(r);
	if (r->err != OK)
		return r->err;
	leaf.raw = (struct span){ start, (size_t)(r->p - start) };
	*out = leaf;
	return OK;
}

enum err leaf_node_copy(struct arena *a, const struct leaf_node *in, struct leaf_node *out)
{
	struct span raw;

	TRY(arena_dup(a, in->raw, &raw));

	/* Read again: simpler than moving every span, and as fast. */
	struct rd r = rd_from(raw);

	return leaf_node_read(&r, a, out);
}

enum err leaf_node_verify(const struct crypto *c, const struct mls_suite *suite,
                          const struct leaf_node *leaf, struct span group_id, uint32_t index,
                          struct arena *scratch)
{
	size_t mark = arena_mark(scratch), cap = leaf->signed_len + group_id.n + 8;
	uint8_t *buf = arena_alloc(scratch, cap);
	struct wr w = wr_into(buf, cap);
	struct span content;
	enum err err;

	if (buf == NULL)
		return ERR_SPACE;
	wr_bytes(&w, (struct span){ leaf->raw.p, leaf->signed_len });
	if (leaf->source != LEAF_NODE_KEY_PACKAGE) {
		wr_vec(&w, group_id);
		wr_uint(&w, 4, index);
	}
	err = wr_end(&w, &content);
	if (err == OK)
		err = mls_verify_with_label(c, suite, leaf->signature_key,
		                            SPAN_STR("LeafNodeTBS"), content, leaf->signature,
		                            scratch);
	arena_release(scratch, mark);
	return err;
}

struct mls_member leaf_node_member(const struct leaf_node *leaf, uint32_t index)
{
	return (struct mls_member){
		.leaf = index,
		.signature_key = leaf->signature_key,
		.credential_type = leaf->credential.type,
		.credential = leaf->credential.data,
		.extensions = leaf->extensions.items,
		.extension_count = leaf->extensions.count,
	};
}

bool leaf_node_supports(const struct leaf_node *leaf, struct extension_list group_extensions)
{
	struct required_capabilities required;
	struct span data;

	/* 13.4: all extensions of the GroupContext are mandatory. */
	for (size_t i = 0; i < group_extensions.count; i++)
		if (!capabilities_has_extension(&leaf->capabilities,
		                                group_extensions.items[i].type))
			return false;
	if (!extension_list_find(group_extensions, MLS_EXTENSION_REQUIRED_CAPABILITIES, &data))
		return true;
	return required_capabilities_read(data, &required) == OK &&
	       capabilities_meet(&leaf->capabilities, &required);
}

static enum err capabilities_check(const struct leaf_node_rules *rules,
                                   const struct leaf_node *leaf)
{
	const struct capabilities *c = &leaf->capabilities;

	/* 11.1: at a minimum the version and the cipher suite in use; 7.2: and what the
	 * leaf itself contains. */
	if (!u16_list_has(c->versions, MLS_VERSION_10) ||
	    !u16_list_has(c->cipher_suites, rules->suite->id) ||
	    !capabilities_has_credential(c, leaf->credential.type))
		return ERR_MALFORMED;
	for (size_t i = 0; i < leaf->extensions.count; i++)
		if (!capabilities_has_extension(c, leaf->extensions.items[i].type))
			return ERR_MALFORMED;
	return leaf_node_supports(leaf, rules->group_extensions) ? OK : ERR_MALFORMED;
}

static enum err lifetime_check(const struct leaf_node_rules *rules,
                               const struct leaf_node *leaf)
{
	if (leaf->source != LEAF_NODE_KEY_PACKAGE || !rules->check_lifetime)
		return OK;
	if (rules->now < leaf->not_before || rules->now > leaf->not_after)
		return ERR_MALFORMED;
	/* 7.2: a key package that is good for ever would be good for a thief for ever. */
	if (rules->lifetime_max != 0 &&
	    leaf->not_after - leaf->not_before > rules->lifetime_max)
		return ERR_MALFORMED;
	return OK;
}

static enum err credential_check(const struct leaf_node_rules *rules,
                                 const struct leaf_node *leaf, uint32_t index)
{
	const struct mls_judge *judge = rules->judge;
	struct mls_member member;

	if (judge == NULL || judge->credential == NULL)
		return OK;
	member = leaf_node_member(leaf, index);
	return judge->credential(judge->arg, &member, rules->now);
}

enum err leaf_node_validate(const struct leaf_node_rules *rules, const struct leaf_node *leaf,
                            uint32_t index, unsigned source)
{
	const struct crypto *c = rules->crypto;

	if (source != 0 && leaf->source != source)
		return ERR_MALFORMED;
	TRY(capabilities_check(rules, leaf));
	TRY(lifetime_check(rules, leaf));
	if (leaf->encryption_key.n != hpke_pub_len(rules->suite->hpke.kem))
		return ERR_MALFORMED;
	/* A key that nobody can encrypt to would let its owner block every later commit.
	 * In a tree (source 0) the members have looked at it before. */
	if (source != 0)
		TRY(hpke_pub_check(c, rules->suite->hpke.kem, leaf->encryption_key));
	TRY(leaf_node_verify(c, rules->suite, leaf, rules->group_id, index, rules->scratch));
	return credential_check(rules, leaf, index);
}
