/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_TRACK_H
#define ZEGEL_MEDIA_TRACK_H

#include "server/ipc.h"
#include "server/media/quota.h"
#include "server/media/layer.h"
#include "server/media/splicer.h"

/* What a receiver's slot sends: one SSRC (and one more for RTX) towards one peer, fed by one
 * layer at a time.
 *
 *             aim(layer)                    its key frame (sound: any packet)
 *   silent ----------------> waiting ------------------------------------> forwarding
 *     ^                                                                     |   ^  | aim(other
 *     |  aim(nobody), other source, layer's end                             |   |  v  layer)
 *     +---------------------------------------------------------------------+  both
 *
 * In "both" the old layer is forwarded until the new one's key frame comes. */
struct track;

struct taker {
	struct track *track;
	struct layer *layer; /* NULL: in no list */
	struct taker *next, **link;
};

struct resent {
	uint16_t seq;
	uint64_t at; /* 0: never */
};

struct track {
	struct peer *peer; /* the receiver */
	enum track_part part;
	uint32_t ssrc;
	uint8_t mid_n;
	char mid[PROFILE_MID_MAX + 1];

	struct taker current, awaited;
	struct splicer splicer;

	uint16_t rtx_seq;
	uint32_t packets, octets, packets_reported;
	struct quota wishes;                /* for key frames */
	struct resent resent[RESENDS_KEPT]; /* by seq modulo RESENDS_KEPT */
};

struct slot {
	uint8_t number;
	uint32_t source; /* a handle; 0: nobody */
	uint16_t height;
	struct track audio, video;
};

void slot_init(struct slot *slot, struct peer *peer, uint8_t number);
bool slot_is_screen(const struct slot *slot);

/* Chooses the layer, of `layers` that the slot's source publishes; NULL: the source is not
 * there. To be called again when layers come and go. */
void slot_aim(struct slot *slot, struct layer *layers, uint64_t now);
void slot_silence(struct slot *slot); /* another source, or none */

/* A layer has a new packet: is it for this track, and as what? May complete a switch
 * (*switched). */
bool track_takes(struct track *track, struct layer *layer, const struct ring_packet *p,
                 struct spliced *as, bool *switched);

/* A publisher's layer ends: all tracks leave it. */
void layer_leave_all(struct layer *layer);

/* Its receiver wishes for a key frame. True: so its layer is to be asked. */
bool track_wishes(struct track *track, uint64_t now);

/* False: asked for again too soon after it was sent again. */
bool track_may_resend(struct track *track, uint16_t seq, uint64_t now, uint64_t rtt);

#endif
