/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_BUCKET_H
#define ZEGEL_FRONT_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

/* A token bucket in thousandths of a token, so that slow rates lose nothing to rounding. */
struct bucket {
	uint64_t millitokens, filled_at; /* ms */
};

static inline struct bucket bucket_full(uint64_t burst, uint64_t now)
{
	return (struct bucket){ burst * 1000, now };
}

/* Fills up at `rate` tokens a second to at most `burst`; takes `want` if they are there. */
static inline bool bucket_take(struct bucket *b, uint64_t rate, uint64_t burst, uint64_t want,
                               uint64_t now)
{
	uint64_t elapsed = now - b->filled_at;

	/* A day's pause fills any bucket; more would only overflow the product. */
	if (elapsed > 86400000)
		elapsed = 86400000;
	b->millitokens += elapsed * rate;
	if (b->millitokens > burst * 1000)
		b->millitokens = burst * 1000;
	b->filled_at = now;
	if (b->millitokens < want * 1000)
		return false;
	b->millitokens -= want * 1000;
	return true;
}

#endif
