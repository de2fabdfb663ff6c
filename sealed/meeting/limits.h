/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_LIMITS_H
#define ZEGEL_MEETING_LIMITS_H

#include "sealed/sealed.h"

/* Sizes: what a hostile server or link holder can make us keep. */
enum {
	LEAVES_MAX = 1024,           /* ten bits of a media key id                        */
	KEY_PACKAGE_MAX = 1024,      /* ours have 400 bytes; a knock is mostly this       */
	KNOCKERS_MAX = 64,           /* that wait for the next commit                     */
	REFUSED_MAX = 256,           /* whom hosts turned away; then the first is forgotten */
	ADDS_MAX = 32,               /* in one commit: 128 KiB of POST hold far more      */
	REMOVES_MAX = 32,            /* the rest has its turn a second later              */
	POST_BLOB_MAX = 128 << 10,   /* docs/protocol.md section 3                        */
	SEND_BLOB_MAX = 16 << 10,    /* the same                                          */
	WHISPER_BLOB_MAX = 1 << 20,  /* the same                                          */
	MEMBER_MESSAGE_PADDING = 256, /* two chat lines and a beat look alike, in 512 bytes */
	EARLY_BYTES = 32 << 10,      /* messages of an epoch whose commit is on its way   */
	DIAGNOSTICS_WAITING = 32,    /* unpolled ones; the rest is not told               */
};

/* Times, in milliseconds. */
enum {
	COMMIT_SPACING_MS = 1000,   /* e2ee: never more than one commit a second           */
	COMMITTER_STEP_MS = 400,    /* until the next in line takes over                   */
	COMMIT_LOST_MS = 10000,     /* no answer to a POST: ask for a new connection       */
	REFRESH_MS = 600 * 1000,    /* new keys although nobody came or went               */
	BEAT_SMALL_MS = 5000,       /* every member beats at least this often if it is few */
	BEAT_SPACING_MS = 1000,     /* about one beat in this time in the whole meeting    */
	SILENCE_MIN_MS = 20000,     /* without a word: vanished                            */
	GONE_GRACE_MS = 8000,       /* the server says the connection ended                */
	NEWCOMER_MS = 15000,        /* let in, and never heard: gone while it knocked      */
	NOBODY_HEARD_MS = 15000,    /* of all the others: something is wrong with us       */
	STATE_SPACING_MS = 200,     /* a member who plays with its switches                */
	STATE_RESEND_MS = 5000,     /* newcomers may have missed a change this recent      */
	EARLY_KEEP_MS = 5000,       /* how long a message may be ahead of its commit       */
	SLEPT_MS = 3000,            /* a tick this late: the device was asleep             */
	KNOCK_FIRST_MS = 3000,      /* the server lets one knock pass in 2 s               */
	KNOCK_LAST_MS = 10000,      /* back-off ends here                                  */
	JOIN_LOST_MS = 10000,       /* a pass without an answer                            */
	SENDER_SWITCH_MS = 1000,    /* so long may others need to process a commit         */
	EPOCH_LINGER_MS = 3000,     /* after the next epoch's first frame                  */
	EPOCH_LINGER_MAX_MS = 10000 /* without one                                         */
};

/* Key packages and the leaves made from them live this long on both sides of now: nothing
 * in a meeting expires by wall clock, but RFC 9420 7.2 wants a bound. */
#define LEAF_LIFETIME_S ((uint64_t)7 * 24 * 3600)

/* Members, who may be more than the block is made for. */
#define MLS_BLOCK_SIZE(members) ((size_t)(64 << 10) + (size_t)(members) * 2048)

#endif
