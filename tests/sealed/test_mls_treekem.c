/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "sealed/mls/treekem_internal.h"
#include "tests/support/check.h"
#include "tests/support/tree_party.h"

enum { memory_size = 6 << 20, rounds = 150 };

static struct tree_party party;
static uint8_t *memory;

static unsigned any(bool member)
{
	for (;;) {
		unsigned who = party_roll(&party, PARTY_MAX);

		if (party.people[who].member == member)
			return who;
	}
}

static unsigned members(void)
{
	return ratchet_tree_member_count(&party.tree);
}

static void everybody_follows_any_history(void)
{
	party_init(&party, memory, memory_size, 1, 7);
	for (int round = 0; round < rounds; round++) {
		unsigned committer = any(true), adds[4], n = 0;

		for (unsigned k = party_roll(&party, 4); k > 0; k--) {
			unsigned who = any(true);

			if (who == committer || members() < 3)
				continue;
			if (party_roll(&party, 3) == 0)
				party_update(&party, who);
			else
				party_remove(&party, who);
		}
		for (unsigned k = party_roll(&party, 5); k > 0 && members() + n < 40; k--) {
			unsigned who = any(false);
			bool twice = false;

			for (unsigned i = 0; i < n; i++)
				twice |= adds[i] == who;
			if (!twice)
				adds[n++] = who;
		}
		CHECK(party_commit(&party, committer, adds, n));
		CHECK(party_validate(&party) == OK);
		/* Some join without a path: unmerged leaves. */
		if (party_roll(&party, 3) == 0 && members() < 40)
			party_add(&party, any(false));
	}
	CHECK(members() > 5);
}

static void every_suite_works(void)
{
	static const uint16_t suites[] = { 1, 2, 3, 5, 7 };

	for (size_t i = 0; i < ARRAY_LEN(suites); i++) {
		static const unsigned first[] = { 1, 2, 3, 4 }, second[] = { 5 };

		party_init(&party, memory, memory_size, suites[i], 3);
		CHECK(party_commit(&party, 0, first, 4));
		CHECK(party_commit(&party, 3, second, 1));
		CHECK(party_commit(&party, 5, NULL, 0));
		CHECK(party_validate(&party) == OK);
	}
}

/* A path of person 0 in a party of five, before anybody took it. */
struct sent {
	struct ratchet_tree ours, before;
	struct update_path path;
	struct treekem_path secret;
	struct span context;
};

static void send(struct sent *s)
{
	static const unsigned others[] = { 1, 2, 3, 4 };
	struct party_person *one = &party.people[0];
	struct span hash = { 0 }, wire = { 0 };
	struct wr w;

	party_init(&party, memory, memory_size, 1, 9);
	CHECK(party_commit(&party, 0, others, 4));
	CHECK(party_commit(&party, 2, NULL, 0));
	CHECK(ratchet_tree_copy(&s->ours, &party.next, &party.tree) == OK);
	CHECK(ratchet_tree_copy(&s->before, &party.next, &party.tree) == OK);
	CHECK(treekem_path_create(&s->ours, &one->config, party.group_id, &one->priv,
	                          &party.scratch, &s->secret) == OK);
	CHECK(ratchet_tree_hash(&s->ours, party.c, &hash) == OK);
	s->context = hash;
	w = wr_into(arena_alloc(&party.scratch, 1 << 16), 1 << 16);
	CHECK(treekem_path_encrypt(&s->ours, party.c, 0, &s->secret, (struct leaf_list){ 0 },
	                           hash, &party.scratch, &w) == OK);
	CHECK(wr_end(&w, &wire) == OK);

	struct rd r = rd_from(wire);

	CHECK(update_path_read(&r, &party.scratch, &s->path) == OK);
}

static enum err merge(struct sent *s, const struct update_path *path, struct ratchet_tree *t)
{
	CHECK(ratchet_tree_copy(t, &party.next, &s->before) == OK);
	return treekem_path_merge(t, party.c, 0, path, (struct leaf_list){ 0 }, &party.scratch);
}

