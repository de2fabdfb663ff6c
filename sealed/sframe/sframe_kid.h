/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_SFRAME_SFRAME_KID_H
#define ZEGEL_SFRAME_SFRAME_KID_H

#include "sealed/wire/err.h"
#include "sealed/wire/span.h"

/* What a key id says, docs/protocol.md section 6:
 *
 *  | kind (4 bits) | instance (12) | leaf index (10) | epoch mod 16 (4) |
 *
 * A kind is never zero, so that a key id always takes 4 bytes on the wire. `instance`
 * counts the transforms that a member ever attached in this group: a transform that
 * starts again starts under another key, and its counter may start at zero. */
enum sframe_kind { SFRAME_AUDIO = 1, SFRAME_CAMERA, SFRAME_SCREEN, SFRAME_SCREEN_AUDIO };

enum { SFRAME_INSTANCES = 1 << 12, SFRAME_LEAVES = 1 << 10, SFRAME_EPOCHS = 1 << 4 };

struct sframe_kid {
	enum sframe_kind kind;
	uint32_t instance, leaf, epoch;
};

/* ERR_LIMIT: a part does not fit its field (instances are used up: leave and rejoin). */
MUST_USE enum err sframe_kid_pack(const struct sframe_kid *parts, uint64_t *kid);

/* ERR_MALFORMED: not a key id of ours. */
MUST_USE enum err sframe_kid_unpack(uint64_t kid, struct sframe_kid *parts);

#endif
