/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/layer.h"

#include <string.h>

static size_t ring_size(enum layer_name name)
{
	switch (name) {
	case LAYER_CAMERA_LOW:
		return RING_LOW;
	case LAYER_CAMERA_MEDIUM:
		return RING_MEDIUM;
	case LAYER_CAMERA_HIGH:
	case LAYER_SCREEN:
		return RING_HIGH;
	default:
		return RING_AUDIO;
	}
}

enum err layer_begin(struct layer *layer, struct peer *owner, enum layer_name name, uint32_t id,
                     uint32_t ssrc)
{
	struct ring *ring = layer->ring;
	struct taker *takers = layer->takers;
	uint64_t key_asked = layer->key_asked;

	if (ring == NULL)
		ring = ring_create(ring_size(name));
	if (ring == NULL)
		return ERR_SPACE;
	ring_clear(ring);
	*layer = (struct layer){ .owner = owner,
		                 .id = id,
		                 .ssrc = ssrc,
		                 .name = name,
		                 .kind = profile_kind(name),
		                 .ring = ring,
		                 .takers = takers,
		                 .key_asked = key_asked,
		                 .key_wait = KEY_FRAME_INTERVAL };
	return OK;
}

void layer_clear(struct layer *layer)
{
	ring_destroy(&layer->ring);
	*layer = (struct layer){ 0 };
}

bool layer_is_live(const struct layer *layer, uint64_t now)
{
	return layer->started && now - layer->last_at < LAYER_DEAD_AFTER;
}

static bool drop_bit(const struct layer *layer, uint64_t seq)
{
	return layer->dropped[seq % RING_HIGH / 64] >> (seq % 64) & 1;
}

static void drop_bit_set(struct layer *layer, uint64_t seq, bool value)
{
	uint64_t bit = (uint64_t)1 << (seq % 64), *word = &layer->dropped[seq % RING_HIGH / 64];

	*word = value ? *word | bit : *word & ~bit;
}

/* A packet above the highest: opens gaps before it, and moves on. */
static void advance(struct layer *layer, uint64_t seq, uint64_t now)
{
	uint64_t missing = seq - layer->highest - 1;

	if (missing >= RING_HIGH) {
		/* Nobody could fill that: receivers shall not see a hole, and nothing from
		 * before it may be counted with the new sum of drops. */
		layer->drops += missing;
		layer->floor = seq;
		memset(layer->dropped, 0, sizeof(layer->dropped));
		layer->gaps.n = 0;
		layer->key_wanted |= kind_is_video(layer->kind);
	} else {
		for (uint64_t s = layer->highest + 1; s <= seq; s++)
			drop_bit_set(layer, s, false);
		if (!gaps_open(&layer->gaps, layer->highest + 1, seq, now)) {
			layer->gaps.n = 0;
			layer->key_wanted |= kind_is_video(layer->kind);
		}
	}
	layer->highest = seq;
}

/* Where a packet belongs. False: too old. */
static bool place(struct layer *layer, uint16_t seq16, uint64_t now, uint64_t *seq)
{
	if (!layer->started) {
		/* High enough that no packet before the first one falls below zero. */
		layer->highest = 0x10000u + seq16;
		layer->floor = layer->first_seq = layer->highest;
		layer->started = true;
	}
	*seq =
	    layer->highest + (uint64_t)(int64_t)rtp_seq_diff((uint16_t)layer->highest, seq16);
	if (*seq > layer->highest)
		advance(layer, *seq, now);
	return *seq >= layer->floor && layer->highest - *seq < RING_HIGH;
}

static uint64_t index_of(const struct layer *layer, uint64_t seq)
{
	uint64_t later = 0;

	for (uint64_t s = seq + 1; s <= layer->highest; s++)
		later += drop_bit(layer, s);
	return seq - (layer->drops - later);
}

/* A hole that is not to be seen. Only the highest can be taken out: a later one has been
 * counted with it already, and it stays a loss. */
static void leave_out(struct layer *layer, uint64_t seq)
{
	if (seq != layer->highest || drop_bit(layer, seq))
		return;
	drop_bit_set(layer, seq, true);
	layer->drops++;
}

/* RFC 3550 A.8, in timestamp units, scaled by 16. */
static void jitter_update(struct layer *layer, const struct rtp *rtp, uint64_t now)
{
	uint32_t arrival = (uint32_t)(now * (kind_clock(layer->kind) / 1000) / 1000);
	uint32_t transit = arrival - rtp->timestamp;
	int32_t d = (int32_t)(transit - layer->transit);

	if (layer->received > 1)
		layer->jitter += (uint32_t)(d < 0 ? -d : d) - ((layer->jitter + 8) >> 4);
	layer->transit = transit;
}

