/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_JSON_H
#define ZEGEL_TESTS_JSON_H

#include "sealed/wire/span.h"

/* A small strict JSON reader for test vectors. For tests only: it allocates, and what is
 * not as the test says it is (no such file, a wrong type, a missing key's value) ends
 * the program loudly, so that no vector is skipped in silence.
 *
 * Everything that is handed out lives until json_free(root). */

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
	enum json_type type;
	const char *key; /* in an object; else NULL */
	bool truth;
	char *text; /* string or number, ended by NUL */
	size_t len; /* of text; or the number of items */
	struct json *items;
	uint8_t *hex;   /* what json_hex decoded */
	char *document; /* in the root only */
};

/* The whole file as a tree. Never NULL: what cannot be read ends the program. */
struct json *json_read_file(const char *path);
struct json *json_read(const char *text, size_t n); /* NULL: not JSON; copies the text */
void json_free(struct json *root);

struct json *json_get(struct json *object, const char *key); /* NULL: not there */
struct json *json_at(struct json *array, size_t i);
size_t json_len(struct json *array); /* an object too */

bool json_is_null(const struct json *value); /* null, or not there */
bool json_bool(const struct json *value);
uint64_t json_uint(const struct json *value);
const char *json_string(const struct json *value);
struct span json_hex(struct json *value); /* of a string of hex digits */

/* for (struct json *test = json_first(array); test; test = json_next(array, test)) */
struct json *json_first(struct json *array);
struct json *json_next(struct json *array, struct json *item);

#endif
