/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/provider.h"
#include "tests/support/vectors.h"
#include "tests/vectors/vec.h"

/* Runs the MLS working group's test vectors:
 *
 *	mls-vectors KIND FILE...   the files are of that kind (passive-client-welcome, say,
 *	                           is passive-client)
 *	mls-vectors                all files that are known, from the vectors' folder
 *
 * and prints, per file, how many cases ran, passed, and were skipped for want of their
 * cipher suite. Fails if a case fails, or if none was there to run. */

static const struct kind {
	const char *name;
	vec_case *run;
	const char *files[3]; /* where they differ from the name */
} kinds[] = {
	{ "crypto-basics", vec_crypto_basics, { 0 } },
	{ "key-schedule", vec_key_schedule, { 0 } },
	{ "passive-client", vec_passive_client,
	  { "passive-client-welcome", "passive-client-handling-commit" } },
	{ "psk_secret", vec_psk_secret, { 0 } },
	{ "secret-tree", vec_secret_tree, { 0 } },
	{ "transcript-hashes", vec_transcript_hashes, { 0 } },
	{ "deserialization", vec_deserialization, { 0 } },
	{ "messages", vec_messages, { 0 } },
	{ "message-protection", vec_message_protection, { 0 } },
	{ "welcome", vec_welcome, { 0 } },
	{ "tree-math", vec_tree_math, { 0 } },
	{ "tree-operations", vec_tree_operations, { 0 } },
	{ "tree-validation", vec_tree_validation, { 0 } },
	{ "treekem", vec_treekem, { 0 } },
};

enum { arena_size = 64 << 20 };

struct tally {
	unsigned ran, passed, skipped;
};

static void case_run(const struct kind *kind, struct vec *v, struct json *test, unsigned index,
                     struct tally *tally)
{
	struct json *id = json_get(test, "cipher_suite");
	int failed = checks_failed;

	v->suite = json_is_null(id) ? NULL : mls_suite_from((uint16_t)json_uint(id));
	if (!json_is_null(id) && v->suite == NULL) {
		tally->skipped++;
		return;
	}
	kind->run(v, test);
	arena_clear(&v->arena);
	tally->ran++;
	if (checks_failed == failed)
		tally->passed++;
	else
		printf("%s: case %u failed\n", kind->name, index);
}

static bool root_run(const struct kind *kind, struct vec *v, const char *name,
                     struct json *root)
{
	struct tally tally = { 0 };
	unsigned index = 0;

	for (struct json *t = json_first(root); t != NULL; t = json_next(root, t))
		case_run(kind, v, t, index++, &tally);
	json_free(root);
	printf("%s: %u cases ran, %u passed", name, tally.ran, tally.passed);
	if (tally.skipped != 0)
		printf(", %u skipped: their suite needs X448 and Ed448", tally.skipped);
	printf("\n");
	return tally.ran != 0 && tally.passed == tally.ran;
}

static bool kind_run_folder(const struct kind *kind, struct vec *v)
{
	bool good = true;
	char name[128];

	for (size_t i = 0; i < ARRAY_LEN(kind->files); i++) {
		const char *file = kind->files[i];

		if (file == NULL && i > 0)
			break;
		snprintf(name, sizeof(name), "mls/%s.json", file == NULL ? kind->name : file);
		good &= root_run(kind, v, name, vectors_read(name));
	}
	return good;
}

/* A file's own name will do: that of the kind, or one that begins with it. */
static const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t n = strlen(kinds[i].name);

		if (strncmp(kinds[i].name, name, n) == 0 && (name[n] == '\0' || name[n] == '-'))
			return &kinds[i];
	}
	fprintf(stderr, "usage: mls-vectors [KIND FILE...]; no kind `%s'; known:\n", name);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		fprintf(stderr, "\t%s\n", kinds[i].name);
	return NULL;
}

static bool run(int argc, char **argv, struct vec *v)
{
	bool good = true;

	if (argc == 1) {
		vectors_or_skip();
		for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
			good &= kind_run_folder(&kinds[i], v);
		return good;
	}

	const struct kind *kind = kind_find(argv[1]);

	if (kind == NULL || argc == 2)
		return false;
	for (int i = 2; i < argc; i++)
		good &= root_run(kind, v, argv[i], json_read_file(argv[i]));
	return good;
}

int main(int argc, char **argv)
{
	void *block = malloc(arena_size);

	if (block == NULL)
		return 1;

	struct vec v = { provider(), NULL, arena_into(block, arena_size) };
	bool good = run(argc, argv, &v);

	free(block);
	return good ? 0 : 1;
}
