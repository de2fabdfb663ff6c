/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/treekem_internal.h"
#include "sealed/mls/tree_validate.h"
#include "tests/vectors/vec.h"

enum { leaves_max = 64 };

/* One case: a tree, the private halves of its members, and paths that they sent. */
struct scene {
	struct vec *v;
	struct json *test;
	struct ratchet_tree tree;
	struct treekem_private members[leaves_max];
	struct span sig_priv[leaves_max];
};

static void member_read(struct scene *s, struct json *member)
{
	uint32_t leaf = (uint32_t)json_uint(json_get(member, "index"));
	struct json *secrets = json_get(member, "path_secrets");
	struct span key = vec_hex(member, "encryption_priv");
	uint8_t pub[HPKE_PUB_MAX];

	if (leaf >= leaves_max)
		return;

	struct treekem_private *p = &s->members[leaf];

	treekem_private_init(p, leaf, key.p, key.n);
	s->sig_priv[leaf] = vec_hex(member, "signature_priv");
	for (struct json *e = json_first(secrets); e != NULL; e = json_next(secrets, e)) {
		uint32_t level = tree_level((uint32_t)json_uint(json_get(e, "node")));

		CHECK(treekem_derive_keys(s->v->crypto, s->v->suite,
		                          vec_hex(e, "path_secret").p, p->keys[level],
		                          pub) == OK);
		p->has[level] = true;
	}
	CHECK(treekem_private_check(p, &s->tree, s->v->crypto) == OK);
}

/* A GroupContext (RFC 9420 8.1) without extensions. */
static struct span context_write(struct scene *s, struct ratchet_tree *t)
{
	size_t cap = 1024;
	struct wr w = wr_into(arena_alloc(&s->v->arena, cap), cap);
	struct span hash = { 0 }, out = { 0 };

	CHECK(ratchet_tree_hash(t, s->v->crypto, &hash) == OK);
	wr_uint(&w, 2, MLS_VERSION_10);
	wr_uint(&w, 2, s->v->suite->id);
	wr_vec(&w, vec_hex(s->test, "group_id"));
	wr_uint(&w, 8, json_uint(json_get(s->test, "epoch")));
	wr_vec(&w, hash);
	wr_vec(&w, vec_hex(s->test, "confirmed_transcript_hash"));
	wr_uint(&w, 1, 0);
	CHECK(wr_end(&w, &out) == OK);
	return out;
}

/* Merges a path into a copy of the tree. */
static enum err path_merge(struct scene *s, uint32_t sender, const struct update_path *path,
                           struct ratchet_tree *after)
{
	struct arena *a = &s->v->arena;

	/* Not leaf_node_validate(): the leaves of suite 7 do not list it as a capability. */
	TRY(leaf_node_verify(s->v->crypto, s->v->suite, &path->leaf,
	                     vec_hex(s->test, "group_id"), sender, a));
	TRY(ratchet_tree_copy(after, a, &s->tree));
	TRY(treekem_path_merge(after, s->v->crypto, sender, path, (struct leaf_list){ 0 }, a));
	TRY(ratchet_tree_check(after, (struct extension_list){ 0 }, a));
	TRY(tree_check_unmerged(after));
	return tree_check_parent_hashes(after, s->v->crypto, a);
}

/* Every other member gets the same commit secret from the path. */
static void all_decrypt(struct scene *s, uint32_t sender, const struct update_path *path,
                        struct ratchet_tree *after, struct span commit_secret)
{
	struct span context = context_write(s, after);
	uint8_t got[HASH_MAX];

	for (uint32_t i = 0; i < s->tree.leaves; i++) {
		struct treekem_private p;

		if (i == sender || ratchet_tree_leaf(&s->tree, i) == NULL)
			continue;
		treekem_private_copy(&p, &s->members[i]);
		memset(got, 0, sizeof(got));
		CHECK(treekem_path_decrypt(after, s->v->crypto, &p, sender, path,
		                           (struct leaf_list){ 0 }, context, &s->v->arena,
		                           got) == OK);
		CHECK(memcmp(got, commit_secret.p, commit_secret.n) == 0);
		CHECK(treekem_private_check(&p, after, s->v->crypto) == OK);
	}
}

/* The path secret that each receiver decrypts is the one that the sender says. */
static void secrets_are(struct scene *s, uint32_t sender, const struct update_path *path,
                        struct ratchet_tree *after, struct json *wanted)
{
	struct span context = context_write(s, after);
	uint32_t nodes[TREE_DEPTH_MAX];
	size_t n = ratchet_tree_filtered_path(after, sender, nodes);

