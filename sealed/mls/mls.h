/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_MLS_H
#define ZEGEL_MLS_MLS_H

#include "sealed/crypto/crypto.h"
#include "sealed/mls/suite.h"
#include "sealed/wire/arena.h"

/* A member's view of one MLS group (RFC 9420): what meeting/ uses of this folder.
 *
 * A group lives in blocks that the caller gives to mls_group_init(): a few equal epoch
 * arenas, used in turn. A commit is computed into a free arena from a copy of the current
 * one and becomes the group only when everything about it was checked, so that a refused
 * message changes nothing; the arena of the last epoch still opens late application
 * messages, until its turn comes and it is wiped.
 *
 * Not thread-safe; no clock: times are given, in seconds since 1970; 0: there is no clock,
 * lifetimes are then not checked. Spans that are handed out live in the arena named, or
 * until the next call that changes the group. */

enum mls_credential_type { MLS_CREDENTIAL_BASIC = 1, MLS_CREDENTIAL_X509 = 2 };

struct mls_extension {
	uint16_t type;
	struct span data;
};

/* Who we are: the caller keeps these bytes alive and wipes sig_priv. */
struct mls_identity {
	enum mls_suite_id suite;
	const uint8_t *sig_priv;
	struct span sig_pub;
	uint16_t credential_type;
	struct span credential; /* basic: identity; x509: as in RFC 9420 5.3 */
	/* Capabilities and leaf extensions to state in our leaf nodes. */
	const uint16_t *extension_types;
	size_t extension_type_count;
	const struct mls_extension *leaf_extensions;
	size_t leaf_extension_count;
};

struct mls_member {
	uint32_t leaf;
	struct span signature_key;
	uint16_t credential_type;
	struct span credential;
	const struct mls_extension *extensions; /* of its leaf node */
	size_t extension_count;
};

/* What a commit would do, shown to the caller before anything is accepted. */
struct mls_proposal_view {
	uint16_t type;         /* RFC 9420 section 12.1 */
	bool by_sender_leaf;   /* else by an external sender or a new member */
	uint32_t sender_leaf;
	uint32_t removed_leaf;      /* remove                                  */
	struct mls_member added;    /* add (leaf is not known yet), update     */
	struct span key_package;    /* add: the KeyPackage as sent             */
	struct span psk_id;         /* external psk                            */
	const struct mls_extension *extensions; /* group context extensions   */
	size_t extension_count;
};

struct mls_commit_view {
	bool external;         /* an external commit: the sender is new        */
	uint32_t committer;    /* leaf; of an external commit: the leaf to be  */
	struct mls_member committer_member; /* its leaf after the commit       */
	struct span aad;       /* authenticated_data                           */
	const struct mls_proposal_view *proposals;
	size_t proposal_count;
};

/* The caller's judgement. Any function may be NULL: everything is then allowed, except
 * that psk NULL means that there are no PSKs; author NULL: nobody wants to know. */
struct mls_judge {
	void *arg;
	/* May this credential stand for this signature key? ERR_AUTH refuses. */
	enum err (*credential)(void *arg, const struct mls_member *member, uint64_t now);
	/* The application's policy on a commit that is otherwise valid. */
	enum err (*commit)(void *arg, const struct mls_commit_view *view);
	/* The external PSK of that id; the span lives at least until the call ends. */
	enum err (*psk)(void *arg, struct span psk_id, struct span *secret);
	/* This member signed the message in hand; said before anything else about it is
	 * checked, so that what is refused then has an author. */
	void (*author)(void *arg, uint32_t leaf);
};

struct mls_config {
	const struct crypto *crypto;
	const struct mls_identity *identity;
	struct mls_judge judge;
};

/* This one, one past, our pending commit's, and the one that is being computed. */
enum { MLS_EPOCHS_KEPT = 4 };

/* All of a KeyPackage's private half. Wipe it after the join. */
struct mls_key_package_secrets {
	uint8_t init_priv[DH_PRIV_MAX];
	uint8_t encryption_priv[DH_PRIV_MAX];
};

/* Our own KeyPackage message (MLSMessage, wire format mls_key_package) into `out`. */
MUST_USE enum err mls_key_package_create(const struct mls_config *config, uint64_t not_before,
                                         uint64_t not_after, struct arena *scratch,
                                         struct arena *out, struct span *message,
                                         struct mls_key_package_secrets *secrets);

