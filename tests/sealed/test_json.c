/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/json.h"

/* The reader that all vector tests stand on: if it lost a value, tests would pass that
 * have not run. */

static const char sample[] =
    " {\"a\" : [1, 20 ,18446744073709551615], \"h\":\"00fF\", \"s\":\"x\\n\\u00e9\\\"\","
    "\"t\":true,\"f\":false,\"n\":null,\"o\":{},\"e\":[],\"d\":-1.5e3} ";

static void every_type_reads(void)
{
	struct json *root = json_read(sample, sizeof(sample) - 1);
	static const uint8_t hex[] = { 0x00, 0xff };

	CHECK(root != NULL);
	if (root == NULL)
		return;
	CHECK(json_len(root) == 9 && json_len(json_get(root, "a")) == 3);
	CHECK(json_uint(json_at(json_get(root, "a"), 1)) == 20);
	CHECK(json_uint(json_at(json_get(root, "a"), 2)) == UINT64_MAX);
	CHECK(span_is_equal(json_hex(json_get(root, "h")), SPAN(hex)));
	CHECK(strcmp(json_string(json_get(root, "s")), "x\n\xc3\xa9\"") == 0);
	CHECK(json_bool(json_get(root, "t")) && !json_bool(json_get(root, "f")));
	CHECK(json_is_null(json_get(root, "n")) && json_is_null(json_get(root, "absent")));
	CHECK(json_len(json_get(root, "o")) == 0 && json_first(json_get(root, "e")) == NULL);
	json_free(root);
}

static void an_array_is_walked_to_its_end(void)
{
	struct json *root = json_read("[0,1,2,3,4]", 11);
	uint64_t n = 0;

	for (struct json *v = json_first(root); v != NULL; v = json_next(root, v))
		CHECK(json_uint(v) == n++);
	CHECK(n == 5);
	json_free(root);
}

static void every_prefix_is_refused(void)
{
	for (size_t n = 0; n < sizeof(sample) - 2; n++)
		CHECK(json_read(sample, n) == NULL);
}

static void wrong_forms_are_refused(void)
{
	static const char *const wrong[] = { "",     "[1,]",    "{,}",        "[1 2]",
		                             "01",   "tru",     "\"\\x\"",    "\"\n\"",
		                             "[1]]", "{\"a\"}", "{1:2}",      "\"\\ud800\"",
		                             "nul",  "'a'",     "\"\\u00g0\"" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(json_read(wrong[i], strlen(wrong[i])) == NULL);
}

int main(void)
{
	every_type_reads();
	an_array_is_walked_to_its_end();
	every_prefix_is_refused();
	wrong_forms_are_refused();
	return check_report("json");
}
