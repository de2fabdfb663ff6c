/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_PARTICIPANT_H
#define ZEGEL_MEETING_PARTICIPANT_H

#include "sealed/meeting/blob.h"
#include "sealed/meeting/front.h"
#include "sealed/meeting/media_keys.h"
#include "sealed/meeting/member_message.h"
#include "sealed/meeting/outbox.h"
#include "sealed/meeting/roster.h"
#include "sealed/meeting/steps.h"

/* The insides of struct zegel, shared by the files of this folder and by nobody else:
 *
 *   participant.c  life, the server's messages, what is due, what is polled
 *   entrance.c     the way in: found, knock, welcome, resume, forget
 *   group.c        the MLS group: what is allowed in a commit, and what follows from one
 *   log.c          the log: entries of others, and the fate of our own
 *   admission.c    who is to come in or go out, and whose turn it is to commit that
 *   lobby.c        the policy, and what hosts decide at the door
 *   presence.c     messages among members: beats, state, chat, goodbye, silence
 *   media.c        frames
 */

/* Who came with a commit, and whether somebody went. */
struct comings {
	struct {
		uint8_t key[SIG_PUB_MAX];
		uint8_t n;
	} added[ADDS_MAX];
	size_t added_count;
	bool has_removals;
	uint32_t committer; /* NOBODY: the commit did not get as far as to say */
};

/* A commit of ours that has been posted. The log decides about it, and only the log: an
 * answer can be lost with a connection. */
struct posting {
	bool is_open;
	uint64_t index, at;
	uint8_t blob_hash[PASS_HASH_LEN];
	bool was_dropped; /* given up; should it turn up in the log, we are lost */
	struct comings comings;
};

struct knocker {
	uint32_t handle;
	uint64_t since, knocked_at;
	uint8_t hash[KEY_PACKAGE_HASH_LEN];
	uint8_t signature_key[SIG_PUB_MAX];
	size_t signature_key_n;
	uint8_t key_package[KEY_PACKAGE_MAX];
	size_t key_package_n;

	/* In a lobby. */
	uint8_t name[ZEGEL_NAME_MAX];
	size_t name_n;
	uint8_t package_hash[HASH_MAX]; /* SHA-256, as tickets have it */
	bool was_admitted;              /* by ourselves, a host        */
	bool has_ticket;
	uint64_t ticket_epoch;
	struct ticket ticket;
};

/* One welcome for all whom a commit lets in; a message of it for each, made when polled. */
struct whispers {
	uint8_t *message; /* FRONT_WHISPER to nobody yet */
	size_t cap, n;
	uint64_t start;
	uint32_t handles[ADDS_MAX];
	size_t count, next;
	bool is_ready; /* the commit is in the log */
};

/* A message of an epoch that we are not in yet: its commit is on another lane. */
enum { EARLY_SLOTS = 16, EARLY_MESSAGE_MAX = EARLY_BYTES / EARLY_SLOTS };

struct early {
	uint64_t epoch, at;
	size_t n; /* 0: free */
	uint8_t message[EARLY_MESSAGE_MAX];
};

struct zegel {
	const struct crypto *crypto;
	uint8_t *block;
	size_t block_size;
	uint32_t members_max;
	uint64_t now, next_tick;

	/* Ourselves. */
	struct link link;
	uint8_t name[ZEGEL_NAME_MAX];
	uint8_t sig_priv[SIG_PRIV_MAX], sig_pub[SIG_PUB_MAX];
	struct mls_extension name_extension;
	struct mls_identity identity;
	struct mls_config config;
	uint64_t wall_s, entered_at;
	uint32_t bits;

	/* The way in. */
	enum steps_state state;
	enum zegel_because because;
	uint64_t state_at;
	bool has_entered, has_been_in, is_connected;
	unsigned knocks;
	uint32_t handle; /* the server's name for our connection; 0: not told yet */
	bool has_key_package;
	uint8_t key_package[KEY_PACKAGE_MAX];
	size_t key_package_n;
	struct mls_key_package_secrets key_package_secrets;

	/* The group and its log. */
	struct arena group_memory;
	struct mls_group *group; /* NULL: none */
	uint64_t next_index, log_length;
	struct posting posting;
	struct comings comings; /* of the commit in hand       */
	uint32_t author;        /* of the message in hand: who signed it, or NOBODY */
	bool psk_was_used;      /* by what MLS has just read   */
	uint8_t pass[PASS_LEN];
	unsigned passes_refused; /* in this epoch */
	uint64_t epoch_at;