static enum err decrypt(struct ratchet_tree *t, unsigned who, const struct update_path *path,
                        struct span context)
{
	struct treekem_private p;
	uint8_t secret[HASH_MAX];

	treekem_private_copy(&p, &party.people[who].priv);
	return treekem_path_decrypt(t, party.c, &p, 0, path, (struct leaf_list){ 0 }, context,
	                            &party.scratch, secret);
}

static void a_path_of_another_length_is_refused(void)
{
	struct ratchet_tree t;
	struct update_path path;
	struct sent s;

	send(&s);
	CHECK(merge(&s, &s.path, &t) == OK);
	path = s.path;
	path.count--;
	CHECK(merge(&s, &path, &t) == ERR_MALFORMED);
	path = s.path;
	path.nodes[path.count] = path.nodes[0];
	path.count++;
	CHECK(merge(&s, &path, &t) == ERR_MALFORMED);
	path = s.path;
	path.nodes[1].ciphertext_count--;
	CHECK(merge(&s, &path, &t) == ERR_MALFORMED);
	path.nodes[1].ciphertext_count += 2;
	CHECK(merge(&s, &path, &t) == ERR_MALFORMED);
}

static void a_key_that_is_in_the_tree_is_refused(void)
{
	struct ratchet_tree t;
	struct update_path path;
	struct sent s;

	send(&s);
	/* Another member's, our old one, one of the path's own, and one too short. */
	path = s.path;
	path.nodes[0].encryption_key = ratchet_tree_key(&s.before, 8);
	CHECK(merge(&s, &path, &t) == ERR_MALFORMED);
	path = s.path;
	path.nodes[0].encryption_key = path.nodes[1].encryption_key;
	CHECK(merge(&s, &path, &t) == ERR_MALFORMED);
	path = s.path;
	path.leaf.encryption_key = ratchet_tree_key(&s.before, 0);
	CHECK(merge(&s, &path, &t) == ERR_MALFORMED);
	path = s.path;
	path.leaf.encryption_key = path.nodes[0].encryption_key;
	CHECK(merge(&s, &path, &t) == ERR_MALFORMED);
	path = s.path;
	path.nodes[0].encryption_key.n--;
	CHECK(merge(&s, &path, &t) == ERR_MALFORMED);
}

static void another_members_signature_key_is_refused(void)
{
	struct ratchet_tree t;
	struct update_path path;
	struct sent s;

	send(&s);
	path = s.path;
	path.leaf.signature_key = ratchet_tree_leaf(&s.before, 1)->signature_key;
	CHECK(merge(&s, &path, &t) == ERR_MALFORMED);
}

static void a_path_that_the_leaf_did_not_sign_is_refused(void)
{
	static const uint8_t other[32] = { 1, 2, 3 };
	struct ratchet_tree t;
	struct update_path path;
	struct sent s;

	send(&s);
	path = s.path;
	path.nodes[0].encryption_key = SPAN(other);
	CHECK(merge(&s, &path, &t) == ERR_AUTH);
	path = s.path;
	path.leaf.parent_hash = (struct span){ 0 };
	CHECK(merge(&s, &path, &t) == ERR_AUTH);
	path = s.path;
	path.leaf.source = LEAF_NODE_UPDATE;
	CHECK(merge(&s, &path, &t) == ERR_MALFORMED);
}

