/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_MESSAGE_HEAD_H
#define ZEGEL_MEETING_MESSAGE_HEAD_H

#include "sealed/wire/rd.h"

/* What an MLS PrivateMessage says in the clear (RFC 9420 6.3), before anything about it is
 * believed: enough to turn away what has no business in a lane. Only PrivateMessages are
 * used between members, applications in the broadcast lane and commits in the log: a
 * proposal that came alone would be taken up by the next commit, whoever makes that. */

enum message_content { MESSAGE_APPLICATION = 1, MESSAGE_PROPOSAL, MESSAGE_COMMIT };

struct message_head {
	struct span group_id; /* borrows from the message */
	uint64_t epoch;
	enum message_content content;
};

/* ERR_MALFORMED: not a PrivateMessage of MLS 1.0. */
MUST_USE enum err message_head_read(struct span message, struct message_head *head);

/* The signature key in a KeyPackage message (section 10): to find the leaf that it is to
 * replace. Not verified here. Borrows from the message. */
MUST_USE enum err message_key_package_signer(struct span message, struct span *signature_key);

#endif
