/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/secret_tree.h"

#include <string.h>

#include "sealed/mls/labels.h"
#include "sealed/mls/tree_math.h"
#include "sealed/wire/wipe.h"

/* A key that was passed over. */
struct kept_key {
	uint32_t generation;
	bool is_there;
	struct message_key key;
};

struct ratchet {
	uint8_t secret[HASH_MAX];
	uint64_t generation; /* of the next key; 2^32: used up */
	struct kept_key *kept; /* RATCHET_KEPT_MAX, by generation; NULL: none yet */
};

struct sender_ratchets {
	struct ratchet of[RATCHET_KINDS];
};

static const uint64_t generations = (uint64_t)1 << 32;

static uint8_t *node_secret(const struct secret_tree *t, uint32_t node)
{
	return t->secrets + node * hash_len(t->suite->hash);
}

enum err secret_tree_init(struct secret_tree *t, struct arena *a, const struct mls_suite *suite,
                          uint32_t leaves, struct span encryption_secret)
{
	size_t n = hash_len(suite->hash);
	uint32_t width = tree_width(leaves), root = tree_root(leaves);
	struct secret_tree tree = { a, suite, leaves, NULL, NULL, NULL };

	tree.secrets = arena_array(a, n, width);
	tree.has = arena_array(a, sizeof(*tree.has), width);
	tree.senders = arena_array(a, sizeof(struct sender_ratchets *), leaves);
	if (tree.secrets == NULL || tree.has == NULL || tree.senders == NULL)
		return ERR_SPACE;
	memcpy(node_secret(&tree, root), encryption_secret.p, n);
	tree.has[root] = true;
	*t = tree;
	return OK;
}

void secret_tree_clear(struct secret_tree *t)
{
	if (t->secrets != NULL)
		wipe(t->secrets, tree_width(t->leaves) * hash_len(t->suite->hash));
	for (uint32_t i = 0; t->senders != NULL && i < t->leaves; i++) {
		struct sender_ratchets *s = t->senders[i];

		for (size_t kind = 0; s != NULL && kind < RATCHET_KINDS; kind++) {
			if (s->of[kind].kept != NULL)
				wipe(s->of[kind].kept,
				     RATCHET_KEPT_MAX * sizeof(*s->of[kind].kept));
			wipe(&s->of[kind], sizeof(s->of[kind]));
		}
	}
	memset(t, 0, sizeof(*t));
}

/* --- from the root to a leaf --- */

static enum err node_divide(struct secret_tree *t, const struct crypto *c, uint32_t node)
{
	size_t n = hash_len(t->suite->hash);
	struct span secret = { node_secret(t, node), n };
	uint32_t left = tree_left(node), right = tree_right(node);

	TRY(mls_expand_with_label(c, t->suite, secret, SPAN_STR("tree"), SPAN_STR("left"),
	                          node_secret(t, left), n));
	TRY(mls_expand_with_label(c, t->suite, secret, SPAN_STR("tree"), SPAN_STR("right"),
	                          node_secret(t, right), n));
	t->has[left] = t->has[right] = true;
	t->has[node] = false;
	wipe(node_secret(t, node), n);
	return OK;
}

static enum err leaf_divide(struct secret_tree *t, const struct crypto *c, uint32_t leaf)
{
	size_t n = hash_len(t->suite->hash), mark = arena_mark(t->arena);
	struct span secret = { node_secret(t, 2 * leaf), n }, none = { 0 };
	struct sender_ratchets *s = arena_alloc(t->arena, sizeof(*s));
	enum err err;

	if (s == NULL)
		return ERR_SPACE;
	err = mls_expand_with_label(c, t->suite, secret, SPAN_STR("handshake"), none,
	                            s->of[RATCHET_HANDSHAKE].secret, n);
	if (err == OK)
		err = mls_expand_with_label(c, t->suite, secret, SPAN_STR("application"), none,
		                            s->of[RATCHET_APPLICATION].secret, n);
	if (err != OK) {
		arena_release(t->arena, mark);
		return err;
	}
	t->senders[leaf] = s;
	t->has[2 * leaf] = false;
	wipe(node_secret(t, 2 * leaf), n);
	return OK;
}

static enum err ratchet_find(struct secret_tree *t, const struct crypto *c, uint32_t leaf,
                             enum ratchet_kind kind, struct ratchet **out)
{
	uint32_t node = tree_root(t->leaves);

	if (leaf >= t->leaves)
		return ERR_AUTH;
	while (t->senders[leaf] == NULL && !tree_is_leaf(node)) {
		if (t->has[node])
			TRY(node_divide(t, c, node));
		node = 2 * leaf < node ? tree_left(node) : tree_right(node);
	}
	if (t->senders[leaf] == NULL)
		TRY(leaf_divide(t, c, leaf));
	*out = &t->senders[leaf]->of[kind];
	return OK;
}

/* --- along a ratchet --- */

static enum err key_derive(const struct secret_tree *t, const struct crypto *c,
                           const uint8_t *secret, uint32_t generation,
                           struct message_key *out)
{
	struct span in = { secret, hash_len(t->suite->hash) };

	TRY(mls_derive_tree_secret(c, t->suite, in, SPAN_STR("key"), generation, out->key,
	                           aead_key_len(t->suite->aead)));
	return mls_derive_tree_secret(c, t->suite, in, SPAN_STR("nonce"), generation,
	                              out->nonce, AEAD_NONCE);
}

