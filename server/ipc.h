/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_SERVER_IPC_H
#define ZEGEL_SERVER_IPC_H

#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

/* What the front and a media worker say to each other (docs/protocol.md section 4): one
 * datagram of a SOCK_SEQPACKET pair, one message. Plain data; spans borrow the datagram. */
enum {
	IPC_MESSAGE_MAX = 1024,
	IPC_FINGERPRINT = 32,
	IPC_CREDENTIAL_MAX = 256, /* an ICE user name or password: RFC 8839 5.4 */

	/* Slot numbers on the wire. 49 persons are 7 x 7 tiles. */
	IPC_PERSON_SLOTS = 49,      /* 0 to 48 */
	IPC_SCREEN_SLOT_FIRST = 64, /* 64 to 67 */
	IPC_SCREEN_SLOTS = 4,
	IPC_SLOTS_MAX = IPC_PERSON_SLOTS + IPC_SCREEN_SLOTS,
};

enum ipc_type {
	IPC_OPEN = 0x01,
	IPC_ANSWER = 0x02,
	IPC_SLOTS = 0x03,
	IPC_CLOSE = 0x04,
	IPC_OPENED = 0x81,
	IPC_STATE = 0x82,
	IPC_STATS = 0x83,
	IPC_REFUSED = 0x84,
};

enum ipc_transport_state { IPC_CONNECTED = 1, IPC_ENDED = 2 };

/* Counters since the worker's start, but for the first two, which say how things are. */
enum ipc_stat {
	IPC_STAT_TRANSPORTS,
	IPC_STAT_ROOMS,
	IPC_STAT_PACKETS_IN,
	IPC_STAT_BYTES_IN,
	IPC_STAT_PACKETS_OUT,
	IPC_STAT_BYTES_OUT,
	IPC_STAT_SEND_DROPPED,   /* the kernel did not take it                       */
	IPC_STAT_UNKNOWN_SENDER, /* from an address that no transport has validated  */
	IPC_STAT_STUN_REFUSED,   /* without a valid integrity check, or no STUN      */
	IPC_STAT_DTLS_FAILED,    /* handshakes                                       */
	IPC_STAT_SRTP_REFUSED,   /* not authentic, replayed or not SRTP              */
	IPC_STAT_RTP_MALFORMED,  /* authentic, but breaking the grammar              */
	IPC_STAT_RTP_UNKNOWN,    /* an SSRC that no MID explains                     */
	IPC_STAT_RTP_TOO_MANY,   /* authentic, but more than one peer may send       */
	IPC_STAT_CLEAR_FRAMES,   /* dropped: no SFrame header where one must be      */
	IPC_STAT_FORWARDED,
	IPC_STAT_NACKS_IN, /* packets asked for by receivers                   */
	IPC_STAT_RESENT,
	IPC_STAT_NACKS_OUT, /* packets asked of publishers                      */
	IPC_STAT_KEY_FRAMES_ASKED,
	IPC_STAT_SWITCHES,      /* of a slot's source or layer                      */
	IPC_STAT_SEALS_REFUSED, /* a fault of ours: SRTP would not seal what we wrote */
	IPC_STATS_N,
};
extern const char *const ipc_stat_names[IPC_STATS_N]; /* for metrics */

/* Slots in order of importance. */
struct ipc_slot {
	uint8_t slot;
	uint32_t source; /* a handle; 0: nobody */
	uint16_t height; /* pixels as drawn; 0: sound only */
};
struct ipc_slots {
	size_t n;
	struct ipc_slot slot[IPC_SLOTS_MAX];
};

bool ipc_is_slot(uint8_t number);

/* Reads `entries<V>`, as in MEDIA_SLOTS: ERR_MALFORMED if a slot does not exist or comes
 * twice. Set only on OK. */
MUST_USE enum err ipc_slots_read(struct rd *r, struct ipc_slots *out);
void ipc_slots_write(struct wr *w, const struct ipc_slots *slots);

struct ipc_message {
	enum ipc_type type;
	uint32_t transport; /* 0 in STATS */
	union {
		struct {
			uint32_t room, handle;
			uint8_t person_slots, screen_slots;
		} open;
		struct {
			struct span ufrag, pwd, fingerprint;
		} credentials; /* ANSWER and OPENED */
		struct ipc_slots slots;
		enum ipc_transport_state state;
		uint64_t stats[IPC_STATS_N];
	};
};

/* Reads a whole datagram. Set only on OK. */
MUST_USE enum err ipc_read(struct span datagram, struct ipc_message *m);
MUST_USE enum err ipc_write(const struct ipc_message *m, uint8_t out[IPC_MESSAGE_MAX],
                            size_t *n);

#endif
