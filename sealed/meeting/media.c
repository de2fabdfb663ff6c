/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/participant.h"

#include <string.h>

#include "sealed/wire/wipe.h"

/* The public header names what sframe/ and crypto/ define. */
_Static_assert(ZEGEL_AUDIO == (int)SFRAME_AUDIO && ZEGEL_SCREEN_AUDIO == (int)SFRAME_SCREEN_AUDIO,
               "one numbering of kinds");
_Static_assert(ZEGEL_NONCE_LEN == (int)SFRAME_NONCE && ZEGEL_TAG_LEN == (int)AEAD_TAG &&
                       ZEGEL_AAD_MAX == SFRAME_HEADER_MAX + SFRAME_METADATA_MAX,
               "a plan of sframe/ fits one of ours");
_Static_assert(ZEGEL_OVERHEAD_MAX >= SFRAME_OVERHEAD_MAX + ZEGEL_AUDIO_LEN,
               "the longest frame of sound fits");
_Static_assert((int)ZEGEL_MEMBERS_MAX <= (int)SFRAME_LEAVES, "a leaf index fits a key id");

static const enum aead_alg aead = AEAD_AES128GCM;

uint32_t zegel_transform_create(struct zegel *z, uint32_t kind)
{
	if (kind < ZEGEL_AUDIO || kind > ZEGEL_SCREEN_AUDIO)
		return 0;
	return media_keys_transform_create(&z->media, (enum sframe_kind)kind);
}

void zegel_transform_destroy(struct zegel *z, uint32_t transform)
{
	media_keys_transform_destroy(&z->media, transform);
}

static void plan_from(struct zegel_plan *plan, const struct sframe_plan *s, size_t clear_len)
{
	*plan = (struct zegel_plan){
		.clear_len = (uint32_t)clear_len,
		.header_len = (uint32_t)s->header_len,
		.aad_len = (uint32_t)s->aad_len,
		.counter = s->counter,
	};
	memcpy(plan->nonce, s->nonce, sizeof(plan->nonce));
	memcpy(plan->aad, s->aad, s->aad_len);
}

/* Nothing is sealed unless the others can know of us: we are in the group. */
static enum err seal_plan(struct zegel *z, uint32_t transform, struct span frame,
                          struct zegel_plan *plan, struct media_sender **sender)
{
	uint8_t metadata[FRAME_METADATA_MAX];
	struct sframe_plan s;
	size_t clear_len;

	TRY(media_keys_sender(&z->media, transform, z->now, sender));
	TRY(frame_clear_len((*sender)->kind, frame, &clear_len));
	TRY(sframe_seal_plan(&(*sender)->sframe,
	                     frame_metadata((*sender)->kind,
	                                    (struct span){ frame.p, clear_len }, metadata),
	                     &s));
	plan_from(plan, &s, clear_len);
	plan->key = (*sender)->id;
	plan->kind = (*sender)->kind;
	plan->leaf = z->media.own_leaf;
	return OK;
}

enum err zegel_seal_plan(struct zegel *z, uint32_t transform, const uint8_t *frame, size_t n,
                         struct zegel_plan *plan, uint64_t now)
{
	struct media_sender *sender;

	z->now = now;
	return seal_plan(z, transform, (struct span){ frame, n }, plan, &sender);
}

enum err zegel_seal(struct zegel *z, uint32_t transform, const uint8_t *frame, size_t n,
                    uint8_t *out, size_t cap, size_t *out_n, uint64_t now)
{
	uint8_t padded[ZEGEL_AUDIO_LEN];
	struct media_sender *sender;
	struct zegel_plan plan;
	struct span plain;
	enum err err;

	z->now = now;
	if (cap < ZEGEL_OVERHEAD_MAX || cap - ZEGEL_OVERHEAD_MAX < n)
		return ERR_SPACE;
	TRY(seal_plan(z, transform, (struct span){ frame, n }, &plan, &sender));
	if (sender->is_forgotten)
		return ERR_NOT_NOW;
	plain = (struct span){ frame + plan.clear_len, n - plan.clear_len };
	if (frame_is_audio(sender->kind)) {
		TRY(frame_audio_pad(plain, padded));
		plain = SPAN(padded);
	}

	uint8_t *header = out + plan.clear_len;

	memcpy(out, frame, plan.clear_len);
	memcpy(header, plan.aad, plan.header_len);
	err = crypto_seal(z->crypto, aead, sender->sframe.key.key, plan.nonce,
	                  (struct span){ plan.aad, plan.aad_len }, plain,
	                  header + plan.header_len);
	wipe(padded, sizeof(padded));
	TRY(err);
	*out_n = plan.clear_len + plan.header_len + plain.n + AEAD_TAG;
	return OK;
}

