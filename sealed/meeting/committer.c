/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/committer.h"

#include "sealed/meeting/limits.h"

/* The lowest `bits` bits of v, in reverse. */
static uint32_t reverse(uint64_t v, unsigned bits)
{
	uint32_t out = 0;

	for (unsigned i = 0; i < bits; i++)
		out |= (uint32_t)(v >> i & 1) << (bits - 1 - i);
	return out;
}

uint32_t committer_rank(const bool *candidates, uint32_t width, uint32_t own, uint64_t epoch)
{
	unsigned bits = 0;
	uint32_t rank = 0;

	while (((uint32_t)1 << bits) < width)
		bits++;

	uint32_t mask = ((uint32_t)1 << bits) - 1;
	uint32_t start = reverse(epoch, bits);
	uint32_t distance = (own - start) & mask;

	for (uint32_t leaf = 0; leaf < width; leaf++)
		if (candidates[leaf] && ((leaf - start) & mask) < distance)
			rank++;
	return rank;
}

uint64_t committer_batch_ms(uint32_t members)
{
	/* Few: whoever comes when nobody else does waits for this alone; in a rush, the spacing
	 * of commits gathers the others. Many: the fan-out is what costs. */
	return members < 20 ? 50 : members < 200 ? 1000 : 3000;
}

uint64_t committer_time(uint64_t since, uint32_t rank, uint64_t last_commit, bool had_commit)
{
	uint64_t at = since;

	if (had_commit && at < last_commit + COMMIT_SPACING_MS)
		at = last_commit + COMMIT_SPACING_MS;
	return at + (uint64_t)rank * COMMITTER_STEP_MS;
}
