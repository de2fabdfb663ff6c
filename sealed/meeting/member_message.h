/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_MEMBER_MESSAGE_H
#define ZEGEL_MEETING_MEMBER_MESSAGE_H

#include "sealed/crypto/crypto.h"
#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

/* What members tell each other: the application data of MLS messages, docs/protocol.md
 * section 7. Who says it is known from MLS, never from the message. */

enum member_message_type {
	MEMBER_CHAT = 1, /* text                                                */
	MEMBER_BEAT,     /* I am here, in this state, and this is what I know   */
	MEMBER_LEAVE,    /* take me out of the group, now                       */
};

struct member_message {
	enum member_message_type type;
	struct span text;       /* CHAT: checked by text_is_chat; borrows       */
	uint32_t handle, bits;  /* BEAT */
	uint64_t next_index;    /* BEAT: of the log, as the sender has read it  */
	struct span transcript; /* BEAT: confirmed transcript hash of the epoch */
};

/* ERR_MALFORMED: breaks the grammar, or is of an unknown type. */
MUST_USE enum err member_message_read(struct span data, struct member_message *m);
void member_message_write(struct wr *w, const struct member_message *m);

#endif
