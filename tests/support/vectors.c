/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "tests/support/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/support/check.h"

enum { path_max = 4096 };

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

const char *vectors_folder(void)
{
	static char path[path_max];
	const char *named = getenv("ZEGEL_VECTORS"), *source = getenv("ZEGEL_SOURCE");

	if (named != NULL)
		return is_folder(named) ? named : NULL;
	if (source != NULL) {
		snprintf(path, sizeof(path), "%s/../shared/vectors", source);
		if (is_folder(path))
			return path;
	}
	return is_folder("../shared/vectors") ? "../shared/vectors" : NULL;
}

void vectors_or_skip(void)
{
	if (vectors_folder() != NULL)
		return;
	printf("SKIPPED: no vectors folder\n");
	/* What ran before and failed is not hidden by it. */
	exit(checks_failed != 0 ? 1 : 77);
}

struct json *vectors_read(const char *name)
{
	char path[path_max];
	const char *folder = vectors_folder();

	snprintf(path, sizeof(path), "%s/%s", folder ? folder : "(no vectors folder)", name);
	return json_read_file(path);
}
