/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_LEAF_NODE_H
#define ZEGEL_MLS_LEAF_NODE_H

#include "sealed/mls/capabilities.h"

/* A member's place in the tree, RFC 9420 section 7.2. All spans borrow `raw`, which are
 * the bytes as they came: what is hashed and signed is never written anew. */
enum leaf_node_source { LEAF_NODE_KEY_PACKAGE = 1, LEAF_NODE_UPDATE = 2, LEAF_NODE_COMMIT = 3 };

struct leaf_node {
	struct span encryption_key, signature_key;
	struct credential credential;
	struct capabilities capabilities;
	enum leaf_node_source source;
	uint64_t not_before, not_after; /* of a key package */
	struct span parent_hash;        /* of a commit      */
	struct extension_list extensions;
	struct span signature;
	struct span raw;
	size_t signed_len; /* of raw: what the signature covers (and the place, below) */
};

/* What lies around the leaf when it is checked. */
struct leaf_node_rules {
	const struct crypto *crypto;
	const struct mls_suite *suite;
	struct span group_id;               /* empty for a key package on its own */
	struct extension_list group_extensions;
	const struct mls_judge *judge;      /* NULL: every credential is allowed  */
	uint64_t now;
	bool check_lifetime;
	uint64_t lifetime_max; /* longest allowed lifetime, in seconds; 0: any */
	struct arena *scratch; /* left as it was */
};

/* The array of extensions goes into the arena. */
MUST_USE enum err leaf_node_read(struct rd *r, struct arena *a, struct leaf_node *out);

/* A copy that lives as long as the arena. */
MUST_USE enum err leaf_node_copy(struct arena *a, const struct leaf_node *in,
                                 struct leaf_node *out);

/* A fresh key pair of the suite's KEM. */
MUST_USE enum err encryption_key_create(const struct crypto *c, const struct mls_suite *suite,
                                        uint8_t *priv, uint8_t *pub);

/* What is to be in a leaf of ours. */
struct leaf_node_plan {
	enum leaf_node_source source;
	struct span encryption_key;
	uint64_t not_before, not_after; /* of a key package */
	struct span parent_hash;        /* of a commit      */
	struct span group_id;           /* of an update or a commit */
	uint32_t leaf;
};

/* A leaf node with our identity, signed, written into the arena. */
MUST_USE enum err leaf_node_create(const struct mls_config *config,
                                   const struct leaf_node_plan *plan, struct arena *a,
                                   struct leaf_node *out);

/* The signature; group and leaf index count unless it came in a key package. */
MUST_USE enum err leaf_node_verify(const struct crypto *c, const struct mls_suite *suite,
                                   const struct leaf_node *leaf, struct span group_id,
                                   uint32_t index, struct arena *scratch);

/* RFC 9420 7.3 as far as it concerns the leaf alone and the group's extensions:
 * credential, signature, keys that the suite can use, capabilities, lifetime, source.
 * `source` 0: any (a leaf in a tree). What depends on the other members is checked by
 * ratchet_tree_check_leaf(). ERR_AUTH: signature or credential; ERR_MALFORMED: else. */
MUST_USE enum err leaf_node_validate(const struct leaf_node_rules *rules,
                                     const struct leaf_node *leaf, uint32_t index,
                                     unsigned source);

/* Does the member know all of these group extensions, and what they require? */
bool leaf_node_supports(const struct leaf_node *leaf, struct extension_list group_extensions);

struct mls_member leaf_node_member(const struct leaf_node *leaf, uint32_t index);

#endif
