/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/mls/secret_tree.h"
#include "sealed/mls/tree_math.h"
#include "tests/support/check.h"
#include "tests/support/crypto_fake.h"
#include "tests/support/provider.h"

enum { leaves = 8, arena_size = 1 << 20 };

static uint8_t block[arena_size], other_block[arena_size];
static const uint8_t root[HASH_MAX] = "the encryption secret of an epoch";

static struct secret_tree tree_in(struct arena *a, uint8_t *bytes)
{
	const struct mls_suite *suite = mls_suite_from(1);
	struct secret_tree t = { 0 };

	*a = arena_into(bytes, arena_size);
	CHECK(secret_tree_init(&t, a, suite, leaves,
	                       (struct span){ root, hash_len(suite->hash) }) == OK);
	return t;
}

static bool is_same_key(const struct message_key *a, const struct message_key *b)
{
	/* AES-128: the first half of the room for a key. */
	return memcmp(a->key, b->key, 16) == 0 && memcmp(a->nonce, b->nonce, AEAD_NONCE) == 0;
}

static bool is_anywhere(const struct arena *a, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i + n <= a->used; i++)
		if (memcmp(a->base + i, bytes, n) == 0)
			return true;
	return false;
}

static void sender_and_receiver_have_the_same_keys(void)
{
	struct arena a, b;
	struct secret_tree from = tree_in(&a, block), to = tree_in(&b, other_block);
	const struct crypto *c = provider();
	struct message_key sent, got;
	uint32_t generation;

	for (uint32_t leaf = 0; leaf < leaves; leaf++)
		for (uint32_t i = 0; i < 5; i++) {
			enum ratchet_kind kind = i % 2 ? RATCHET_HANDSHAKE : RATCHET_APPLICATION;

			CHECK(secret_tree_next(&from, c, leaf, kind, &generation, &sent) == OK);
			CHECK(generation == i / 2);
			CHECK(secret_tree_find(&to, c, leaf, kind, generation, &got) == OK);
			CHECK(is_same_key(&sent, &got));
			CHECK(secret_tree_used(&to, c, leaf, kind, generation) == OK);
		}
}

static void what_a_sender_used_is_gone(void)
{
	struct arena a;
	struct secret_tree t = tree_in(&a, block);
	const struct crypto *c = provider();
	struct message_key sent, got;
	uint32_t generation;

	CHECK(secret_tree_next(&t, c, 3, RATCHET_APPLICATION, &generation, &sent) == OK);
	CHECK(secret_tree_find(&t, c, 3, RATCHET_APPLICATION, generation, &got) == ERR_AUTH);
	/* Neither the key nor the secret that everything came from is left in memory. */
	CHECK(!is_anywhere(&a, sent.key, 16) && !is_anywhere(&a, sent.nonce, AEAD_NONCE));
	CHECK(!is_anywhere(&a, root, 32));
}

static void messages_come_in_any_order_and_once(void)
{
	static const uint32_t order[] = { 4, 0, 3, 9, 1, 8, 2, 7, 5, 6 };
	struct arena a, b;
	struct secret_tree from = tree_in(&a, block), to = tree_in(&b, other_block);
	const struct crypto *c = provider();
	struct message_key sent[ARRAY_LEN(order)], got;
	uint32_t generation;

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		CHECK(secret_tree_next(&from, c, 1, RATCHET_APPLICATION, &generation,
		                       &sent[i]) == OK);
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		uint32_t g = order[i];

		CHECK(secret_tree_find(&to, c, 1, RATCHET_APPLICATION, g, &got) == OK);
		CHECK(is_same_key(&sent[g], &got));
		CHECK(secret_tree_used(&to, c, 1, RATCHET_APPLICATION, g) == OK);
		CHECK(!is_anywhere(&b, sent[g].key, 16));
		CHECK(secret_tree_find(&to, c, 1, RATCHET_APPLICATION, g, &got) == ERR_AUTH);
		CHECK(secret_tree_used(&to, c, 1, RATCHET_APPLICATION, g) == ERR_AUTH);
	}
}

static void to_look_takes_nothing(void)
{
	struct arena a;
	struct secret_tree t = tree_in(&a, block);
	const struct crypto *c = provider();
	struct message_key first, again;

	CHECK(secret_tree_find(&t, c, 2, RATCHET_HANDSHAKE, 0, &first) == OK);
	CHECK(secret_tree_find(&t, c, 2, RATCHET_HANDSHAKE, 500, &again) == OK);
	CHECK(!is_same_key(&first, &again));
	CHECK(secret_tree_find(&t, c, 2, RATCHET_HANDSHAKE, 0, &again) == OK);
	CHECK(is_same_key(&first, &again));
}

