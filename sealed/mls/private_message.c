/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/mls/message_protection.h"
#include "sealed/wire/wipe.h"

/* RFC 9420 6.3:
 *
 *   PrivateMessage: group id, epoch, type, aad | encrypted sender data | ciphertext
 *                                                      ^                    |
 *                                                      +---- key: a sample -+
 *   PrivateMessageContent: content, FramedContentAuthData, padding (zeros)          */
enum { guard_len = 4, sender_data_len = 4 + 4 + guard_len };

struct sender_data {
	uint32_t leaf, generation;
	uint8_t guard[guard_len];
};

static enum ratchet_kind kind_of(enum content_type type)
{
	return type == CONTENT_APPLICATION ? RATCHET_APPLICATION : RATCHET_HANDSHAKE;
}

/* The first three fields of a PrivateMessage, which are what the sender data is bound to;
 * with the authenticated data they are what the content is bound to. */
static enum err aad_encode(struct arena *a, const struct private_message *m, struct span *brief,
                           struct span *whole)
{
	size_t cap = 4 + m->group_id.n + 8 + 1 + 4 + m->aad.n;
	uint8_t *buf = arena_alloc(a, cap);

	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, cap);

	wr_vec(&w, m->group_id);
	wr_uint(&w, 8, m->epoch);
	wr_uint(&w, 1, m->type);
	TRY(wr_end(&w, brief));
	wr_vec(&w, m->aad);
	return wr_end(&w, whole);
}

/* 6.3.1: against reuse of a nonce after a loss of state. */
static void guard_apply(struct message_key *key, const uint8_t guard[guard_len])
{
	for (size_t i = 0; i < guard_len; i++)
		key->nonce[i] ^= guard[i];
}

/* --- sending --- */

static enum err plaintext_encode(struct arena *a, struct span body, struct span auth,
                                 size_t padding, struct span *out)
{
	size_t n = body.n + auth.n;
	size_t pad = padding == 0 ? 0 : (padding - n % padding) % padding;
	uint8_t *buf;

	if (n > SIZE_MAX - pad || (buf = arena_alloc(a, n + pad)) == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, n + pad);

	wr_bytes(&w, body);
	wr_bytes(&w, auth);
	wr_zero(&w, pad);
	return wr_end(&w, out);
}

static enum err sender_data_seal(const struct protection *p, const struct sender_data *data,
                                 struct span aad, struct span ciphertext,
                                 uint8_t out[sender_data_len + AEAD_TAG])
{
	uint8_t plain[sender_data_len];
	struct wr w = wr_into(plain, sizeof(plain));
	struct message_key key;
	enum err err;

	wr_uint(&w, 4, data->leaf);
	wr_uint(&w, 4, data->generation);
	wr_bytes(&w, SPAN(data->guard));
	err = sender_data_key_derive(p->crypto, p->suite, p->sender_data_secret, ciphertext,
	                             &key);
	if (err == OK)
		err = crypto_seal(p->crypto, p->suite->aead, key.key, key.nonce, aad,
		                  SPAN(plain), out);
	wipe(&key, sizeof(key));
	return err;
}

static enum err content_seal(const struct protection *p, struct sender_data *data,
                             enum ratchet_kind kind, struct span aad, struct span plain,
                             uint8_t *out)
{
	struct message_key key;
	enum err err;

	TRY(crypto_random(p->crypto, data->guard, guard_len));
	err = secret_tree_next(p->keys, p->crypto, data->leaf, kind, &data->generation, &key);
	if (err == OK) {
		guard_apply(&key, data->guard);
		err = crypto_seal(p->crypto, p->suite->aead, key.key, key.nonce, aad, plain,
		                  out);
	}
	wipe(&key, sizeof(key));
	return err;
}

static enum err private_message_encode(const struct private_message *m, struct arena *out,
                                       struct span *message)
{
	size_t cap = 4 + 4 + m->group_id.n + 8 + 1 + 4 + m->aad.n + 4 + m->sender_data.n + 4 +
	             m->ciphertext.n;
	uint8_t *buf = arena_alloc(out, cap);

	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, cap);

	mls_message_write(&w, WIRE_PRIVATE_MESSAGE);
	wr_vec(&w, m->group_id);
	wr_uint(&w, 8, m->epoch);
	wr_uint(&w, 1, m->type);
	wr_vec(&w, m->aad);
	wr_vec(&w, m->sender_data);
	wr_vec(&w, m->ciphertext);
	return wr_end(&w, message);
}

static enum err message_seal(const struct protection *p, const struct framed_head *head,
                             struct span plain, struct arena *scratch, struct arena *out,
                             struct span *message)
{
	uint8_t sealed_data[sender_data_len + AEAD_TAG];
	struct sender_data data = { .leaf = head->sender.index };
	struct private_message m = { head->group_id, head->epoch,       head->type,
		                     head->aad,      SPAN(sealed_data), { 0 } };
	struct span brief, whole;
	uint8_t *ciphertext = arena_alloc(scratch, plain.n + AEAD_TAG);

	if (ciphertext == NULL)
		return ERR_SPACE;
	m.ciphertext = (struct span){ ciphertext, plain.n + AEAD_TAG };
	TRY(aad_encode(scratch, &m, &brief, &whole));
	TRY(content_seal(p, &data, kind_of(head->type), whole, plain, ciphertext));
	TRY(sender_data_seal(p, &data, brief, m.ciphertext, sealed_data));
	return private_message_encode(&m, out, message);
}

