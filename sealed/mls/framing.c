/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/framing.h"

enum err mls_message_read(struct rd *r, enum wire_format *format)
{
	uint64_t version = rd_uint(r, 2), value = rd_uint(r, 2);

	if (version != MLS_VERSION_10 || value < WIRE_PUBLIC_MESSAGE ||
	    value > WIRE_KEY_PACKAGE)
		rd_fail(r, ERR_MALFORMED);
	TRY(r->err);
	*format = (enum wire_format)value;
	return OK;
}

void mls_message_write(struct wr *w, enum wire_format format)
{
	wr_uint(w, 2, MLS_VERSION_10);
	wr_uint(w, 2, format);
}

static enum content_type content_type_read(struct rd *r)
{
	uint64_t type = rd_uint(r, 1);

	if (type < CONTENT_APPLICATION || type > CONTENT_COMMIT)
		rd_fail(r, ERR_MALFORMED);
	return (enum content_type)type;
}

/* struct {
 *     SenderType sender_type;
 *     select (Sender.sender_type) {
 *         case member:              uint32 leaf_index;
 *         case external:            uint32 sender_index;
 *         case new_member_commit:
 *         case new_member_proposal: struct{};
 *     };
 * } Sender; */
static struct sender sender_read(struct rd *r)
{
	struct sender s = { .type = (enum sender_type)rd_uint(r, 1) };

	if (s.type == SENDER_MEMBER || s.type == SENDER_EXTERNAL)
		s.index = (uint32_t)rd_uint(r, 4);
	else if (s.type != SENDER_NEW_MEMBER_PROPOSAL && s.type != SENDER_NEW_MEMBER_COMMIT)
		rd_fail(r, ERR_MALFORMED);
	return s;
}

static void sender_write(struct wr *w, struct sender s)
{
	wr_uint(w, 1, s.type);
	if (s.type == SENDER_MEMBER || s.type == SENDER_EXTERNAL)
		wr_uint(w, 4, s.index);
}

enum err content_read(struct rd *r, struct arena *a, enum content_type type,
                      struct content *out)
{
	out->type = type;
	switch (type) {
	case CONTENT_APPLICATION:
		out->application = rd_vec(r);
		return r->err;
	case CONTENT_PROPOSAL:
		return proposal_read(r, a, &out->proposal);
	case CONTENT_COMMIT:
		return commit_read(r, a, &out->commit);
	}
	return ERR_MALFORMED;
}

/* struct {
 *     opaque signature<V>;
 *     select (FramedContent.content_type) {
 *         case commit: MAC confirmation_tag;
 *         ...
 *     };
 * } FramedContentAuthData; */
enum err content_auth_read(struct rd *r, enum content_type type, struct content_auth *out)
{
	const uint8_t *start = r->p;
	struct content_auth auth = { .signature = rd_vec(r) };

	if (type == CONTENT_COMMIT)
		auth.confirmation_tag = rd_vec(r);
	TRY(r->err);
	auth.raw = (struct span){ start, (size_t)(r->p - start) };
	*out = auth;
	return OK;
}

void content_auth_write(struct wr *w, struct span signature, enum content_type type,
                        struct span confirmation_tag)
{
	wr_vec(w, signature);
	if (type == CONTENT_COMMIT)
		wr_vec(w, confirmation_tag);
}

/* struct {
 *     opaque group_id<V>;
 *     uint64 epoch;
 *     Sender sender;
 *     opaque authenticated_data<V>;
 *     ContentType content_type;
 *     select (FramedContent.content_type) { ... };
 * } FramedContent; */
static struct framed_head framed_head_read(struct rd *r)
{
	struct framed_head head;

	head.group_id = rd_vec(r);
	head.epoch = rd_uint(r, 8);
	head.sender = sender_read(r);
	head.aad = rd_vec(r);
	head.type = content_type_read(r);
	return head;
}

void framed_head_write(struct wr *w, const struct framed_head *head)
{
	wr_vec(w, head->group_id);
	wr_uint(w, 8, head->epoch);
	sender_write(w, head->sender);
	wr_vec(w, head->aad);
	wr_uint(w, 1, head->type);
}

size_t framed_head_max(const struct framed_head *head)
{
	return 4 + head->group_id.n + 8 + 5 + 4 + head->aad.n + 1;
}

enum err framed_content_read(struct rd *r, struct arena *a, struct framed_content *out)
{
	const uint8_t *start = r->p;
	struct framed_head head = framed_head_read(r);
	struct framed_content f = {
		.group_id = head.group_id,
		.epoch = head.epoch,
		.sender = head.sender,
		.aad = head.aad,
	};

	TRY(r->err);
	TRY(content_read(r, a, head.type, &f.content));
	f.raw = (struct span){ start, (size_t)(r->p - start) };
	*out = f;
	return OK;
}

/* struct {
 *     FramedContent content;
 *     FramedContentAuthData auth;
 *     select (PublicMessage.content.sender.sender_type) {
 *         case member: MAC membership_tag;
 *         ...
 *     };
 * } PublicMessage; */
enum err public_message_read(struct rd *r, struct arena *a, struct public_message *out)
{
	struct public_message m = { .content.wire_format = WIRE_PUBLIC_MESSAGE };

	TRY(framed_content_read(r, a, &m.content.framed));
	TRY(content_auth_read(r, m.content.framed.content.type, &m.content.auth));
	if (m.content.framed.sender.type == SENDER_MEMBER)
		m.membership_tag = rd_vec(r);
	TRY(r->err);
	*out = m;
	return OK;
}

/* struct {
 *     opaque group_id<V>;
 *     uint64 epoch;
 *     ContentType content_type;
 *     opaque authenticated_data<V>;
 *     opaque encrypted_sender_data<V>;
 *     opaque ciphertext<V>;
 * } PrivateMessage; */
enum err private_message_read(struct rd *r, struct private_message *out)
{
	struct private_message m;

	m.group_id = rd_vec(r);
	m.epoch = rd_uint(r, 8);
	m.type = content_type_read(r);
	m.aad = rd_vec(r);
	m.sender_data = rd_vec(r);
	m.ciphertext = rd_vec(r);
	TRY(r->err);
	*out = m;
	return OK;
}

enum err message_address_read(struct span message, struct message_address *out)
{
	struct rd r = rd_from(message);
	struct message_address to = { 0 };

	TRY(mls_message_read(&r, &to.format));
	if (to.format == WIRE_PUBLIC_MESSAGE) {
		struct framed_head head = framed_head_read(&r);

		to.group_id = head.group_id;
		to.epoch = head.epoch;
		to.type = head.type;
		to.sender = head.sender;
	} else if (to.format == WIRE_PRIVATE_MESSAGE) {
		to.group_id = rd_vec(&r);
		to.epoch = rd_uint(&r, 8);
		to.type = content_type_read(&r);
	} else {
		return ERR_MALFORMED;
	}
	TRY(r.err);
	*out = to;
	return OK;
}
