/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/key_package.h"

#include "sealed/mls/labels.h"

enum { WIRE_FORMAT_KEY_PACKAGE = 5 };

/* RFC 9420 13.5: a key package of ours carries an extension that nobody knows. */
enum { GREASE_DATA = 4 };

/*   struct {                                     RFC 9420 10
 *       ProtocolVersion version;
 *       CipherSuite cipher_suite;
 *       HPKEPublicKey init_key;
 *       LeafNode leaf_node;
 *       Extension extensions<V>;
 *       opaque signature<V>;
 *   } KeyPackage;                                                              */
enum err key_package_read(struct rd *r, struct arena *a, struct key_package *out)
{
	const uint8_t *start = r->p;
	struct key_package kp = { 0 };

	kp.version = (uint16_t)rd_uint(r, 2);
	kp.suite = (uint16_t)rd_uint(r, 2);
	kp.init_key = rd_vec(r);
	TRY(leaf_node_read(r, a, &kp.leaf));
	TRY(extension_list_read(r, a, &kp.extensions));
	kp.signed_len = (size_t)(r->p - start);
	kp.signature = rd_vec(r);
	if (r->err != OK)
		return r->err;
	kp.raw = (struct span){ start, (size_t)(r->p - start) };
	*out = kp;
	return OK;
}

enum err key_package_read_message(struct span message, struct arena *a, struct key_package *out)
{
	struct rd r = rd_from(message);
	uint64_t version = rd_uint(&r, 2), format = rd_uint(&r, 2);
	struct key_package kp;

	if (r.err == OK && (version != MLS_VERSION_10 || format != WIRE_FORMAT_KEY_PACKAGE))
		return ERR_MALFORMED;
	TRY(key_package_read(&r, a, &kp));
	TRY(rd_end(&r));
	/* 10: the message's version is the key package's. */
	if (kp.version != version)
		return ERR_MALFORMED;
	*out = kp;
	return OK;
}

enum err key_package_validate(const struct leaf_node_rules *rules, const struct key_package *kp)
{
	const struct crypto *c = rules->crypto;
	const struct span tbs = { kp->raw.p, kp->signed_len };

	if (kp->version != MLS_VERSION_10 || kp->suite != rules->suite->id)
		return ERR_MALFORMED;
	if (span_is_equal(kp->init_key, kp->leaf.encryption_key))
		return ERR_MALFORMED;
	TRY(hpke_pub_check(c, rules->suite->hpke.kem, kp->init_key));
	/* 10: extensions must be in the capabilities; 13.4: unknown ones are ignored. The
	 * second rule wins here: GREASE extensions of a key package are listed nowhere. */
	TRY(leaf_node_validate(rules, &kp->leaf, 0, LEAF_NODE_KEY_PACKAGE));
	return mls_verify_with_label(c, rules->suite, kp->leaf.signature_key,
	                             SPAN_STR("KeyPackageTBS"), tbs, kp->signature,
	                             rules->scratch);
}

enum err key_package_ref(const struct crypto *c, const struct mls_suite *suite,
                         const struct key_package *kp, uint8_t *ref)
{
	return mls_ref_hash(c, suite, SPAN_STR("MLS 1.0 KeyPackage Reference"), kp->raw, ref);
}

/* The message, around a leaf node; `w` has room. */
static enum err message_write(struct wr *w, const struct mls_config *config,
                              const struct mls_suite *suite, struct span init_pub,
                              const struct leaf_node *leaf, struct arena *scratch)
{
	uint8_t grease[1 + GREASE_DATA], sig[SIG_MAX];
	struct mls_extension extension = { .data = { grease + 1, GREASE_DATA } };
	size_t start, sig_len;

	TRY(crypto_random(config->crypto, grease, sizeof(grease)));
	extension.type = mls_grease(grease[0]);
	wr_uint(w, 2, MLS_VERSION_10);
	wr_uint(w, 2, WIRE_FORMAT_KEY_PACKAGE);
	start = w->n;
	wr_uint(w, 2, MLS_VERSION_10);
	wr_uint(w, 2, suite->id);
	wr_vec(w, init_pub);
	wr_bytes(w, leaf->raw);
	extension_list_write(w, (struct extension_list){ &extension, 1 });
	if (w->err != OK)
		return w->err;
	TRY(mls_sign_with_label(config->crypto, suite, config->identity->sig_priv,
	                        SPAN_STR("KeyPackageTBS"),
	                        (struct span){ w->buf + start, w->n - start }, scratch, sig,
	                        &sig_len));
	wr_vec(w, (struct span){ sig, sig_len });
	return w->err;
}

enum err mls_key_package_create(const struct mls_config *config, uint64_t not_before,
                                uint64_t not_after, struct arena *scratch, struct arena *out,
                                struct span *message, struct mls_key_package_secrets *secrets)
{
	const struct mls_suite *suite = mls_suite_from(config->identity->suite);
	uint8_t init_pub[HPKE_PUB_MAX], encryption_pub[HPKE_PUB_MAX];
	size_t mark = arena_mark(scratch), len, cap;
	struct leaf_node leaf;
	struct wr w;

	if (suite == NULL)
		return ERR_MALFORMED;
	len = hpke_pub_len(suite->hpke.kem);
	TRY(encryption_key_create(config->crypto, suite, secrets->init_priv, init_pub));
	TRY(encryption_key_create(config->crypto, suite, secrets->encryption_priv, encryption_pub));

	const struct leaf_node_plan plan = {
		.source = LEAF_NODE_KEY_PACKAGE,
		.encryption_key = { encryption_pub, len },
		.not_before = not_before,
		.not_after = not_after,
	};

	TRY(leaf_node_create(config, &plan, scratch, &leaf));
	cap = leaf.raw.n + HPKE_PUB_MAX + SIG_MAX + 64;
	w = wr_into(arena_alloc(out, cap), cap);
	if (w.buf == NULL)
		return ERR_SPACE;
	TRY(message_write(&w, config, suite, (struct span){ init_pub, len }, &leaf, scratch));
	arena_release(scratch, mark);
	return wr_end(&w, message);
}
