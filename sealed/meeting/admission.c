/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/participant.h"

#include <string.h>

#include "sealed/meeting/committer.h"
#include "sealed/meeting/knock.h"
#include "sealed/wire/wipe.h"

enum { knocker_keep_ms = 2 * KNOCK_LAST_MS, welcome_on_its_way_ms = 5000, retry_ms = 1000 };

static void knocker_drop(struct zegel *z, size_t i)
{
	z->knocker_count--;
	memmove(&z->knockers[i], &z->knockers[i + 1],
	        (z->knocker_count - i) * sizeof(z->knockers[0]));
	z->tell_door |= z->has_policy;
	wipe(&z->knockers[z->knocker_count], sizeof(z->knockers[0]));
}

static struct span knocker_key(const struct knocker *k)
{
	return (struct span){ k->signature_key, k->signature_key_n };
}

/* Who is in the group, and knocks with the KeyPackage that it came in with, is let in again
 * if the welcome did not reach it: it has not been heard, and had some time. If it was
 * heard, somebody plays back its old knock to have it thrown out. */
static bool is_stale(const struct zegel *z, const struct knocker *k)
{
	uint32_t leaf = roster_leaf_of_key(&z->roster, knocker_key(k));
	const struct seat *seat = roster_seat(&z->roster, leaf);

	if (seat == NULL ||
	    memcmp(seat->key_package, k->hash, sizeof(k->hash)) != 0)
		return false;
	return seat->was_heard || z->now < seat->heard_at + welcome_on_its_way_ms;
}

static enum err knocker_read(struct zegel *z, struct span blob, struct knocker *k)
{
	struct span content;
	struct knock knock;
	uint8_t hash[HASH_MAX];

	TRY(blob_open(&z->link, z->crypto, LANE_KNOCK, blob, &z->scratch, &content));
	TRY(knock_read(&z->link, z->crypto, content, &knock));
	TRY(crypto_hash(z->crypto, HASH_SHA256, knock.key_package, hash));
	if (knock.signature_key.n != z->identity.sig_pub.n ||
	    span_is_equal(knock.signature_key, z->identity.sig_pub))
		return ERR_AUTH;
	k->since = k->knocked_at = z->now;
	k->signature_key_n = knock.signature_key.n;
	k->key_package_n = knock.key_package.n;
	memcpy(k->hash, hash, sizeof(k->hash));
	memcpy(k->signature_key, knock.signature_key.p, knock.signature_key.n);
	memcpy(k->key_package, knock.key_package.p, knock.key_package.n);
	TRY(lobby_knocked(z, k));
	return is_stale(z, k) ? ERR_NOT_NOW : OK;
}

/* Of one who knocks again, or of one connection, the last knock counts; the wait goes on. */
static void knocker_enter(struct zegel *z, struct knocker *k)
{
	for (size_t i = 0; i < z->knocker_count;) {
		const struct knocker *old = &z->knockers[i];

		if (old->handle != k->handle &&
		    !span_is_equal(knocker_key(old), knocker_key(k))) {
			i++;
			continue;
		}
		k->since = earlier(k->since, old->since);
		/* Admitted is a key; a ticket is for a KeyPackage. */
		if (span_is_equal(knocker_key(old), knocker_key(k))) {
			k->was_admitted = old->was_admitted;
			k->has_ticket = old->has_ticket &&
			                memcmp(k->hash, old->hash, sizeof(k->hash)) == 0;
			k->ticket_epoch = old->ticket_epoch;
			k->ticket = old->ticket;
		}
		knocker_drop(z, i);
	}
	if (z->knocker_count < KNOCKERS_MAX)
		z->knockers[z->knocker_count++] = *k;
	lobby_sign_again(z);
}

void admission_knocked(struct zegel *z, uint32_t handle, struct span blob)
{
	struct knocker knocker = { .handle = handle };
	size_t mark = arena_mark(&z->scratch);
	enum err err;

	if (z->state != STEPS_IN)
		return;
	err = knocker_read(z, blob, &knocker);
	arena_release(&z->scratch, mark);
	if (err == OK)
		knocker_enter(z, &knocker);
	else if (err != ERR_NOT_NOW)
		participant_diagnose(z, ZEGEL_DIAG_KNOCK, ZEGEL_NOBODY);
}

void admission_gone(struct zegel *z, uint32_t handle)
{
	for (size_t i = z->knocker_count; i-- > 0;)
		if (z->knockers[i].handle == handle)
			knocker_drop(z, i);
}

