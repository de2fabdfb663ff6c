/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/participant.h"

#include <string.h>

#include "sealed/meeting/heartbeat.h"
#include "sealed/meeting/message_head.h"
#include "sealed/meeting/text.h"

enum err presence_say(struct zegel *z, const struct member_message *m)
{
	uint8_t buf[ZEGEL_CHAT_MAX + 64];
	struct wr data = wr_into(buf, sizeof(buf));
	size_t mark = arena_mark(&z->scratch);
	struct span out, message, blob;
	enum err err;

	member_message_write(&data, m);
	err = wr_end(&data, &out);
	if (err == OK)
		err = mls_group_seal(z->group, out, (struct span){ 0 }, MEMBER_MESSAGE_PADDING,
		                     &z->scratch, &message);
	if (err == OK)
		err = blob_seal(&z->link, z->crypto, LANE_BROADCAST, message, &z->scratch,
		                &blob);
	if (err == OK) {
		struct wr w = participant_send_open(z, 1 + varint_len(blob.n) + blob.n);

		front_write_send(&w, blob);
		err = w.err;
	}
	arena_release(&z->scratch, mark);
	return err;
}

static void plan_beat(struct zegel *z)
{
	z->beat_at = heartbeat_next(roster_place(&z->roster, mls_group_own_leaf(z->group)),
	                            z->roster.size, mls_group_epoch(z->group), z->epoch_at,
	                            z->last_beat, z->now);
}

void presence_beat(struct zegel *z)
{
	struct member_message beat = {
		.type = MEMBER_BEAT,
		.handle = z->handle,
		.bits = z->bits,
		.next_index = z->next_index,
		.transcript = mls_group_confirmed_transcript_hash(z->group),
	};

	z->last_beat = z->now;
	plan_beat(z);
	/* Alone, there is nobody to hear it. What fails now is said by the next beat. */
	if (z->roster.size < 2 || presence_say(z, &beat) == OK)
		z->is_state_new = false;
}

void presence_goodbye(struct zegel *z)
{
	const struct member_message leave = { .type = MEMBER_LEAVE };

	/* Nobody depends on it: silence takes us out as well, only later. */
	if (z->roster.size > 1 && presence_say(z, &leave) != OK)
		return;
}

enum err zegel_chat(struct zegel *z, const char *text, size_t n, uint64_t now)
{
	const struct span said = { (const uint8_t *)text, n };
	const struct member_message m = { .type = MEMBER_CHAT, .text = said };

	z->now = now;
	if (z->state != STEPS_IN)
		return ERR_NOT_NOW;
	if (!text_is_chat(said))
		return ERR_LIMIT;
	if (z->roster.size > 1)
		TRY(presence_say(z, &m));
	outbox_put(&z->outbox,
	           &(struct zegel_event){ .type = ZEGEL_EVENT_CHAT,
	                                  .leaf = mls_group_own_leaf(z->group),
	                                  .number = ++z->chat_count },
	           said);
	return OK;
}

void zegel_state(struct zegel *z, uint32_t bits, uint64_t now)
{
	z->now = now;
	if (bits == z->bits)
		return;
	z->bits = bits;
	z->state_changed_at = now;
	z->is_state_new = z->tell_roster = true;
	if (z->state == STEPS_IN && now >= z->last_beat + STATE_SPACING_MS)
		presence_beat(z);
}

static void take_beat(struct zegel *z, uint32_t leaf, struct seat *seat, uint64_t epoch,
                      const struct member_message *m)
{
	struct span ours = mls_group_confirmed_transcript_hash(z->group);

	if (seat->handle != m->handle || seat->bits != m->bits)
		z->tell_roster = true;
	seat->handle = m->handle;
	seat->bits = m->bits;
	if (epoch == mls_group_epoch(z->group) && !span_is_equal(m->transcript, ours))
		participant_diagnose(z, ZEGEL_DIAG_TRANSCRIPT, leaf);
}

static void take(struct zegel *z, const struct mls_received *got)
{
	struct seat *seat = roster_seat(&z->roster, got->sender);
	struct member_message m;

	/* Of an epoch in which somebody else sat there: nobody who is here said this. */
	if (seat == NULL || got->epoch < seat->since)
		return;
	z->heard_at = seat->heard_at = z->now;
	seat->was_heard = true;
	seat->is_gone = false;
	z->is_doubtful = z->is_doubtful && got->epoch != mls_group_epoch(z->group);
	if (seat->reached < got->epoch)
		seat->reached = got->epoch;
	if (member_message_read(got->data, &m) != OK) {
		participant_diagnose(z, ZEGEL_DIAG_CONTENT, got->sender);
		return;
	}
	switch (m.type) {
	case MEMBER_CHAT:
		outbox_put(&z->outbox,
		           &(struct zegel_event){ .type = ZEGEL_EVENT_CHAT,
		                                  .leaf = got->sender,
		                                  .number = ++z->chat_count },
		           m.text);
		return;
	case MEMBER_BEAT:
		take_beat(z, got->sender, seat, got->epoch, &m);
		return;
	case MEMBER_LEAVE:
		if (!seat->is_leaving)
			seat->leaving_at = z->now;
		seat->is_leaving = true;
		return;
	case MEMBER_TICKET:
	case MEMBER_REFUSAL:
		lobby_said(z, &m, got->epoch);
		return;
	}
}