struct mls_group;

/* `memory` must hold MLS_EPOCHS_KEPT + 1 blocks (the last is scratch); the size of one
 * bounds the group: about 2 KB a member with basic credentials. NULL: too small. */
struct mls_group *mls_group_init(struct arena *memory, size_t block,
                                 const struct mls_config *config);
void mls_group_clear(struct mls_group *g); /* wipes everything, keys first */

MUST_USE enum err mls_group_create(struct mls_group *g, struct span group_id,
                                   const struct mls_extension *extensions, size_t count,
                                   uint64_t now);
/* tree: the ratchet tree, when the Welcome does not carry it; else empty. */
MUST_USE enum err mls_group_join(struct mls_group *g, struct span welcome,
                                 struct span key_package, struct span tree,
                                 const struct mls_key_package_secrets *secrets, uint64_t now);

/* The same for a group that follows another one (RFC 9420 section 11), of which we are
 * or were a member: `old` was ended by a ReInit, or the new one is a branch of it. The
 * Welcome must say so, and the members must fit: all of the old group after a ReInit, only
 * such in a branch; who has the same credential is the same. A Welcome without such a link
 * is refused. */
MUST_USE enum err mls_group_join_from(struct mls_group *g, const struct mls_group *old,
                                      struct span welcome, struct span key_package,
                                      struct span tree,
                                      const struct mls_key_package_secrets *secrets,
                                      uint64_t now);

/* Creates the group that follows a group that was ended by a ReInit, as that said; or a
 * branch of a living one. Its first commit must add the members (and tells them the link);
 * `old` must live, unchanged, until then. */
MUST_USE enum err mls_group_reinit(struct mls_group *g, const struct mls_group *old,
                                   uint64_t now);
MUST_USE enum err mls_group_branch(struct mls_group *g, const struct mls_group *old,
                                   struct span group_id,
                                   const struct mls_extension *extensions, size_t count,
                                   uint64_t now);

/* A change to the group, section 12.1. An update has no fields: its key is made. */
enum mls_proposal_type {
	MLS_ADD = 1,
	MLS_UPDATE = 2,
	MLS_REMOVE = 3,
	MLS_PSK = 4,
	MLS_REINIT = 5,
	MLS_GROUP_CONTEXT_EXTENSIONS = 7,
};

struct mls_proposal {
	enum mls_proposal_type type;
	struct span key_package;  /* add: a KeyPackage message              */
	uint32_t removed;         /* remove: the leaf                       */
	bool resumption;          /* psk: of an earlier epoch; else external */
	struct span psk_id;       /* external psk                           */
	uint64_t psk_epoch;       /* resumption psk, of this group          */
	struct span group_id;     /* reinit: of the new group               */
	enum mls_suite_id suite;  /* reinit                                 */
	const struct mls_extension *extensions; /* reinit, extensions       */
	size_t extension_count;
};

/* What we want in a commit of ours. Proposals received earlier that are valid and fit are
 * included by reference; should the commit fail for their sake, it is made without. */
struct mls_commit_options {
	const struct span *adds; /* KeyPackage messages */
	size_t add_count;
	const uint32_t *removes;
	size_t remove_count;
	const struct span *psk_ids; /* external */
	size_t psk_count;
	const struct mls_extension *extensions; /* NULL: no GroupContextExtensions */
	size_t extension_count;
	bool force_path;    /* a path even where section 12.4 allows to omit it */
	bool public_message; /* else PrivateMessage */
	bool with_tree;     /* the Welcome carries the ratchet tree */
	struct span aad;
	size_t padding;     /* pad the PrivateMessage's plaintext to a multiple of this */
	const struct mls_proposal *extra; /* whatever else; no updates */
	size_t extra_count;
};

/* Makes a commit. The judge is asked only if it includes what others proposed. The group
 * does not change: what would be the next epoch is kept
 * pending until apply (it was accepted) or drop (another one won). Message and Welcome
 * (empty if nobody is added) are valid until then. ERR_NOT_NOW: no group, or it was ended
 * by a ReInit. */
MUST_USE enum err mls_group_commit(struct mls_group *g, const struct mls_commit_options *options,
                                   uint64_t now, struct span *message, struct span *welcome);
