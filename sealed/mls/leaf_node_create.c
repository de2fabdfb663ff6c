/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/crypto/secret.h"
#include "sealed/mls/labels.h"
#include "sealed/mls/leaf_node.h"

/* Leaf nodes of our own. */

enum { SUITE_ID_MAX = 7 };

/* RFC 9420 13.5: one value in each list that every receiver must ignore. */
static void u16_list_write(struct wr *w, const uint16_t *types, size_t count, uint8_t grease)
{
	size_t opened = wr_open(w);

	for (size_t i = 0; i < count; i++)
		wr_uint(w, 2, types[i]);
	wr_uint(w, 2, mls_grease(grease));
	wr_close(w, opened);
}

static void capabilities_write(struct wr *w, const struct mls_identity *identity,
                               const uint8_t grease[4])
{
	static const uint16_t credentials[] = { MLS_CREDENTIAL_BASIC, MLS_CREDENTIAL_X509 };
	uint16_t suites[SUITE_ID_MAX];
	size_t count = 0, opened = wr_open(w);

	wr_uint(w, 2, MLS_VERSION_10); /* versions have no GREASE values */
	wr_close(w, opened);
	for (uint16_t id = 1; id <= SUITE_ID_MAX; id++)
		if (mls_suite_from(id) != NULL)
			suites[count++] = id;
	u16_list_write(w, suites, count, grease[0]);
	u16_list_write(w, identity->extension_types, identity->extension_type_count, grease[1]);
	u16_list_write(w, NULL, 0, grease[2]); /* proposals: the default ones only */
	u16_list_write(w, credentials, ARRAY_LEN(credentials), grease[3]);
}

static void source_write(struct wr *w, const struct leaf_node_plan *plan)
{
	wr_uint(w, 1, plan->source);
	if (plan->source == LEAF_NODE_KEY_PACKAGE) {
		wr_uint(w, 8, plan->not_before);
		wr_uint(w, 8, plan->not_after);
	} else if (plan->source == LEAF_NODE_COMMIT) {
		wr_vec(w, plan->parent_hash);
	}
}

static void fields_write(struct wr *w, const struct mls_identity *identity,
                         const struct leaf_node_plan *plan, const uint8_t grease[4])
{
	const struct credential credential = { identity->credential_type, identity->credential };
	const struct extension_list extensions = { identity->leaf_extensions,
		                                   identity->leaf_extension_count };

	wr_vec(w, plan->encryption_key);
	wr_vec(w, identity->sig_pub);
	credential_write(w, &credential);
	capabilities_write(w, identity, grease);
	source_write(w, plan);
	extension_list_write(w, extensions);
}

static size_t bound(const struct mls_identity *identity, const struct leaf_node_plan *plan)
{
	/* Keys, signature, lists and vector headers of our own making, generously. */
	size_t n = 1024 + 2 * identity->extension_type_count + identity->credential.n +
	           plan->parent_hash.n + plan->group_id.n;

	for (size_t i = 0; i < identity->leaf_extension_count; i++)
		n += 8 + identity->leaf_extensions[i].data.n;
	return n;
}

/* Signs what was written, with its place in the group behind it, and puts the signature
 * where the place was. */
static enum err sign(struct wr *w, const struct mls_config *config,
                     const struct leaf_node_plan *plan, struct arena *a)
{
	const struct mls_identity *identity = config->identity;
	size_t fields = w->n, sig_len;
	uint8_t sig[SIG_MAX];
	struct span content;

	if (plan->source != LEAF_NODE_KEY_PACKAGE) {
		wr_vec(w, plan->group_id);
		wr_uint(w, 4, plan->leaf);
	}
	TRY(wr_end(w, &content));
	TRY(mls_sign_with_label(config->crypto, mls_suite_from(identity->suite),
	                        identity->sig_priv, SPAN_STR("LeafNodeTBS"), content, a, sig,
	                        &sig_len));
	w->n = fields;
	wr_vec(w, (struct span){ sig, sig_len });
	return w->err;
}

enum err encryption_key_create(const struct crypto *c, const struct mls_suite *suite,
                               uint8_t *priv, uint8_t *pub)
{
	uint8_t ikm[HASH_MAX];
	const struct span from = { ikm, hash_len(suite->hash) };
	enum err err = crypto_random(c, ikm, sizeof(ikm));

	if (err == OK)
		err = hpke_derive_key_pair(c, suite->hpke.kem, from, priv, pub);
	wipe(ikm, sizeof(ikm));
	return err;
}

enum err leaf_node_create(const struct mls_config *config, const struct leaf_node_plan *plan,
                          struct arena *a, struct leaf_node *out)
{
	size_t cap = bound(config->identity, plan);
	uint8_t *buf = arena_alloc(a, cap), grease[4];
	struct wr w = wr_into(buf, cap);
	struct span raw;

	if (buf == NULL)
		return ERR_SPACE;
	TRY(crypto_random(config->crypto, grease, sizeof(grease)));
	fields_write(&w, config->identity, plan, grease);
	TRY(sign(&w, config, plan, a));
	TRY(wr_end(&w, &raw));

	struct rd r = rd_from(raw);

	return leaf_node_read(&r, a, out);
}
