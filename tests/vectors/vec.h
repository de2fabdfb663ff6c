/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_VEC_H
#define ZEGEL_TESTS_VEC_H

#include <string.h>

#include "sealed/mls/suite.h"
#include "sealed/wire/arena.h"
#include "tests/support/check.h"
#include "tests/support/json.h"

/* One file vec_KIND.c for each kind of the MLS working group's test vectors; what a case
 * has to show is in their test-vectors.md. A function runs one case, with CHECK(). */
struct vec {
	const struct crypto *crypto;
	const struct mls_suite *suite; /* of the case; NULL where it names none */
	struct arena arena;            /* emptied after each case */
};

typedef void vec_case(struct vec *v, struct json *test);

vec_case vec_crypto_basics;
vec_case vec_key_schedule;
vec_case vec_passive_client;
vec_case vec_psk_secret;
vec_case vec_secret_tree;
vec_case vec_tree_math;
vec_case vec_tree_operations;
vec_case vec_tree_validation;
vec_case vec_treekem;
vec_case vec_transcript_hashes;
vec_case vec_deserialization;
vec_case vec_messages;
vec_case vec_message_protection;
vec_case vec_welcome;

/* The hex value of a key, and: is `got` that value? */
static inline struct span vec_hex(struct json *object, const char *key)
{
	return json_hex(json_get(object, key));
}

static inline bool vec_is(struct json *object, const char *key, const uint8_t *got)
{
	struct span want = vec_hex(object, key);

	return want.n != 0 && memcmp(want.p, got, want.n) == 0;
}

/* A private key at its full width: the files leave out a scalar's leading zeros. */
static inline void vec_scalar(struct json *object, const char *key, uint8_t *out, size_t n)
{
	struct span in = vec_hex(object, key);

	memset(out, 0, n);
	CHECK(in.n <= n);
	if (in.n <= n)
		memcpy(out + n - in.n, in.p, in.n);
}

/* The text of a key as bytes. */
static inline struct span vec_text(struct json *object, const char *key)
{
	const char *text = json_string(json_get(object, key));

	return (struct span){ (const uint8_t *)text, strlen(text) };
}

#endif