MUST_USE enum err mls_group_commit_apply(struct mls_group *g);
void mls_group_commit_drop(struct mls_group *g);
/* The exporter of the pending epoch, for what must be announced with the commit. */
MUST_USE enum err mls_group_pending_export(struct mls_group *g, struct span label,
                                           struct span context, uint8_t *out, size_t n);

/* A commit that does nothing but give us and the nodes above us new keys. */
MUST_USE enum err mls_group_update_keys(struct mls_group *g, uint64_t now,
                                        struct span *message);

/* --- from outside --- */

/* A signed GroupInfo message of the current epoch, with the key for external commits. */
MUST_USE enum err mls_group_info(struct mls_group *g, bool with_tree, struct arena *out,
                                 struct span *message);

/* What we want in an external commit. */
struct mls_external_options {
	bool resync;                /* remove the leaf that has our signature key */
	const struct span *psk_ids; /* external */
	size_t psk_count;
	struct span aad;
};
/* Joins, or joins anew, by a commit of one's own (12.4.3.2), made from a GroupInfo with an
 * external_pub; kept pending like any commit of ours. tree: as for mls_group_join. */
MUST_USE enum err mls_group_join_external(struct mls_group *g, struct span group_info,
                                          struct span tree,
                                          const struct mls_external_options *options,
                                          uint64_t now, struct span *message);

/* --- proposals apart from a commit --- */

struct mls_send_options {
	bool public_message; /* else PrivateMessage */
	struct span aad;
	size_t padding;
};
/* A proposal of ours into `out`; it is remembered like a received one. */
MUST_USE enum err mls_group_propose(struct mls_group *g, const struct mls_proposal *proposal,
                                    const struct mls_send_options *options,
                                    struct arena *out, struct span *message);

/* A proposal by one who is no member: an external sender of that index in the group's
 * list, or (an add, of oneself) a new member. Signed with the identity of the config. */
struct mls_external_sender {
	bool is_new_member;
	uint32_t index;
	struct span group_id;
	uint64_t epoch;
};
MUST_USE enum err mls_external_propose(const struct mls_config *config,
                                       const struct mls_external_sender *sender,
                                       const struct mls_proposal *proposal,
                                       struct arena *scratch, struct arena *out,
                                       struct span *message);

/* --- messages --- */

enum mls_received_kind { MLS_GOT_APPLICATION, MLS_GOT_PROPOSAL, MLS_GOT_COMMIT };

struct mls_received {
	enum mls_received_kind kind;
	uint32_t sender;  /* leaf (of an external commit: the new one) */
	uint64_t epoch;   /* of the message; commit: the one that it begins */
	struct span aad;
	struct span data; /* application: the plaintext */
	bool removed_us;  /* commit: we are out; the group is cleared */
};

/* A message for the group. Spans of `got` are valid until the next call. A refused
 * message leaves the group as it was. ERR_NOT_NOW: of another group or epoch, a commit of
 * our own, or one that names a proposal which has not come. */
MUST_USE enum err mls_group_input(struct mls_group *g, struct span message, uint64_t now,
                                  struct mls_received *got);

/* An application message into `out`, padded to a multiple of `padding` bytes. ERR_NOT_NOW:
 * proposals wait for a commit, which must come first (section 12.4), or the group is over. */
MUST_USE enum err mls_group_seal(struct mls_group *g, struct span data, struct span aad,
                                 size_t padding, struct arena *out, struct span *message);

bool mls_group_has_proposals(const struct mls_group *g);
/* Ended by a ReInit: nothing is sent any more, see mls_group_reinit(). */
bool mls_group_is_over(const struct mls_group *g);

MUST_USE enum err mls_group_export(struct mls_group *g, struct span label, struct span context,
                                   uint8_t *out, size_t n);

uint64_t mls_group_epoch(const struct mls_group *g);
uint32_t mls_group_own_leaf(const struct mls_group *g);
struct span mls_group_id(const struct mls_group *g);
struct span mls_group_epoch_authenticator(const struct mls_group *g);
struct span mls_group_confirmed_transcript_hash(const struct mls_group *g);
uint32_t mls_group_leaf_width(const struct mls_group *g); /* leaves, blank ones too */
bool mls_group_member(const struct mls_group *g, uint32_t leaf, struct mls_member *member);
bool mls_group_extension(const struct mls_group *g, uint16_t type, struct span *data);

#endif
