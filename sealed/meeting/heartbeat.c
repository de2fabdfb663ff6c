/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/heartbeat.h"

#include "sealed/meeting/limits.h"

uint64_t heartbeat_period(uint32_t members)
{
	uint64_t round = (uint64_t)members * BEAT_SPACING_MS;

	return round > BEAT_SMALL_MS ? round : BEAT_SMALL_MS;
}

uint64_t heartbeat_next(uint32_t place, uint32_t members, uint64_t epoch, uint64_t epoch_at,
                        uint64_t last, uint64_t now)
{
	uint64_t count = members > 0 ? members : 1;
	uint64_t period = heartbeat_period(members), spacing = period / count;
	/* Each epoch the round starts with somebody else, a third of the way on. */
	uint64_t turn = (place + count - epoch % count * (count / 3 + 1) % count) % count;
	uint64_t at = epoch_at + spacing * turn + spacing / 2;
	/* A state that was sent is a beat, too. Yet it moves nobody's turn by more than that:
	 * after a second in which all spoke at once, there would be a long silence. */
	uint64_t earliest = last + BEAT_SMALL_MS / 2, latest = last + period + period / 2;

	if (earliest < now)
		earliest = now;
	if (at < earliest)
		at += (earliest - at + period - 1) / period * period;
	if (at > latest)
		at = latest;
	return at > now ? at : now;
}

uint64_t heartbeat_silence(uint32_t members)
{
	uint64_t silence = 4 * heartbeat_period(members);

	return silence > SILENCE_MIN_MS ? silence : SILENCE_MIN_MS;
}
