/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/media_keys.h"

#include <string.h>

#include "sealed/wire/wipe.h"

/* e2ee 4.5: suite 4; never one with a short tag. */
static const enum sframe_suite suite = SFRAME_AES128GCM_SHA256;

static size_t receiver_count(const struct media_keys *m)
{
	return (size_t)MEDIA_EPOCHS * m->leaves * MEDIA_KINDS;
}

enum err media_keys_init(struct media_keys *m, const struct crypto *crypto, uint32_t leaves,
                         struct arena *memory)
{
	*m = (struct media_keys){ .crypto = crypto, .leaves = leaves };
	m->receivers = arena_array(memory, sizeof(*m->receivers), receiver_count(m));
	return m->receivers == NULL ? ERR_SPACE : OK;
}

static struct media_receiver *slot_of(struct media_keys *m, uint64_t epoch, uint32_t leaf,
                                      enum sframe_kind kind)
{
	size_t row = (size_t)(epoch % MEDIA_EPOCHS) * m->leaves + leaf;

	return &m->receivers[row * MEDIA_KINDS + kind - SFRAME_AUDIO];
}

static struct media_epoch *epoch_find(struct media_keys *m, uint64_t number)
{
	struct media_epoch *epoch = &m->epochs[number % MEDIA_EPOCHS];

	return epoch->is_kept && epoch->number == number ? epoch : NULL;
}

static void sender_drop(struct media_sender *s)
{
	sframe_sender_clear(&s->sframe);
	s->id = 0;
	s->is_forgotten = false;
}

static void epoch_drop(struct media_keys *m, struct media_epoch *epoch)
{
	size_t row = m->leaves * (size_t)MEDIA_KINDS;

	if (!epoch->is_kept)
		return;
	wipe(m->receivers + epoch->number % MEDIA_EPOCHS * row, row * sizeof(*m->receivers));
	for (size_t i = 0; i < MEDIA_CANDIDATES; i++)
		if (m->candidates[i].epoch == epoch->number)
			wipe(&m->candidates[i], sizeof(m->candidates[i]));
	for (size_t i = 0; i < MEDIA_SENDERS; i++)
		if (m->senders[i].id != 0 && m->senders[i].epoch == epoch->number)
			sender_drop(&m->senders[i]);
	wipe(epoch, sizeof(*epoch));
	m->has_changed = true;
}

void media_keys_drop(struct media_keys *m)
{
	for (size_t i = 0; i < MEDIA_EPOCHS; i++)
		epoch_drop(m, &m->epochs[i]);
	m->has_epoch = false;
}

static bool roster_bit(const struct media_epoch *epoch, uint32_t leaf)
{
	return epoch->roster[leaf / 8] >> leaf % 8 & 1;
}

/* What was somebody's seat is no longer a sender in the epochs before. */
static void leaves_retire(struct media_keys *m, const bool *changed)
{
	for (uint32_t leaf = 0; leaf < m->leaves; leaf++) {
		if (!changed[leaf])
			continue;
		for (size_t i = 0; i < MEDIA_EPOCHS; i++)
			m->epochs[i].roster[leaf / 8] &= (uint8_t)~(1u << leaf % 8);
	}
}