static enum err secret_advance(const struct secret_tree *t, const struct crypto *c,
                               uint8_t *secret, uint32_t generation)
{
	uint8_t next[HASH_MAX];
	size_t n = hash_len(t->suite->hash);
	enum err err;

	err = mls_derive_tree_secret(c, t->suite, (struct span){ secret, n },
	                             SPAN_STR("secret"), generation, next, n);
	if (err == OK)
		memcpy(secret, next, n);
	wipe(next, sizeof(next));
	return err;
}

static struct kept_key *kept_find(struct ratchet *r, uint32_t generation)
{
	struct kept_key *kept;

	if (r->kept == NULL)
		return NULL;
	kept = &r->kept[generation % RATCHET_KEPT_MAX];
	return kept->is_there && kept->generation == generation ? kept : NULL;
}

enum err secret_tree_next(struct secret_tree *t, const struct crypto *c, uint32_t leaf,
                          enum ratchet_kind kind, uint32_t *generation,
                          struct message_key *out)
{
	struct ratchet *r;
	struct message_key key;
	enum err err;

	TRY(ratchet_find(t, c, leaf, kind, &r));
	if (r->generation >= generations)
		return ERR_LIMIT;
	err = key_derive(t, c, r->secret, (uint32_t)r->generation, &key);
	if (err == OK)
		err = secret_advance(t, c, r->secret, (uint32_t)r->generation);
	if (err == OK) {
		*generation = (uint32_t)r->generation++;
		*out = key;
	}
	wipe(&key, sizeof(key));
	return err;
}

enum err secret_tree_find(struct secret_tree *t, const struct crypto *c, uint32_t leaf,
                          enum ratchet_kind kind, uint32_t generation,
                          struct message_key *out)
{
	uint8_t secret[HASH_MAX];
	struct kept_key *kept;
	struct ratchet *r;
	enum err err = OK;

	TRY(ratchet_find(t, c, leaf, kind, &r));
	if (generation < r->generation) {
		kept = kept_find(r, generation);
		if (kept == NULL)
			return ERR_AUTH;
		*out = kept->key;
		return OK;
	}
	if (generation - r->generation > RATCHET_FORWARD_MAX)
		return ERR_LIMIT;

	memcpy(secret, r->secret, sizeof(secret));
	for (uint64_t g = r->generation; g < generation && err == OK; g++)
		err = secret_advance(t, c, secret, (uint32_t)g);
	if (err == OK)
		err = key_derive(t, c, secret, generation, out);
	wipe(secret, sizeof(secret));
	return err;
}

/* The keys from the ratchet's place up to `end`, as far as they are kept at all, into the
 * first places of `keys`, and the secret past them. */
static enum err keys_pass_over(const struct secret_tree *t, const struct crypto *c,
                               uint8_t *secret, uint64_t generation, uint64_t end,
                               struct message_key *keys)
{
	for (; generation < end; generation++) {
		if (end - generation <= RATCHET_KEPT_MAX)
			TRY(key_derive(t, c, secret, (uint32_t)generation,
			               &keys[generation % RATCHET_KEPT_MAX]));
		TRY(secret_advance(t, c, secret, (uint32_t)generation));
	}
	return secret_advance(t, c, secret, (uint32_t)end);
}

static enum err ratchet_move(struct secret_tree *t, const struct crypto *c, struct ratchet *r,
                             uint32_t generation)
{
	struct message_key keys[RATCHET_KEPT_MAX];
	uint8_t secret[HASH_MAX];
	uint64_t first = r->generation;
	enum err err;

	if (generation > first && r->kept == NULL) {
		r->kept = arena_array(t->arena, sizeof(*r->kept), RATCHET_KEPT_MAX);
		if (r->kept == NULL)
			return ERR_SPACE;
	}
	memcpy(secret, r->secret, sizeof(secret));
	err = keys_pass_over(t, c, secret, first, generation, keys);
	if (err != OK)
		goto out;
	if (generation - first > RATCHET_KEPT_MAX)
		first = generation - RATCHET_KEPT_MAX;
	for (; first < generation; first++)
		r->kept[first % RATCHET_KEPT_MAX] = (struct kept_key){
			(uint32_t)first, true, keys[first % RATCHET_KEPT_MAX]
		};
	memcpy(r->secret, secret, sizeof(secret));
	r->generation = (uint64_t)generation + 1;
out:
	wipe(keys, sizeof(keys));
	wipe(secret, sizeof(secret));
	return err;
}

enum err secret_tree_used(struct secret_tree *t, const struct crypto *c, uint32_t leaf,
                          enum ratchet_kind kind, uint32_t generation)
{
	struct ratchet *r;
	struct kept_key *kept;

	TRY(ratchet_find(t, c, leaf, kind, &r));
	if (generation >= r->generation)
		return ratchet_move(t, c, r, generation);
	kept = kept_find(r, generation);
	if (kept == NULL)
		return ERR_AUTH;
	wipe(kept, sizeof(*kept));
	return OK;
}

enum err sender_data_key_derive(const struct crypto *c, const struct mls_suite *suite,
                                struct span sender_data_secret, struct span ciphertext,
                                struct message_key *out)
{
	struct span sample = ciphertext;

	if (sample.n > hash_len(suite->hash))
		sample.n = hash_len(suite->hash);
	TRY(mls_expand_with_label(c, suite, sender_data_secret, SPAN_STR("key"), sample,
	                          out->key, aead_key_len(suite->aead)));
	return mls_expand_with_label(c, suite, sender_data_secret, SPAN_STR("nonce"), sample,
	                             out->nonce, AEAD_NONCE);
}