	for (uint32_t i = 0; i < json_len(wanted); i++) {
		uint8_t priv[HPKE_PRIV_MAX], pub[HPKE_PUB_MAX], secret[HASH_MAX];
		struct treekem_private p;
		size_t k = 0;

		if (json_is_null(json_at(wanted, i)) || ratchet_tree_leaf(after, i) == NULL)
			continue;
		while (k < n && !tree_is_in(2 * i, nodes[k]))
			k++;
		treekem_private_copy(&p, &s->members[i]);
		CHECK(treekem_path_decrypt(after, s->v->crypto, &p, sender, path,
		                           (struct leaf_list){ 0 }, context, &s->v->arena,
		                           secret) == OK);
		CHECK(treekem_derive_keys(s->v->crypto, s->v->suite,
		                          json_hex(json_at(wanted, i)).p, priv, pub) == OK);
		CHECK(k < n && memcmp(priv, p.keys[tree_level(nodes[k])],
		                      hpke_priv_len(s->v->suite->hpke.kem)) == 0);
	}
}

/* A path that we make in the sender's place opens for all the same. */
static void own_path_opens(struct scene *s, uint32_t sender)
{
	struct arena *a = &s->v->arena;
	const struct leaf_node *old = ratchet_tree_leaf(&s->tree, sender);
	const struct mls_identity identity = {
		.suite = s->v->suite->id,
		.sig_priv = s->sig_priv[sender].p,
		.sig_pub = old->signature_key,
		.credential_type = old->credential.type,
		.credential = old->credential.data,
	};
	const struct mls_config config = { .crypto = s->v->crypto, .identity = &identity };
	struct span group_id = vec_hex(s->test, "group_id"), wire;
	struct ratchet_tree ours, theirs;
	struct update_path read;
	struct treekem_private p;
	struct treekem_path path;
	size_t cap = 1 << 20;
	struct wr w = wr_into(arena_alloc(a, cap), cap);

	treekem_private_copy(&p, &s->members[sender]);
	CHECK(ratchet_tree_copy(&ours, a, &s->tree) == OK);
	CHECK(treekem_path_create(&ours, &config, group_id, &p, a, &path) == OK);
	CHECK(treekem_private_check(&p, &ours, s->v->crypto) == OK);
	CHECK(treekem_path_encrypt(&ours, s->v->crypto, sender, &path, (struct leaf_list){ 0 },
	                           context_write(s, &ours), a, &w) == OK);
	CHECK(wr_end(&w, &wire) == OK);

	struct rd r = rd_from(wire);

	CHECK(update_path_read(&r, a, &read) == OK && rd_end(&r) == OK);
	CHECK(path_merge(s, sender, &read, &theirs) == OK);
	all_decrypt(s, sender, &read, &theirs,
	            (struct span){ path.commit_secret, hash_len(s->v->suite->hash) });
}

static void path_holds(struct scene *s, struct json *entry)
{
	uint32_t sender = (uint32_t)json_uint(json_get(entry, "sender"));
	struct rd r = rd_from(vec_hex(entry, "update_path"));
	struct ratchet_tree after;
	struct update_path path;
	struct span hash;

	CHECK(update_path_read(&r, &s->v->arena, &path) == OK && rd_end(&r) == OK);
	CHECK(path_merge(s, sender, &path, &after) == OK);
	CHECK(ratchet_tree_hash(&after, s->v->crypto, &hash) == OK);
	CHECK(span_is_equal(hash, vec_hex(entry, "tree_hash_after")));
	secrets_are(s, sender, &path, &after, json_get(entry, "path_secrets"));
	all_decrypt(s, sender, &path, &after, vec_hex(entry, "commit_secret"));
	own_path_opens(s, sender);
}

void vec_treekem(struct vec *v, struct json *test)
{
	static struct scene s;
	struct json *members = json_get(test, "leaves_private");
	struct json *paths = json_get(test, "update_paths");

	memset(&s, 0, sizeof(s));
	s.v = v;
	s.test = test;
	CHECK(ratchet_tree_read(&s.tree, &v->arena, v->suite, vec_hex(test, "ratchet_tree")) ==
	      OK);
	for (struct json *m = json_first(members); m != NULL; m = json_next(members, m))
		member_read(&s, m);
	for (struct json *p = json_first(paths); p != NULL; p = json_next(paths, p)) {
		size_t mark = arena_mark(&v->arena);

		path_holds(&s, p);
		arena_release(&v->arena, mark);
	}
}
