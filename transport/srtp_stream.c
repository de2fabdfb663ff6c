/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/srtp_stream.h"

#include <stdlib.h>

struct srtp_streams *srtp_streams_create(uint32_t limit)
{
	uint32_t size = 16;
	struct srtp_streams *streams;

	while (size / 4 * 3 < limit)
		size *= 2;
	streams = calloc(1, sizeof(*streams) + size * sizeof(streams->table[0]));
	if (streams == NULL)
		return NULL;
	streams->limit = limit;
	streams->mask = size - 1;
	return streams;
}

void srtp_streams_destroy(struct srtp_streams **streamsp)
{
	free(*streamsp);
	*streamsp = NULL;
}

/* The stream, or the free place where it would be. */
static struct srtp_stream *place(struct srtp_streams *streams, uint32_t ssrc)
{
	uint32_t i = (ssrc * 0x9e3779b1u) >> 16;

	for (;; i++) {
		struct srtp_stream *s = &streams->table[i & streams->mask];

		if (!s->used || s->ssrc == ssrc)
			return s;
	}
}

struct srtp_stream *srtp_streams_find(struct srtp_streams *streams, uint32_t ssrc)
{
	struct srtp_stream *s = place(streams, ssrc);

	return s->used ? s : NULL;
}

bool srtp_streams_is_full(const struct srtp_streams *streams)
{
	return streams->n == streams->limit;
}

static uint64_t bit(uint64_t index)
{
	return UINT64_C(1) << index % 64;
}

static uint64_t *word(struct srtp_stream *s, uint64_t index)
{
	return &s->seen[index % SRTP_WINDOW / 64];
}

void srtp_streams_add(struct srtp_streams *streams, uint32_t ssrc, uint64_t index)
{
	struct srtp_stream *s = place(streams, ssrc);

	*s = (struct srtp_stream){ .used = true, .ssrc = ssrc, .highest = index };
	*word(s, index) |= bit(index);
	streams->n++;
}

enum err srtp_stream_guess(const struct srtp_stream *s, uint16_t seq, uint64_t *index)
{
	int16_t step = (int16_t)(uint16_t)(seq - (uint16_t)s->highest);

	if (step < 0 && s->highest < (uint64_t)-step)
		return ERR_NOT_NOW;
	if ((s->highest + (uint64_t)step) >> 48 != 0)
		return ERR_LIMIT;
	*index = s->highest + (uint64_t)step;
	return OK;
}

bool srtp_stream_is_new(const struct srtp_stream *s, uint64_t index)
{
	if (index > s->highest)
		return true;
	return s->highest - index < SRTP_WINDOW &&
	       !(s->seen[index % SRTP_WINDOW / 64] & bit(index));
}

void srtp_stream_mark(struct srtp_stream *s, uint64_t index)
{
	/* The places that the window moves over hold what was seen SRTP_WINDOW earlier. */
	if (index > s->highest) {
		uint64_t steps = index - s->highest;

		for (uint64_t i = 0; i < steps && i < SRTP_WINDOW; i++)
			*word(s, index - i) &= ~bit(index - i);
		s->highest = index;
	}
	*word(s, index) |= bit(index);
}