static void a_secret_that_does_not_fit_is_refused(void)
{
	static const uint8_t zero_key[32] = { 0 };
	static uint8_t bytes[1 << 14];
	struct ratchet_tree t;
	struct update_path path;
	struct sent s;

	send(&s);
	CHECK(merge(&s, &s.path, &t) == OK);
	CHECK(decrypt(&t, 1, &s.path, s.context) == OK);
	CHECK(decrypt(&t, 4, &s.path, s.context) == OK);
	CHECK(decrypt(&t, 1, &s.path, SPAN_STR("another context")) == ERR_AUTH);
	CHECK(decrypt(&t, 0, &s.path, s.context) == ERR_MALFORMED); /* our own */

	path = s.path;
	memcpy(bytes, path.nodes[0].ciphertexts.p, path.nodes[0].ciphertexts.n);
	path.nodes[0].ciphertexts.p = bytes;
	bytes[path.nodes[0].ciphertexts.n - 1] ^= 1;
	CHECK(decrypt(&t, 1, &path, s.context) == ERR_AUTH);

	/* The tree says another key than the secret gives: at the node itself, above it. */
	for (size_t i = 0; i < s.path.count; i++) {
		struct ratchet_tree wrong;

		CHECK(ratchet_tree_copy(&wrong, &party.next, &t) == OK);
		wrong.nodes[s.secret.nodes[i]].parent->encryption_key = SPAN_STR("other");
		CHECK(decrypt(&wrong, 1, &s.path, s.context) == ERR_AUTH);
	}

	/* A key nobody can encrypt to, where this member derives none. */
	path = s.path;
	path.nodes[0].encryption_key = SPAN(zero_key);
	CHECK(decrypt(&t, 4, &path, s.context) == ERR_MALFORMED);
}

static void a_wrong_path_secret_joins_nobody(void)
{
	static const unsigned others[] = { 1, 2, 3 };
	struct treekem_private p;
	uint8_t secret[HASH_MAX] = { 1 };

	party_init(&party, memory, memory_size, 1, 5);
	CHECK(party_commit(&party, 0, others, 3));
	treekem_private_init(&p, 3, party.people[3].leaf_key, 32);
	CHECK(treekem_join(&party.tree, party.c, &p, 0, (struct span){ secret, 32 }) ==
	      ERR_AUTH);
	CHECK(treekem_join(&party.tree, party.c, &p, 0, (struct span){ secret, 31 }) ==
	      ERR_MALFORMED);
	CHECK(treekem_join(&party.tree, party.c, &p, 3, (struct span){ secret, 32 }) ==
	      ERR_MALFORMED);
	CHECK(treekem_join(&party.tree, party.c, &p, 900, (struct span){ secret, 32 }) ==
	      ERR_MALFORMED);
	for (uint32_t level = 1; level <= TREE_DEPTH_MAX; level++)
		CHECK(!p.has[level]);
}

static void every_prefix_of_a_path_is_refused(void)
{
	static uint8_t wire[1 << 14];
	struct wr w = wr_into(wire, sizeof(wire));
	struct span whole = { 0 };
	struct sent s;

	send(&s);
	CHECK(treekem_path_encrypt(&s.ours, party.c, 0, &s.secret, (struct leaf_list){ 0 },
	                           s.context, &party.scratch, &w) == OK);
	CHECK(wr_end(&w, &whole) == OK);
	for (size_t n = 0; n < whole.n; n++) {
		struct rd r = rd_from((struct span){ whole.p, n });
		struct update_path path;

		CHECK(update_path_read(&r, &party.scratch, &path) != OK);
	}
}

/* An UpdatePath with the leaf of person 0 and so many nodes without ciphertexts. */
static enum err read_path(size_t nodes, struct span ciphertexts)
{
	static uint8_t wire[4096];
	struct wr w = wr_into(wire, sizeof(wire));
	struct update_path path;
	struct span in = { 0 };
	size_t opened;

	wr_bytes(&w, ratchet_tree_leaf(&party.tree, 0)->raw);
	opened = wr_open(&w);
	for (size_t i = 0; i < nodes; i++) {
		wr_vec(&w, SPAN_STR("key"));
		wr_vec(&w, ciphertexts);
	}
	wr_close(&w, opened);
	CHECK(wr_end(&w, &in) == OK);

	struct rd r = rd_from(in);