	/* The policy of the epoch, and who shall never come in. */
	bool has_policy;
	struct policy policy;
	uint8_t policy_data[POLICY_LEN_MAX]; /* as it stands in the group */
	size_t policy_data_n;
	uint8_t refused[REFUSED_MAX][POLICY_KEY_LEN];
	size_t refused_count;

	/* Who commits. */
	bool had_commit;
	uint64_t committed_at, retry_at;
	uint64_t heal_since;  /* 0: no entry was skipped since the last commit */
	bool is_doubtful;     /* there was something that we could not follow  */
	size_t adds_max;
	struct knocker knockers[KNOCKERS_MAX];
	size_t knocker_count;
	struct whispers whispers;

	/* Members. */
	struct roster roster;
	uint64_t beat_at, last_beat, heard_at, state_changed_at;
	bool is_state_new; /* changed, and not sent yet */
	uint64_t chat_count;
	struct early early[EARLY_SLOTS];

	struct media_keys media;
	struct outbox outbox;
	struct arena scratch;
	bool tell_status, tell_roster, tell_epoch, tell_reconnect, tell_door;
};

/* participant.c */
void participant_step(struct zegel *z, enum steps_event event, enum zegel_because because);
void participant_end(struct zegel *z, enum zegel_because because); /* out, for good */
void participant_diagnose(struct zegel *z, enum zegel_diagnostic code, uint32_t leaf);
struct wr participant_send_open(struct zegel *z, size_t n); /* one message to the server */
uint64_t participant_wall(const struct zegel *z);
bool participant_is_in(const struct zegel *z); /* in, and all of the log is read */

/* entrance.c */
void entrance_do(struct zegel *z, enum steps_action action);
void entrance_welcome(struct zegel *z, uint64_t start, struct span blob);
uint64_t entrance_next(const struct zegel *z); /* when the present state has lasted too long */
void entrance_show_pass(struct zegel *z);

/* group.c */
MUST_USE enum err group_start(struct zegel *z); /* empty memory, no members */
void group_forget(struct zegel *z);
struct mls_judge group_judge(struct zegel *z);
MUST_USE enum err group_enter_epoch(struct zegel *z, bool is_first);
/* tickets: for those who are added, as a welcome has them. */
MUST_USE enum err group_post(struct zegel *z, const struct mls_commit_options *options,
                             struct span tickets, uint64_t index);

/* log.c */
void log_entry(struct zegel *z, uint64_t index, struct span blob);
void log_posted(struct zegel *z, uint64_t index);
void log_drop_posting(struct zegel *z);

/* admission.c */
void admission_knocked(struct zegel *z, uint32_t handle, struct span blob);
void admission_gone(struct zegel *z, uint32_t handle);
void admission_forget_added(struct zegel *z);
void admission_tick(struct zegel *z);
uint64_t admission_next(const struct zegel *z);
bool admission_whisper(struct zegel *z, struct zegel_event *event);

/* lobby.c */
bool lobby_is_wanted(const struct zegel *z); /* by the link */
MUST_USE enum err lobby_create_policy(struct zegel *z, struct span group_id, struct wr *w);
MUST_USE enum err lobby_take_policy(struct zegel *z); /* of the epoch that begins */
void lobby_forget(struct zegel *z);
MUST_USE enum err lobby_judge_change(struct zegel *z, const struct mls_proposal_view *p);
MUST_USE enum err lobby_judge_add(struct zegel *z, const struct mls_proposal_view *p,
                                  struct rd *tickets);
MUST_USE enum err lobby_knocked(struct zegel *z, struct knocker *k);
/* We were welcomed: did a host let us in? */
MUST_USE enum err lobby_judge_welcome(struct zegel *z, struct span tickets);
bool lobby_needs_ticket(const struct zegel *z, const struct knocker *k);
bool lobby_may_enter(const struct zegel *z, const struct knocker *k);
void lobby_said(struct zegel *z, const struct member_message *m, uint64_t epoch);
/* A host's tickets for whom it admitted: after a knock, or in a new epoch. */
void lobby_sign_again(struct zegel *z);

/* presence.c */
MUST_USE enum err presence_say(struct zegel *z, const struct member_message *m);
void presence_broadcast(struct zegel *z, struct span blob);
void presence_beat(struct zegel *z);
void presence_goodbye(struct zegel *z);
void presence_epoch(struct zegel *z); /* a new one: what came too early, and our next beat */
void presence_gone(struct zegel *z, uint32_t handle);
void presence_pardon(struct zegel *z); /* we heard nobody, by our own fault */
void presence_tick(struct zegel *z);
uint64_t presence_next(const struct zegel *z);
/* When a member is to be taken out of the group; NEVER: as far as is known, not. */
uint64_t presence_vanishes_at(const struct zegel *z, uint32_t leaf);

static inline uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

#endif
