/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/participant.h"

#include <string.h>

#include "sealed/meeting/message_head.h"

/* An entry that does not process is skipped, by all members alike: what they judge by is
 * the entry and the group. Yet its author gave the server a hash of a pass, too, which is
 * nobody's: so a good commit has to follow at once. */
static void skip(struct zegel *z, enum zegel_diagnostic code, uint32_t author)
{
	if (z->heal_since == 0)
		z->heal_since = z->now;
	z->is_doubtful = true;
	participant_diagnose(z, code, author);
}

static void enter_epoch(struct zegel *z)
{
	switch (group_enter_epoch(z, false)) {
	case OK:
		entrance_show_pass(z);
		presence_epoch(z);
		return;
	case ERR_LIMIT:
		participant_end(z, ZEGEL_BECAUSE_TOO_LARGE);
		return;
	default:
		participant_end(z, ZEGEL_BECAUSE_FAILED);
	}
}

void log_drop_posting(struct zegel *z)
{
	if (!z->posting.is_open)
		return;
	mls_group_commit_drop(z->group);
	z->posting.is_open = false;
	z->posting.was_dropped = true;
	z->whispers.n = 0;
}

/* Our own commit is in the log. */
static void settle(struct zegel *z)
{
	bool is_founding = z->state == STEPS_FOUNDING;

	z->posting.is_open = false;
	z->next_index = z->posting.index + 1;
	if (z->log_length < z->next_index)
		z->log_length = z->next_index;
	z->comings = z->posting.comings;
	z->comings.committer = mls_group_own_leaf(z->group);
	if (mls_group_commit_apply(z->group) != OK) {
		participant_end(z, ZEGEL_BECAUSE_FAILED);
		return;
	}
	if (z->whispers.n != 0) {
		z->whispers.is_ready = true;
		z->whispers.start = z->next_index;
	}
	if (!is_founding) {
		enter_epoch(z);
		return;
	}
	if (group_enter_epoch(z, true) != OK) {
		participant_end(z, ZEGEL_BECAUSE_FAILED);
		return;
	}
	presence_epoch(z);
	participant_step(z, STEPS_CREATED, ZEGEL_BECAUSE_NOTHING);
}

void log_posted(struct zegel *z, uint64_t index)
{
	if (z->posting.is_open && z->posting.index == index)
		settle(z);
}

/* Our own key, added in our place: with the host's link somebody entered elsewhere. Whoever
 * was here first goes for good, else the two would put each other out for ever. */
static bool is_replaced(const struct zegel *z)
{
	for (size_t i = 0; i < z->comings.added_count; i++)
		if (span_is_equal((struct span){ z->comings.added[i].key, z->comings.added[i].n },
		                  z->identity.sig_pub))
			return true;
	return false;
}

static void commit_of_other(struct zegel *z, struct span message)
{
	struct message_head head;
	struct mls_received got;
	enum err err;

	z->comings = (struct comings){ .committer = ZEGEL_NOBODY };
	z->author = ZEGEL_NOBODY;
	if (message_head_read(message, &head) != OK || head.content != MESSAGE_COMMIT ||
	    !span_is_equal(head.group_id, mls_group_id(z->group)) ||
	    head.epoch != mls_group_epoch(z->group)) {
		skip(z, ZEGEL_DIAG_COMMIT, ZEGEL_NOBODY);
		return;
	}
	err = mls_group_input(z->group, message, participant_wall(z), &got);
	/* Also what does not fit in our memory is skipped: else one member could end the
	 * meeting for all. Should the others follow it, nobody is heard here any more, and
	 * the way back in tells whether the meeting is too large for us. */
	if (err == ERR_PROVIDER)
		participant_end(z, ZEGEL_BECAUSE_FAILED);
	else if (err != OK)
		skip(z, ZEGEL_DIAG_COMMIT, z->author);
	else if (got.removed_us && is_replaced(z))
		participant_end(z, ZEGEL_BECAUSE_REMOVED);
	else if (got.removed_us)
		participant_step(z, STEPS_LOST, ZEGEL_BECAUSE_REMOVED);
	else
		enter_epoch(z);
}

/* True: the entry is the one that we posted. */
static bool is_ours(const struct zegel *z, struct span blob)
{
	uint8_t hash[HASH_MAX];

	if (!z->posting.is_open && !z->posting.was_dropped)
		return false;
	return crypto_hash(z->crypto, HASH_SHA256, blob, hash) == OK &&
	       memcmp(hash, z->posting.blob_hash, PASS_HASH_LEN) == 0;
}

static void process(struct zegel *z, uint64_t index, struct span blob)
{
	struct span content;

	if (is_ours(z, blob)) {
		/* Given up, and yet it got there: an epoch whose keys we threw away. */
		if (!z->posting.is_open)
			participant_step(z, STEPS_LOST, ZEGEL_BECAUSE_LOST);
		else if (z->posting.index == index)
			settle(z);
		return;
	}
	log_drop_posting(z);
	if (blob_open(&z->link, z->crypto, LANE_LOG, blob, &z->scratch, &content) != OK)
		skip(z, ZEGEL_DIAG_BLOB, ZEGEL_NOBODY);
	else
		commit_of_other(z, content);
}

void log_entry(struct zegel *z, uint64_t index, struct span blob)
{
	size_t mark = arena_mark(&z->scratch);

	if (z->state != STEPS_IN && z->state != STEPS_RESUMING && z->state != STEPS_JOINING)
		return;
	if (index < z->next_index)
		return;
	if (index > z->next_index) {
		/* A hole. What is missing comes with a new connection. */
		z->tell_reconnect = true;
		return;
	}
	z->next_index = index + 1;
	if (z->log_length < z->next_index)
		z->log_length = z->next_index;
	process(z, index, blob);
	arena_release(&z->scratch, mark);
}
