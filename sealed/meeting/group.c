/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/participant.h"

#include <string.h>

#include "sealed/meeting/knock.h"
#include "sealed/wire/wipe.h"

/* RFC 9420 12.1 */
enum { proposal_add = 1, proposal_remove = 3, proposal_psk = 4, proposal_extensions = 7 };

/* MLS exporters: docs/protocol.md sections 2 and 6. */
#define PASS_LABEL  SPAN_STR("zegel pass")
#define MEDIA_LABEL SPAN_STR("SFrame 1.0 Base Key")

static enum err judge_credential(void *arg, const struct mls_member *member, uint64_t now)
{
	struct span name;

	(void)arg;
	(void)now;
	return roster_judge(member, &name);
}

static enum err judge_psk(void *arg, struct span psk_id, struct span *secret)
{
	struct zegel *z = arg;

	if (!span_is_equal(psk_id, LINK_PSK_ID))
		return ERR_AUTH;
	z->psk_was_used = true;
	*secret = SPAN(z->link.psk);
	return OK;
}

/* Whether it may be shown was asked of judge_credential. */
static enum err judge_add(struct comings *comings, const struct mls_member *added)
{
	if (comings->added_count == ADDS_MAX || added->signature_key.n > SIG_PUB_MAX)
		return ERR_AUTH;

	size_t i = comings->added_count++;

	memcpy(comings->added[i].key, added->signature_key.p, added->signature_key.n);
	comings->added[i].n = (uint8_t)added->signature_key.n;
	return OK;
}

static enum err judge_proposal(struct zegel *z, uint32_t committer,
                               const struct mls_proposal_view *p, struct rd *tickets,
                               size_t *psks)
{
	/* Nobody proposes but who commits: else one member could have another one's
	 * commit do what it would be blamed for. */
	if (!p->by_sender_leaf || p->sender_leaf != committer)
		return ERR_AUTH;
	switch (p->type) {
	case proposal_add:
		TRY(judge_add(&z->comings, &p->added));
		return lobby_judge_add(z, p, tickets);
	case proposal_remove:
		z->comings.has_removals = true;
		return OK;
	case proposal_psk:
		*psks += 1;
		return span_is_equal(p->psk_id, LINK_PSK_ID) ? OK : ERR_AUTH;
	case proposal_extensions:
		return lobby_judge_change(z, p);
	default:
		return ERR_AUTH;
	}
}

/* What a commit may do: let people in, take people out, and never without the link's key;
 * in a meeting with a policy what that allows, and change it as that allows. The judgement
 * rests on the commit and the group alone, so that all members judge alike. */
static enum err judge_commit(void *arg, const struct mls_commit_view *view)
{
	struct zegel *z = arg;
	struct comings *comings = &z->comings;
	struct rd tickets = rd_from(view->aad);
	size_t psks = 0, removals = 0, max;

	*comings = (struct comings){ .committer = view->committer };
	if (view->external)
		return ERR_AUTH;
	for (size_t i = 0; i < view->proposal_count; i++) {
		TRY(judge_proposal(z, view->committer, &view->proposals[i], &tickets, &psks));
		removals += view->proposals[i].type == proposal_remove;
	}
	/* design 3: whoever breaks MLS's key exchange, but has no link, stays outside. */
	if (psks != 1 || rd_end(&tickets) != OK)
		return ERR_AUTH;
	max = z->has_policy ? z->policy.members_max : ZEGEL_MEMBERS_MAX;
	if (comings->added_count != 0 &&
	    z->roster.size + comings->added_count > max + removals)
		return ERR_AUTH;
	return OK;
}

static void note_author(void *arg, uint32_t leaf)
{
	struct zegel *z = arg;

	z->author = leaf;
}

struct mls_judge group_judge(struct zegel *z)
{
	return (struct mls_judge){ z, judge_credential, judge_commit, judge_psk, note_author };
}

enum err group_start(struct zegel *z)
{
	group_forget(z);
	z->group = mls_group_init(&z->group_memory, MLS_BLOCK_SIZE(z->members_max), &z->config);
	return z->group == NULL ? ERR_SPACE : OK;
}

void group_forget(struct zegel *z)
{
	if (z->group != NULL)
		mls_group_clear(z->group);
	z->group = NULL;
	arena_clear(&z->group_memory);
	media_keys_drop(&z->media);
	roster_clear(&z->roster);
	wipe(z->pass, sizeof(z->pass));
	wipe(z->knockers, sizeof(z->knockers));
	wipe(z->early, sizeof(z->early));
	z->knocker_count = 0;
	lobby_forget(z);
	z->posting = (struct posting){ 0 };
	z->comings = (struct comings){ .committer = ZEGEL_NOBODY };
	z->whispers.is_ready = false;
	z->whispers.n = 0;
	z->passes_refused = 0;
	z->heal_since = 0;
	z->is_doubtful = false;
	z->had_commit = false;
	z->next_index = z->log_length = 0;
	z->tell_roster = true;
}

static enum err take_media_key(struct zegel *z, const bool *changed, bool at_once)
{
	uint8_t base_key[SFRAME_KEY_MAX];
	bool taken[LEAVES_MAX] = { 0 };
	enum err err;

	for (uint32_t leaf = 0; leaf < z->roster.width; leaf++)
		taken[leaf] = roster_seat(&z->roster, leaf) != NULL;
	err = mls_group_export(z->group, MEDIA_LABEL, (struct span){ 0 }, base_key,
	                       sframe_key_len(SFRAME_AES128GCM_SHA256));
	if (err == OK)
		media_keys_enter(&z->media, mls_group_epoch(z->group),
		                 mls_group_own_leaf(z->group), base_key, taken, changed, at_once,
		                 z->now);
	wipe(base_key, sizeof(base_key));
	return err;
}

