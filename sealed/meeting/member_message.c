/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/member_message.h"

#include "sealed/meeting/text.h"

static void read_body(struct rd *r, struct member_message *m)
{
	switch (m->type) {
	case MEMBER_CHAT:
		m->text = rd_vec(r);
		if (r->err == OK && !text_is_chat(m->text))
			rd_fail(r, ERR_MALFORMED);
		return;
	case MEMBER_BEAT:
		m->handle = (uint32_t)rd_uint(r, 4);
		m->bits = (uint32_t)rd_uint(r, 4);
		m->next_index = rd_uint(r, 8);
		m->transcript = rd_vec(r);
		if (r->err == OK && (m->transcript.n == 0 || m->transcript.n > HASH_MAX))
			rd_fail(r, ERR_MALFORMED);
		return;
	case MEMBER_LEAVE:
		return;
	case MEMBER_TICKET:
	case MEMBER_REFUSAL:
		m->key = rd_vec(r);
		ticket_read(r, &m->ticket);
		if (r->err == OK && m->key.n != POLICY_KEY_LEN)
			rd_fail(r, ERR_MALFORMED);
		return;
	default:
		rd_fail(r, ERR_MALFORMED);
	}
}

enum err member_message_read(struct span data, struct member_message *m)
{
	struct rd r = rd_from(data);
	struct member_message new = { .type = (enum member_message_type)rd_uint(&r, 1) };

	read_body(&r, &new);
	TRY(rd_end(&r));
	*m = new;
	return OK;
}

void member_message_write(struct wr *w, const struct member_message *m)
{
	wr_uint(w, 1, m->type);
	if (m->type == MEMBER_CHAT)
		wr_vec(w, m->text);
	if (m->type == MEMBER_BEAT) {
		wr_uint(w, 4, m->handle);
		wr_uint(w, 4, m->bits);
		wr_uint(w, 8, m->next_index);
		wr_vec(w, m->transcript);
	}
	if (m->type == MEMBER_TICKET || m->type == MEMBER_REFUSAL) {
		wr_vec(w, m->key);
		ticket_write(w, &m->ticket);
	}
}
