/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_BLIND_LOG_H
#define ZEGEL_FRONT_BLIND_LOG_H

#include "server/front/parcel.h"

/* A room's log: opaque entries, appended by compare-and-set on the index. The newest are
 * kept, within bounds, for members that come back. */
struct blind_log {
	struct parcel_account *account;
	uint64_t first, next; /* indices kept: first <= i < next */
	size_t bytes;
	struct parcel **ring; /* FRONT_LOG_ENTRIES_MAX, as LOG messages ready to send */
	size_t ring_size;
};

/* Nothing is allocated before an append. */
void blind_log_init(struct blind_log *log, struct parcel_account *account);
void blind_log_clear(struct blind_log *log);

/* ERR_NOT_NOW: another entry has that index. ERR_SPACE: no memory. The log is then as it
 * was. *entry is the LOG message of the new entry, borrowed from the log. */
MUST_USE enum err blind_log_append(struct blind_log *log, uint64_t expected, struct span blob,
                                   struct parcel **entry);

/* NULL: not kept. Borrowed. */
struct parcel *blind_log_at(const struct blind_log *log, uint64_t index);

#endif
