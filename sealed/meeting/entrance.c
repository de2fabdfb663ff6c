/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/participant.h"

#include <string.h>

#include "sealed/meeting/knock.h"
#include "sealed/wire/wipe.h"

enum { group_id_len = 16 };

/* One KeyPackage until somebody has let us in with it: each welcome to an earlier knock is
 * as good as one to the last. */
static enum err make_key_package(struct zegel *z)
{
	uint64_t wall = participant_wall(z);
	uint64_t not_before = wall > LEAF_LIFETIME_S ? wall - LEAF_LIFETIME_S : 0;
	uint8_t memory[4 * KEY_PACKAGE_MAX];
	struct arena out = arena_into(memory, sizeof(memory));
	struct span message;

	if (z->has_key_package)
		return OK;
	TRY(mls_key_package_create(&z->config, not_before, wall + LEAF_LIFETIME_S, &z->scratch,
	                           &out, &message, &z->key_package_secrets));
	if (message.n > sizeof(z->key_package))
		return ERR_SPACE;
	memcpy(z->key_package, message.p, message.n);
	z->key_package_n = message.n;
	z->has_key_package = true;
	return OK;
}

static void forget_key_package(struct zegel *z)
{
	wipe(&z->key_package_secrets, sizeof(z->key_package_secrets));
	z->has_key_package = false;
}

static enum err knock(struct zegel *z)
{
	uint8_t buf[KEY_PACKAGE_MAX + FRONT_OVERHEAD_MAX];
	struct wr content = wr_into(buf, sizeof(buf));
	struct span out, blob;

	z->knocks++;
	TRY(make_key_package(z));
	TRY(knock_write(&z->link, z->crypto, (struct span){ z->key_package, z->key_package_n },
	                &content));
	TRY(wr_end(&content, &out));
	TRY(blob_seal(&z->link, z->crypto, LANE_KNOCK, out, &z->scratch, &blob));

	struct wr w = participant_send_open(z, 1 + varint_len(blob.n) + blob.n);

	front_write_knock(&w, blob);
	return w.err;
}

/* A group with a random id, so that nothing of an earlier meeting with this link is of any
 * use in it, and its first commit, which brings in the link's key: nobody but us is in that
 * epoch, so nobody needs to read the entry. If somebody was faster, the server refuses it,
 * and the knock that goes right behind has saved a round trip; if not, it drops the knock. */
static enum err found(struct zegel *z)
{
	uint8_t group_id[group_id_len], policy[POLICY_LEN_MAX];
	struct wr w = wr_into(policy, sizeof(policy));
	struct mls_extension extension = { .type = POLICY_EXTENSION };

	/* A lobby without a host would be none. */
	if (lobby_is_wanted(z) && !z->link.is_host) {
		participant_step(z, STEPS_EXISTS, ZEGEL_BECAUSE_NOTHING);
		return knock(z);
	}
	TRY(group_start(z));
	TRY(crypto_random(z->crypto, group_id, sizeof(group_id)));
	if (lobby_is_wanted(z)) {
		TRY(lobby_create_policy(z, SPAN(group_id), &w));
		TRY(wr_end(&w, &extension.data));
	}
	TRY(mls_group_create(z->group, SPAN(group_id), &extension, lobby_is_wanted(z),
	                     participant_wall(z)));
	TRY(group_post(z, &(struct mls_commit_options){ 0 }, (struct span){ 0 }, 0));
	return knock(z);
}

void entrance_show_pass(struct zegel *z)
{
	struct wr w = participant_send_open(z, 1 + PASS_LEN + 8);

	front_write_pass(&w, SPAN(z->pass), z->next_index);
}

static void greet(struct zegel *z)
{
	z->has_been_in = true;
	z->knocks = 0;
	forget_key_package(z);
	presence_pardon(z);
	presence_beat(z);
}

static void end(struct zegel *z)
{
	group_forget(z);
	forget_key_package(z);
	link_clear(&z->link);
	wipe(z->sig_priv, sizeof(z->sig_priv));
}

