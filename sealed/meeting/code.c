/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/code.h"

#include <string.h>

#include "sealed/wire/wr.h"

enum { iterations = 5200, hash_size = 64, group_digits = 5, group_bytes = 5 };

static int compare(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order != 0 ? order : a.n < b.n ? -1 : a.n > b.n;
}

/* Insertion sort: a thousand keys at most, asked for by hand. */
static void sort(struct span *keys, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct span key = keys[i];
		size_t k = i;

		for (; k > 0 && compare(keys[k - 1], key) > 0; k--)
			keys[k] = keys[k - 1];
		keys[k] = key;
	}
}

/* Typed and length-prefixed, so that no other list of keys reads as the same bytes (T30). */
static enum err input_write(struct span group_id, const struct span *keys, size_t count,
                            struct arena *scratch, struct span *input)
{
	size_t cap = 64 + group_id.n;

	for (size_t i = 0; i < count; i++)
		cap += keys[i].n + 4;

	uint8_t *buf = arena_alloc(scratch, cap);

	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, cap);

	wr_vec(&w, SPAN_STR("zegel meeting code 1"));
	wr_vec(&w, group_id);
	wr_uint(&w, 4, count);
	for (size_t i = 0; i < count; i++)
		wr_vec(&w, keys[i]);
	return wr_end(&w, input);
}

static void digits_write(const uint8_t hash[hash_size], char digits[ZEGEL_CODE_LEN])
{
	for (size_t i = 0; i < ZEGEL_CODE_LEN / group_digits; i++) {
		uint64_t v = 0;

		for (size_t k = 0; k < group_bytes; k++)
			v = v << 8 | hash[i * group_bytes + k];
		for (size_t k = group_digits; k-- > 0; v /= 10)
			digits[i * group_digits + k] = (char)('0' + v % 10);
	}
}

enum err code_write(const struct crypto *c, struct span group_id, struct span *keys,
                    size_t count, struct arena *scratch, char digits[ZEGEL_CODE_LEN])
{
	uint8_t first[HASH_MAX], hash[HASH_MAX], next[HASH_MAX];
	struct span input;

	sort(keys, count);
	TRY(input_write(group_id, keys, count, scratch, &input));
	TRY(crypto_hash(c, HASH_SHA512, input, first));
	memcpy(hash, first, hash_size);
	/* What is named goes into each round, so that chains that meet part again. */
	for (size_t i = 1; i < iterations; i++) {
		const struct span parts[] = { { hash, hash_size }, { first, hash_size } };

		TRY(crypto_hash_parts(c, HASH_SHA512, parts, ARRAY_LEN(parts), next));
		memcpy(hash, next, hash_size);
	}
	digits_write(hash, digits);
	return OK;
}
