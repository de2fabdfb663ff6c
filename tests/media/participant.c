/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "tests/media/participant.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/media/sandbox.h"
#include "server/media/worker.h"
#include "transport/demux.h"

static _Noreturn void be_worker(int front, int udp, bool is_sandboxed)
{
	struct worker *worker = worker_create(front, udp);
	enum err err;

	if (worker == NULL || (is_sandboxed && !sandbox_enter()))
		exit(99);
	err = worker_run(worker);
	worker_destroy(&worker);
	exit(err); /* not _exit: a sanitizer then looks for leaks */
}

/* The sockets of a worker to be. False: none. */
static bool sockets_open(struct office *o, int *front, int *udp)
{
	struct addr any;
	int pair[2];

	*o = (struct office){ 0 };
	if (addr_from_text("127.0.0.1:0", &any) != OK || udp_bind(&any, udp) != OK ||
	    udp_local(*udp, &o->server) != OK ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
		return false;
	o->front = pair[0];
	*front = pair[1];
	fflush(NULL);
	return true;
}

bool office_open(struct office *o, bool is_sandboxed)
{
	int front, udp;

	if (!sockets_open(o, &front, &udp))
		return false;
	o->worker = fork();
	if (o->worker == 0) {
		close(o->front);
		be_worker(front, udp, is_sandboxed);
	}
	close(front);
	close(udp);
	return o->worker > 0;
}

bool office_open_program(struct office *o, const char *program)
{
	int front, udp;

	if (!sockets_open(o, &front, &udp))
		return false;
	o->worker = fork();
	if (o->worker == 0) {
		/* Out of the way of 3 and 4 first: they may be each other's. */
		front = fcntl(front, F_DUPFD, 10);
		udp = fcntl(udp, F_DUPFD, 10);
		if (dup2(front, 3) == 3 && dup2(udp, 4) == 4)
			execl(program, program, (char *)NULL);
		_exit(98);
	}
	close(front);
	close(udp);
	return o->worker > 0;
}

int office_close(struct office *o)
{
	int status = -1;

	close(o->front);
	waitpid(o->worker, &status, 0);
	return status;
}

bool office_say(struct office *o, const struct ipc_message *m)
{
	uint8_t bytes[IPC_MESSAGE_MAX];
	size_t n;

	return ipc_write(m, bytes, &n) == OK &&
	       send(o->front, bytes, n, MSG_NOSIGNAL) == (ssize_t)n;
}

bool office_hear(struct office *o, enum ipc_type type, uint32_t transport,
                 struct ipc_message *m)
{
	for (unsigned i = 0; i < 200; i++) {
		struct pollfd pfd = { o->front, POLLIN, 0 };

		if (poll(&pfd, 1, 3000) != 1)
			return false;

		ssize_t n = recv(o->front, o->bytes, sizeof(o->bytes), 0);

		if (n <= 0 || ipc_read((struct span){ o->bytes, (size_t)n }, m) != OK)
			return false;
		if (m->type == IPC_STATS) {
			memcpy(o->stats, m->stats, sizeof(o->stats));
			o->stats_told++;
		}
		if (m->type == type && m->transport == transport)
			return true;
	}
	return false;
}

void office_stats(struct office *o)
{
	struct ipc_message m;

	while (recv(o->front, o->bytes, sizeof(o->bytes), MSG_DONTWAIT) > 0)
		;
	office_hear(o, IPC_STATS, 0, &m);
}

bool office_slots(struct office *o, uint32_t transport, const struct ipc_slot *slots, size_t n)
{
	struct ipc_message m = { .type = IPC_SLOTS, .transport = transport };

	m.slots.n = n;
	memcpy(m.slots.slot, slots, n * sizeof(*slots));
	return office_say(o, &m);
}

static void send_datagram(struct participant *p, struct span d)
{
	struct sockaddr_storage sa;
	socklen_t n = addr_into_sockaddr(&p->server, AF_INET, &sa);

	if (sendto(p->fd, d.p, d.n, 0, (struct sockaddr *)&sa, n) < 0)
		return;
}

static void dtls_pump(struct participant *p)
{
	struct span d;
	struct dtls_keys keys;

	while (dtls_output(p->dtls, &d))
		send_datagram(p, d);
	if (p->connected || dtls_export(p->dtls, &keys) != OK)
		return;
	p->srtp_in = srtp_in_create(&keys.in);
	p->srtp_out = srtp_out_create(&keys.out);
	p->connected = true;
}

bool participant_join(struct participant *p, struct office *o, uint32_t room, uint32_t handle,
                      uint8_t person_slots, uint8_t screen_slots)
{
	static uint32_t transports;
	struct ipc_message m = { .type = IPC_OPEN, .transport = ++transports };
	struct addr any;

	*p = (struct participant){ .transport = m.transport, .server = o->server };
	m.open.room = room;
	m.open.handle = handle;
	m.open.person_slots = person_slots;
	m.open.screen_slots = screen_slots;
	p->identity = dtls_identity_create();
	p->rx = udp_rx_create();
	if (addr_from_text("127.0.0.1:0", &any) != OK || udp_bind(&any, &p->fd) != OK ||
	    !office_say(o, &m) || !office_hear(o, IPC_OPENED, p->transport, &m) ||
	    ice_client_init(&p->ice, clock_now(), &o->server, m.credentials.ufrag,
	                    m.credentials.pwd) != OK)
		return false;
	p->dtls =
	    dtls_create(p->identity, DTLS_CLIENT, m.credentials.fingerprint.p, clock_now());
	m.type = IPC_ANSWER;
	m.credentials.ufrag =
	    (struct span){ (const uint8_t *)p->ice.local.ufrag, strlen(p->ice.local.ufrag) };
	m.credentials.pwd =
	    (struct span){ (const uint8_t *)p->ice.local.pwd, strlen(p->ice.local.pwd) };
	m.credentials.fingerprint =
	    (struct span){ dtls_identity_fingerprint(p->identity), IPC_FINGERPRINT };
	return p->dtls != NULL && office_say(o, &m);
}

void participant_leave(struct participant *p)
{
	if (p->srtp_in != NULL)
		srtp_in_destroy(&p->srtp_in);
	if (p->srtp_out != NULL)
		srtp_out_destroy(&p->srtp_out);
	dtls_destroy(&p->dtls);
	dtls_identity_destroy(&p->identity);
	udp_rx_destroy(&p->rx);
	ice_client_clear(&p->ice);
	close(p->fd);
}

static void on_stun(struct participant *p, const struct udp_packet *d)
{
	struct span in = { d->p, d->n };
	uint8_t out[STUN_MESSAGE_MAX];
	size_t n;

	if (ice_client_input(&p->ice, clock_now(), &d->from, in) == OK)
		return;
	if (ice_client_answer(&p->ice, &d->from, in, out, &n) == OK)
		send_datagram(p, (struct span){ out, n });
}

static void on_datagram(struct participant *p, struct udp_packet *d)
{
	size_t n = d->n;

	p->datagrams++;
	switch (demux((struct span){ d->p, d->n })) {
	case DEMUX_STUN:
		on_stun(p, d);
		break;
	case DEMUX_DTLS:
		dtls_input(p->dtls, clock_now(), (struct span){ d->p, d->n });
		dtls_pump(p);
		break;
	case DEMUX_RTP:
		if (p->connected && srtp_open_rtp(p->srtp_in, d->p, &n) == OK && p->on_rtp)
			p->on_rtp(p, (struct span){ d->p, n });
		break;
	case DEMUX_RTCP:
		if (p->connected && srtp_open_rtcp(p->srtp_in, d->p, &n) == OK && p->on_rtcp)
			p->on_rtcp(p, (struct span){ d->p, n });
		break;
	case DEMUX_NONE:
		break;
	}
}

void participant_poll(struct participant *p)
{
	uint8_t check[STUN_MESSAGE_MAX];
	size_t n = 0;

	for (size_t k; (k = udp_rx_read(p->rx, p->fd)) > 0;)
		for (size_t i = 0; i < k; i++)
			on_datagram(p, udp_rx_packet(p->rx, i));
	if (ice_client_poll(&p->ice, clock_now(), check, &n) == OK && n != 0)
		send_datagram(p, (struct span){ check, n });
	if (p->ice.state != ICE_CONNECTED)
		return;
	if (dtls_next(p->dtls) <= clock_now())
		dtls_step(p->dtls, clock_now());
	dtls_pump(p);
}

void participant_send_rtp(struct participant *p, const uint8_t *bytes, size_t n)
{
	uint8_t packet[UDP_PACKET_MAX];

	memcpy(packet, bytes, n);
	if (p->connected && srtp_seal_rtp(p->srtp_out, packet, &n, sizeof(packet)) == OK)
		send_datagram(p, (struct span){ packet, n });
}

void participant_send_rtcp(struct participant *p, struct span compound)
{
	uint8_t packet[UDP_PACKET_MAX];
	size_t n = compound.n;

	memcpy(packet, compound.p, n);
	if (p->connected && srtp_seal_rtcp(p->srtp_out, packet, &n, sizeof(packet)) == OK)
		send_datagram(p, (struct span){ packet, n });
}

void participants_run(struct participant *all, size_t n, uint64_t microseconds)
{
	uint64_t until = clock_now() + microseconds;

	do {
		for (size_t i = 0; i < n; i++)
			participant_poll(&all[i]);
		usleep(500);
	} while (clock_now() < until);
}

bool participants_connect(struct participant *all, size_t n)
{
	for (unsigned turn = 0; turn < 500; turn++) {
		size_t connected = 0;

		participants_run(all, n, TIME_MS(5));
		for (size_t i = 0; i < n; i++)
			connected += all[i].connected;
		if (connected == n)
			return true;
	}
	return false;
}

static void text_extension(struct wr *w, unsigned id, const char *text)
{
	if (text != NULL)
		rtp_extension_write(w, id,
		                    (struct span){ (const uint8_t *)text, strlen(text) });
}

static void payload_write(struct wr *w, struct stream *s, bool is_key, size_t i, size_t size)
{
	size_t start;

	if (kind_is_video(s->kind)) {
		/* X, S; I L T; 15 bits of picture id; TL0PICIDX; TID 0. */
		wr_uint(w, 2, i == 0 ? 0x90e0 : 0x80e0);
		wr_uint(w, 2, 0x8000u | (s->picture_id & 0x7fffu));
		wr_uint(w, 1, s->tl0picidx);
		wr_uint(w, 1, 0x20);
	}
	start = w->n;
	if (i == 0) {
		if (kind_is_video(s->kind))
			wr_uint(w, 1, is_key ? 0x10 : 0x11);
		if (kind_is_video(s->kind) && is_key)
			wr_zero(w, 9);
		wr_uint(w, 1, s->is_clear ? 0x78 : 0xb3);
		wr_uint(w, 4, (uint32_t)s->kind << 26 | 0x12345);
		wr_uint(w, 4, s->counter++);
	}
	/* Ciphertext: anything, but the same for the same packet. */
	while (w->err == OK && w->n - start < size)
		wr_uint(w, 1, (uint8_t)((w->n - start) * 31 + s->picture_id + i));
}

size_t stream_packet(struct stream *s, uint16_t twcc, bool is_key, size_t i, size_t n,
                     size_t size, uint8_t out[UDP_PACKET_MAX])
{
	uint8_t elements[64], payload[UDP_PACKET_MAX],
	    number[2] = { (uint8_t)(twcc >> 8), (uint8_t)twcc };
	struct wr e = wr_into(elements, sizeof(elements)),
	          b = wr_into(payload, sizeof(payload));
	struct wr w = wr_into(out, UDP_PACKET_MAX);
	struct rtp rtp = { .pt = kind_is_video(s->kind) ? PAYLOAD_VP8 : PAYLOAD_OPUS,
		           .marker = kind_is_video(s->kind) && i == n - 1,
		           .seq = s->seq++,
		           .timestamp = s->timestamp,
		           .ssrc = s->ssrc };

	text_extension(&e, EXT_MID, s->mid);
	text_extension(&e, EXT_RID, s->rid);
	rtp_extension_write(&e, EXT_TWCC, SPAN(number));
	payload_write(&b, s, is_key, i, size);
	rtp.extensions = (struct span){ elements, e.n };
	rtp.payload = (struct span){ payload, b.n };
	rtp_write(&w, &rtp);
	return w.err == OK ? w.n : 0;
}

void stream_next(struct stream *s)
{
	s->timestamp += kind_clock(s->kind) / (kind_is_video(s->kind) ? 30 : 50);
	s->picture_id++;
	s->tl0picidx++;
}

void stream_send(struct stream *s, struct participant *p, bool is_key, size_t n, size_t size,
                 uint32_t lost)
{
	uint8_t packet[UDP_PACKET_MAX];

	for (size_t i = 0; i < n; i++) {
		size_t len =
		    stream_packet(s, p->twcc++, is_key, i, n, size - (i < n / 2), packet);

		if (!(lost >> i & 1))
			participant_send_rtp(p, packet, len);
	}
	stream_next(s);
}