static enum err act(struct zegel *z, enum steps_action action)
{
	switch (action) {
	case STEPS_DO_NOTHING:
		return OK;
	case STEPS_DO_FOUND:
	case STEPS_DO_RESTART:
		return found(z);
	case STEPS_DO_SHOW:
		entrance_show_pass(z);
		return OK;
	case STEPS_DO_GREET:
		greet(z);
		return OK;
	case STEPS_DO_FORGET:
		group_forget(z);
		return OK;
	case STEPS_DO_RETURN:
		group_forget(z);
		z->tell_reconnect = true;
		return OK;
	case STEPS_DO_RECONNECT:
		z->tell_reconnect = true;
		return OK;
	case STEPS_DO_END:
		end(z);
		return OK;
	}
	return OK;
}

void entrance_do(struct zegel *z, enum steps_action action)
{
	size_t mark = arena_mark(&z->scratch);
	enum err err = act(z, action);

	arena_release(&z->scratch, mark);
	if (err != OK)
		participant_end(z, ZEGEL_BECAUSE_FAILED);
}

static void take_hearsay(struct zegel *z, struct span seats)
{
	struct rd r = rd_from(seats);

	while (rd_more(&r)) {
		struct welcome_seat said;
		struct seat *seat;

		welcome_seat_read(&r, &said);
		seat = r.err == OK ? roster_seat(&z->roster, said.leaf) : NULL;
		if (seat == NULL)
			continue;
		seat->handle = said.handle;
		seat->bits = said.bits;
	}
}

static enum err join_group(struct zegel *z, uint64_t start, const struct welcome *welcome)
{
	const struct span key_package = { z->key_package, z->key_package_n };

	TRY(group_start(z));
	z->psk_was_used = false;
	TRY(mls_group_join(z->group, welcome->mls, key_package, (struct span){ 0 },
	                   &z->key_package_secrets, participant_wall(z)));
	/* A welcome that asks for no link key is not one of this meeting's. */
	if (!z->psk_was_used)
		return ERR_AUTH;
	z->next_index = z->log_length = start;
	TRY(group_enter_epoch(z, true));
	TRY(lobby_judge_welcome(z, welcome->tickets));
	take_hearsay(z, welcome->seats);
	return OK;
}

static enum err join(struct zegel *z, uint64_t start, struct span blob)
{
	struct span content;
	struct welcome welcome;
	enum err err;

	/* Whatever the server sends, it has no say in whether we go on. */
	if (blob_open(&z->link, z->crypto, LANE_WHISPER, blob, &z->scratch, &content) != OK)
		return ERR_AUTH;
	TRY(welcome_read(content, &welcome));
	err = join_group(z, start, &welcome);
	if (err != OK)
		group_forget(z);
	return err;
}

void entrance_welcome(struct zegel *z, uint64_t start, struct span blob)
{
	size_t mark = arena_mark(&z->scratch);
	enum err err;

	if ((z->state != STEPS_KNOCKING && z->state != STEPS_FOUNDING) || !z->has_key_package)
		return;
	err = join(z, start, blob);
	arena_release(&z->scratch, mark);
	if (err == ERR_LIMIT || err == ERR_SPACE) {
		participant_end(z, ZEGEL_BECAUSE_TOO_LARGE);
	} else if (err != OK) {
		participant_diagnose(z, ZEGEL_DIAG_WELCOME, ZEGEL_NOBODY);
	} else {
		forget_key_package(z);
		participant_step(z, STEPS_WELCOMED, ZEGEL_BECAUSE_NOTHING);
	}
}

uint64_t entrance_next(const struct zegel *z)
{
	uint64_t patience = KNOCK_FIRST_MS;

	switch (z->state) {
	case STEPS_KNOCKING:
		for (unsigned i = 1; i < z->knocks && patience < KNOCK_LAST_MS; i++)
			patience = patience * 8 / 5;
		return z->state_at + earlier(patience, KNOCK_LAST_MS);
	case STEPS_FOUNDING:
	case STEPS_JOINING:
	case STEPS_RESUMING:
		return z->state_at + JOIN_LOST_MS;
	default:
		return ZEGEL_NEVER;
	}
}