enum err private_message_seal(const struct protection *p, const struct framed_head *head,
                              struct span body, struct span auth, size_t padding,
                              struct arena *scratch, struct arena *out, struct span *message)
{
	size_t mark = arena_mark(scratch);
	struct span plain;
	enum err err;

	/* RFC 9420 6.3.2: only members have the keys. */
	if (head->sender.type != SENDER_MEMBER)
		return ERR_NOT_NOW;
	err = plaintext_encode(scratch, body, auth, padding, &plain);
	if (err == OK)
		err = message_seal(p, head, plain, scratch, out, message);
	arena_release(scratch, mark);
	return err;
}

/* --- receiving --- */

static enum err sender_data_open(const struct protection *p, const struct private_message *m,
                                 struct span aad, struct sender_data *out)
{
	uint8_t plain[sender_data_len];
	struct message_key key;
	enum err err;

	if (m->sender_data.n != sender_data_len + AEAD_TAG)
		return ERR_MALFORMED;
	err = sender_data_key_derive(p->crypto, p->suite, p->sender_data_secret, m->ciphertext,
	                             &key);
	if (err == OK)
		err = crypto_open(p->crypto, p->suite->aead, key.key, key.nonce, aad,
		                  m->sender_data, plain);
	wipe(&key, sizeof(key));
	TRY(err);

	struct rd r = rd_from(SPAN(plain));

	out->leaf = (uint32_t)rd_uint(&r, 4);
	out->generation = (uint32_t)rd_uint(&r, 4);
	rd_copy(&r, out->guard, guard_len);
	return rd_end(&r);
}

static enum err content_open(const struct protection *p, const struct private_message *m,
                             const struct sender_data *data, struct span aad,
                             struct arena *scratch, struct span *out)
{
	struct message_key key;
	enum err err;
	uint8_t *plain;

	if (m->ciphertext.n < AEAD_TAG)
		return ERR_AUTH;
	plain = arena_alloc(scratch, m->ciphertext.n - AEAD_TAG);
	if (plain == NULL)
		return ERR_SPACE;
	err = secret_tree_find(p->keys, p->crypto, data->leaf, kind_of(m->type),
	                       data->generation, &key);
	if (err == OK) {
		guard_apply(&key, data->guard);
		err = crypto_open(p->crypto, p->suite->aead, key.key, key.nonce, aad,
		                  m->ciphertext, plain);
	}
	wipe(&key, sizeof(key));
	if (err == OK)
		*out = (struct span){ plain, m->ciphertext.n - AEAD_TAG };
	return err;
}

static bool is_zero(struct span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] != 0)
			return false;
	return true;
}

/* The FramedContent that the sender signed, put together again. */
static enum err framed_encode(struct arena *a, const struct private_message *m, uint32_t leaf,
                              struct span body, struct framed_content *out)
{
	const struct framed_head head = {
		m->group_id, m->epoch, { SENDER_MEMBER, leaf }, m->aad, m->type,
	};
	size_t cap = framed_head_max(&head) + body.n;
	uint8_t *buf = arena_alloc(a, cap);

	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, cap);

	framed_head_write(&w, &head);
	wr_bytes(&w, body);
	out->group_id = head.group_id;
	out->epoch = head.epoch;
	out->sender = head.sender;
	out->aad = head.aad;
	return wr_end(&w, &out->raw);
}

static enum err plaintext_read(struct span plain, const struct private_message *m,
                               uint32_t leaf, struct arena *scratch,
                               struct authenticated_content *out)
{
	struct rd r = rd_from(plain);
	struct authenticated_content c = { .wire_format = WIRE_PRIVATE_MESSAGE };
	struct span body;

	TRY(content_read(&r, scratch, m->type, &c.framed.content));
	body = (struct span){ plain.p, (size_t)(r.p - plain.p) };
	TRY(content_auth_read(&r, m->type, &c.auth));

	/* 6.3.1: else padding would be a covert channel. */
	if (!is_zero(rd_bytes(&r, rd_left(&r))))
		return ERR_MALFORMED;
	TRY(framed_encode(scratch, m, leaf, body, &c.framed));
	*out = c;
	return OK;
}

enum err private_message_open(const struct protection *p, const struct ratchet_tree *tree,
                              const struct private_message *m, struct arena *scratch,
                              struct authenticated_content *out, struct message_place *place)
{
	struct span brief, whole, plain;
	struct sender_data data;

	TRY(aad_encode(scratch, m, &brief, &whole));
	TRY(sender_data_open(p, m, brief, &data));
	/* 6.3.2: the leaf must not be blank. */
	if (ratchet_tree_leaf(tree, data.leaf) == NULL)
		return ERR_AUTH;
	TRY(content_open(p, m, &data, whole, scratch, &plain));
	TRY(plaintext_read(plain, m, data.leaf, scratch, out));
	*place = (struct message_place){ data.leaf, kind_of(m->type), data.generation };
	return OK;
}

enum err private_message_done(const struct protection *p, const struct message_place *place)
{
	return secret_tree_used(p->keys, p->crypto, place->leaf, place->kind,
	                        place->generation);
}
