/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_PARTICIPANT_H
#define ZEGEL_TESTS_PARTICIPANT_H

#include <sys/types.h>

#include "server/ipc.h"
#include "server/media/profile.h"
#include "transport/dtls.h"
#include "transport/ice_client.h"
#include "transport/rtcp.h"
#include "transport/rtp.h"
#include "transport/udp.h"

/* A media worker in a process of its own, the front's end of its socket, and participants with
 * real sockets: for tests and benches of the whole path. */
struct office {
	pid_t worker;
	int front;
	struct addr server;
	uint64_t stats[IPC_STATS_N];
	uint64_t stats_told; /* STATS messages so far */
	uint8_t bytes[IPC_MESSAGE_MAX];
};

/* `is_sandboxed`: as in earnest. False: could not be started. */
bool office_open(struct office *o, bool is_sandboxed);
bool office_open_program(struct office *o, const char *program); /* the path of zegel-media */
int office_close(struct office *o); /* the worker's exit status */
bool office_say(struct office *o, const struct ipc_message *m);
/* Waits for a message of this type about this transport; STATS are kept in `stats`. */
bool office_hear(struct office *o, enum ipc_type type, uint32_t transport,
                 struct ipc_message *m);
bool office_slots(struct office *o, uint32_t transport, const struct ipc_slot *slots, size_t n);
void office_stats(struct office *o); /* waits for two: so the second is new */

struct participant;
typedef void (*participant_fn)(struct participant *p, struct span packet);

struct participant {
	uint32_t transport;
	int fd;
	struct addr server;
	struct ice_client ice;
	struct dtls_identity *identity;
	struct dtls *dtls;
	struct srtp_in *srtp_in;
	struct srtp_out *srtp_out;
	struct udp_rx *rx;
	bool connected; /* has keys */
	uint16_t twcc;
	uint64_t datagrams; /* received */
	void *arg;
	participant_fn on_rtp, on_rtcp; /* opened; or NULL */
};

/* Opens a transport in `room` for `handle`, and answers; then poll until connected. */
bool participant_join(struct participant *p, struct office *o, uint32_t room, uint32_t handle,
                      uint8_t person_slots, uint8_t screen_slots);
void participant_leave(struct participant *p);
void participant_poll(struct participant *p); /* reads what waits, sends what is due */
void participant_send_rtp(struct participant *p, const uint8_t *bytes, size_t n);
void participant_send_rtcp(struct participant *p, struct span compound);

/* Polls all of them for a while. */
void participants_run(struct participant *all, size_t n, uint64_t microseconds);
bool participants_connect(struct participant *all, size_t n);

/* What a browser would send. */
struct stream {
	enum kind kind;
	const char *mid, *rid; /* NULL: absent */
	uint32_t ssrc;         /* its RTX: + 1000 */
	uint16_t seq, rtx_seq;
	uint32_t timestamp;
	uint16_t picture_id;
	uint8_t tl0picidx;
	uint32_t counter; /* SFrame's */
	bool is_clear;    /* forgets to seal */
};

/* Writes packet `i` of `n` of the current frame; a packet has `size` bytes of payload after
 * the descriptor. Returns its length. stream_next() begins the next frame. */
size_t stream_packet(struct stream *s, uint16_t twcc, bool is_key, size_t i, size_t n,
                     size_t size, uint8_t out[UDP_PACKET_MAX]);
void stream_next(struct stream *s);
/* One whole frame, in n packets; bit i of `lost`: packet i gets lost on the way. */
void stream_send(struct stream *s, struct participant *p, bool is_key, size_t n, size_t size,
                 uint32_t lost);

#endif
