/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_TREE_PARTY_H
#define ZEGEL_TESTS_TREE_PARTY_H

#include "sealed/mls/tree_validate.h"
#include "sealed/mls/treekem.h"
#include "tests/support/crypto_fake.h"

/* Some people with one ratchet tree, without a group around it: for tests of the tree
 * alone. Everything follows from a seed. */
enum { PARTY_MAX = 64 };

struct party_person {
	uint8_t sig_priv[SIG_PRIV_MAX], sig_pub[SIG_PUB_MAX], name[8];
	uint8_t leaf_key[HPKE_PRIV_MAX]; /* while invited */
	struct mls_identity identity;
	struct mls_config config;
	struct treekem_private priv; /* while a member */
	bool member;
};

struct tree_party {
	struct crypto_fake fake;
	const struct crypto *c;
	const struct mls_suite *suite;
	struct span group_id;
	struct leaf_node_rules rules;
	struct arena arena, next, scratch;
	struct ratchet_tree tree; /* in arena */
	struct party_person people[PARTY_MAX];
	uint32_t at[PARTY_MAX]; /* who sits on which leaf */
	uint64_t dice;
};

/* memory: three equal parts are cut from it. The first person is alone in the tree. */
void party_init(struct tree_party *p, void *memory, size_t size, uint16_t suite, uint64_t seed);

uint32_t party_roll(struct tree_party *p, uint32_t sides);

/* A leaf node as in a key package; in scratch. */
struct leaf_node party_leaf(struct tree_party *p, unsigned who);
/* A leaf of any source, with any parent hash, signed for that place. */
struct leaf_node party_forged_leaf(struct tree_party *p, unsigned who,
                                   const struct leaf_node_plan *plan);

/* Adds without a path, as a commit without one would. */
uint32_t party_add(struct tree_party *p, unsigned who);
void party_remove(struct tree_party *p, unsigned who);
void party_update(struct tree_party *p, unsigned who); /* an Update proposal */

/* One commit with a path: `adds` join, everybody who stays processes it through its wire
 * form, the new ones join by their path secret. False, and a line of output: some member
 * has another tree, another secret, or keys that are not the tree's. */
bool party_commit(struct tree_party *p, unsigned committer, const unsigned *adds, size_t n);

/* Read anew from its wire form: what a newcomer sees. */
enum err party_validate(struct tree_party *p);

#endif
