/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_SFRAME_SFRAME_H
#define ZEGEL_SFRAME_SFRAME_H

#include "sealed/crypto/crypto.h"
#include "sealed/sframe/sframe_header.h"
#include "sealed/sframe/sframe_replay.h"

/* Sealed media frames, RFC 9605: header || ciphertext || tag.
 *
 * Natively a frame is sealed and opened here. In the browser WebCrypto does it (its keys
 * cannot be read back, and it is faster), by a *plan*: nonce and associated data come from
 * here, so that the rules on counters and replays have one home. One sender or receiver
 * per key; the caller's memory; not shared between threads. */

/* Suites 1 to 3 exist for interoperation; a meeting uses 4 or 5. */
enum sframe_suite {
	SFRAME_AES128CTR_SHA256_80 = 1,
	SFRAME_AES128CTR_SHA256_64 = 2,
	SFRAME_AES128CTR_SHA256_32 = 3,
	SFRAME_AES128GCM_SHA256 = 4,
	SFRAME_AES256GCM_SHA512 = 5,
};

enum { SFRAME_KEY_MAX = 48, SFRAME_NONCE = 12, SFRAME_TAG_MAX = 16 };
enum { SFRAME_METADATA_MAX = 32 }; /* ours: 2 bytes and up to 10 clear ones */
enum { SFRAME_OVERHEAD_MAX = SFRAME_HEADER_MAX + SFRAME_TAG_MAX };

/* Frames per key. Far above any meeting (2^32 at 100 a second: 16 months), far below what
 * AES-GCM bears. */
#define SFRAME_FRAMES_MAX ((uint64_t)1 << 32)

struct sframe_key {
	enum sframe_suite suite;
	uint64_t kid;
	uint8_t key[SFRAME_KEY_MAX], salt[SFRAME_NONCE]; /* key: sframe_key_len bytes */
};

size_t sframe_key_len(enum sframe_suite suite); /* Nk, also of a base key from MLS */
size_t sframe_tag_len(enum sframe_suite suite);

/* Section 4.4.2: a key of its own per key id. clear wipes. */
MUST_USE enum err sframe_key_init(struct sframe_key *key, const struct crypto *c,
                                  enum sframe_suite suite, struct span base_key, uint64_t kid);
void sframe_key_clear(struct sframe_key *key);

/* How one frame is sealed or opened with the key. aad = header || metadata. */
struct sframe_plan {
	uint64_t counter;
	size_t header_len, aad_len;
	uint8_t nonce[SFRAME_NONCE];
	uint8_t aad[SFRAME_HEADER_MAX + SFRAME_METADATA_MAX]; /* starts with the header */
};

struct sframe_sender {
	struct sframe_key key;
	uint64_t next; /* the counter of the next frame */
};

MUST_USE enum err sframe_sender_init(struct sframe_sender *s, const struct crypto *c,
                                     enum sframe_suite suite, struct span base_key,
                                     uint64_t kid);
void sframe_sender_clear(struct sframe_sender *s);

/* Uses up a counter, whatever becomes of the plan. ERR_LIMIT: no counter is left, or the
 * metadata is too long. */
MUST_USE enum err sframe_seal_plan(struct sframe_sender *s, struct span metadata,
                                   struct sframe_plan *plan);

/* out: up to plain.n + SFRAME_OVERHEAD_MAX bytes, else ERR_SPACE; apart from plain. */
MUST_USE enum err sframe_seal(struct sframe_sender *s, const struct crypto *c,
                              struct span metadata, struct span plain, uint8_t *out,
                              size_t cap, size_t *n);

struct sframe_receiver {
	struct sframe_key key;
	struct sframe_replay replay;
};

MUST_USE enum err sframe_receiver_init(struct sframe_receiver *r, const struct crypto *c,
                                       enum sframe_suite suite, struct span base_key,
                                       uint64_t kid);
void sframe_receiver_clear(struct sframe_receiver *r);

/* The frame's header names the key by which the caller finds the receiver; one of another
 * key, an old or replayed counter, or no room for a tag is ERR_AUTH. `sealed` borrows from
 * the frame: ciphertext || tag, to be opened by the plan. Changes nothing. */
MUST_USE enum err sframe_open_plan(const struct sframe_receiver *r, struct span metadata,
                                   struct span frame, struct sframe_plan *plan,
                                   struct span *sealed);

/* After the frame has been authenticated, and before anybody gets its content. ERR_AUTH:
 * a copy of it was opened meanwhile; drop this one. */
MUST_USE enum err sframe_open_commit(struct sframe_receiver *r, uint64_t counter);

/* Plan, open and commit in one. out: up to frame.n bytes, else ERR_SPACE; apart from frame. */
MUST_USE enum err sframe_open(struct sframe_receiver *r, const struct crypto *c,
                              struct span metadata, struct span frame, uint8_t *out,
                              size_t cap, size_t *n);

#endif
