/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_MESSAGE_PROTECTION_H
#define ZEGEL_MLS_MESSAGE_PROTECTION_H

#include "sealed/mls/framing.h"
#include "sealed/mls/secret_tree.h"

/* How an epoch's messages are signed, tagged and encrypted, RFC 9420 sections 6.1 to 6.3.
 *
 *   content --sign--> authenticated content --tag-----> public message
 *                                           --encrypt-> private message             */
struct protection {
	const struct crypto *crypto;
	const struct mls_suite *suite;
	struct span context; /* the encoded GroupContext */
	struct span membership_key;
	struct span sender_data_secret;
	struct secret_tree *keys;
};

/* The signature over a FramedContent (`raw`), by its sender. sig: SIG_MAX bytes. */
MUST_USE enum err content_sign(const struct protection *p, const uint8_t *sig_priv,
                               enum wire_format format, enum sender_type sender,
                               struct span raw, struct arena *scratch, uint8_t *sig,
                               size_t *sig_len);
/* ERR_AUTH: not signed by that key. */
MUST_USE enum err content_verify(const struct protection *p, struct span sig_pub,
                                 const struct authenticated_content *content,
                                 struct arena *scratch);

/* An MLSMessage into `out`. framed and auth: the encoded FramedContent and
 * FramedContentAuthData; ERR_NOT_NOW: application data, which is never sent in the clear. */
MUST_USE enum err public_message_seal(const struct protection *p,
                                      const struct framed_head *head, struct span framed,
                                      struct span auth, struct arena *out,
                                      struct span *message);
/* The membership tag of a message from a member. ERR_AUTH: wrong. */
MUST_USE enum err public_message_verify(const struct protection *p,
                                        const struct public_message *message);

/* An MLSMessage into `out`. body: what follows the head in the FramedContent. The
 * plaintext is padded to a multiple of `padding` (0: not at all). */
MUST_USE enum err private_message_seal(const struct protection *p,
                                       const struct framed_head *head, struct span body,
                                       struct span auth, size_t padding,
                                       struct arena *scratch, struct arena *out,
                                       struct span *message);

/* Where in the secret tree a message's key was. */
struct message_place {
	uint32_t leaf;
	enum ratchet_kind kind;
	uint32_t generation;
};

/* Decrypts into `scratch`, where the result's spans live. The key is not used up yet: the
 * signature must hold first, then call private_message_done(). ERR_AUTH: it does not
 * open, was opened before, or its sender is no member; ERR_MALFORMED: padding or form. */
MUST_USE enum err private_message_open(const struct protection *p,
                                       const struct ratchet_tree *tree,
                                       const struct private_message *message,
                                       struct arena *scratch,
                                       struct authenticated_content *out,
                                       struct message_place *place);
MUST_USE enum err private_message_done(const struct protection *p,
                                       const struct message_place *place);

#endif
