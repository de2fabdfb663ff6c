/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_SECRET_TREE_H
#define ZEGEL_MLS_SECRET_TREE_H

#include "sealed/mls/suite.h"
#include "sealed/wire/arena.h"

/* A key for every message of an epoch, RFC 9420 section 9: the encryption secret is
 * divided down to the leaves, each leaf has two ratchets, each step of a ratchet gives one
 * key and one nonce that are used once.
 *
 *   root -> ... -> leaf -> handshake ratchet   -> (key, nonce) 0, 1, 2, ...
 *                       -> application ratchet -> (key, nonce) 0, 1, 2, ...
 *
 * A secret is wiped as soon as it was divided, a key as soon as it opened its message
 * (9.2). Keys that were passed over are kept for messages that come out of order, within
 * the bounds below. Everything lives in the arena; leaves are derived when first used. */

enum ratchet_kind { RATCHET_HANDSHAKE, RATCHET_APPLICATION, RATCHET_KINDS };

enum {
	/* A message further ahead than this is refused: each step costs three KDF calls,
	 * which one bad member could make us do for nothing. */
	RATCHET_FORWARD_MAX = 1024,
	/* Keys passed over that a ratchet keeps; older ones are wiped. More than a lossy,
	 * reordering path leaves behind, and 4 KB for a sender who needs it. */
	RATCHET_KEPT_MAX = 64,
};

struct message_key {
	uint8_t key[AEAD_KEY_MAX], nonce[AEAD_NONCE];
};

struct sender_ratchets;

struct secret_tree {
	struct arena *arena;
	const struct mls_suite *suite;
	uint32_t leaves; /* a power of two */
	uint8_t *secrets; /* a hash length a node, where has[node] */
	bool *has;
	struct sender_ratchets **senders; /* NULL: not used yet */
};

/* leaves: those of the ratchet tree. The secret is copied: the caller wipes its own. */
MUST_USE enum err secret_tree_init(struct secret_tree *t, struct arena *a,
                                   const struct mls_suite *suite, uint32_t leaves,
                                   struct span encryption_secret);
void secret_tree_clear(struct secret_tree *t);

/* The next key for a message of our own; it is gone from the tree with this call, so
 * that no failure later makes it used twice. ERR_LIMIT: 2^32 messages were sent. */
MUST_USE enum err secret_tree_next(struct secret_tree *t, const struct crypto *c,
                                   uint32_t leaf, enum ratchet_kind kind,
                                   uint32_t *generation, struct message_key *out);

/* The key for a message that came. It stays until secret_tree_used(), so that a forged
 * message does not take the key from the true one. ERR_AUTH: it was used, or is too old to
 * be kept; ERR_LIMIT: too far ahead. */
MUST_USE enum err secret_tree_find(struct secret_tree *t, const struct crypto *c,
                                   uint32_t leaf, enum ratchet_kind kind,
                                   uint32_t generation, struct message_key *out);
/* It opened its message: wipes it, and moves the ratchet past it. On an error nothing
 * changed, and the message must not be accepted. */
MUST_USE enum err secret_tree_used(struct secret_tree *t, const struct crypto *c,
                                   uint32_t leaf, enum ratchet_kind kind,
                                   uint32_t generation);

/* Section 6.3.2: the key of the sender data, from a sample of the ciphertext. */
MUST_USE enum err sender_data_key_derive(const struct crypto *c, const struct mls_suite *suite,
                                         struct span sender_data_secret,
                                         struct span ciphertext, struct message_key *out);

#endif