/* All that is believed about the frame, its sender first, comes from the key id, which the
 * key's own authentication proves. */
static enum err open_plan(struct zegel *z, enum sframe_kind kind, struct span frame,
                          struct zegel_plan *plan, struct span *sealed,
                          struct media_receiver **receiver)
{
	uint8_t metadata[FRAME_METADATA_MAX];
	struct sframe_header header;
	struct sframe_kid parts;
	struct sframe_plan s;
	size_t clear_len;

	if (frame_clear_len(kind, frame, &clear_len) != OK)
		return ERR_AUTH;

	const struct span clear = { frame.p, clear_len };
	const struct span rest = { frame.p + clear_len, frame.n - clear_len };
	struct rd r = rd_from(rest);

	if (sframe_header_read(&r, &header) != OK)
		return ERR_AUTH;
	TRY(media_keys_receiver(&z->media, header.kid, kind, z->now, receiver));
	TRY(sframe_open_plan(&(*receiver)->sframe, frame_metadata(kind, clear, metadata), rest,
	                     &s, sealed));
	TRY(sframe_kid_unpack(header.kid, &parts));
	plan_from(plan, &s, clear_len);
	plan->key = (*receiver)->id;
	plan->kind = kind;
	plan->leaf = parts.leaf;
	return OK;
}

enum err zegel_open_plan(struct zegel *z, uint32_t kind, const uint8_t *frame, size_t n,
                         struct zegel_plan *plan, uint64_t now)
{
	struct media_receiver *receiver;
	struct span sealed;

	z->now = now;
	return open_plan(z, (enum sframe_kind)kind, (struct span){ frame, n }, plan, &sealed,
	                 &receiver);
}

enum err zegel_open_done(struct zegel *z, const struct zegel_plan *plan, uint64_t now)
{
	z->now = now;
	return media_keys_opened(&z->media, plan->key, plan->leaf, (enum sframe_kind)plan->kind,
	                         plan->counter, now);
}

/* Sound lies padded in out; the frame is moved to its front. */
static enum err unpad(uint8_t *out, size_t *n)
{
	struct span inner;

	TRY(frame_audio_unpad((struct span){ out, *n }, &inner));
	if (inner.n != 0)
		memmove(out, inner.p, inner.n);
	*n = inner.n;
	return OK;
}

enum err zegel_open(struct zegel *z, uint32_t kind, const uint8_t *frame, size_t n,
                    uint8_t *out, size_t cap, size_t *out_n, uint32_t *leaf, uint64_t now)
{
	struct media_receiver *receiver;
	struct zegel_plan plan;
	struct span sealed;

	z->now = now;
	TRY(open_plan(z, (enum sframe_kind)kind, (struct span){ frame, n }, &plan, &sealed,
	              &receiver));

	size_t plain_n = sealed.n - AEAD_TAG;

	if (cap < plan.clear_len + plain_n)
		return ERR_SPACE;
	if (receiver->is_forgotten)
		return ERR_NOT_NOW;
	memcpy(out, frame, plan.clear_len);
	TRY(crypto_open(z->crypto, aead, receiver->sframe.key.key, plan.nonce,
	                (struct span){ plan.aad, plan.aad_len }, sealed, out + plan.clear_len));
	TRY(zegel_open_done(z, &plan, now));
	if (frame_is_audio((enum sframe_kind)kind) && unpad(out, &plain_n) != OK)
		return ERR_AUTH;
	*out_n = plan.clear_len + plain_n;
	*leaf = plan.leaf;
	return OK;
}

enum err zegel_key_export(struct zegel *z, uint32_t key, uint8_t *out)
{
	return media_keys_export(&z->media, key, out);
}

void zegel_key_forget(struct zegel *z, uint32_t key)
{
	media_keys_forget(&z->media, key);
}

bool zegel_key_is_live(struct zegel *z, uint32_t key)
{
	return media_keys_is_live(&z->media, key);
}
