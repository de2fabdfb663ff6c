/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "tests/support/tree_party.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/provider.h"

static void must(enum err err)
{
	if (err == OK)
		return;
	fprintf(stderr, "party: error %d where none may be\n", err);
	abort();
}

uint32_t party_roll(struct tree_party *p, uint32_t sides)
{
	p->dice = p->dice * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(p->dice >> 33) % sides;
}

static void person_init(struct tree_party *p, unsigned who)
{
	struct party_person *one = &p->people[who];

	must(sig_generate(p->c, p->suite->sig, one->sig_priv, one->sig_pub));
	snprintf((char *)one->name, sizeof(one->name), "p%u", who);
	one->identity = (struct mls_identity){
		.suite = p->suite->id,
		.sig_priv = one->sig_priv,
		.sig_pub = { one->sig_pub, sig_pub_len(p->suite->sig) },
		.credential_type = MLS_CREDENTIAL_BASIC,
		.credential = { one->name, strlen((char *)one->name) },
	};
	one->config = (struct mls_config){ .crypto = p->c, .identity = &one->identity };
}

struct leaf_node party_forged_leaf(struct tree_party *p, unsigned who,
                                   const struct leaf_node_plan *plan)
{
	struct leaf_node leaf;

	must(leaf_node_create(&p->people[who].config, plan, &p->scratch, &leaf));
	return leaf;
}

struct leaf_node party_leaf(struct tree_party *p, unsigned who)
{
	uint8_t pub[HPKE_PUB_MAX];
	const struct leaf_node_plan plan = {
		.source = LEAF_NODE_KEY_PACKAGE,
		.encryption_key = { pub, hpke_pub_len(p->suite->hpke.kem) },
		.not_after = 1000,
	};

	must(encryption_key_create(p->c, p->suite, p->people[who].leaf_key, pub));
	return party_forged_leaf(p, who, &plan);
}

static void seat(struct tree_party *p, unsigned who, uint32_t leaf)
{
	struct party_person *one = &p->people[who];

	one->member = true;
	p->at[leaf] = who;
	treekem_private_init(&one->priv, leaf, one->leaf_key, HPKE_PRIV_MAX);
}

uint32_t party_add(struct tree_party *p, unsigned who)
{
	struct leaf_node leaf = party_leaf(p, who);
	uint32_t index;

	must(ratchet_tree_add(&p->tree, &leaf, &index));
	seat(p, who, index);
	return index;
}

static void prune_all(struct tree_party *p)
{
	for (unsigned i = 0; i < PARTY_MAX; i++)
		if (p->people[i].member)
			treekem_private_prune(&p->people[i].priv, &p->tree);
}

void party_remove(struct tree_party *p, unsigned who)
{
	must(ratchet_tree_remove(&p->tree, p->people[who].priv.leaf));
	p->people[who].member = false;
	prune_all(p);
}

void party_update(struct tree_party *p, unsigned who)
{
	struct party_person *one = &p->people[who];
	uint8_t pub[HPKE_PUB_MAX];
	const struct leaf_node_plan plan = {
		.source = LEAF_NODE_UPDATE,
		.encryption_key = { pub, hpke_pub_len(p->suite->hpke.kem) },
		.group_id = p->group_id,
		.leaf = one->priv.leaf,
	};

	must(encryption_key_create(p->c, p->suite, one->priv.leaf_key, pub));

	struct leaf_node leaf = party_forged_leaf(p, who, &plan);

	must(ratchet_tree_update(&p->tree, one->priv.leaf, &leaf));
	prune_all(p);
}

void party_init(struct tree_party *p, void *memory, size_t size, uint16_t suite, uint64_t seed)
{
	struct arena all = arena_into(memory, size);
	size_t third = (size - 64) / 3;
	struct leaf_node leaf;
	uint32_t index;

	memset(p, 0, sizeof(*p));
	crypto_fake_init(&p->fake, provider(), seed);
	p->fake.fail_at = CRYPTO_FAKE_NEVER;
	p->c = &p->fake.table;
	p->suite = mls_suite_from(suite);
	p->group_id = SPAN_STR("party");
	p->dice = seed;
	must(arena_split(&all, third, &p->arena));
	must(arena_split(&all, third, &p->next));
	must(arena_split(&all, third, &p->scratch));
	p->rules = (struct leaf_node_rules){
		.crypto = p->c,
		.suite = p->suite,
		.group_id = p->group_id,
		.scratch = &p->scratch,
	};
	for (unsigned i = 0; i < PARTY_MAX; i++)
		person_init(p, i);
	must(ratchet_tree_init(&p->tree, &p->arena, p->suite));
	leaf = party_leaf(p, 0);
	must(ratchet_tree_add(&p->tree, &leaf, &index));
	seat(p, 0, index);
}

