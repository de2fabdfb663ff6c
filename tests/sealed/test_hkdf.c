/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/crypto/hkdf.h"
#include "tests/support/check.h"
#include "tests/support/crypto_fake.h"
#include "tests/support/provider.h"
#include "tests/support/vectors.h"

enum { out_max = 255 * 32 + 1 };

static void run(struct json *test)
{
	static uint8_t out[out_max];
	struct span ikm = json_hex(json_get(test, "ikm")),
	            salt = json_hex(json_get(test, "salt"));
	struct span info = json_hex(json_get(test, "info")),
	            okm = json_hex(json_get(test, "okm"));
	bool valid = strcmp(json_string(json_get(test, "result")), "valid") == 0;
	size_t n = (size_t)json_uint(json_get(test, "size"));
	uint8_t prk[HASH_MAX];

	CHECK(n <= sizeof(out));
	CHECK(hkdf_extract(provider(), HASH_SHA256, salt, &ikm, 1, prk) == OK);
	CHECK(hkdf_expand(provider(), HASH_SHA256, (struct span){ prk, 32 }, &info, 1, out,
	                  n) == (valid ? OK : ERR_LIMIT));
	if (valid)
		CHECK(span_is_equal((struct span){ out, n }, okm));
}

static void wycheproof_vectors_are_reproduced(void)
{
	struct json *root = vectors_read("wycheproof/hkdf_sha256_test.json");
	struct json *groups = json_get(root, "testGroups");
	unsigned ran = 0;

	for (struct json *g = json_first(groups); g != NULL; g = json_next(groups, g)) {
		struct json *tests = json_get(g, "tests");

		for (struct json *t = json_first(tests); t != NULL;
		     t = json_next(tests, t), ran++)
			run(t);
	}
	CHECK(ran == 86);
	json_free(root);
}

static void parts_are_concatenated(void)
{
	static const uint8_t text[] = "abcdefgh";
	const struct span whole = { text, 8 };
	struct span parts[9];
	uint8_t a[100], b[100], prk[HASH_MAX];

	for (size_t i = 0; i < 9; i++)
		parts[i] = (struct span){ text + i, 1 };
	for (enum hash_alg alg = 0; alg < HASH_ALGS; alg++) {
		CHECK(hkdf_extract(provider(), alg, whole, parts, 8, a) == OK);
		CHECK(hkdf_extract(provider(), alg, whole, &whole, 1, prk) == OK);
		CHECK(memcmp(a, prk, hash_len(alg)) == 0);

		const struct span key = { prk, hash_len(alg) };

		CHECK(hkdf_expand(provider(), alg, key, parts, 8, a, sizeof(a)) == OK);
		CHECK(hkdf_expand(provider(), alg, key, &whole, 1, b, sizeof(b)) == OK);
		CHECK(memcmp(a, b, sizeof(a)) == 0);
		CHECK(hkdf_expand(provider(), alg, key, parts, 9, a, sizeof(a)) == ERR_LIMIT);
	}
}

static void a_failing_provider_is_told_as_such(void)
{
	const struct span part = SPAN_STR("part");
	struct crypto_fake fake;
	uint8_t out[100];

	crypto_fake_init(&fake, provider(), 1);
	for (fake.fail_at = 0; fake.fail_at < 4; fake.fail_at++) {
		crypto_fake_restart(&fake);
		CHECK(hkdf_expand(&fake.table, HASH_SHA256, part, &part, 1, out, sizeof(out)) ==
		      ERR_PROVIDER);
	}
	crypto_fake_restart(&fake);
	CHECK(hkdf_expand(&fake.table, HASH_SHA256, part, &part, 1, out, sizeof(out)) == OK);
}

int main(void)
{
	parts_are_concatenated();
	a_failing_provider_is_told_as_such();
	vectors_or_skip();
	wycheproof_vectors_are_reproduced();
	return check_report("hkdf");
}
