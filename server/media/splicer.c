/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/splicer.h"

#include <string.h>

enum {
	/* V13: low, so that early loss cannot make a receiver guess the rollover wrong. */
	FIRST_INDEX = 0x10000 + 1,
	TIMESTAMP_STEP_MAX = 1 << 30, /* a longer silence must not look like a step back */
};

/* What a clock of `clock` ticks a second did since the last packet: at least one tick. */
static uint32_t timestamp_step(const struct splicer *s, uint64_t at, uint32_t clock)
{
	uint64_t elapsed = at > s->at ? at - s->at : 0;

	if (elapsed > TIME_S(10000))
		return TIMESTAMP_STEP_MAX;

	uint64_t step = elapsed * clock / TIME_S(1);

	return step == 0 ? 1 : step > TIMESTAMP_STEP_MAX ? TIMESTAMP_STEP_MAX : (uint32_t)step;
}

void splicer_begin(struct splicer *s, uint32_t layer, const struct ring_packet *p,
                   uint32_t clock)
{
	if (!s->started) {
		s->started = true;
		s->next = FIRST_INDEX;
		s->at = p->at;
	}
	memmove(s->recent + 1, s->recent, sizeof(s->recent) - sizeof(s->recent[0]));
	s->recent[0] = (struct splice){
		.layer = layer,
		.first = p->index,
		.shift = s->next - p->index,
		.timestamp_shift =
		    s->timestamp + timestamp_step(s, p->at, clock) - p->timestamp,
		.picture_id_shift = (uint16_t)(s->picture_id + 1 - p->vp8.picture_id),
		.tl0picidx_shift = (uint8_t)(s->tl0picidx + 1 - p->vp8.tl0picidx),
	};
}

struct spliced splice_map(const struct splice *splice, const struct ring_packet *p)
{
	return (struct spliced){
		.seq = (uint16_t)(p->index + splice->shift),
		.timestamp = p->timestamp + splice->timestamp_shift,
		.picture_id = (uint16_t)((p->vp8.picture_id + splice->picture_id_shift) &
		                         VP8_PICTURE_ID_MASK),
		.tl0picidx = (uint8_t)(p->vp8.tl0picidx + splice->tl0picidx_shift),
	};
}

bool splicer_map(struct splicer *s, uint32_t layer, const struct ring_packet *p,
                 struct spliced *out)
{
	const struct splice *splice = &s->recent[0];

	if (splice->layer != layer || layer == 0 || p->index < splice->first ||
	    p->index + splice->shift + LATE_MAX < s->next)
		return false;
	*out = splice_map(splice, p);
	if (p->index + splice->shift >= s->next) {
		s->next = p->index + splice->shift + 1;
		s->picture_id = out->picture_id;
		s->tl0picidx = out->tl0picidx;
	}
	/* Packets of one frame share a timestamp: the first one's arrival counts. */
	if ((int32_t)(out->timestamp - s->timestamp) > 0) {
		s->timestamp = out->timestamp;
		s->at = p->at;
	}
	return true;
}

bool splicer_find(const struct splicer *s, uint16_t seq, struct splice *splice, uint64_t *index)
{
	if (!s->started)
		return false;

	uint64_t back = (uint16_t)(s->next - 1 - seq);
	uint64_t out = s->next - 1 - back;

	if (back > RING_HIGH || out < FIRST_INDEX)
		return false;
	for (size_t i = 0; i < SPLICES_MAX && s->recent[i].layer != 0; i++)
		if (out >= s->recent[i].first + s->recent[i].shift) {
			*splice = s->recent[i];
			*index = out - s->recent[i].shift;
			return true;
		}
	return false;
}
