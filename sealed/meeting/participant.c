/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/participant.h"

#include <string.h>

#include "sealed/meeting/knock.h"
#include "sealed/meeting/text.h"
#include "sealed/wire/wipe.h"

static const uint16_t extension_types[] = { ROSTER_NAME_EXTENSION, POLICY_EXTENSION };

/* A leaf in the tree: 270 bytes with a long name, its share of the nodes above, and what
 * the welcome says of it. */
static size_t whisper_size(uint32_t members)
{
	size_t size = blob_len((size_t)members * 512 + 8192) + FRONT_OVERHEAD_MAX;

	return size < WHISPER_BLOB_MAX ? size : WHISPER_BLOB_MAX + FRONT_OVERHEAD_MAX;
}

/* A post, and what else may wait to be polled. A path through a tree that is not filled
 * has a key for each member. */
static size_t outbox_size(uint32_t members)
{
	size_t size = (size_t)(64 << 10) + (size_t)members * 128;

	return size < POST_BLOB_MAX ? size : POST_BLOB_MAX + (32 << 10);
}

/* The blob, its content and the message in it, at the largest. */
static size_t scratch_size(uint32_t members)
{
	return 3 * whisper_size(members) + (256 << 10);
}

static size_t group_size(uint32_t members)
{
	return (MLS_EPOCHS_KEPT + 1) * MLS_BLOCK_SIZE(members) + 1024;
}

size_t zegel_size(uint32_t members)
{
	const size_t alignment = 256; /* of all the parts together */

	if (members > ZEGEL_MEMBERS_MAX)
		return 0;
	return sizeof(struct zegel) + group_size(members) + scratch_size(members) +
	       outbox_size(members) + whisper_size(members) + members * sizeof(struct seat) +
	       (size_t)MEDIA_EPOCHS * MEDIA_KINDS * members * sizeof(struct media_receiver) +
	       alignment;
}

static enum err init(struct zegel *z, struct arena *memory)
{
	TRY(roster_init(&z->roster, z->members_max, memory));
	TRY(media_keys_init(&z->media, z->crypto, z->members_max, memory));
	TRY(outbox_init(&z->outbox, outbox_size(z->members_max), memory));
	z->whispers.cap = whisper_size(z->members_max);
	z->whispers.message = arena_alloc(memory, z->whispers.cap);
	if (z->whispers.message == NULL)
		return ERR_SPACE;
	TRY(arena_split(memory, scratch_size(z->members_max), &z->scratch));
	return arena_split(memory, group_size(z->members_max), &z->group_memory);
}

struct zegel *zegel_create(void *block, size_t size, uint32_t members,
                           const struct crypto *crypto)
{
	struct arena memory = arena_into(block, size);
	struct zegel *z;

	if (members == 0 || members > ZEGEL_MEMBERS_MAX)
		return NULL;
	z = arena_alloc(&memory, sizeof(*z));
	if (z == NULL)
		return NULL;
	*z = (struct zegel){ .crypto = crypto, .block = block, .block_size = size,
		             .members_max = members, .next_tick = ZEGEL_NEVER };
	return init(z, &memory) == OK ? z : NULL;
}

void zegel_destroy(struct zegel *z)
{
	if (z == NULL)
		return;
	group_forget(z);
	wipe(z->block, z->block_size);
}

static enum err take_identity(struct zegel *z, struct span name)
{
	const size_t pub_len = sig_pub_len(SIG_ED25519);

	/* Made for this meeting: nobody can be followed from one to the next by it. But in a
	 * lobby the host is who the link says, and known to all by that key. */
	if (lobby_is_wanted(z) && z->link.is_host) {
		memcpy(z->sig_priv, z->link.host_seed, HOST_SEED_LEN);
		TRY(z->crypto->sig_public(z->crypto->ctx, SIG_ED25519, z->sig_priv,
		                          z->sig_pub));
	} else {
		TRY(sig_generate(z->crypto, SIG_ED25519, z->sig_priv, z->sig_pub));
	}
	memcpy(z->name, name.p, name.n);
	z->name_extension = (struct mls_extension){ ROSTER_NAME_EXTENSION,
		                                    { z->name, name.n } };
	z->identity = (struct mls_identity){
		.suite = MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
		.sig_priv = z->sig_priv,
		.sig_pub = { z->sig_pub, pub_len },
		.credential_type = MLS_CREDENTIAL_BASIC,
		.extension_types = extension_types,
		.extension_type_count = ARRAY_LEN(extension_types),
		.leaf_extensions = &z->name_extension,
		.leaf_extension_count = 1,
	};
	z->config = (struct mls_config){ z->crypto, &z->identity, group_judge(z) };
	return OK;
}

