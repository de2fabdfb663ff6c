/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_LIMITS_H
#define ZEGEL_FRONT_LIMITS_H

/* Every bound of the front, each with its reason. Times in milliseconds. */
enum {
	/* One machine of two cores carries a few hundred participants; the tables of
	 * this size cost 3 MB. */
	FRONT_CLIENTS_MAX = 4096,
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

	/* A member that comes back may get the whole log at once; who does not read that
	 * much is cut off. The bytes are shared with the log. */
	FRONT_QUEUE_BYTES_MAX = FRONT_LOG_BYTES_MAX + (1 << 20),
	FRONT_QUEUE_MESSAGES_MAX = FRONT_LOG_ENTRIES_MAX + 1024,

	/* Token buckets: tokens a second, and as many at once. A member sends a heartbeat
	 * in 5 s and a chat line now and then; a committer answers a crowd of knocks. */
	FRONT_MESSAGES_RATE = 50,
	FRONT_MESSAGES_BURST = 300,
	FRONT_BYTES_RATE = 512 << 10,
	FRONT_BYTES_BURST = 4 << 20,
	FRONT_KNOCK_EVERY = 2000,
	FRONT_KNOCK_BURST = 2,

	/* Of one address, which a whole office may share: connections, new ones a second, and
	 * how long it is remembered without any (until its bucket is surely full again). A
	 * table with room for all clients' addresses and for those that have just left. */
	FRONT_SOURCE_CONNECTIONS = 256,
	FRONT_SOURCE_NEW_RATE = 20,
	FRONT_SOURCE_NEW_BURST = 60,
	FRONT_SOURCE_FORGET = 4 * 1000,
	FRONT_SOURCES_MAX = FRONT_CLIENTS_MAX + 1024,

	FRONT_PASSES = 4,
	FRONT_PASS_GRACE = 15 * 1000,
	FRONT_ROOM_FORGET = 60 * 1000,
	FRONT_HELLO_TIMEOUT = 10 * 1000,
};

#endif
