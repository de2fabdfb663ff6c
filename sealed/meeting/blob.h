/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_BLOB_H
#define ZEGEL_MEETING_BLOB_H

#include "sealed/meeting/link.h"
#include "sealed/wire/arena.h"

/* What the server carries unread: docs/protocol.md section 2. The outer seal hides what
 * RFC 9420's PrivateMessage shows (group id, epoch, content type) and, by its few sizes,
 * what it is. It proves that somebody has the link; who it is says the content. */

/* Bound into the seal, so that the server cannot move a blob to another lane. */
enum lane { LANE_LOG = 1, LANE_BROADCAST, LANE_KNOCK, LANE_WHISPER };

size_t blob_len(size_t content); /* the size that a content of so many bytes gets */

/* The blob is allocated in `out`. */
MUST_USE enum err blob_seal(const struct link *link, const struct crypto *c, enum lane lane,
                            struct span content, struct arena *out, struct span *blob);

/* The content is allocated in `out`. ERR_AUTH: not sealed with this link for this lane.
 * ERR_MALFORMED: the padding is not as above. */
MUST_USE enum err blob_open(const struct link *link, const struct crypto *c, enum lane lane,
                            struct span blob, struct arena *out, struct span *content);

#endif
