/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/track.h"

static void taker_leave(struct taker *t)
{
	if (t->layer == NULL)
		return;
	*t->link = t->next;
	if (t->next != NULL)
		t->next->link = t->link;
	t->layer = NULL;
}

static void taker_join(struct taker *t, struct layer *layer)
{
	taker_leave(t);
	t->layer = layer;
	t->next = layer->takers;
	t->link = &layer->takers;
	if (t->next != NULL)
		t->next->link = &t->next;
	layer->takers = t;
}

static void track_init(struct track *track, struct peer *peer, uint8_t number,
                       enum track_part part)
{
	*track = (struct track){ .peer = peer, .part = part };
	track->ssrc = profile_ssrc(number, part);
	track->mid_n = (uint8_t)profile_mid(number, part, track->mid);
	track->current.track = track->awaited.track = track;
}

void slot_init(struct slot *slot, struct peer *peer, uint8_t number)
{
	slot->number = number;
	slot->source = 0;
	slot->height = 0;
	track_init(&slot->audio, peer, number, TRACK_AUDIO);
	track_init(&slot->video, peer, number, TRACK_VIDEO);
}

bool slot_is_screen(const struct slot *slot)
{
	return slot->number >= IPC_SCREEN_SLOT_FIRST;
}

static void track_silence(struct track *track)
{
	taker_leave(&track->current);
	taker_leave(&track->awaited);
}

void slot_silence(struct slot *slot)
{
	track_silence(&slot->audio);
	track_silence(&slot->video);
}

/* The wished layer if it is being received; else the next lower one that is; else the next
 * higher one; NULL: none. */
static struct layer *camera_choose(struct layer *layers, uint16_t height, uint64_t now)
{
	enum layer_name wish = profile_camera(height);

	for (int i = (int)wish; i >= LAYER_CAMERA_LOW; i--)
		if (layer_is_live(&layers[i], now))
			return &layers[i];
	for (int i = (int)wish + 1; i <= LAYER_CAMERA_HIGH; i++)
		if (layer_is_live(&layers[i], now))
			return &layers[i];
	return NULL;
}

static void video_aim(struct track *track, struct layer *layer)
{
	/* Nothing is received: stay where we are, it may come back. */
	if (layer == NULL || layer == track->awaited.layer)
		return;
	taker_leave(&track->awaited);
	if (layer == track->current.layer)
		return;
	taker_join(&track->awaited, layer);
	layer->key_wanted = true;
}

static void audio_aim(struct track *track, struct layer *layer)
{
	if (layer->id != 0 && track->current.layer != layer)
		taker_join(&track->current, layer);
}

void slot_aim(struct slot *slot, struct layer *layers, uint64_t now)
{
	if (layers == NULL) {
		slot_silence(slot);
		return;
	}
	if (slot_is_screen(slot)) {
		audio_aim(&slot->audio, &layers[LAYER_SCREEN_AUDIO]);
		/* It has one layer, and a still one sends little: no question of liveness. */
		if (slot->height != 0 && layers[LAYER_SCREEN].id != 0)
			video_aim(&slot->video, &layers[LAYER_SCREEN]);
	} else {
		audio_aim(&slot->audio, &layers[LAYER_AUDIO]);
		if (slot->height != 0)
			video_aim(&slot->video, camera_choose(layers, slot->height, now));
	}
	if (slot->height == 0)
		track_silence(&slot->video);
}

bool track_takes(struct track *track, struct layer *layer, const struct ring_packet *p,
                 struct spliced *as, bool *switched)
{
	bool is_awaited = track->awaited.layer == layer;

	*switched = false;
	if (!is_awaited && track->current.layer != layer)
		return false;
	/* Another layer, or this one under a new SSRC: not within a picture. */
	if (is_awaited || track->splicer.recent[0].layer != layer->id) {
		if (kind_is_video(layer->kind) && !p->vp8.is_key) {
			layer->key_wanted = true;
			return false;
		}
		taker_leave(&track->awaited);
		if (track->current.layer != layer)
			taker_join(&track->current, layer);
		splicer_begin(&track->splicer, layer->id, p, kind_clock(layer->kind));
		*switched = true;
	}
	return splicer_map(&track->splicer, layer->id, p, as);
}

void layer_leave_all(struct layer *layer)
{
	while (layer->takers != NULL)
		taker_leave(layer->takers);
}

bool track_wishes(struct track *track, uint64_t now)
{
	struct layer *layer = track->current.layer;

	if (layer == NULL || track->part != TRACK_VIDEO)
		return false;
	/* A key frame is everybody's burden: it comes in place of a better picture. */
	if (!layer->key_wanted && quota_take(&track->wishes, now, WISH_PERIOD, WISH_BURST))
		layer->key_wanted = true;
	return layer->key_wanted;
}

bool track_may_resend(struct track *track, uint16_t seq, uint64_t now, uint64_t rtt)
{
	struct resent *r = &track->resent[seq % RESENDS_KEPT];

	if (r->at != 0 && r->seq == seq && now - r->at < rtt)
		return false;
	*r = (struct resent){ seq, now };
	return true;
}