	return update_path_read(&r, &party.scratch, &path);
}

static void a_path_is_no_longer_than_a_tree_is_deep(void)
{
	struct ratchet_tree t;
	struct sent s;

	send(&s);
	CHECK(read_path(TREE_DEPTH_MAX, (struct span){ 0 }) == OK);
	CHECK(read_path(TREE_DEPTH_MAX + 1, (struct span){ 0 }) == ERR_LIMIT);
	CHECK(read_path(1, SPAN_STR("\1a\1b")) == OK);
	CHECK(read_path(1, SPAN_STR("\1a\2b")) == ERR_MALFORMED);
	CHECK(read_path(1, SPAN_STR("\1a")) == ERR_MALFORMED);
	CHECK(ratchet_tree_copy(&t, &party.next, &s.before) == OK);
	CHECK(treekem_path_merge(&t, party.c, t.leaves, &s.path, (struct leaf_list){ 0 },
	                         &party.scratch) == ERR_MALFORMED);
}

static void private_keys_of_blank_nodes_are_wiped(void)
{
	static const unsigned others[] = { 1, 2, 3 };
	static const uint8_t zero[HPKE_PRIV_MAX];
	struct treekem_private *p = &party.people[0].priv;

	party_init(&party, memory, memory_size, 1, 5);
	CHECK(party_commit(&party, 0, others, 3));
	CHECK(p->has[1] && p->has[2]);
	party_remove(&party, 3); /* its path is the root only, as far as it is ours */
	CHECK(p->has[1] && !p->has[2]);
	CHECK(memcmp(p->keys[2], zero, HPKE_PRIV_MAX) == 0);
	CHECK(memcmp(p->keys[1], zero, HPKE_PRIV_MAX) != 0);
	party_remove(&party, 2); /* the tree is halved: level 1 is the root now */
	CHECK(party.tree.leaves == 2 && p->has[1]);
	treekem_private_clear(p);
	CHECK(!p->has[1] && memcmp(p->keys[1], zero, HPKE_PRIV_MAX) == 0);
}

static void a_failing_provider_is_reported(void)
{
	static const unsigned others[] = { 1, 2, 3 };
	struct treekem_private p;
	struct treekem_path path;
	struct ratchet_tree t;
	unsigned failures = 0;

	party_init(&party, memory, memory_size, 1, 5);
	CHECK(party_commit(&party, 0, others, 3));
	for (uint64_t at = 0;; at++) {
		size_t mark = arena_mark(&party.next);
		enum err err;

		treekem_private_copy(&p, &party.people[0].priv);
		CHECK(ratchet_tree_copy(&t, &party.next, &party.tree) == OK);
		party.fake.calls = 0;
		party.fake.has_failed = false;
		party.fake.fail_at = at;
		err = treekem_path_create(&t, &party.people[0].config, party.group_id, &p,
		                          &party.scratch, &path);
		party.fake.fail_at = CRYPTO_FAKE_NEVER;
		arena_release(&party.next, mark);
		arena_clear(&party.scratch);
		if (!party.fake.has_failed) {
			CHECK(err == OK);
			break;
		}
		CHECK(err == ERR_PROVIDER);
		failures++;
	}
	CHECK(failures > 10);
}

int main(void)
{
	memory = malloc(memory_size);
	if (memory == NULL)
		return 1;
	everybody_follows_any_history();
	every_suite_works();
	a_path_of_another_length_is_refused();
	a_key_that_is_in_the_tree_is_refused();
	another_members_signature_key_is_refused();
	a_path_that_the_leaf_did_not_sign_is_refused();
	a_secret_that_does_not_fit_is_refused();
	a_wrong_path_secret_joins_nobody();
	every_prefix_of_a_path_is_refused();
	a_path_is_no_longer_than_a_tree_is_deep();
	private_keys_of_blank_nodes_are_wiped();
	a_failing_provider_is_reported();
	free(memory);
	return check_report("treekem");
}
