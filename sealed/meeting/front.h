/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_FRONT_H
#define ZEGEL_MEETING_FRONT_H

#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

/* The messages of docs/protocol.md section 3, as the client sees them. Those about media are
 * the driver's and not in here. */

enum { FRONT_VERSION = 1, PASS_LEN = 32, PASS_HASH_LEN = 32 };

enum front_type {
	FRONT_HELLO = 0x01,
	FRONT_PASS,
	FRONT_POST,
	FRONT_SEND,
	FRONT_KNOCK,
	FRONT_WHISPER,
	FRONT_LEAVE,
	FRONT_HELLO_OK = 0x81,
	FRONT_MEMBER,
	FRONT_POSTED,
	FRONT_LOG,
	FRONT_BROADCAST,
	FRONT_KNOCKED,
	FRONT_WELCOME,
	FRONT_GONE,
	FRONT_ERROR = 0xff,
};

enum front_error {
	FRONT_ERROR_VERSION = 1,
	FRONT_ERROR_CONFLICT,
	FRONT_ERROR_NOT_MEMBER,
	FRONT_ERROR_TOO_BIG,
	FRONT_ERROR_TOO_FAST,
	FRONT_ERROR_FULL,
	FRONT_ERROR_MALFORMED,
	FRONT_ERROR_UNKNOWN_TYPE,
	FRONT_ERROR_LOG_LOST,
	FRONT_ERROR_CLOSING,
};

/* A message of the server; which fields count follows from the type. */
struct front_message {
	enum front_type type;
	uint32_t handle; /* HELLO_OK: our own; KNOCKED, GONE: whose               */
	uint64_t index;  /* MEMBER: the log's length; POSTED, LOG, WELCOME: index */
	struct span blob; /* borrows from the input                               */
	unsigned code;   /* ERROR */
	unsigned caused; /* ERROR: the type of our message that caused it         */
	unsigned version;
};

/* ERR_NOT_NOW: of a type that is not ours to read. */
MUST_USE enum err front_read(struct span message, struct front_message *m);

void front_write_hello(struct wr *w, struct span room_id);
void front_write_pass(struct wr *w, struct span pass, uint64_t next_index);
void front_write_post(struct wr *w, uint64_t index, struct span pass_hash, struct span blob);
void front_write_send(struct wr *w, struct span blob);
void front_write_knock(struct wr *w, struct span blob);
void front_write_whisper(struct wr *w, uint32_t handle, uint64_t start, struct span blob);
void front_write_leave(struct wr *w);

/* Room for a message beside its blob. */
enum { FRONT_OVERHEAD_MAX = 64 };

#endif
