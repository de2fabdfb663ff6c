/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_GROUP_CONTEXT_H
#define ZEGEL_MLS_GROUP_CONTEXT_H

#include "sealed/mls/extension.h"

/* What all members of an epoch agree on, RFC 9420 section 8.1: it enters every secret,
 * every signature and every encryption of the epoch. Spans are borrowed. */
struct group_context {
	uint16_t suite;
	struct span group_id;
	uint64_t epoch;
	struct span tree_hash;
	struct span confirmed_transcript_hash;
	struct extension_list extensions;
};

/* ERR_MALFORMED: of another version. Latched in r, too. */
MUST_USE enum err group_context_read(struct rd *r, struct arena *a, struct group_context *out);
void group_context_write(struct wr *w, const struct group_context *context);

/* The bytes, in the arena. */
MUST_USE enum err group_context_encode(const struct group_context *context, struct arena *a,
                                       struct span *out);

#endif
