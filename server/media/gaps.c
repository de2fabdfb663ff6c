/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/gaps.h"

#include <string.h>

bool gaps_open(struct gaps *gaps, uint64_t from, uint64_t to, uint64_t now)
{
	if (to - from > GAPS_MAX - gaps->n)
		return false;
	for (; from < to; from++)
		gaps->gap[gaps->n++] = (struct gap){ .seq = from, .found = now, .due = now };
	return true;
}

static void remove_at(struct gaps *gaps, size_t i)
{
	gaps->n--;
	memmove(gaps->gap + i, gaps->gap + i + 1, (gaps->n - i) * sizeof(gaps->gap[0]));
}

void gaps_fill(struct gaps *gaps, uint64_t seq)
{
	for (size_t i = 0; i < gaps->n; i++)
		if (gaps->gap[i].seq == seq) {
			remove_at(gaps, i);
			return;
		}
}

/* Into the last entry's mask if it is at most 16 later: RFC 4585 6.2.1. */
static void nack_add(struct rtcp_nack *out, size_t *n, uint16_t seq)
{
	uint16_t step = *n == 0 ? 0 : (uint16_t)(seq - out[*n - 1].seq);

	if (step >= 1 && step <= 16)
		out[*n - 1].mask |= (uint16_t)(1u << (step - 1));
	else
		out[(*n)++] = (struct rtcp_nack){ seq, 0 };
}

size_t gaps_ask(struct gaps *gaps, uint64_t now, uint64_t rtt, struct rtcp_nack out[GAPS_MAX],
                size_t *packets)
{
	size_t n = 0;

	*packets = 0;
	for (size_t i = 0; i < gaps->n;) {
		struct gap *g = &gaps->gap[i];

		if (now - g->found > GAP_AGE_MAX || (g->tries >= GAP_TRIES && now >= g->due)) {
			remove_at(gaps, i);
			continue;
		}
		i++;
		if (now < g->due)
			continue;
		nack_add(out, &n, (uint16_t)g->seq);
		(*packets)++;
		g->tries++;
		g->due = now + rtt + rtt / 4;
	}
	return n;
}
