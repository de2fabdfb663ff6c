/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_MEDIA_KEYS_H
#define ZEGEL_MEETING_MEDIA_KEYS_H

#include "sealed/meeting/frame.h"
#include "sealed/meeting/limits.h"
#include "sealed/wire/arena.h"

/* Media keys: RFC 9605 section 5.2 over the last epochs of the group.
 *
 *  sending:   one key for each transform, of the epoch that we send in. After a commit we
 *             change over when all others have reached the epoch, or after a second; after
 *             a removal at once.
 *  receiving: one key, with its replay window, for each (epoch, leaf, kind): the newest
 *             instance that an authenticated frame came from. Lower instances are refused,
 *             so that no window is ever forgotten while its key is still taken.
 *  candidate: a key of an instance that nobody has proven yet. Few, and made at a bounded
 *             rate: frames cost nothing to forge, deriving keys does (T6).
 */

enum { MEDIA_EPOCHS = 3, MEDIA_KINDS = 4, MEDIA_SENDERS = 64, MEDIA_CANDIDATES = 64 };

/* Derivations that frames of unproven keys may cause: at first for a full screen of people,
 * then for a few that change. */
enum { MEDIA_TOKENS = 512, MEDIA_TOKENS_PER_S = 128 };

struct media_epoch {
	bool is_kept;
	uint64_t number, drop_at;
	uint8_t base_key[SFRAME_KEY_MAX];
	uint8_t roster[LEAVES_MAX / 8]; /* whose frames of this epoch are taken */
};

struct media_receiver {
	uint32_t id; /* 0: none. Never used for another key                      */
	bool is_forgotten; /* the key's bytes live in WebCrypto only, from now on */
	uint64_t epoch;
	struct sframe_receiver sframe;
};

struct media_sender {
	uint32_t transform; /* 0: free */
	enum sframe_kind kind;
	uint32_t instance;
	uint32_t id; /* of the key; 0: none yet */
	bool is_forgotten;
	uint64_t epoch;
	struct sframe_sender sframe;
};

struct media_keys {
	const struct crypto *crypto;
	uint32_t own_leaf, leaves;
	uint64_t newest, sending, switch_at; /* epochs; time */
	bool has_epoch, has_changed;
	uint32_t next_id, next_instance;
	uint64_t tokens, tokens_at; /* thousandths; time */
	struct media_epoch epochs[MEDIA_EPOCHS];
	struct media_receiver *receivers; /* [MEDIA_EPOCHS][leaves][MEDIA_KINDS] */
	struct media_receiver candidates[MEDIA_CANDIDATES];
	uint32_t next_candidate;
	struct media_sender senders[MEDIA_SENDERS];
};

MUST_USE enum err media_keys_init(struct media_keys *m, const struct crypto *crypto,
                                  uint32_t leaves, struct arena *memory);

/* Outside the group: all keys are wiped. Transforms stay, instances go on counting. */
void media_keys_drop(struct media_keys *m);

/* A new epoch. roster: flags of the leaves in it; changed: leaves whose occupant changed with
 * it, and whose frames of earlier epochs are refused from now on, lest somebody who left
 * is taken for who came. at_once: send in it without waiting for the others. */
void media_keys_enter(struct media_keys *m, uint64_t epoch, uint32_t own_leaf,
                      const uint8_t *base_key, const bool *roster, const bool *changed,
                      bool at_once, uint64_t now);

/* all_there: the others are known to have reached the newest epoch. */
void media_keys_tick(struct media_keys *m, bool all_there, uint64_t now);
uint64_t media_keys_next(const struct media_keys *m); /* when to tick again */

uint32_t media_keys_transform_create(struct media_keys *m, enum sframe_kind kind);
void media_keys_transform_destroy(struct media_keys *m, uint32_t transform);

/* The sender with its key of the epoch that we send in. */
MUST_USE enum err media_keys_sender(struct media_keys *m, uint32_t transform, uint64_t now,
                                    struct media_sender **sender);

/* The receiver that a key id names, if frames of this kind may come from there. ERR_NOT_NOW:
 * not known (yet), or not now. ERR_AUTH: never. */
MUST_USE enum err media_keys_receiver(struct media_keys *m, uint64_t kid, enum sframe_kind kind,
                                      uint64_t now, struct media_receiver **receiver);

/* A frame was authenticated with the key `id` of this leaf and kind: enters its counter, and
 * makes a candidate a receiver. ERR_AUTH: a replay, or the key is gone. */
MUST_USE enum err media_keys_opened(struct media_keys *m, uint32_t id, uint32_t leaf,
                                    enum sframe_kind kind, uint64_t counter, uint64_t now);

/* ERR_NOT_NOW: no such key, or it was forgotten. out: ZEGEL_KEY_LEN bytes. */
MUST_USE enum err media_keys_export(struct media_keys *m, uint32_t id, uint8_t *out);
void media_keys_forget(struct media_keys *m, uint32_t id);
bool media_keys_is_live(struct media_keys *m, uint32_t id);

#endif
