/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/psk.h"

#include <string.h>

#include "sealed/crypto/hkdf.h"
#include "sealed/mls/labels.h"
#include "sealed/wire/wipe.h"

/* RFC 9420 8.4:
 *   struct {
 *       PSKType psktype;
 *       select (PreSharedKeyID.psktype) {
 *           case external:
 *               opaque psk_id<V>;
 *           case resumption:
 *               ResumptionPSKUsage usage;
 *               opaque psk_group_id<V>;
 *               uint64 psk_epoch;
 *       };
 *       opaque psk_nonce<V>;
 *   } PreSharedKeyID; */
enum err psk_id_read(struct rd *r, struct psk_id *out)
{
	struct psk_id id = { .type = (enum psk_type)rd_uint(r, 1) };

	if (id.type == PSK_EXTERNAL) {
		id.id = rd_vec(r);
	} else if (id.type == PSK_RESUMPTION) {
		id.usage = (enum psk_usage)rd_uint(r, 1);
		if (id.usage < PSK_APPLICATION || id.usage > PSK_BRANCH)
			rd_fail(r, ERR_MALFORMED);
		id.group_id = rd_vec(r);
		id.epoch = rd_uint(r, 8);
	} else {
		rd_fail(r, ERR_MALFORMED);
	}
	id.nonce = rd_vec(r);
	if (r->err != OK)
		return r->err;
	*out = id;
	return OK;
}

void psk_id_write(struct wr *w, const struct psk_id *id)
{
	wr_uint(w, 1, id->type);
	if (id->type == PSK_EXTERNAL) {
		wr_vec(w, id->id);
	} else {
		wr_uint(w, 1, id->usage);
		wr_vec(w, id->group_id);
		wr_uint(w, 8, id->epoch);
	}
	wr_vec(w, id->nonce);
}

bool psk_id_is_same_key(const struct psk_id *a, const struct psk_id *b)
{
	return a->type == b->type && a->usage == b->usage && a->epoch == b->epoch &&
	       span_is_equal(a->id, b->id) && span_is_equal(a->group_id, b->group_id);
}

bool psk_id_is_equal(const struct psk_id *a, const struct psk_id *b)
{
	return psk_id_is_same_key(a, b) && span_is_equal(a->nonce, b->nonce);
}

/* struct { PreSharedKeyID id; uint16 index; uint16 count; } PSKLabel; */
static enum err psk_label_encode(const struct psk_id *id, size_t index, size_t count,
                                 struct arena *scratch, struct span *out)
{
	size_t room = 32 + id->id.n + id->group_id.n + id->nonce.n;
	uint8_t *buf = arena_alloc(scratch, room);

	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, room);

	psk_id_write(&w, id);
	wr_uint(&w, 2, index);
	wr_uint(&w, 2, count);
	return wr_end(&w, out);
}

static enum err psk_mix(const struct crypto *c, const struct mls_suite *suite,
                        struct span secret, struct span label, uint8_t *mixed)
{
	static const uint8_t zero[HASH_MAX];
	uint8_t extracted[HASH_MAX], input[HASH_MAX], next[HASH_MAX];
	size_t n = hash_len(suite->hash);
	struct span so_far = { mixed, n };
	enum err err;

	err = hkdf_extract(c, suite->hash, (struct span){ zero, n }, &secret, 1, extracted);
	if (err == OK)
		err = mls_expand_with_label(c, suite, (struct span){ extracted, n },
		                            SPAN_STR("derived psk"), label, input, n);
	if (err == OK)
		err = hkdf_extract(c, suite->hash, (struct span){ input, n }, &so_far, 1, next);
	if (err == OK)
		memcpy(mixed, next, n);
	wipe(extracted, sizeof(extracted));
	wipe(input, sizeof(input));
	wipe(next, sizeof(next));
	return err;
}

enum err psk_secret_derive(const struct crypto *c, const struct mls_suite *suite,
                           const struct psk *psks, size_t count, struct arena *scratch,
                           uint8_t *out)
{
	uint8_t mixed[HASH_MAX] = { 0 };
	enum err err = count > UINT16_MAX ? ERR_LIMIT : OK;

	for (size_t i = 0; i < count && err == OK; i++) {
		size_t mark = arena_mark(scratch);
		struct span label;

		err = psk_label_encode(&psks[i].id, i, count, scratch, &label);
		if (err == OK)
			err = psk_mix(c, suite, psks[i].secret, label, mixed);
		arena_release(scratch, mark);
	}
	if (err == OK)
		memcpy(out, mixed, hash_len(suite->hash));
	wipe(mixed, sizeof(mixed));
	return err;
}