/* After a commit: whoever came in by it has no more to wait. */
void admission_forget_added(struct zegel *z)
{
	for (size_t i = z->knocker_count; i-- > 0;) {
		struct knocker *k = &z->knockers[i];

		for (size_t a = 0; a < z->comings.added_count; a++) {
			const struct span key = { z->comings.added[a].key,
				                  z->comings.added[a].n };

			if (!span_is_equal(key, knocker_key(k)))
				continue;

			struct seat *seat =
				roster_seat(&z->roster, roster_leaf_of_key(&z->roster, key));

			if (seat != NULL)
				memcpy(seat->key_package, k->hash, sizeof(k->hash));
			knocker_drop(z, i);
			break;
		}
	}
}

/* By our memory, and by the policy. */
static uint32_t members_max(const struct zegel *z)
{
	uint32_t max = z->members_max;

	return z->has_policy && z->policy.members_max < max ? z->policy.members_max : max;
}

static uint32_t room_left(const struct zegel *z)
{
	uint32_t max = members_max(z);

	return z->roster.size < max ? max - z->roster.size : 0;
}

/* Since when a commit is wanted, by all that is known now; NEVER: it is not. */
static uint64_t wanted_since(const struct zegel *z)
{
	uint64_t since = z->epoch_at + REFRESH_MS;

	if (z->heal_since != 0)
		since = earlier(since, z->heal_since);
	for (size_t i = 0; i < z->knocker_count; i++) {
		bool is_back = roster_leaf_of_key(&z->roster, knocker_key(&z->knockers[i])) !=
		               ZEGEL_NOBODY;

		if (lobby_may_enter(z, &z->knockers[i]) && (is_back || room_left(z) > 0))
			since = earlier(since, z->knockers[i].since +
			                               committer_batch_ms(z->roster.size));
	}
	for (uint32_t leaf = 0; leaf < z->roster.width; leaf++)
		since = earlier(since, presence_vanishes_at(z, leaf));
	return since;
}

/* Among those who will still be here then. */
static uint32_t own_rank(const struct zegel *z, uint64_t then)
{
	bool candidates[LEAVES_MAX] = { 0 };

	for (uint32_t leaf = 0; leaf < z->roster.width; leaf++)
		candidates[leaf] = roster_seat(&z->roster, leaf) != NULL &&
		                   presence_vanishes_at(z, leaf) > then;
	return committer_rank(candidates, z->roster.width, mls_group_own_leaf(z->group),
	                      mls_group_epoch(z->group));
}

/* Not while one of ours is open: that is asked before. */
static bool may_commit(const struct zegel *z)
{
	return participant_is_in(z) && !z->whispers.is_ready;
}

uint64_t admission_next(const struct zegel *z)
{
	if (z->state == STEPS_IN && z->posting.is_open)
		return z->posting.at + COMMIT_LOST_MS;
	if (!may_commit(z))
		return ZEGEL_NEVER;

	uint64_t since = wanted_since(z);
	uint32_t rank = own_rank(z, since > z->now ? since : z->now);
	uint64_t at = committer_time(since, rank, z->committed_at, z->had_commit);

	return at > z->retry_at ? at : z->retry_at;
}

struct plan {
	struct span adds[ADDS_MAX];
	uint32_t removes[REMOVES_MAX];
	uint8_t aad[ADDS_MAX * TICKET_LEN];
	struct wr tickets; /* into aad, in the order of the additions that need one */
	uint8_t shown[ADDS_MAX * WELCOME_TICKET_LEN];
	struct wr tickets_shown; /* the same, to themselves */
	struct mls_commit_options options;
};

static bool plan_remove(struct plan *plan, uint32_t leaf)
{
	for (size_t i = 0; i < plan->options.remove_count; i++)
		if (plan->removes[i] == leaf)
			return true;
	if (plan->options.remove_count == REMOVES_MAX)
		return false;
	plan->removes[plan->options.remove_count++] = leaf;
	return true;
}