static void too_far_ahead_is_refused(void)
{
	struct arena a;
	struct secret_tree t = tree_in(&a, block);
	const struct crypto *c = provider();
	struct message_key key;

	CHECK(secret_tree_find(&t, c, 0, RATCHET_APPLICATION, RATCHET_FORWARD_MAX, &key) == OK);
	CHECK(secret_tree_find(&t, c, 0, RATCHET_APPLICATION, RATCHET_FORWARD_MAX + 1, &key) ==
	      ERR_LIMIT);
	CHECK(secret_tree_find(&t, c, 0, RATCHET_APPLICATION, UINT32_MAX, &key) == ERR_LIMIT);
	CHECK(secret_tree_find(&t, c, leaves, RATCHET_APPLICATION, 0, &key) == ERR_AUTH);
}

static void only_the_last_keys_passed_over_are_kept(void)
{
	const uint32_t jump = RATCHET_KEPT_MAX + 10;
	struct arena a;
	struct secret_tree t = tree_in(&a, block);
	const struct crypto *c = provider();
	struct message_key key;

	CHECK(secret_tree_used(&t, c, 0, RATCHET_APPLICATION, jump) == OK);
	for (uint32_t g = 0; g <= jump; g++) {
		bool is_kept = g >= jump - RATCHET_KEPT_MAX && g < jump;

		CHECK(secret_tree_find(&t, c, 0, RATCHET_APPLICATION, g, &key) ==
		      (is_kept ? OK : ERR_AUTH));
	}
	CHECK(secret_tree_find(&t, c, 0, RATCHET_APPLICATION, jump + 1, &key) == OK);
}

static void a_failing_provider_loses_no_key(void)
{
	struct crypto_fake fake;
	struct arena a, b;
	struct message_key want[2], got;
	struct secret_tree sure = tree_in(&b, other_block);

	crypto_fake_init(&fake, provider(), 1);
	for (uint32_t g = 0; g < 2; g++)
		CHECK(secret_tree_find(&sure, provider(), 5, RATCHET_APPLICATION, g,
		                       &want[g]) == OK);
	for (uint64_t n = 0;; n++) {
		struct secret_tree t = tree_in(&a, block);

		crypto_fake_restart(&fake);
		fake.fail_at = n;

		enum err err = secret_tree_used(&t, &fake.table, 5, RATCHET_APPLICATION, 1);

		CHECK(err == (fake.has_failed ? ERR_PROVIDER : OK));
		CHECK(secret_tree_find(&t, provider(), 5, RATCHET_APPLICATION, 0, &got) == OK);
		CHECK(is_same_key(&got, &want[0]));
		err = secret_tree_find(&t, provider(), 5, RATCHET_APPLICATION, 1, &got);
		CHECK(err == (fake.has_failed ? OK : ERR_AUTH));
		CHECK(err != OK || is_same_key(&got, &want[1]));
		if (!fake.has_failed)
			break;
	}
}

static void a_full_arena_is_no_key_lost(void)
{
	struct arena a;
	struct secret_tree t = tree_in(&a, block);
	const struct crypto *c = provider();
	struct message_key key;

	a.cap = a.used;
	CHECK(secret_tree_find(&t, c, 7, RATCHET_APPLICATION, 0, &key) == ERR_SPACE);
	a.cap = arena_size - 16;
	CHECK(secret_tree_find(&t, c, 7, RATCHET_APPLICATION, 0, &key) == OK);
	a.cap = a.used;
	CHECK(secret_tree_used(&t, c, 7, RATCHET_APPLICATION, 1) == ERR_SPACE);
	CHECK(secret_tree_used(&t, c, 7, RATCHET_APPLICATION, 0) == OK);
}

static void clear_leaves_nothing(void)
{
	static const uint8_t zero[arena_size];
	struct arena a;
	struct secret_tree t = tree_in(&a, block);
	const struct crypto *c = provider();
	struct message_key kept;

	CHECK(secret_tree_find(&t, c, 6, RATCHET_APPLICATION, 2, &kept) == OK);
	CHECK(secret_tree_used(&t, c, 6, RATCHET_APPLICATION, 3) == OK);
	CHECK(is_anywhere(&a, kept.key, 16));
	secret_tree_clear(&t);
	CHECK(!is_anywhere(&a, kept.key, 16));
	arena_clear(&a);
	CHECK(memcmp(block, zero, arena_size) == 0);
}

int main(void)
{
	sender_and_receiver_have_the_same_keys();
	what_a_sender_used_is_gone();
	messages_come_in_any_order_and_once();
	to_look_takes_nothing();
	too_far_ahead_is_refused();
	only_the_last_keys_passed_over_are_kept();
	a_failing_provider_loses_no_key();
	a_full_arena_is_no_key_lost();
	clear_leaves_nothing();
	return check_report("secret_tree");
}
