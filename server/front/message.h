/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_MESSAGE_H
#define ZEGEL_FRONT_MESSAGE_H

#include "sealed/wire/rd.h"
#include "server/ipc.h"

/* The messages between client and front, docs/protocol.md section 3. Plain data; spans
 * borrow the message that was read. */

enum { ROOM_ID_LEN = 16, PASS_LEN = 32, PASS_HASH_LEN = 32 };

enum message_type {
	MSG_HELLO = 0x01,
	MSG_PASS = 0x02,
	MSG_POST = 0x03,
	MSG_SEND = 0x04,
	MSG_KNOCK = 0x05,
	MSG_WHISPER = 0x06,
	MSG_LEAVE = 0x07,
	MSG_MEDIA_JOIN = 0x10,
	MSG_MEDIA_ANSWER = 0x11,
	MSG_MEDIA_SLOTS = 0x12,

	MSG_HELLO_OK = 0x81,
	MSG_MEMBER = 0x82,
	MSG_POSTED = 0x83,
	MSG_LOG = 0x84,
	MSG_BROADCAST = 0x85,
	MSG_KNOCKED = 0x86,
	MSG_WELCOME = 0x87,
	MSG_GONE = 0x88,
	MSG_MEDIA_OFFER = 0x90,
	MSG_MEDIA_STATE = 0x91,
	MSG_ERROR = 0xff,
};

enum message_error {
	MSG_ERR_VERSION = 1,
	MSG_ERR_CONFLICT = 2,
	MSG_ERR_NOT_MEMBER = 3,
	MSG_ERR_TOO_BIG = 4,
	MSG_ERR_TOO_FAST = 5,
	MSG_ERR_FULL = 6,
	MSG_ERR_MALFORMED = 7,
	MSG_ERR_UNKNOWN_TYPE = 8,
	MSG_ERR_LOG_LOST = 9,
	MSG_ERR_CLOSING = 10,
	MSG_ERR_MEDIA_UNAVAILABLE = 11,
};

struct message {
	uint8_t type;
	union {
		struct {
			uint8_t version;
			struct span room_id;
		} hello;
		struct {
			struct span pass;
			uint64_t next_index;
		} pass;
		struct {
			uint64_t expected_index;
			struct span pass_hash, blob;
		} post;
		struct span blob; /* SEND, KNOCK */
		struct {
			uint32_t to;
			uint64_t start_index;
			struct span blob;
		} whisper;
		struct {
			uint8_t person_slots, screen_slots;
		} media_join;
		struct {
			struct span ufrag, pwd, fingerprint;
		} media_answer;
		struct ipc_slots media_slots;
	};
};

/* ERR_TRUNCATED or ERR_MALFORMED; ERR_LIMIT: a blob above its lane's bound; ERR_NOT_NOW: an
 * unknown type. m->type is set in any case that has a first byte. */
MUST_USE enum err message_read(struct span in, struct message *m);

#endif
