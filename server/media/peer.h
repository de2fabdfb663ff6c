/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_PEER_H
#define ZEGEL_MEDIA_PEER_H

#include "server/media/quota.h"
#include "server/media/track.h"
#include "transport/dtls.h"
#include "transport/ice_lite.h"
#include "transport/twcc.h"
#include "transport/udp.h"

/* One transport: a participant's connection, what it publishes, and the slots in which it
 * receives. Owned by the worker; a member of one room.
 *
 *   OPEN --> checking --ANSWER, DTLS--> connected --consent ends, DTLS closed, CLOSE--> gone
 *
 * Nothing is read but STUN until ICE has validated the sender's address, and nothing but DTLS
 * until there are keys. */
struct worker;
struct room;

struct source {
	uint32_t ssrc;
	enum layer_name layer;
	bool is_rtx;
	uint64_t since;
};

/* A packet that goes out at the end of this turn. */
struct egress {
	struct track *track;
	const struct ring_packet *packet;
	struct spliced as;
};

/* Audio has no RTX, and the same packet must not be sealed twice in different words: so its
 * sealed form is kept for a moment. */
struct echo {
	uint32_t ssrc;
	uint16_t seq, n; /* n = 0: none */
	uint64_t at;     /* last sent again */
	uint8_t bytes[ECHO_BYTES];
};

struct peer {
	struct worker *worker;
	struct peer *hash_next;
	uint32_t id, handle;
	struct room *room;
	struct peer *room_next;

	struct ice_lite ice;
	struct dtls *dtls;
	struct addr dtls_from; /* validated; for DTLS only, until an address is proven */
	struct srtp_in *srtp_in;
	struct srtp_out *srtp_out;
	struct timer tick, dtls_timer;
	uint64_t opened_at, reported_at, aimed_at;
	bool connected, ended;
	bool told_opened, told_connected; /* what the front knows */

	struct layer layers[LAYERS];
	struct source sources[PEER_SSRCS_MAX];
	size_t sources_n;
	struct twcc twcc;
	bool has_ntp_shift;
	uint64_t ntp_shift; /* our time less the publisher's: one for all its layers */
	uint64_t rtt;

	struct slot *slots;
	size_t slots_n;
	uint16_t twcc_seq;
	struct quota resends, arrivals;
	struct echo *echoes;
	size_t echo_next;
	struct egress egress[EGRESS_MAX];
	size_t egress_n;

	/* The worker's list of those that have something to send at the end of the turn. */
	bool is_touched;
	struct peer *touched_next;
};

/* NULL: no memory, or no randomness. Joins no room and no table but ICE's. */
struct peer *peer_create(struct worker *worker, uint32_t id, uint32_t handle,
                         size_t person_slots, size_t screen_slots);
void peer_destroy(struct peer **peerp); /* must have left its room */

/* From ANSWER: now DTLS may begin, and addresses are asked back (ice_lite.h). A second one is
 * refused. */
MUST_USE enum err peer_answer(struct peer *peer, struct span ufrag, struct span pwd,
                              const uint8_t fingerprint[DTLS_FINGERPRINT]);
void peer_probe(struct peer *peer); /* to be called after each check, too */

/* A datagram from an address that ICE has validated for this peer. */
void peer_input_dtls(struct peer *peer, const struct addr *from, struct span datagram);

/* A packet has come that is authentic. False: too many do, it is dropped. */
bool peer_may_say(struct peer *peer, uint64_t now);

void peer_touch(struct peer *peer);
struct slot *peer_slot(struct peer *peer, uint8_t number);  /* NULL: it has not got it */
struct track *peer_track(struct peer *peer, uint32_t ssrc); /* or NULL */

/* 32.32 seconds of the clock that our sender reports tell. */
uint64_t peer_ntp(uint64_t now);

#endif