void media_keys_enter(struct media_keys *m, uint64_t number, uint32_t own_leaf,
                      const uint8_t *base_key, const bool *roster, const bool *changed,
                      bool at_once, uint64_t now)
{
	struct media_epoch *epoch = &m->epochs[number % MEDIA_EPOCHS];

	epoch_drop(m, epoch);
	leaves_retire(m, changed);
	for (size_t i = 0; i < MEDIA_EPOCHS; i++)
		if (m->epochs[i].drop_at > now + EPOCH_LINGER_MAX_MS)
			m->epochs[i].drop_at = now + EPOCH_LINGER_MAX_MS;
	*epoch = (struct media_epoch){ .is_kept = true, .number = number,
		                       .drop_at = ZEGEL_NEVER };
	memcpy(epoch->base_key, base_key, sframe_key_len(suite));
	for (uint32_t leaf = 0; leaf < m->leaves; leaf++)
		epoch->roster[leaf / 8] |= (uint8_t)(roster[leaf] << leaf % 8);

	/* Behind by more than one: what we send in is about to be dropped by the others. */
	if (at_once || !m->has_epoch || m->sending + 1 < number ||
	    epoch_find(m, m->sending) == NULL)
		m->sending = number;
	m->switch_at = now + SENDER_SWITCH_MS;
	m->newest = number;
	m->own_leaf = own_leaf;
	m->has_epoch = true;
	m->has_changed = true;
}

void media_keys_tick(struct media_keys *m, bool all_there, uint64_t now)
{
	if (m->has_epoch && m->sending != m->newest && (all_there || now >= m->switch_at))
		m->sending = m->newest;
	for (size_t i = 0; i < MEDIA_EPOCHS; i++)
		if (m->epochs[i].is_kept && now >= m->epochs[i].drop_at)
			epoch_drop(m, &m->epochs[i]);
}

uint64_t media_keys_next(const struct media_keys *m)
{
	uint64_t next = ZEGEL_NEVER;

	if (m->has_epoch && m->sending != m->newest)
		next = m->switch_at;
	for (size_t i = 0; i < MEDIA_EPOCHS; i++)
		if (m->epochs[i].is_kept && m->epochs[i].drop_at < next)
			next = m->epochs[i].drop_at;
	return next;
}

uint32_t media_keys_transform_create(struct media_keys *m, enum sframe_kind kind)
{
	/* Never an instance twice, in this machine's life: its counter starts at zero. */
	if (m->next_instance >= SFRAME_INSTANCES)
		return 0;
	for (size_t i = 0; i < MEDIA_SENDERS; i++) {
		struct media_sender *s = &m->senders[i];

		if (s->transform != 0)
			continue;
		*s = (struct media_sender){ .kind = kind, .instance = m->next_instance };
		sframe_sender_clear(&s->sframe);
		s->transform = ++m->next_instance;
		return s->transform;
	}
	return 0;
}

static struct media_sender *sender_find(struct media_keys *m, uint32_t transform)
{
	for (size_t i = 0; transform != 0 && i < MEDIA_SENDERS; i++)
		if (m->senders[i].transform == transform)
			return &m->senders[i];
	return NULL;
}

void media_keys_transform_destroy(struct media_keys *m, uint32_t transform)
{
	struct media_sender *s = sender_find(m, transform);

	if (s == NULL)
		return;
	wipe(s, sizeof(*s));
	m->has_changed = true;
}

static struct span base_key_of(const struct media_epoch *epoch)
{
	return (struct span){ epoch->base_key, sframe_key_len(suite) };
}

enum err media_keys_sender(struct media_keys *m, uint32_t transform, uint64_t now,
                           struct media_sender **sender)
{
	struct media_sender *s = sender_find(m, transform);
	struct media_epoch *epoch;
	uint64_t kid;

	media_keys_tick(m, false, now);
	epoch = m->has_epoch ? epoch_find(m, m->sending) : NULL;
	if (s == NULL || epoch == NULL)
		return ERR_NOT_NOW;
	if (s->id == 0 || s->epoch != epoch->number) {
		const struct sframe_kid parts = { s->kind, s->instance, m->own_leaf,
			                          (uint32_t)(epoch->number % SFRAME_EPOCHS) };

		sender_drop(s);
		TRY(sframe_kid_pack(&parts, &kid));
		TRY(sframe_sender_init(&s->sframe, m->crypto, suite, base_key_of(epoch), kid));
		s->epoch = epoch->number;
		s->id = ++m->next_id;
		m->has_changed = true;
	}
	*sender = s;
	return OK;
}

