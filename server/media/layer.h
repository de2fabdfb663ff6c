/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_LAYER_H
#define ZEGEL_MEDIA_LAYER_H

#include "server/media/gaps.h"
#include "server/media/gate.h"
#include "server/media/profile.h"
#include "server/media/ring.h"
#include "transport/rtcp.h"

/* One published stream: an encoding of one participant's microphone, camera or screen. It
 * keeps the packets, finds what is missing, and knows who takes it. It sends nothing: it says
 * what is to be asked of its publisher, and the peer that owns it does so. */
struct taker; /* track.h */
struct peer;

struct layer {
	struct peer *owner;
	uint32_t id; /* unique in the worker; 0: this layer was never published */
	uint32_t ssrc;
	enum layer_name name;
	enum kind kind;
	struct ring *ring;
	struct gate gate;
	struct gaps gaps;
	struct taker *takers; /* those who get it, and those who wait for its key frame */

	/* Sequence numbers: unwrapped, and less the packets dropped (see ring.h). */
	bool started;
	uint64_t highest, floor;
	uint64_t drops;
	uint64_t dropped[RING_HIGH / 64]; /* bit (seq mod RING_HIGH), of the latest ones */
	uint64_t last_at;                 /* arrival of the latest packet */

	/* RFC 3550 6.4.1 and A.3, A.8. */
	uint64_t first_seq;
	uint32_t received, expected_prior, received_prior;
	uint32_t jitter; /* 16 times */
	uint32_t transit;

	/* The publisher's latest sender report, and when it came. */
	struct rtcp_sender sender;
	uint64_t sender_at; /* 0: none yet */

	bool key_wanted;
	uint64_t key_asked; /* when, 0: never */
	uint64_t key_wait;  /* from then on, if nothing comes at all */
};

enum layer_verdict {
	LAYER_FORWARD,
	LAYER_CLEAR,   /* dropped: not sealed                          */
	LAYER_BAD,     /* dropped: breaks the grammar                  */
	LAYER_NOTHING, /* padding, a double, or too old to be of use   */
};

/* Publishes under a new SSRC; what was before is forgotten, but not its takers. ERR_SPACE: no
 * memory for the ring, which is taken once in a layer's life. */
MUST_USE enum err layer_begin(struct layer *layer, struct peer *owner, enum layer_name name,
                              uint32_t id, uint32_t ssrc);
void layer_clear(struct layer *layer); /* frees. Takers must have gone. */

/* Feeds a packet; `is_repair`: it came as RTX. With LAYER_FORWARD, *out is the packet to be
 * forwarded, valid until the next one. */
enum layer_verdict layer_input(struct layer *layer, const struct rtp *rtp, bool is_repair,
                               uint64_t now, const struct ring_packet **out);

bool layer_is_live(const struct layer *layer, uint64_t now);

/* True: a key frame is wanted, ask for it now. Never of a layer that nobody takes, nor of a
 * camera's that is not being sent: it would not come. Once in KEY_FRAME_INTERVAL at most, and
 * ever less often (to KEY_FRAME_WAIT_MAX) while nothing comes. */
bool layer_asks_key_frame(struct layer *layer, uint64_t now);

/* A report block on what came; at most one a second. */
void layer_report(struct layer *layer, uint64_t now, struct rtcp_report *out);

/* The RTP time that belongs to `ntp` (32.32), if the publisher has said. */
bool layer_time(const struct layer *layer, uint64_t ntp, uint32_t *rtp);

#endif
