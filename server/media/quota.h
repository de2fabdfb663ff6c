/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_QUOTA_H
#define ZEGEL_MEDIA_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

/* What somebody may do often, but not always: `burst` times at once, and then once in `period`
 * (microseconds). All zero at first: full. */
struct quota {
	uint64_t due; /* when the next would come, if all came evenly */
};

static inline bool quota_take(struct quota *quota, uint64_t now, uint64_t period,
                              uint64_t burst)
{
	uint64_t due = quota->due > now ? quota->due : now;

	if (due - now > (burst - 1) * period)
		return false;
	quota->due = due + period;
	return true;
}

#endif