/* One token for each derivation; tokens are counted in thousandths. */
static bool token_take(struct media_keys *m, uint64_t now)
{
	const uint64_t full = (uint64_t)MEDIA_TOKENS * 1000;
	uint64_t gained = (now - m->tokens_at) * MEDIA_TOKENS_PER_S;

	if (m->tokens_at == 0 || gained > full || m->tokens + gained > full)
		m->tokens = full;
	else
		m->tokens += gained;
	m->tokens_at = now;
	if (m->tokens < 1000)
		return false;
	m->tokens -= 1000;
	return true;
}

static struct media_receiver *candidate_find(struct media_keys *m, uint64_t epoch, uint64_t kid)
{
	for (size_t i = 0; i < MEDIA_CANDIDATES; i++)
		if (m->candidates[i].id != 0 && m->candidates[i].epoch == epoch &&
		    m->candidates[i].sframe.key.kid == kid)
			return &m->candidates[i];
	return NULL;
}

static enum err candidate_make(struct media_keys *m, const struct media_epoch *epoch,
                               uint64_t kid, uint64_t now, struct media_receiver **receiver)
{
	struct media_receiver *r = &m->candidates[m->next_candidate];

	if (!token_take(m, now))
		return ERR_NOT_NOW;
	m->next_candidate = (m->next_candidate + 1) % MEDIA_CANDIDATES;
	wipe(r, sizeof(*r));
	TRY(sframe_receiver_init(&r->sframe, m->crypto, suite, base_key_of(epoch), kid));
	r->epoch = epoch->number;
	r->id = ++m->next_id;
	*receiver = r;
	return OK;
}

/* The kept epoch that is meant by its number mod 16: they are neighbours, so there is one. */
static struct media_epoch *epoch_of_kid(struct media_keys *m, uint32_t low)
{
	for (size_t i = 0; i < MEDIA_EPOCHS; i++)
		if (m->epochs[i].is_kept && m->epochs[i].number % SFRAME_EPOCHS == low)
			return &m->epochs[i];
	return NULL;
}

enum err media_keys_receiver(struct media_keys *m, uint64_t kid, enum sframe_kind kind,
                             uint64_t now, struct media_receiver **receiver)
{
	struct sframe_kid parts;
	struct media_epoch *epoch;

	media_keys_tick(m, false, now);
	if (sframe_kid_unpack(kid, &parts) != OK || parts.kind != kind ||
	    parts.leaf >= m->leaves)
		return ERR_AUTH;
	epoch = epoch_of_kid(m, parts.epoch);
	if (epoch == NULL)
		return ERR_NOT_NOW;
	if (!roster_bit(epoch, parts.leaf) || parts.leaf == m->own_leaf)
		return ERR_AUTH;

	struct media_receiver *r = slot_of(m, epoch->number, parts.leaf, kind);

	/* The instance stands above leaf and epoch in a key id, so that of one slot the
	 * higher key id is the newer transform. */
	if (r->id != 0 && r->sframe.key.kid > kid)
		return ERR_AUTH;
	if (r->id == 0 || r->sframe.key.kid != kid)
		r = candidate_find(m, epoch->number, kid);
	if (r == NULL)
		return candidate_make(m, epoch, kid, now, receiver);
	*receiver = r;
	return OK;
}

/* Frames of this epoch arrive, so those of the epochs before are the last stragglers. */
static void epochs_before_end(struct media_keys *m, uint64_t number, uint64_t now)
{
	for (size_t i = 0; i < MEDIA_EPOCHS; i++)
		if (m->epochs[i].is_kept && m->epochs[i].number < number &&
		    m->epochs[i].drop_at > now + EPOCH_LINGER_MS)
			m->epochs[i].drop_at = now + EPOCH_LINGER_MS;
}