/* Put aside until its epoch comes; the oldest goes if there are too many. */
static void keep_early(struct zegel *z, struct span message, uint64_t epoch)
{
	struct early *slot = &z->early[0];

	if (message.n > EARLY_MESSAGE_MAX)
		return;
	for (size_t i = 0; i < EARLY_SLOTS; i++)
		if (z->early[i].n == 0 || (slot->n != 0 && z->early[i].at < slot->at))
			slot = &z->early[i];
	slot->epoch = epoch;
	slot->at = z->now;
	slot->n = message.n;
	memcpy(slot->message, message.p, message.n);
}

static void message(struct zegel *z, struct span in)
{
	struct message_head head;
	struct mls_received got;

	if (message_head_read(in, &head) != OK || head.content != MESSAGE_APPLICATION ||
	    !span_is_equal(head.group_id, mls_group_id(z->group))) {
		participant_diagnose(z, ZEGEL_DIAG_MESSAGE, ZEGEL_NOBODY);
		return;
	}
	if (head.epoch > mls_group_epoch(z->group)) {
		keep_early(z, in, head.epoch);
		return;
	}
	z->author = ZEGEL_NOBODY;
	if (mls_group_input(z->group, in, participant_wall(z), &got) != OK ||
	    got.kind != MLS_GOT_APPLICATION) {
		participant_diagnose(z, ZEGEL_DIAG_MESSAGE, z->author);
		return;
	}
	take(z, &got);
}

void presence_broadcast(struct zegel *z, struct span blob)
{
	size_t mark = arena_mark(&z->scratch);
	struct span content;

	if (z->state != STEPS_IN && z->state != STEPS_RESUMING)
		return;
	if (blob_open(&z->link, z->crypto, LANE_BROADCAST, blob, &z->scratch, &content) != OK)
		participant_diagnose(z, ZEGEL_DIAG_BLOB, ZEGEL_NOBODY);
	else
		message(z, content);
	arena_release(&z->scratch, mark);
}

void presence_epoch(struct zegel *z)
{
	uint64_t epoch = mls_group_epoch(z->group);

	plan_beat(z);
	lobby_sign_again(z);
	/* Newcomers were told what was known when the commit was made; and a message of
	 * the last epoch they cannot read. */
	if (z->comings.added_count != 0 && z->now < z->state_changed_at + STATE_RESEND_MS)
		z->is_state_new = true;
	for (size_t i = 0; i < EARLY_SLOTS; i++) {
		struct early *slot = &z->early[i];
		struct span in = { slot->message, slot->n };

		if (slot->n == 0 || slot->epoch > epoch)
			continue;
		slot->n = 0;
		message(z, in);
	}
}

void presence_gone(struct zegel *z, uint32_t handle)
{
	for (uint32_t leaf = 0; handle != 0 && leaf < z->roster.width; leaf++) {
		struct seat *seat = &z->roster.seats[leaf];

		if (!seat->taken || seat->handle != handle || seat->is_gone)
			continue;
		seat->is_gone = true;
		seat->gone_at = z->now;
	}
}

void presence_pardon(struct zegel *z)
{
	z->heard_at = z->now;
	for (uint32_t leaf = 0; leaf < z->roster.width; leaf++) {
		z->roster.seats[leaf].heard_at = z->now;
		z->roster.seats[leaf].is_gone = false;
	}
}

uint64_t presence_vanishes_at(const struct zegel *z, uint32_t leaf)
{
	const struct seat *seat = roster_seat(&z->roster, leaf);
	uint64_t at;

	if (seat == NULL || leaf == mls_group_own_leaf(z->group))
		return ZEGEL_NEVER;
	if (seat->is_leaving)
		return seat->leaving_at;
	at = seat->heard_at + heartbeat_silence(z->roster.size);
	if (seat->is_newcomer && !seat->was_heard)
		at = earlier(at, seat->heard_at + NEWCOMER_MS);
	if (seat->is_gone)
		at = earlier(at, seat->gone_at + GONE_GRACE_MS);
	return at;
}

static uint64_t next_beat(const struct zegel *z)
{
	if (z->is_state_new)
		return earlier(z->beat_at, z->last_beat + STATE_SPACING_MS);
	return z->beat_at;
}

static uint64_t nobody_heard_at(const struct zegel *z)
{
	return z->roster.size < 2 ? ZEGEL_NEVER : z->heard_at + NOBODY_HEARD_MS;
}

uint64_t presence_next(const struct zegel *z)
{
	if (z->state != STEPS_IN)
		return ZEGEL_NEVER;
	return earlier(next_beat(z), nobody_heard_at(z));
}

/* Of all the others not a word: our connection is dead, or the server keeps something from
 * us, or the group took a way that we could not follow. */
static void nobody_was_heard(struct zegel *z)
{
	z->heard_at = z->now;
	participant_diagnose(z, ZEGEL_DIAG_SILENCE, ZEGEL_NOBODY);
	if (z->is_doubtful)
		participant_step(z, STEPS_LOST, ZEGEL_BECAUSE_LOST);
	else
		z->tell_reconnect = true;
}

void presence_tick(struct zegel *z)
{
	if (z->state != STEPS_IN)
		return;
	if (next_beat(z) <= z->now)
		presence_beat(z);
	if (nobody_heard_at(z) <= z->now)
		nobody_was_heard(z);
}
