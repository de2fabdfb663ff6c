/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_MEMBER_MESSAGE_H
#define ZEGEL_MEETING_MEMBER_MESSAGE_H

#include "sealed/meeting/ticket.h"

/* What members tell each other: the application data of MLS messages, docs/protocol.md
 * section 7. Who says it is known from MLS, never from the message. */

enum member_message_type {
	MEMBER_CHAT = 1, /* text                                                */
	MEMBER_BEAT,     /* I am here, in this state, and this is what I know   */
	MEMBER_LEAVE,    /* take me out of the group, now                       */
	MEMBER_TICKET,   /* a host lets this one in, by the next commit         */
	MEMBER_REFUSAL,  /* a host does not, and never will                     */
};

struct member_message {
	enum member_message_type type;
	struct span text;       /* CHAT: checked by text_is_chat; borrows       */
	uint32_t handle, bits;  /* BEAT */
	uint64_t next_index;    /* BEAT: of the log, as the sender has read it  */
	struct span transcript; /* BEAT: confirmed transcript hash of the epoch */
	struct span key;        /* TICKET, REFUSAL: of the one at the door      */
	struct ticket ticket;   /* the same: signed by a host, whoever says it  */
};

/* ERR_MALFORMED: breaks the grammar, or is of an unknown type. */
MUST_USE enum err member_message_read(struct span data, struct member_message *m);
void member_message_write(struct wr *w, const struct member_message *m);

#endif