static enum err take_pass(struct zegel *z)
{
	z->passes_refused = 0;
	return mls_group_export(z->group, PASS_LABEL, (struct span){ 0 }, z->pass,
	                        sizeof(z->pass));
}

static void mark_newcomers(struct zegel *z, const bool *changed)
{
	for (uint32_t leaf = 0; leaf < z->roster.width; leaf++)
		if (changed[leaf] && z->roster.seats[leaf].taken)
			z->roster.seats[leaf].is_newcomer = true;
}

/* The group is in a new epoch: everything that hangs on it. is_first: ours in this group. */
enum err group_enter_epoch(struct zegel *z, bool is_first)
{
	bool changed[LEAVES_MAX] = { 0 };

	TRY(lobby_take_policy(z));
	for (size_t i = 0; i < z->comings.added_count; i++)
		roster_vacate(&z->roster, (struct span){ z->comings.added[i].key,
		                                         z->comings.added[i].n });
	TRY(roster_update(&z->roster, z->group, z->now, changed));
	if (!is_first)
		mark_newcomers(z, changed);
	TRY(take_pass(z));
	TRY(take_media_key(z, changed, is_first || z->comings.has_removals));
	admission_forget_added(z);
	z->epoch_at = z->committed_at = z->heard_at = z->now;
	z->had_commit = !is_first;
	z->heal_since = 0;
	z->retry_at = 0;
	z->adds_max = ADDS_MAX;
	z->tell_roster = z->tell_epoch = true;
	return OK;
}

static enum err whispers_prepare(struct zegel *z, struct span welcome, struct span tickets)
{
	size_t cap = welcome.n + WELCOME_SEAT_LEN * z->roster.size + tickets.n +
	             FRONT_OVERHEAD_MAX;
	struct welcome_seat *seats = arena_array(&z->scratch, sizeof(*seats), z->roster.size);
	uint8_t *buf = arena_alloc(&z->scratch, cap);
	struct wr content = wr_into(buf, cap);
	struct wr message = wr_into(z->whispers.message, z->whispers.cap);
	struct span out, blob;
	size_t count = 0;

	if (seats == NULL || buf == NULL)
		return ERR_SPACE;
	for (uint32_t leaf = 0; leaf < z->roster.width && count < z->roster.size; leaf++) {
		const struct seat *seat = roster_seat(&z->roster, leaf);
		bool is_own = leaf == mls_group_own_leaf(z->group);

		if (seat != NULL)
			seats[count++] = (struct welcome_seat){
				leaf, is_own ? z->handle : seat->handle,
				is_own ? z->bits : seat->bits
			};
	}
	welcome_write(&content, welcome, seats, count, tickets);
	TRY(wr_end(&content, &out));
	TRY(blob_seal(&z->link, z->crypto, LANE_WHISPER, out, &z->scratch, &blob));
	if (blob.n > WHISPER_BLOB_MAX)
		return ERR_LIMIT;
	front_write_whisper(&message, 0, 0, blob);
	TRY(wr_end(&message, &out));
	z->whispers.n = out.n;
	z->whispers.next = 0;
	z->whispers.is_ready = false;
	return OK;
}

static enum err post(struct zegel *z, struct span message, struct span welcome,
                     struct span tickets, uint64_t index)
{
	uint8_t pass[PASS_LEN], pass_hash[HASH_MAX], blob_hash[HASH_MAX];
	struct span blob;
	enum err err;

	TRY(blob_seal(&z->link, z->crypto, LANE_LOG, message, &z->scratch, &blob));
	if (blob.n > POST_BLOB_MAX)
		return ERR_LIMIT;
	TRY(crypto_hash(z->crypto, HASH_SHA256, blob, blob_hash));
	z->whispers.n = 0;
	if (welcome.n != 0)
		TRY(whispers_prepare(z, welcome, tickets));
	err = mls_group_pending_export(z->group, PASS_LABEL, (struct span){ 0 }, pass,
	                               sizeof(pass));
	if (err == OK)
		err = crypto_hash(z->crypto, HASH_SHA256, SPAN(pass), pass_hash);
	wipe(pass, sizeof(pass));
	TRY(err);

	struct wr w = participant_send_open(z, 1 + 8 + PASS_HASH_LEN + varint_len(blob.n) +
	                                               blob.n);

	front_write_post(&w, index, (struct span){ pass_hash, PASS_HASH_LEN }, blob);
	TRY(w.err);
	z->posting.is_open = true;
	z->posting.was_dropped = false;
	z->posting.index = index;
	z->posting.at = z->now;
	memcpy(z->posting.blob_hash, blob_hash, PASS_HASH_LEN);
	return OK;
}

enum err group_post(struct zegel *z, const struct mls_commit_options *options,
                    struct span tickets, uint64_t index)
{
	const struct span psk_ids[] = { LINK_PSK_ID };
	struct mls_commit_options all = *options;
	struct span message, welcome;
	size_t mark = arena_mark(&z->scratch);
	enum err err;

	/* e2ee 4.4: every commit carries new keys of its committer, so that the tree stays
	 * full and a stolen state heals. */
	all.force_path = true;
	all.with_tree = true;
	all.psk_ids = psk_ids;
	all.psk_count = ARRAY_LEN(psk_ids);
	all.padding = MEMBER_MESSAGE_PADDING;
	TRY(mls_group_commit(z->group, &all, participant_wall(z), &message, &welcome));
	err = post(z, message, welcome, tickets, index);
	if (err != OK)
		mls_group_commit_drop(z->group);
	arena_release(&z->scratch, mark);
	return err;
}