static struct media_receiver *receiver_find(struct media_keys *m, uint32_t id, uint32_t leaf,
                                            enum sframe_kind kind)
{
	for (size_t i = 0; i < MEDIA_EPOCHS; i++) {
		struct media_receiver *slot = slot_of(m, i, leaf, kind);

		if (slot->id == id)
			return slot;
	}
	for (size_t i = 0; i < MEDIA_CANDIDATES; i++)
		if (m->candidates[i].id == id)
			return &m->candidates[i];
	return NULL;
}

static enum err promote(struct media_keys *m, struct media_receiver *candidate,
                        struct media_receiver **receiver)
{
	struct sframe_kid parts;

	TRY(sframe_kid_unpack(candidate->sframe.key.kid, &parts));

	struct media_receiver *slot = slot_of(m, candidate->epoch, parts.leaf, parts.kind);

	/* A newer instance was proven meanwhile. */
	if (slot->id != 0 && slot->sframe.key.kid > candidate->sframe.key.kid)
		return ERR_AUTH;
	m->has_changed |= slot->id != 0;
	memcpy(slot, candidate, sizeof(*slot));
	wipe(candidate, sizeof(*candidate));
	*receiver = slot;
	return OK;
}

enum err media_keys_opened(struct media_keys *m, uint32_t id, uint32_t leaf,
                           enum sframe_kind kind, uint64_t counter, uint64_t now)
{
	struct media_receiver *r;

	media_keys_tick(m, false, now);
	if (id == 0 || leaf >= m->leaves || kind < SFRAME_AUDIO || kind > SFRAME_SCREEN_AUDIO)
		return ERR_AUTH;
	r = receiver_find(m, id, leaf, kind);
	if (r == NULL || epoch_find(m, r->epoch) == NULL)
		return ERR_AUTH;

	uint64_t epoch = r->epoch;

	if (r >= m->candidates && r < m->candidates + MEDIA_CANDIDATES)
		TRY(promote(m, r, &r));
	TRY(sframe_open_commit(&r->sframe, counter));
	epochs_before_end(m, epoch, now);
	return OK;
}

/* The key of an id, sending or receiving, and the mark that it was forgotten. Walks over all
 * of them: asked once for a key, not for a frame. */
static struct sframe_key *key_find(struct media_keys *m, uint32_t id, bool **is_forgotten)
{
	struct media_receiver *r = NULL;

	for (size_t i = 0; i < MEDIA_SENDERS; i++)
		if (m->senders[i].id == id) {
			*is_forgotten = &m->senders[i].is_forgotten;
			return &m->senders[i].sframe.key;
		}
	for (size_t i = 0; r == NULL && i < MEDIA_CANDIDATES; i++)
		if (m->candidates[i].id == id)
			r = &m->candidates[i];
	for (size_t i = 0; r == NULL && i < receiver_count(m); i++)
		if (m->receivers[i].id == id)
			r = &m->receivers[i];
	if (r == NULL)
		return NULL;
	*is_forgotten = &r->is_forgotten;
	return &r->sframe.key;
}

enum err media_keys_export(struct media_keys *m, uint32_t id, uint8_t *out)
{
	bool *is_forgotten;
	struct sframe_key *key = id != 0 ? key_find(m, id, &is_forgotten) : NULL;

	if (key == NULL || *is_forgotten)
		return ERR_NOT_NOW;
	memcpy(out, key->key, sframe_key_len(suite));
	return OK;
}

void media_keys_forget(struct media_keys *m, uint32_t id)
{
	bool *is_forgotten;
	struct sframe_key *key = id != 0 ? key_find(m, id, &is_forgotten) : NULL;

	if (key == NULL)
		return;
	/* The salt stays: nonces are made here. */
	wipe(key->key, sizeof(key->key));
	*is_forgotten = true;
}

bool media_keys_is_live(struct media_keys *m, uint32_t id)
{
	bool *is_forgotten;

	return id != 0 && key_find(m, id, &is_forgotten) != NULL;
}
