/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_LIMITS_H
#define ZEGEL_MEDIA_LIMITS_H

#include "transport/timer.h"

/* Every bound of the worker, and why it is what it is. */
enum {
	PEERS_MAX = 1024,     /* per worker: one core carries fewer that speak */
	ROOMS_MAX = 512,      /* per worker: meetings of two                   */
	ROOM_PEERS_MAX = 512, /* half the leaves of the largest group          */
	PEER_SSRCS_MAX = 16,  /* six layers and four RTX streams, with room for change */

	/* A packet's payload: 1500 less IPv6, UDP, our RTP header, RTX and SRTP's tag. */
	RING_PAYLOAD_MAX = 1400,
	/* Packets kept for whoever asks again: a second or more of what a layer sends. */
	RING_AUDIO = 64,
	RING_LOW = 128,
	RING_MEDIUM = 256,
	RING_HIGH = 512,

	GAPS_MAX = 64,           /* packets of one layer that are missed at a time  */
	GAP_TRIES = 8,           /* then it is lost                                 */
	FRAMES_JUDGED = 8,       /* frames whose packets may still come             */
	LATE_MAX = 200,          /* packets behind: SRTP's windows are 256 wide      */
	SPLICES_MAX = 4,         /* switches that packets asked for again may span  */
	RESENDS_KEPT = 64,       /* per track: what was sent again a moment ago     */
	ECHOES_MAX = 128,        /* sealed audio packets per peer, to send again    */
	ECHO_BYTES = 320,        /* audio is padded to one size, well below         */
	EGRESS_MAX = 128,        /* packets for one peer in one turn                */
	LEVEL_BYTES = 8,         /* padding that a longer run is worth              */
	RESEND_BURST = 256,      /* packets sent again at once to one peer          */
	ARRIVAL_BURST = 3000,    /* packets from one peer at once: some key frames  */
	WISH_BURST = 5,          /* key frames that a receiver's track may wish for */
	FEEDBACK_BYTES = 1100,   /* an RTCP datagram, before SRTCP                  */
	RX_BATCHES_PER_TURN = 8, /* then timers and the front have their turn     */
};

#define PEER_TICK          TIME_MS(50)  /* feedback, retries                         */
#define REPORT_INTERVAL    TIME_S(1)    /* SR and RR                                 */
#define AIM_INTERVAL       TIME_MS(500) /* has a layer begun or ended?               */
#define LAYER_DEAD_AFTER   TIME_S(2)    /* a camera sends five frames a second or more */
#define SSRC_INTERVAL      TIME_MS(500) /* a new one clears a ring, and all receivers aim anew */
#define KEY_FRAME_INTERVAL TIME_MS(500)      /* F25: at most two requests a second per source */
#define KEY_FRAME_WAIT_MAX TIME_S(4)         /* between requests that nothing follows */
#define GAP_AGE_MAX        TIME_S(1)         /* older than a receiver would wait          */
#define RESEND_PERIOD      (TIME_S(1) / 512) /* who asks for more gets less           */
#define ARRIVAL_PERIOD     (TIME_S(1) / 3000) /* ten times what all layers take        */
#define WISH_PERIOD        TIME_S(2)          /* so that nobody spoils it for all      */
#define RTT_DEFAULT        TIME_MS(100)
#define RTT_MIN            TIME_MS(20)
#define RTT_MAX            TIME_MS(500)
#define CONNECT_DEADLINE   TIME_S(30) /* from OPEN to keys                         */
#define STATS_INTERVAL     TIME_S(1)

#endif