static void plan_add(struct zegel *z, struct plan *plan, const struct knocker *k)
{
	struct comings *comings = &z->posting.comings;
	uint32_t leaf = roster_leaf_of_key(&z->roster, knocker_key(k));
	size_t after = z->roster.size + plan->options.add_count - plan->options.remove_count;
	size_t i = plan->options.add_count;

	if (!lobby_may_enter(z, k))
		return;
	if (leaf == ZEGEL_NOBODY ? after >= members_max(z) : !plan_remove(plan, leaf))
		return;
	plan->adds[i] = (struct span){ k->key_package, k->key_package_n };
	if (lobby_needs_ticket(z, k)) {
		ticket_write(&plan->tickets, &k->ticket);
		wr_bytes(&plan->tickets_shown, knocker_key(k));
		ticket_write(&plan->tickets_shown, &k->ticket);
	}
	memcpy(comings->added[i].key, k->signature_key, k->signature_key_n);
	comings->added[i].n = (uint8_t)k->signature_key_n;
	z->whispers.handles[i] = k->handle;
	comings->added_count = z->whispers.count = plan->options.add_count = i + 1;
}

/* Removals first: they are never put off for people who come. */
static void plan_make(struct zegel *z, struct plan *plan)
{
	*plan = (struct plan){ 0 };
	plan->tickets = wr_into(plan->aad, sizeof(plan->aad));
	plan->tickets_shown = wr_into(plan->shown, sizeof(plan->shown));
	plan->options.adds = plan->adds;
	plan->options.removes = plan->removes;
	z->posting.comings = (struct comings){ 0 };
	z->whispers.count = 0;
	for (uint32_t leaf = 0; leaf < z->roster.width; leaf++)
		if (presence_vanishes_at(z, leaf) <= z->now)
			plan_remove(plan, leaf);
	for (size_t i = 0; i < z->knocker_count && plan->options.add_count < z->adds_max; i++)
		plan_add(z, plan, &z->knockers[i]);
	plan->options.aad = (struct span){ plan->aad, plan->tickets.n };
	z->posting.comings.has_removals = plan->options.remove_count != 0;
}

/* One of the KeyPackages spoils the commit: find out by trying each alone. */
static void knockers_sift(struct zegel *z)
{
	for (size_t i = z->knocker_count; i-- > 0;) {
		const struct knocker *k = &z->knockers[i];
		const struct span add = { k->key_package, k->key_package_n };
		uint32_t leaf = roster_leaf_of_key(&z->roster, knocker_key(k));
		struct mls_commit_options options = {
			.adds = &add, .add_count = 1, .removes = &leaf,
			.remove_count = leaf != ZEGEL_NOBODY,
		};
		struct span message, welcome;
		enum err err = mls_group_commit(z->group, &options, participant_wall(z),
		                                &message, &welcome);

		if (err == OK) {
			mls_group_commit_drop(z->group);
		} else if (err != ERR_SPACE && err != ERR_PROVIDER) {
			knocker_drop(z, i);
			participant_diagnose(z, ZEGEL_DIAG_KNOCK, ZEGEL_NOBODY);
		}
	}
}

static void commit(struct zegel *z)
{
	struct plan plan;
	enum err err;

	plan_make(z, &plan);
	err = group_post(z, &plan.options, (struct span){ plan.shown, plan.tickets_shown.n },
	                 z->next_index);
	if (err == OK)
		return;
	z->retry_at = z->now + retry_ms;
	if (err == ERR_LIMIT || err == ERR_SPACE)
		z->adds_max = z->adds_max > 1 ? z->adds_max / 2 : 1;
	else if (err != ERR_PROVIDER && plan.options.add_count != 0)
		knockers_sift(z);
}

void admission_tick(struct zegel *z)
{
	for (size_t i = z->knocker_count; i-- > 0;)
		if (z->now >= z->knockers[i].knocked_at + knocker_keep_ms)
			knocker_drop(z, i);
	if (admission_next(z) > z->now)
		return;
	if (z->posting.is_open) {
		/* Neither accepted nor refused: the replay of the log will tell. */
		z->posting.at = z->now;
		z->tell_reconnect = true;
		return;
	}
	commit(z);
}

bool admission_whisper(struct zegel *z, struct zegel_event *event)
{
	struct whispers *w = &z->whispers;
	struct wr patch = wr_into(w->message + 1, 4 + 8);

	if (!w->is_ready || z->state != STEPS_IN)
		return false;
	if (w->next == w->count) {
		w->is_ready = false;
		w->n = 0;
		return false;
	}
	wr_uint(&patch, 4, w->handles[w->next++]);
	wr_uint(&patch, 8, w->start);
	*event = (struct zegel_event){ .type = ZEGEL_EVENT_SEND, .data = w->message,
		                       .data_n = w->n };
	return true;
}
