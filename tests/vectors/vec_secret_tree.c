/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/secret_tree.h"
#include "tests/vectors/vec.h"

static void sender_data_key(struct vec *v, struct json *test)
{
	struct message_key key;

	CHECK(sender_data_key_derive(v->crypto, v->suite, vec_hex(test, "sender_data_secret"),
	                             vec_hex(test, "ciphertext"), &key) == OK);
	CHECK(vec_is(test, "key", key.key) && vec_is(test, "nonce", key.nonce));
}

static void key_is(struct vec *v, struct secret_tree *t, uint32_t leaf, struct json *step,
                   enum ratchet_kind kind, const char *key_name, const char *nonce_name)
{
	uint32_t generation = (uint32_t)json_uint(json_get(step, "generation"));
	struct message_key key;

	CHECK(secret_tree_find(t, v->crypto, leaf, kind, generation, &key) == OK);
	CHECK(vec_is(step, key_name, key.key) && vec_is(step, nonce_name, key.nonce));
	CHECK(secret_tree_used(t, v->crypto, leaf, kind, generation) == OK);
	CHECK(secret_tree_find(t, v->crypto, leaf, kind, generation, &key) == ERR_AUTH);
}

static uint32_t power_of_two_from(size_t n)
{
	uint32_t p = 1;

	while (p < n)
		p *= 2;
	return p;
}

void vec_secret_tree(struct vec *v, struct json *test)
{
	struct json *leaves = json_get(test, "leaves");
	struct secret_tree t;
	uint32_t leaf = 0;

	sender_data_key(v, json_get(test, "sender_data"));
	CHECK(secret_tree_init(&t, &v->arena, v->suite, power_of_two_from(json_len(leaves)),
	                       vec_hex(test, "encryption_secret")) == OK);
	for (struct json *l = json_first(leaves); l != NULL; l = json_next(leaves, l), leaf++)
		for (struct json *s = json_first(l); s != NULL; s = json_next(l, s)) {
			key_is(v, &t, leaf, s, RATCHET_HANDSHAKE, "handshake_key",
			       "handshake_nonce");
			key_is(v, &t, leaf, s, RATCHET_APPLICATION, "application_key",
			       "application_nonce");
		}
	secret_tree_clear(&t);
}
