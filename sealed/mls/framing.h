/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_FRAMING_H
#define ZEGEL_MLS_FRAMING_H

#include "sealed/mls/commit.h"

/* The forms of messages, RFC 9420 section 6, and nothing of their protection
 * (message_protection.h). Spans borrow the bytes read.
 *
 *   MLSMessage = version, wire format, one of:
 *     PublicMessage   = FramedContent, FramedContentAuthData, membership tag
 *     PrivateMessage  = header, encrypted sender data, ciphertext
 *     Welcome, GroupInfo, KeyPackage                                          */
enum wire_format {
	WIRE_PUBLIC_MESSAGE = 1,
	WIRE_PRIVATE_MESSAGE = 2,
	WIRE_WELCOME = 3,
	WIRE_GROUP_INFO = 4,
	WIRE_KEY_PACKAGE = 5,
};

enum content_type { CONTENT_APPLICATION = 1, CONTENT_PROPOSAL = 2, CONTENT_COMMIT = 3 };

enum sender_type {
	SENDER_MEMBER = 1,
	SENDER_EXTERNAL = 2,
	SENDER_NEW_MEMBER_PROPOSAL = 3,
	SENDER_NEW_MEMBER_COMMIT = 4,
};

struct sender {
	enum sender_type type;
	uint32_t index; /* leaf of a member; entry of the list of external senders */
};

/* What a message says. Of application, proposal and commit the one of its type is set. */
struct content {
	enum content_type type;
	struct span application;
	struct proposal proposal;
	struct commit commit;
};

struct framed_content {
	struct span group_id;
	uint64_t epoch;
	struct sender sender;
	struct span aad; /* authenticated_data */
	struct content content;
	struct span raw; /* the FramedContent */
};

/* FramedContentAuthData. */
struct content_auth {
	struct span signature;
	struct span confirmation_tag; /* of a commit */
	struct span raw;
};

/* AuthenticatedContent; it is the wire format, content.raw and auth.raw in a row. */
struct authenticated_content {
	enum wire_format wire_format;
	struct framed_content framed;
	struct content_auth auth;
};

struct public_message {
	struct authenticated_content content;
	struct span membership_tag; /* of a member */
};

struct private_message {
	struct span group_id;
	uint64_t epoch;
	enum content_type type;
	struct span aad;
	struct span sender_data;
	struct span ciphertext;
};

/* The first four bytes of every message; ERR_MALFORMED: not MLS 1.0, or a wire format that
 * we do not know. */
MUST_USE enum err mls_message_read(struct rd *r, enum wire_format *format);
void mls_message_write(struct wr *w, enum wire_format format);

/* The head of a message is read without believing it: for which group and epoch is it? */
struct message_address {
	enum wire_format format;
	struct span group_id;
	uint64_t epoch;
	enum content_type type;
	struct sender sender; /* of a public message */
};
/* ERR_MALFORMED: neither a public nor a private message, or broken. */
MUST_USE enum err message_address_read(struct span message, struct message_address *out);

MUST_USE enum err content_read(struct rd *r, struct arena *a, enum content_type type,
                               struct content *out);
MUST_USE enum err content_auth_read(struct rd *r, enum content_type type,
                                    struct content_auth *out);
void content_auth_write(struct wr *w, struct span signature, enum content_type type,
                        struct span confirmation_tag);

MUST_USE enum err framed_content_read(struct rd *r, struct arena *a,
                                      struct framed_content *out);
/* All of a FramedContent but what it says, which the caller writes after it. */
struct framed_head {
	struct span group_id;
	uint64_t epoch;
	struct sender sender;
	struct span aad;
	enum content_type type;
};
void framed_head_write(struct wr *w, const struct framed_head *head);
size_t framed_head_max(const struct framed_head *head); /* an upper bound of its length */

MUST_USE enum err public_message_read(struct rd *r, struct arena *a,
                                      struct public_message *out);
MUST_USE enum err private_message_read(struct rd *r, struct private_message *out);

#endif
