/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/message_protection.h"

#include "sealed/crypto/secret.h"
#include "sealed/mls/labels.h"

static bool sender_knows_context(enum sender_type sender)
{
	return sender == SENDER_MEMBER || sender == SENDER_NEW_MEMBER_COMMIT;
}

/* struct {
 *     ProtocolVersion version = mls10;
 *     WireFormat wire_format;
 *     FramedContent content;
 *     select (FramedContentTBS.content.sender.sender_type) {
 *         case member:
 *         case new_member_commit:   GroupContext context;
 *         case external:
 *         case new_member_proposal: struct{};
 *     };
 * } FramedContentTBS; in parts, of which the head is written into `head`. */
enum { tbs_head_len = 4, tbs_parts = 3 };

static void tbs_parts_from(const struct protection *p, enum wire_format format,
                           enum sender_type sender, struct span raw,
                           uint8_t head[tbs_head_len], struct span parts[tbs_parts])
{
	struct wr w = wr_into(head, tbs_head_len);

	mls_message_write(&w, format);
	parts[0] = (struct span){ head, tbs_head_len };
	parts[1] = raw;
	parts[2] = sender_knows_context(sender) ? p->context : (struct span){ 0 };
}

static enum err tbs_encode(const struct protection *p, enum wire_format format,
                           enum sender_type sender, struct span raw, struct arena *scratch,
                           struct span *out)
{
	uint8_t head[tbs_head_len];
	struct span parts[tbs_parts];
	size_t cap = tbs_head_len + raw.n + p->context.n;
	uint8_t *buf = arena_alloc(scratch, cap);

	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, cap);

	tbs_parts_from(p, format, sender, raw, head, parts);
	for (size_t i = 0; i < tbs_parts; i++)
		wr_bytes(&w, parts[i]);
	return wr_end(&w, out);
}

enum err content_sign(const struct protection *p, const uint8_t *sig_priv,
                      enum wire_format format, enum sender_type sender, struct span raw,
                      struct arena *scratch, uint8_t *sig, size_t *sig_len)
{
	size_t mark = arena_mark(scratch);
	struct span tbs;
	enum err err = tbs_encode(p, format, sender, raw, scratch, &tbs);

	if (err == OK)
		err = mls_sign_with_label(p->crypto, p->suite, sig_priv,
		                          SPAN_STR("FramedContentTBS"), tbs, scratch, sig,
		                          sig_len);
	arena_release(scratch, mark);
	return err;
}

enum err content_verify(const struct protection *p, struct span sig_pub,
                        const struct authenticated_content *content, struct arena *scratch)
{
	size_t mark = arena_mark(scratch);
	struct span tbs;
	enum err err = tbs_encode(p, content->wire_format, content->framed.sender.type,
	                          content->framed.raw, scratch, &tbs);

	if (err == OK)
		err = mls_verify_with_label(p->crypto, p->suite, sig_pub,
		                            SPAN_STR("FramedContentTBS"), tbs,
		                            content->auth.signature, scratch);
	arena_release(scratch, mark);
	return err;
}

/* MAC(membership_key, AuthenticatedContentTBM): FramedContentTBS, then the auth data. */
static enum err membership_tag_derive(const struct protection *p, struct span framed,
                                      struct span auth, uint8_t *tag)
{
	uint8_t head[tbs_head_len];
	struct span parts[tbs_parts + 1];

	tbs_parts_from(p, WIRE_PUBLIC_MESSAGE, SENDER_MEMBER, framed, head, parts);
	parts[tbs_parts] = auth;
	return p->crypto->hmac(p->crypto->ctx, p->suite->hash, p->membership_key, parts,
	                       ARRAY_LEN(parts), tag);
}

enum err public_message_seal(const struct protection *p, const struct framed_head *head,
                             struct span framed, struct span auth, struct arena *out,
                             struct span *message)
{
	uint8_t tag[HASH_MAX];
	size_t cap = tbs_head_len + framed.n + auth.n + 1 + HASH_MAX + 1;
	uint8_t *buf;

	if (head->type == CONTENT_APPLICATION)
		return ERR_NOT_NOW;
	if (head->sender.type == SENDER_MEMBER)
		TRY(membership_tag_derive(p, framed, auth, tag));
	buf = arena_alloc(out, cap);
	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, cap);

	mls_message_write(&w, WIRE_PUBLIC_MESSAGE);
	wr_bytes(&w, framed);
	wr_bytes(&w, auth);
	if (head->sender.type == SENDER_MEMBER)
		wr_vec(&w, (struct span){ tag, hash_len(p->suite->hash) });
	return wr_end(&w, message);
}

enum err public_message_verify(const struct protection *p, const struct public_message *m)
{
	uint8_t tag[HASH_MAX];

	/* RFC 9420 6: application data is never sent as a PublicMessage. */
	if (m->content.framed.content.type == CONTENT_APPLICATION)
		return ERR_MALFORMED;
	if (m->content.framed.sender.type != SENDER_MEMBER)
		return OK;
	TRY(membership_tag_derive(p, m->content.framed.raw, m->content.auth.raw, tag));
	if (!secret_is_equal(m->membership_tag, (struct span){ tag, hash_len(p->suite->hash) }))
		return ERR_AUTH;
	return OK;
}
