/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/ipc.h"

const char *const ipc_stat_names[IPC_STATS_N] = {
	[IPC_STAT_TRANSPORTS] = "transports",
	[IPC_STAT_ROOMS] = "rooms",
	[IPC_STAT_PACKETS_IN] = "packets_in",
	[IPC_STAT_BYTES_IN] = "bytes_in",
	[IPC_STAT_PACKETS_OUT] = "packets_out",
	[IPC_STAT_BYTES_OUT] = "bytes_out",
	[IPC_STAT_SEND_DROPPED] = "send_dropped",
	[IPC_STAT_UNKNOWN_SENDER] = "unknown_sender",
	[IPC_STAT_STUN_REFUSED] = "stun_refused",
	[IPC_STAT_DTLS_FAILED] = "dtls_failed",
	[IPC_STAT_SRTP_REFUSED] = "srtp_refused",
	[IPC_STAT_RTP_MALFORMED] = "rtp_malformed",
	[IPC_STAT_RTP_UNKNOWN] = "rtp_unknown",
	[IPC_STAT_RTP_TOO_MANY] = "rtp_too_many",
	[IPC_STAT_CLEAR_FRAMES] = "clear_frames",
	[IPC_STAT_FORWARDED] = "forwarded",
	[IPC_STAT_NACKS_IN] = "nacks_in",
	[IPC_STAT_RESENT] = "resent",
	[IPC_STAT_NACKS_OUT] = "nacks_out",
	[IPC_STAT_KEY_FRAMES_ASKED] = "key_frames_asked",
	[IPC_STAT_SWITCHES] = "switches",
	[IPC_STAT_SEALS_REFUSED] = "seals_refused",
};

bool ipc_is_slot(uint8_t number)
{
	return number < IPC_PERSON_SLOTS || (number >= IPC_SCREEN_SLOT_FIRST &&
	                                     number < IPC_SCREEN_SLOT_FIRST + IPC_SCREEN_SLOTS);
}

enum err ipc_slots_read(struct rd *r, struct ipc_slots *out)
{
	struct rd entries = rd_child(r);
	struct ipc_slots slots = { 0 };
	bool seen[256] = { false };

	while (rd_more(&entries)) {
		struct ipc_slot s = { .slot = (uint8_t)rd_uint(&entries, 1),
			              .source = (uint32_t)rd_uint(&entries, 4),
			              .height = (uint16_t)rd_uint(&entries, 2) };

		if (entries.err != OK)
			break;
		/* No slot twice: so there are never more entries than slots. */
		if (!ipc_is_slot(s.slot) || seen[s.slot]) {
			rd_fail(&entries, ERR_MALFORMED);
			break;
		}
		seen[s.slot] = true;
		slots.slot[slots.n++] = s;
	}
	rd_join(r, &entries);
	if (r->err != OK)
		return r->err;
	*out = slots;
	return OK;
}

void ipc_slots_write(struct wr *w, const struct ipc_slots *slots)
{
	size_t entries = wr_open(w);

	for (size_t i = 0; i < slots->n; i++) {
		wr_uint(w, 1, slots->slot[i].slot);
		wr_uint(w, 4, slots->slot[i].source);
		wr_uint(w, 2, slots->slot[i].height);
	}
	wr_close(w, entries);
}

static void open_read(struct rd *r, struct ipc_message *m)
{
	m->open.room = (uint32_t)rd_uint(r, 4);
	m->open.handle = (uint32_t)rd_uint(r, 4);
	m->open.person_slots = (uint8_t)rd_uint(r, 1);
	m->open.screen_slots = (uint8_t)rd_uint(r, 1);
	if (m->open.handle == 0 || m->open.person_slots > IPC_PERSON_SLOTS ||
	    m->open.screen_slots > IPC_SCREEN_SLOTS)
		rd_fail(r, ERR_MALFORMED);
}

static void credentials_read(struct rd *r, struct ipc_message *m)
{
	m->credentials.ufrag = rd_vec(r);
	m->credentials.pwd = rd_vec(r);
	m->credentials.fingerprint = rd_bytes(r, IPC_FINGERPRINT);
	if (m->credentials.ufrag.n > IPC_CREDENTIAL_MAX ||
	    m->credentials.pwd.n > IPC_CREDENTIAL_MAX)
		rd_fail(r, ERR_LIMIT);
}

static void state_read(struct rd *r, struct ipc_message *m)
{
	unsigned state = (unsigned)rd_uint(r, 1);

	if (state != IPC_CONNECTED && state != IPC_ENDED)
		rd_fail(r, ERR_MALFORMED);
	m->state = state == IPC_CONNECTED ? IPC_CONNECTED : IPC_ENDED;
}

enum err ipc_read(struct span datagram, struct ipc_message *out)
{
	struct rd r = rd_from(datagram);
	struct ipc_message m = { .type = (enum ipc_type)rd_uint(&r, 1) };

	if (m.type != IPC_STATS)
		m.transport = (uint32_t)rd_uint(&r, 4);
	switch (m.type) {
	case IPC_OPEN:
		open_read(&r, &m);
		break;
	case IPC_ANSWER:
	case IPC_OPENED:
		credentials_read(&r, &m);
		break;
	case IPC_SLOTS:
		TRY(ipc_slots_read(&r, &m.slots));
		break;
	case IPC_STATE:
		state_read(&r, &m);
		break;
	case IPC_STATS:
		for (size_t i = 0; i < IPC_STATS_N; i++)
			m.stats[i] = rd_uint(&r, 8);
		break;
	case IPC_CLOSE:
	case IPC_REFUSED:
		break;
	default:
		rd_fail(&r, ERR_MALFORMED);
	}
	TRY(rd_end(&r));
	*out = m;
	return OK;
}

static void body_write(struct wr *w, const struct ipc_message *m)
{
	switch (m->type) {
	case IPC_OPEN:
		wr_uint(w, 4, m->open.room);
		wr_uint(w, 4, m->open.handle);
		wr_uint(w, 1, m->open.person_slots);
		wr_uint(w, 1, m->open.screen_slots);
		break;
	case IPC_ANSWER:
	case IPC_OPENED:
		wr_vec(w, m->credentials.ufrag);
		wr_vec(w, m->credentials.pwd);
		if (m->credentials.fingerprint.n != IPC_FINGERPRINT)
			wr_fail(w, ERR_MALFORMED);
		wr_bytes(w, m->credentials.fingerprint);
		break;
	case IPC_SLOTS:
		ipc_slots_write(w, &m->slots);
		break;
	case IPC_STATE:
		wr_uint(w, 1, m->state);
		break;
	case IPC_STATS:
		for (size_t i = 0; i < IPC_STATS_N; i++)
			wr_uint(w, 8, m->stats[i]);
		break;
	case IPC_CLOSE:
	case IPC_REFUSED:
		break;
	}
}

enum err ipc_write(const struct ipc_message *m, uint8_t out[IPC_MESSAGE_MAX], size_t *n)
{
	struct wr w = wr_into(out, IPC_MESSAGE_MAX);
	struct span whole;

	wr_uint(&w, 1, m->type);
	if (m->type != IPC_STATS)
		wr_uint(&w, 4, m->transport);
	body_write(&w, m);
	TRY(wr_end(&w, &whole));
	*n = whole.n;
	return OK;
}
