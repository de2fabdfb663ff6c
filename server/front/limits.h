/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_LIMITS_H
#define ZEGEL_FRONT_LIMITS_H

/* Every bound of the front, each with its reason. Times in milliseconds. */
enum {
	/* One machine of two cores carries a few hundred participants; the tables of
	 * this size cost 3 MB. */
	FRONT_CLIENTS_MAX = 4096,
	FRONT_FILES_MAX = 16384, /* the library's tables grow with what we may open */
	FRONT_ROOMS_MAX = 1024,
	/* A leaf index of a media key id has 10 bits; some more may wait. */
	FRONT_ROOM_CLIENTS_MAX = 1200,

	/* docs/protocol.md section 3. A commit that removes one of 1000 members from a
	 * tree with many blanks takes 82 KB; a Welcome with such a tree 300 KB. */
	FRONT_POST_MAX = 128 << 10,
	FRONT_SEND_MAX = 16 << 10,
	FRONT_KNOCK_MAX = 16 << 10,
	FRONT_WHISPER_MAX = 1 << 20,
	FRONT_MESSAGE_MAX = FRONT_WHISPER_MAX + 64,

	FRONT_LOG_ENTRIES_MAX = 4096,
	FRONT_LOG_BYTES_MAX = 8 << 20,

	/* All that is kept or on its way, of all rooms. Anybody may create a room, so no
	 * bound of one room bounds the whole: when half of this is used, logs keep only
	 * their newest part; when all of it is, nothing more is taken. */
	FRONT_PARCELS_BYTES_MAX = 512 << 20,
	FRONT_LOG_BYTES_TIGHT = 256 << 10,
	FRONT_PARCEL_SMALL = 64, /* errors and the like are sent even then */

	/* A client's queue: one Welcome of the largest size and what is said meanwhile.
	 * Who reads slower is cut off. The log waits outside, and flows in as it drains. */
	FRONT_QUEUE_BYTES_MAX = 2 << 20,
	FRONT_QUEUE_MESSAGES_MAX = 512,
	FRONT_QUEUE_BYTES_READY = 256 << 10,
	FRONT_QUEUE_MESSAGES_READY = 64,

	/* Messages of which a part has arrived, of all clients; and a whole one in time. */
	FRONT_INPUT_BYTES_MAX = 128 << 20,
	FRONT_INPUT_TIMEOUT = 30 * 1000,

	/* Token buckets: tokens a second, and as many at once. A member sends a heartbeat
	 * in 5 s and a chat line now and then; a committer answers a crowd of knocks. */
	FRONT_MESSAGES_RATE = 50,
	FRONT_MESSAGES_BURST = 300,
	FRONT_BYTES_RATE = 512 << 10,
	FRONT_BYTES_BURST = 4 << 20,
	FRONT_KNOCK_EVERY = 2000,
	FRONT_KNOCK_BURST = 2,
	/* Refused messages: a client that is told again and again is no client of ours. */
	FRONT_REFUSALS_RATE = 5,
	FRONT_REFUSALS_BURST = 500,

	/* Of one address, which a whole office may share: connections, new ones a second, and
	 * how long it is remembered without any (until its bucket is surely full again). A
	 * table with room for all clients' addresses and for those that have just left. */
	FRONT_SOURCE_CONNECTIONS = 256,
	FRONT_SOURCE_SOCKETS = 1024, /* with those that only load the page, six a browser */
	FRONT_SOURCE_BYTES_MAX = 32 << 20, /* kept for it: half messages, and unread ones */
	FRONT_SOURCE_NEW_RATE = 20,
	FRONT_SOURCE_NEW_BURST = 60,
	FRONT_SOURCE_FORGET = 4 * 1000,
	FRONT_SOURCES_MAX = FRONT_FILES_MAX + 1024,

	FRONT_PASSES = 4,
	FRONT_PASS_GRACE = 15 * 1000,
	/* Whose connection broke has been removed from the group before (GONE_GRACE_MS and
	 * SILENCE_MIN_MS of sealed/meeting): its pass is good for a short break only. */
	FRONT_PASS_OLD = 60 * 1000,
	FRONT_ROOM_FORGET = 60 * 1000,
	FRONT_HELLO_TIMEOUT = 10 * 1000,
};

#endif
