/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_STATIC_FILES_H
#define ZEGEL_FRONT_STATIC_FILES_H

#include "sealed/wire/err.h"
#include "sealed/wire/span.h"

/* The web client, read into memory at the start. A request is looked up in this table and
 * nowhere else: no path of a request ever reaches the file system. */

enum { STATIC_FILES_MAX = 64, STATIC_NAME_MAX = 64, STATIC_ETAG_MAX = 20 };

enum static_encoding { STATIC_PLAIN, STATIC_GZIP, STATIC_BROTLI, STATIC_ENCODINGS };

struct static_file {
	char name[STATIC_NAME_MAX]; /* as in the address, with the leading slash */
	const char *type;
	char etag[STATIC_ETAG_MAX];
	struct span body[STATIC_ENCODINGS]; /* empty: not there */
};

struct static_files {
	size_t count;
	struct static_file file[STATIC_FILES_MAX];
};

/* The plain files of one folder, with NAME.gz and NAME.br beside them. False: the folder
 * can't be read, has no index.html, or has too much in it (what, is logged). */
bool static_files_load(struct static_files *files, const char *folder);
void static_files_clear(struct static_files *files);

/* "/" is index.html. NULL: not there. */
const struct static_file *static_files_find(const struct static_files *files, const char *path);

#endif
