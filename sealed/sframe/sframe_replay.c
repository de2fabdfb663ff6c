/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/sframe/sframe_replay.h"

#include <string.h>

static uint64_t bit_of(uint64_t counter)
{
	return (uint64_t)1 << counter % 64;
}

static size_t word_of(uint64_t counter)
{
	return (size_t)(counter % SFRAME_REPLAY_WINDOW / 64);
}

bool sframe_replay_is_fresh(const struct sframe_replay *window, uint64_t counter)
{
	if (!window->has_any || counter > window->newest)
		return true;
	if (window->newest - counter >= SFRAME_REPLAY_WINDOW)
		return false;
	return !(window->seen[word_of(counter)] & bit_of(counter));
}

/* The window moves up to `newest`: the counters that enter it take over the bits of those
 * that leave it. */
static void advance(struct sframe_replay *window, uint64_t newest)
{
	if (newest - window->newest >= SFRAME_REPLAY_WINDOW) {
		memset(window->seen, 0, sizeof(window->seen));
	} else {
		for (uint64_t c = window->newest + 1; c <= newest && c != 0; c++)
			window->seen[word_of(c)] &= ~bit_of(c);
	}
	window->newest = newest;
}

enum err sframe_replay_enter(struct sframe_replay *window, uint64_t counter)
{
	if (!sframe_replay_is_fresh(window, counter))
		return ERR_AUTH;
	if (!window->has_any) {
		window->newest = counter;
		window->has_any = true;
	} else if (counter > window->newest) {
		advance(window, counter);
	}
	window->seen[word_of(counter)] |= bit_of(counter);
	return OK;
}