static bool fail(const char *what, unsigned who)
{
	printf("party: person %u: %s\n", who, what);
	return false;
}

static struct span context_of(struct ratchet_tree *t, struct tree_party *p)
{
	struct span hash;

	must(ratchet_tree_hash(t, p->c, &hash)); /* any context does, if it is the same */
	return hash;
}

/* The new ones take their keys from the path secret of the Welcome. */
static bool newcomers_join(struct tree_party *p, uint32_t from, const struct treekem_path *path,
                           const unsigned *adds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct treekem_private *priv = &p->people[adds[i]].priv;
		struct span secret = treekem_path_secret_for(path, p->suite, from, priv->leaf);

		if (treekem_join(&p->tree, p->c, priv, from, secret) != OK)
			return fail("cannot join", adds[i]);
		if (treekem_private_check(priv, &p->tree, p->c) != OK)
			return fail("joined with wrong keys", adds[i]);
	}
	return true;
}

static bool is_one_of(unsigned who, const unsigned *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == who)
			return true;
	return false;
}

static bool members_follow(struct tree_party *p, unsigned committer,
                           const struct treekem_path *path, const struct update_path *read,
                           struct leaf_list added, const unsigned *adds, size_t n)
{
	struct span context = context_of(&p->tree, p);
	uint8_t secret[HASH_MAX];

	for (unsigned i = 0; i < PARTY_MAX; i++) {
		struct treekem_private *priv = &p->people[i].priv;

		if (!p->people[i].member || i == committer || is_one_of(i, adds, n))
			continue;
		if (treekem_path_decrypt(&p->tree, p->c, priv, p->people[committer].priv.leaf,
		                         read, added, context, &p->scratch, secret) != OK)
			return fail("cannot open the path", i);
		if (memcmp(secret, path->commit_secret, hash_len(p->suite->hash)) != 0)
			return fail("has another commit secret", i);
		if (treekem_private_check(priv, &p->tree, p->c) != OK)
			return fail("has keys that are not the tree's", i);
	}
	return true;
}

bool party_commit(struct tree_party *p, unsigned committer, const unsigned *adds, size_t n)
{
	struct party_person *one = &p->people[committer];
	uint32_t leaves[PARTY_MAX];
	struct leaf_list added = { leaves, n };
	struct ratchet_tree ours, theirs;
	struct treekem_path path;
	struct update_path read;
	struct span wire, here, there;
	struct wr w;

	arena_clear(&p->scratch);
	for (size_t i = 0; i < n; i++)
		leaves[i] = party_add(p, adds[i]);
	must(ratchet_tree_copy(&ours, &p->next, &p->tree));
	must(ratchet_tree_copy(&theirs, &p->next, &p->tree));
	must(treekem_path_create(&ours, &one->config, p->group_id, &one->priv, &p->scratch,
	                         &path));
	w = wr_into(arena_alloc(&p->scratch, 1 << 17), 1 << 17);
	must(treekem_path_encrypt(&ours, p->c, one->priv.leaf, &path, added,
	                          context_of(&ours, p), &p->scratch, &w));
	must(wr_end(&w, &wire));

	struct rd r = rd_from(wire);

	if (update_path_read(&r, &p->scratch, &read) != OK || rd_end(&r) != OK ||
	    leaf_node_validate(&p->rules, &read.leaf, one->priv.leaf, LEAF_NODE_COMMIT) != OK ||
	    treekem_path_merge(&theirs, p->c, one->priv.leaf, &read, added, &p->scratch) != OK ||
	    ratchet_tree_check(&theirs, (struct extension_list){ 0 }, &p->scratch) != OK)
		return fail("sent a path that nobody takes", committer);
	must(ratchet_tree_hash(&ours, p->c, &here));
	must(ratchet_tree_hash(&theirs, p->c, &there));
	if (!span_is_equal(here, there))
		return fail("has another tree than its receivers", committer);

	arena_clear(&p->arena);
	must(ratchet_tree_copy(&p->tree, &p->arena, &theirs));
	arena_clear(&p->next);
	return members_follow(p, committer, &path, &read, added, adds, n) &&
	       newcomers_join(p, one->priv.leaf, &path, adds, n);
}

enum err party_validate(struct tree_party *p)
{
	size_t cap = ratchet_tree_write_bound(&p->tree), mark = arena_mark(&p->next);
	struct wr w = wr_into(arena_alloc(&p->next, cap), cap);
	struct ratchet_tree read;
	struct span wire;
	enum err err;

	ratchet_tree_write(&w, &p->tree);
	must(wr_end(&w, &wire));
	err = ratchet_tree_read(&read, &p->next, p->suite, wire);
	if (err == OK)
		err = ratchet_tree_validate(&read, &p->rules, &p->scratch);
	arena_release(&p->next, mark);
	return err;
}
