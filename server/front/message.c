/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/message.h"

#include "server/front/limits.h"

static struct span blob_read(struct rd *r, size_t max)
{
	struct span blob = rd_vec(r);

	if (blob.n > max)
		rd_fail(r, ERR_LIMIT);
	if (blob.n == 0)
		rd_fail(r, ERR_MALFORMED);
	return blob;
}

static void media_join_read(struct rd *r, struct message *m)
{
	m->media_join.person_slots = (uint8_t)rd_uint(r, 1);
	m->media_join.screen_slots = (uint8_t)rd_uint(r, 1);
	if (m->media_join.person_slots > IPC_PERSON_SLOTS ||
	    m->media_join.screen_slots > IPC_SCREEN_SLOTS)
		rd_fail(r, ERR_MALFORMED);
}

static void media_answer_read(struct rd *r, struct message *m)
{
	m->media_answer.ufrag = rd_vec(r);
	m->media_answer.pwd = rd_vec(r);
	m->media_answer.fingerprint = rd_bytes(r, IPC_FINGERPRINT);
	if (m->media_answer.ufrag.n > IPC_CREDENTIAL_MAX ||
	    m->media_answer.pwd.n > IPC_CREDENTIAL_MAX)
		rd_fail(r, ERR_MALFORMED);
}

static void slots_read(struct rd *r, struct message *m)
{
	enum err err = ipc_slots_read(r, &m->media_slots);

	if (err != OK)
		rd_fail(r, err);
}

static void body_read(struct rd *r, struct message *m)
{
	switch (m->type) {
	case MSG_HELLO:
		m->hello.version = (uint8_t)rd_uint(r, 1);
		m->hello.room_id = rd_bytes(r, ROOM_ID_LEN);
		break;
	case MSG_PASS:
		m->pass.pass = rd_bytes(r, PASS_LEN);
		m->pass.next_index = rd_uint(r, 8);
		break;
	case MSG_POST:
		m->post.expected_index = rd_uint(r, 8);
		m->post.pass_hash = rd_bytes(r, PASS_HASH_LEN);
		m->post.blob = blob_read(r, FRONT_POST_MAX);
		break;
	case MSG_SEND:
		m->blob = blob_read(r, FRONT_SEND_MAX);
		break;
	case MSG_KNOCK:
		m->blob = blob_read(r, FRONT_KNOCK_MAX);
		break;
	case MSG_WHISPER:
		m->whisper.to = (uint32_t)rd_uint(r, 4);
		m->whisper.start_index = rd_uint(r, 8);
		m->whisper.blob = blob_read(r, FRONT_WHISPER_MAX);
		break;
	case MSG_LEAVE:
		break;
	case MSG_MEDIA_JOIN:
		media_join_read(r, m);
		break;
	case MSG_MEDIA_ANSWER:
		media_answer_read(r, m);
		break;
	case MSG_MEDIA_SLOTS:
		slots_read(r, m);
		break;
	default:
		rd_fail(r, ERR_NOT_NOW);
	}
}

enum err message_read(struct span in, struct message *m)
{
	struct rd r = rd_from(in);

	m->type = (uint8_t)rd_uint(&r, 1);
	if (r.err == OK)
		body_read(&r, m);
	return rd_end(&r);
}
