/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_CODE_H
#define ZEGEL_MEETING_CODE_H

#include "sealed/sealed.h"
#include "sealed/wire/arena.h"

/* The meeting code: digits that people read to each other. Equal codes mean the same group
 * with the same members' keys; in a split meeting they differ. 40 digits are 132 bits: two
 * groups with one code take 2^66 tries, each of `iterations` hashes, so it need not be
 * committed to beforehand. It stays the same until somebody comes or goes.
 *
 * keys: the members' signature keys; they are sorted in place. */
MUST_USE enum err code_write(const struct crypto *c, struct span group_id, struct span *keys,
                             size_t count, struct arena *scratch, char digits[ZEGEL_CODE_LEN]);

#endif