enum err zegel_enter(struct zegel *z, const char *token, size_t token_n, const char *name,
                     size_t name_n, uint64_t wall_s, uint64_t now)
{
	const struct span shown = { (const uint8_t *)name, name_n };
	enum err err;

	if (z->has_entered)
		return ERR_NOT_NOW;
	if (!text_is_name(shown))
		return ERR_MALFORMED;
	if (link_read(&z->link, z->crypto, token, token_n, &err) != ZEGEL_LINK_GOOD)
		return ERR_MALFORMED;
	if (err == OK)
		err = take_identity(z, shown);
	if (err != OK) {
		link_clear(&z->link);
		return err;
	}
	z->has_entered = true;
	z->now = z->entered_at = now;
	z->wall_s = wall_s;
	participant_step(z, STEPS_ENTERED, ZEGEL_BECAUSE_NOTHING);
	return OK;
}

void participant_step(struct zegel *z, enum steps_event event, enum zegel_because because)
{
	enum steps_action action;

	if (steps_step(&z->state, event, &action) != OK)
		return;
	z->state_at = z->now;
	z->because = because;
	z->tell_status = true;
	entrance_do(z, action);
}

void participant_end(struct zegel *z, enum zegel_because because)
{
	/* The room must not wait for somebody without keys. */
	if (z->is_connected && z->state != STEPS_OUT) {
		struct wr w = participant_send_open(z, 1);

		front_write_leave(&w);
	}
	participant_step(z, STEPS_LEFT, because);
}

void participant_diagnose(struct zegel *z, enum zegel_diagnostic code, uint32_t leaf)
{
	outbox_put(&z->outbox,
	           &(struct zegel_event){ .type = ZEGEL_EVENT_DIAGNOSTIC, .code = code,
	                                  .leaf = leaf },
	           (struct span){ 0 });
}

struct wr participant_send_open(struct zegel *z, size_t n)
{
	uint8_t *buf = NULL;

	if (z->is_connected)
		buf = outbox_reserve(&z->outbox,
		                     &(struct zegel_event){ .type = ZEGEL_EVENT_SEND }, n);
	return wr_into(buf, buf != NULL ? n : 0);
}

uint64_t participant_wall(const struct zegel *z)
{
	return z->wall_s + (z->now - z->entered_at) / 1000;
}

bool participant_is_in(const struct zegel *z)
{
	return z->state == STEPS_IN && z->next_index >= z->log_length;
}

void zegel_leave(struct zegel *z, uint64_t now)
{
	z->now = now;
	if (z->state == STEPS_IN)
		presence_goodbye(z);
	participant_end(z, ZEGEL_BECAUSE_LEFT);
}

void zegel_connected(struct zegel *z, uint64_t now)
{
	z->now = now;
	if (z->state == STEPS_OUT || z->is_connected)
		return;
	z->is_connected = true;
	z->tell_reconnect = false;

	struct wr w = participant_send_open(z, 1 + 1 + ROOM_ID_LEN);

	front_write_hello(&w, SPAN(z->link.room_id));
	/* Nobody waits for the answer to HELLO: another round trip saved. */
	participant_step(z, STEPS_CONNECTED, z->because);
}

void zegel_disconnected(struct zegel *z, uint64_t now)
{
	z->now = now;
	z->is_connected = false;
	z->handle = 0;
	outbox_drop_sends(&z->outbox);
	participant_step(z, STEPS_DISCONNECTED, ZEGEL_BECAUSE_OFFLINE);
}

/* The server was told of another pass than the group's. If it was the last commit's author
 * who lied, a new commit heals it; if that does not help, we are out. */
static void pass_refused(struct zegel *z)
{
	if (z->state == STEPS_IN && z->passes_refused++ == 0) {
		participant_diagnose(z, ZEGEL_DIAG_PASS, z->comings.committer);
		if (z->heal_since == 0)
			z->heal_since = z->now;
		return;
	}
	participant_step(z, STEPS_REFUSED, ZEGEL_BECAUSE_LOST);
}

static void not_member(struct zegel *z, unsigned caused)
{
	if (caused == FRONT_PASS) {
		pass_refused(z);
		return;
	}
	if (z->state != STEPS_IN)
		return;
	log_drop_posting(z);
	entrance_show_pass(z);
}

static void error(struct zegel *z, const struct front_message *m)
{
	switch (m->code) {
	case FRONT_ERROR_VERSION:
		participant_end(z, ZEGEL_BECAUSE_VERSION);
		return;
	case FRONT_ERROR_CONFLICT:
		/* In the group it is the log that decides whose commit it was. */
		if (z->state == STEPS_FOUNDING)
			participant_step(z, STEPS_EXISTS, ZEGEL_BECAUSE_NOTHING);
		return;
	case FRONT_ERROR_NOT_MEMBER:
		not_member(z, m->caused);
		return;
	case FRONT_ERROR_TOO_BIG:
		z->adds_max = 1;
		log_drop_posting(z);
		return;
	case FRONT_ERROR_TOO_FAST:
		if (m->caused == FRONT_POST && z->state == STEPS_IN) {
			log_drop_posting(z);
			z->retry_at = z->now + COMMIT_SPACING_MS;
		}
		return;
	case FRONT_ERROR_LOG_LOST:
		participant_step(z, STEPS_REFUSED, ZEGEL_BECAUSE_LOST);
		return;
	default:
		return;
	}
}

