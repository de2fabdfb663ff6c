/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/front.h"

static enum err read_body(struct rd *r, struct front_message *m)
{
	switch (m->type) {
	case FRONT_HELLO_OK:
		m->version = (unsigned)rd_uint(r, 1);
		m->handle = (uint32_t)rd_uint(r, 4);
		if (r->err == OK && m->handle == 0)
			rd_fail(r, ERR_MALFORMED);
		return OK;
	case FRONT_MEMBER:
	case FRONT_POSTED:
		m->index = rd_uint(r, 8);
		return OK;
	case FRONT_LOG:
	case FRONT_WELCOME:
		m->index = rd_uint(r, 8);
		m->blob = rd_vec(r);
		return OK;
	case FRONT_BROADCAST:
		m->blob = rd_vec(r);
		return OK;
	case FRONT_KNOCKED:
		m->handle = (uint32_t)rd_uint(r, 4);
		m->blob = rd_vec(r);
		return OK;
	case FRONT_GONE:
		m->handle = (uint32_t)rd_uint(r, 4);
		return OK;
	case FRONT_ERROR:
		m->code = (unsigned)rd_uint(r, 1);
		m->caused = (unsigned)rd_uint(r, 1);
		return OK;
	default:
		return ERR_NOT_NOW;
	}
}

enum err front_read(struct span message, struct front_message *m)
{
	struct rd r = rd_from(message);
	struct front_message new = { .type = (enum front_type)rd_uint(&r, 1) };

	if (r.err != OK)
		return r.err;
	TRY(read_body(&r, &new));
	TRY(rd_end(&r));
	*m = new;
	return OK;
}

void front_write_hello(struct wr *w, struct span room_id)
{
	wr_uint(w, 1, FRONT_HELLO);
	wr_uint(w, 1, FRONT_VERSION);
	wr_bytes(w, room_id);
}

void front_write_pass(struct wr *w, struct span pass, uint64_t next_index)
{
	wr_uint(w, 1, FRONT_PASS);
	wr_bytes(w, pass);
	wr_uint(w, 8, next_index);
}

void front_write_post(struct wr *w, uint64_t index, struct span pass_hash, struct span blob)
{
	wr_uint(w, 1, FRONT_POST);
	wr_uint(w, 8, index);
	wr_bytes(w, pass_hash);
	wr_vec(w, blob);
}

void front_write_send(struct wr *w, struct span blob)
{
	wr_uint(w, 1, FRONT_SEND);
	wr_vec(w, blob);
}

void front_write_knock(struct wr *w, struct span blob)
{
	wr_uint(w, 1, FRONT_KNOCK);
	wr_vec(w, blob);
}

void front_write_whisper(struct wr *w, uint32_t handle, uint64_t start, struct span blob)
{
	wr_uint(w, 1, FRONT_WHISPER);
	wr_uint(w, 4, handle);
	wr_uint(w, 8, start);
	wr_vec(w, blob);
}

void front_write_leave(struct wr *w)
{
	wr_uint(w, 1, FRONT_LEAVE);
}
