/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_EPOCH_H
#define ZEGEL_MLS_EPOCH_H

#include "sealed/mls/group_context.h"
#include "sealed/mls/key_schedule.h"
#include "sealed/mls/message_protection.h"
#include "sealed/mls/treekem.h"

/* All that a member knows in one epoch of a group. It lives in one arena: an epoch is made
 * in an empty one and wiped whole.
 *
 *   epoch_begin -> (tree, context filled in) -> epoch_advance -> in use -> epoch_retire
 *   (only late application messages can still be opened) -> epoch_clear              */

/* A proposal that was sent apart from a commit, to be named in one by its reference. */
struct received_proposal {
	struct received_proposal *next; /* the one that came after it */
	uint8_t ref[HASH_MAX];
	struct sender sender;
	struct span raw;
	bool has_key; /* an update of ours: the leaf's new private key */
	uint8_t key[HPKE_PRIV_MAX];
};

/* Refused beyond: proposals are work for every member until the next commit, and must not
 * take the room in which the keys of senders are kept. */
enum { RECEIVED_PROPOSALS_MAX = 1024, RECEIVED_PROPOSALS_SHARE = 8 /* of the arena */ };

struct epoch {
	struct arena arena;
	const struct mls_suite *suite;
	struct group_context context; /* in the arena, as all that spans point to */
	struct span context_raw;
	struct ratchet_tree tree;
	struct treekem_private private;
	struct epoch_secrets secrets;
	struct secret_tree keys;
	uint8_t interim[HASH_MAX]; /* interim_transcript_hash */
	uint8_t confirmation_tag[HASH_MAX];
	struct received_proposal *proposals; /* in the order in which they came */
	size_t proposal_count, proposal_bytes;
	bool is_over; /* the commit that made it was a ReInit (RFC 9420 12.4.2) */
	struct reinit reinit;
};

/* Empties it; the arena stays. */
void epoch_clear(struct epoch *e);

/* An empty one becomes the next of `old`: a copy of tree, private keys and context, the
 * epoch counted up. The old one does not change. */
MUST_USE enum err epoch_begin(struct epoch *next, const struct epoch *old);

/* Replaces the extensions; copied. */
MUST_USE enum err epoch_set_extensions(struct epoch *e, struct extension_list extensions);

/* The context's tree hash becomes that of the tree. */
MUST_USE enum err epoch_hash_tree(struct epoch *e, const struct crypto *c);

/* What a commit brings, RFC 9420 12.4.1 and 12.4.2. */
struct epoch_inputs {
	const uint8_t *init_secret;   /* of the old epoch, or from an external init      */
	const uint8_t *commit_secret; /* NULL: the commit has no path                    */
	const uint8_t *psk_secret;
	struct span interim;          /* the old epoch's interim_transcript_hash         */
	struct span commit;           /* ConfirmedTranscriptHashInput                    */
};

/* Transcript, secrets and confirmation tag from the inputs; tree and extensions are as they
 * are to be. joiner_secret: HASH_MAX bytes of room. */
MUST_USE enum err epoch_advance(struct epoch *e, const struct crypto *c,
                                const struct epoch_inputs *in, uint8_t *joiner_secret);

/* What remains to be done when context and secrets are there: secret tree, tag, interim. */
MUST_USE enum err epoch_finish(struct epoch *e, const struct crypto *c);

/* The tag of an epoch that we know from outside only, and what follows from it. */
MUST_USE enum err epoch_set_tag(struct epoch *e, const struct crypto *c, struct span tag);

/* Another epoch has begun: wipes all that does not serve to open late messages. */
void epoch_retire(struct epoch *e);

struct protection epoch_protection(struct epoch *e, const struct crypto *c);
struct span epoch_hash_span(const struct epoch *e, const uint8_t *hash); /* a hash long */

/* NULL: there is none of that reference. */
const struct received_proposal *epoch_find_proposal(const struct epoch *e, struct span ref);

/* ERR_LIMIT: too many. One that is there already is not added again. */
MUST_USE enum err epoch_add_proposal(struct epoch *e, const uint8_t *ref, struct sender sender,
                                     struct span raw, const uint8_t *key);

#endif