static void confirmed(struct zegel *z, uint64_t length)
{
	z->log_length = length;
	/* What we posted on the connection before, and what is not there, was lost. */
	if (z->posting.is_open && z->posting.index >= length)
		log_drop_posting(z);
	participant_step(z, STEPS_CONFIRMED, ZEGEL_BECAUSE_NOTHING);
}

static void dispatch(struct zegel *z, const struct front_message *m)
{
	switch (m->type) {
	case FRONT_HELLO_OK:
		if (m->version != FRONT_VERSION) {
			participant_end(z, ZEGEL_BECAUSE_VERSION);
			return;
		}
		z->is_state_new |= z->handle != m->handle;
		z->handle = m->handle;
		z->tell_roster = true;
		return;
	case FRONT_MEMBER:
		confirmed(z, m->index);
		return;
	case FRONT_POSTED:
		log_posted(z, m->index);
		return;
	case FRONT_LOG:
		log_entry(z, m->index, m->blob);
		return;
	case FRONT_BROADCAST:
		presence_broadcast(z, m->blob);
		return;
	case FRONT_KNOCKED:
		admission_knocked(z, m->handle, m->blob);
		return;
	case FRONT_WELCOME:
		entrance_welcome(z, m->index, m->blob);
		return;
	case FRONT_GONE:
		admission_gone(z, m->handle);
		presence_gone(z, m->handle);
		return;
	case FRONT_ERROR:
		error(z, m);
		return;
	default:
		return;
	}
}

enum err zegel_input(struct zegel *z, const uint8_t *message, size_t n, uint64_t now)
{
	struct front_message m;
	enum err err = front_read((struct span){ message, n }, &m);

	z->now = now;
	if (err == ERR_NOT_NOW)
		return err;
	if (err != OK)
		return ERR_MALFORMED;
	if (z->state != STEPS_OUT && z->is_connected)
		dispatch(z, &m);
	return OK;
}

static void media_tick(struct zegel *z)
{
	bool all_there = z->group != NULL && z->state == STEPS_IN &&
	                 roster_has_reached(&z->roster, mls_group_own_leaf(z->group),
	                                    mls_group_epoch(z->group));

	media_keys_tick(&z->media, all_there, z->now);
}

uint64_t zegel_tick(struct zegel *z, uint64_t now)
{
	uint64_t next;

	z->now = now;
	if (z->state == STEPS_OUT)
		return ZEGEL_NEVER;
	if (z->next_tick != ZEGEL_NEVER && now > z->next_tick + SLEPT_MS)
		presence_pardon(z);
	if (entrance_next(z) <= now)
		participant_step(z, STEPS_TIMEOUT, ZEGEL_BECAUSE_NOTHING);
	presence_tick(z);
	admission_tick(z);
	media_tick(z);
	if (z->outbox.has_overflowed) {
		z->outbox.has_overflowed = false;
		z->tell_reconnect = true;
	}
	next = earlier(entrance_next(z), presence_next(z));
	next = earlier(next, admission_next(z));
	next = earlier(next, media_keys_next(&z->media));
	z->next_tick = next;
	return next;
}

static enum zegel_status status_of(const struct zegel *z)
{
	switch (z->state) {
	case STEPS_OUT:
		return ZEGEL_OUT;
	case STEPS_IN:
		return ZEGEL_IN;
	case STEPS_KNOCKING:
		if (lobby_is_wanted(z) && !z->link.is_host)
			return ZEGEL_WAITING;
		return z->has_been_in ? ZEGEL_REJOINING : ZEGEL_KNOCKING;
	case STEPS_JOINING:
		return z->has_been_in ? ZEGEL_REJOINING : ZEGEL_JOINING;
	default:
		return z->has_been_in ? ZEGEL_REJOINING : ZEGEL_CONNECTING;
	}
}

static bool take_flag(bool *flag)
{
	bool was = *flag;

	*flag = false;
	return was;
}

bool zegel_poll(struct zegel *z, struct zegel_event *event)
{
	if (outbox_take(&z->outbox, event) || admission_whisper(z, event))
		return true;
	*event = (struct zegel_event){ .leaf = ZEGEL_NOBODY };
	if (take_flag(&z->tell_status)) {
		event->type = ZEGEL_EVENT_STATUS;
		event->code = status_of(z);
		event->reason = z->because;
	} else if (take_flag(&z->tell_epoch) && z->group != NULL) {
		event->type = ZEGEL_EVENT_EPOCH;
		event->number = mls_group_epoch(z->group);
	} else if (take_flag(&z->tell_roster)) {
		event->type = ZEGEL_EVENT_ROSTER;
	} else if (take_flag(&z->tell_door)) {
		event->type = ZEGEL_EVENT_DOOR;
	} else if (take_flag(&z->media.has_changed)) {
		event->type = ZEGEL_EVENT_KEYS;
	} else if (take_flag(&z->tell_reconnect)) {
		event->type = ZEGEL_EVENT_RECONNECT;
	}
	return event->type != ZEGEL_EVENT_NONE;
}