static void keep(struct ring_packet *p, const struct rtp *rtp, const struct vp8 *vp8,
                 uint64_t now)
{
	p->at = now;
	p->timestamp = rtp->timestamp;
	p->marker = rtp->marker;
	p->n = (uint16_t)rtp->payload.n;
	if (vp8 != NULL)
		p->vp8 = *vp8;
	memcpy(p->payload, rtp->payload.p, rtp->payload.n);
}

static enum layer_verdict judge(struct layer *layer, const struct rtp *rtp, struct vp8 *vp8,
                                bool is_video)
{
	if (rtp->payload.n == 0)
		return LAYER_NOTHING;
	if (rtp->payload.n > RING_PAYLOAD_MAX)
		return LAYER_BAD;
	if (is_video && vp8_read(rtp->payload, vp8) != OK)
		return LAYER_BAD;
	return gate_passes(&layer->gate, layer->kind, rtp, is_video ? vp8 : NULL)
	           ? LAYER_FORWARD
	           : LAYER_CLEAR;
}

enum layer_verdict layer_input(struct layer *layer, const struct rtp *rtp, bool is_repair,
                               uint64_t now, const struct ring_packet **out)
{
	bool is_video = kind_is_video(layer->kind);
	struct vp8 vp8;
	uint64_t seq;

	if (!is_repair) {
		layer->received++;
		jitter_update(layer, rtp, now);
	}
	if (!place(layer, rtp->seq, now, &seq) || drop_bit(layer, seq))
		return LAYER_NOTHING;

	uint64_t index = index_of(layer, seq);

	gaps_fill(&layer->gaps, seq);
	layer->last_at = now;
	if (ring_is_past(layer->ring, index) || ring_find(layer->ring, index) != NULL)
		return LAYER_NOTHING;

	enum layer_verdict verdict = judge(layer, rtp, &vp8, is_video);

	if (verdict != LAYER_FORWARD) {
		leave_out(layer, seq);
		return verdict;
	}

	struct ring_packet *p = ring_put(layer->ring, index);

	keep(p, rtp, is_video ? &vp8 : NULL, now);
	if (p->vp8.is_key)
		layer->key_wanted = false;
	*out = p;
	return LAYER_FORWARD;
}

/* A still screen sends nothing for minutes, and yet it is there. */
static bool is_sent(const struct layer *layer, uint64_t now)
{
	return layer->kind == KIND_SCREEN || layer_is_live(layer, now);
}

bool layer_asks_key_frame(struct layer *layer, uint64_t now)
{
	bool is_silent = layer->key_asked != 0 && layer->last_at <= layer->key_asked;
	uint64_t wait = is_silent ? layer->key_wait : KEY_FRAME_INTERVAL;

	layer->key_wanted = layer->key_wanted && layer->takers != NULL;
	if (!layer->key_wanted || !is_sent(layer, now) ||
	    (layer->key_asked != 0 && now - layer->key_asked < wait))
		return false;
	layer->key_asked = now;
	layer->key_wait = is_silent ? 2 * wait : KEY_FRAME_INTERVAL;
	if (layer->key_wait > KEY_FRAME_WAIT_MAX)
		layer->key_wait = KEY_FRAME_WAIT_MAX;
	return true;
}

void layer_report(struct layer *layer, uint64_t now, struct rtcp_report *out)
{
	uint32_t expected = (uint32_t)(layer->highest - layer->first_seq + 1);
	uint32_t expected_interval = expected - layer->expected_prior;
	uint32_t received_interval = layer->received - layer->received_prior;
	int64_t lost_interval = (int64_t)expected_interval - received_interval;
	int64_t lost = (int64_t)expected - layer->received;

	layer->expected_prior = expected;
	layer->received_prior = layer->received;
	*out = (struct rtcp_report){ .ssrc = layer->ssrc, .jitter = layer->jitter >> 4 };
	if (expected_interval != 0 && lost_interval > 0)
		out->fraction = (uint8_t)(lost_interval * 255 / expected_interval);
	out->lost = (int32_t)(lost > 0x7fffff ? 0x7fffff : lost < -0x800000 ? -0x800000 : lost);
	/* Without the turn that place() began with. */
	out->highest = (uint32_t)(layer->highest - 0x10000);
	if (layer->sender_at != 0) {
		out->lsr = (uint32_t)(layer->sender.ntp >> 16);
		out->dlsr = (uint32_t)(((now - layer->sender_at) << 16) / TIME_S(1));
	}
}

bool layer_time(const struct layer *layer, uint64_t ntp, uint32_t *rtp)
{
	int64_t since = (int64_t)(ntp - layer->sender.ntp); /* 32.32 */

	if (layer->sender_at == 0)
		return false;
	/* A minute at most, or the product overflows; reports come every few seconds. */
	if (since > (int64_t)60 << 32 || since < -((int64_t)60 << 32))
		return false;
	*rtp = layer->sender.rtp +
	       (uint32_t)((since >> 16) * (int64_t)kind_clock(layer->kind) >> 16);
	return true;
}
