/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/static_files.h"

#include <dirent.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/front/log.h"

enum { file_bytes_max = 16 << 20 };

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".wasm", "application/wasm" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".json", "application/json" },
	{ ".webmanifest", "application/manifest+json" },
	{ ".txt", "text/plain; charset=utf-8" },
};

static const char *type_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		size_t n = strlen(name), e = strlen(types[i].ending);

		if (n > e && strcmp(name + n - e, types[i].ending) == 0)
			return types[i].type;
	}
	return NULL;
}

static bool read_file(const char *folder, const char *name, const char *suffix,
                      struct span *body)
{
	char path[4096];
	uint8_t *bytes = NULL;
	FILE *f;
	long n = -1;

	if (snprintf(path, sizeof(path), "%s/%s%s", folder, name, suffix) >= (int)sizeof(path))
		return false;
	f = fopen(path, "rb");
	if (f == NULL)
		return false;
	if (fseek(f, 0, SEEK_END) == 0)
		n = ftell(f);
	rewind(f);
	if (n > 0 && n <= file_bytes_max)
		bytes = malloc((size_t)n);
	if (bytes != NULL && fread(bytes, 1, (size_t)n, f) != (size_t)n) {
		free(bytes);
		bytes = NULL;
	}
	fclose(f);
	if (bytes == NULL)
		return false;
	*body = (struct span){ bytes, (size_t)n };
	return true;
}

static void etag_set(struct static_file *file)
{
	uint8_t hash[SHA256_DIGEST_LENGTH];

	SHA256(file->body[STATIC_PLAIN].p, file->body[STATIC_PLAIN].n, hash);
	snprintf(file->etag, sizeof(file->etag), "\"%02x%02x%02x%02x%02x%02x%02x%02x\"", hash[0],
	         hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]);
}

static bool add(struct static_files *files, const char *folder, const char *name)
{
	struct static_file *file = &files->file[files->count];

	if (files->count == STATIC_FILES_MAX || strlen(name) + 2 > STATIC_NAME_MAX) {
		log_error("web folder: too many files, or too long a name");
		return false;
	}
	snprintf(file->name, sizeof(file->name), "/%s", name);
	file->type = type_of(name);
	if (!read_file(folder, name, "", &file->body[STATIC_PLAIN])) {
		log_error("web folder: a file can't be read");
		return false;
	}
	(void)read_file(folder, name, ".gz", &file->body[STATIC_GZIP]);
	(void)read_file(folder, name, ".br", &file->body[STATIC_BROTLI]);
	etag_set(file);
	files->count++;
	return true;
}

bool static_files_load(struct static_files *files, const char *folder)
{
	DIR *dir = opendir(folder);
	bool ok = dir != NULL;

	memset(files, 0, sizeof(*files));
	for (struct dirent *entry; ok && (entry = readdir(dir)) != NULL;)
		if (type_of(entry->d_name) != NULL)
			ok = add(files, folder, entry->d_name);
	if (dir != NULL)
		closedir(dir);
	if (ok && static_files_find(files, "/") == NULL) {
		log_error("web folder: no index.html");
		ok = false;
	}
	if (!ok)
		static_files_clear(files);
	return ok;
}

void static_files_clear(struct static_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		for (size_t e = 0; e < STATIC_ENCODINGS; e++)
			free((void *)(uintptr_t)files->file[i].body[e].p);
	files->count = 0;
}

const struct static_file *static_files_find(const struct static_files *files, const char *path)
{
	if (strcmp(path, "/") == 0)
		path = "/index.html";
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->file[i].name, path) == 0)
			return &files->file[i];
	return NULL;
}
