/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/media/feedback.h"
#include "server/media/front.h"
#include "server/media/inbound.h"
#include "server/media/worker.h"
#include "transport/ice_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A worker with two members, past ICE and DTLS, and a stranger. The input is a script: who,
 * what, how many bytes, these bytes. They come as datagrams, as packets past SRTP (the fuzzer
 * has no keys), or as messages of the front.
 *
 * Properties: bounds hold; SRTP never refuses what we write, so no number is given twice; the
 * front understands all that it is told; a stranger gets no answer; who leaves leaves nothing
 * (the sanitizer looks). */
enum { PEOPLE = 2, STRANGER = PEOPLE, SINKS };
enum what {
	WHAT_STREAM,
	WHAT_STREAM_TOO, /* most of what comes */
	WHAT_RTP,
	WHAT_RTCP,
	WHAT_FRONT,
	WHAT_TIME,
	WHAT_DATAGRAM,
	WHAT_JOIN,
};

static struct worker *worker;
static int front;
static int sinks[SINKS]; /* what is sent to them is not read, but by the stranger */
static struct addr addrs[SINKS];
static uint64_t now; /* goes by the script, but never behind the loop's */
static enum what last;

static struct span text(const char *t)
{
	return (struct span){ (const uint8_t *)t, strlen(t) };
}

static void validate(struct peer *peer, const struct addr *from)
{
	static struct ice_reply reply;
	uint8_t check[STUN_MESSAGE_MAX];
	struct ice_client ice;
	size_t n;

	if (ice_client_init(&ice, now, from, text(peer->ice.local.ufrag),
	                    text(peer->ice.local.pwd)) != OK ||
	    ice_client_poll(&ice, now, check, &n) != OK)
		abort();
	/* Refused while the address is another transport's, which a script may have made. */
	if (ice_table_input(worker->ice, now, from, (struct span){ check, n }, &reply) == OK)
		peer->connected = true;
	ice_client_clear(&ice);
}

static void join(uint32_t id)
{
	static const struct srtp_master master = { { 1 }, { 2 } };
	struct ipc_message m = { .type = IPC_OPEN, .transport = id };
	struct peer *peer = worker_peer(worker, id);

	m.open.room = 1;
	m.open.handle = id;
	m.open.person_slots = m.open.screen_slots = 2;
	if (peer == NULL && worker_open(worker, &m) != OK)
		return;
	peer = worker_peer(worker, id);
	if (peer->srtp_out == NULL)
		peer->srtp_out = srtp_out_create(&master);
	if (peer->srtp_in == NULL)
		peer->srtp_in = srtp_in_create(&master);
	if (peer->srtp_out == NULL || peer->srtp_in == NULL)
		abort();
	if (!peer->ended)
		validate(peer, &addrs[id - 1]);
}

static void start(void)
{
	struct addr any;
	int pair[2], udp;

	if (addr_from_text("127.0.0.1:0", &any) != OK || udp_bind(&any, &udp) != OK ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
		abort();
	for (size_t i = 0; i < SINKS; i++)
		if (udp_bind(&any, &sinks[i]) != OK || udp_local(sinks[i], &addrs[i]) != OK)
			abort();
	front = pair[1];
	worker = worker_create(pair[0], udp);
	if (worker == NULL)
		abort();
	now = worker_now(worker);
}

/* The first bytes choose the stream; the rest is the fuzzer's. */
static void send_rtp(struct peer *peer, struct rd *r)
{
	static const char *const mids[] = { "ua", "uc", "us", "ux" };
	uint8_t packet[300], elements[16];
	struct wr w = wr_into(packet, sizeof(packet)), e = wr_into(elements, sizeof(elements));
	unsigned choice = (unsigned)rd_uint(r, 1), kind = choice & 3, rid = choice >> 2 & 3;
	bool is_video = kind == 1 || kind == 2, is_rtx = choice & 0x80;
	struct rtp rtp = { .pt = !is_video ? PAYLOAD_OPUS
		                 : is_rtx  ? PAYLOAD_RTX
		                           : PAYLOAD_VP8,
		           .marker = choice & 0x40,
		           .ssrc = choice & 0xbf };
	struct span out;

	rtp.seq = (uint16_t)rd_uint(r, 2);
	rtp.timestamp = (uint32_t)rd_uint(r, 2) << 8;
	rtp_extension_write(&e, EXT_MID, text(mids[kind]));
	if (rid != 3 && kind == 1)
		rtp_extension_write(&e, is_rtx ? EXT_REPAIRED_RID : EXT_RID,
		                    (struct span){ (const uint8_t *)&"lmh"[rid], 1 });
	rtp.extensions = (struct span){ elements, e.n };
	rtp.payload = rd_bytes(r, rd_left(r) < 200 ? rd_left(r) : 200);
	rtp_write(&w, &rtp);
	if (wr_end(&w, &out) == OK)
		inbound_packet(peer, out, now);
}

static void send_datagram(size_t from, struct span in)
{
	uint8_t bytes[256];
	struct udp_packet packet = { .p = bytes, .n = in.n, .from = addrs[from] };

	memcpy(bytes, in.p, in.n);
	worker_input(worker, &packet, now);
}

/* False, as the worker would end: what the front never says. It goes on here. */
static void say(struct span message)
{
	if (send(front, message.p, message.n, MSG_DONTWAIT) == (ssize_t)message.n)
		(void)front_hear(worker);
}

static bool is_of_the_loop(enum what what)
{
	return what == WHAT_FRONT || what == WHAT_TIME;
}

/* `who` has four values: two members, the stranger twice. */
static void step(enum what what, unsigned who, struct rd r)
{
	struct peer *peer = worker_peer(worker, (who & 1) + 1);
	bool is_member = peer != NULL && peer->connected;

	/* In earnest, too, a batch is over before the front or a timer has its turn. */
	if (is_of_the_loop(what) && !is_of_the_loop(last))
		worker_turn(worker, now);
	last = what;
	switch (what) {
	case WHAT_STREAM:
	case WHAT_STREAM_TOO:
		if (is_member)
			send_rtp(peer, &r);
		break;
	case WHAT_RTP:
		if (is_member)
			inbound_packet(peer, rd_bytes(&r, rd_left(&r)), now);
		break;
	case WHAT_RTCP:
		if (is_member)
			feedback_compound(peer, rd_bytes(&r, rd_left(&r)), now);
		break;
	case WHAT_FRONT:
		say(rd_bytes(&r, rd_left(&r)));
		break;
	case WHAT_TIME:
		now += rd_uint(&r, 2) * 100;
		worker->now = now;
		timers_run(loop_timers(worker->loop), now);
		break;
	case WHAT_DATAGRAM:
		send_datagram(who & 2 ? STRANGER : who & 1, rd_bytes(&r, rd_left(&r)));
		break;
	case WHAT_JOIN:
		join((who & 1) + 1);
		break;
	}
}

static void hold(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void bounds_hold(void)
{
	size_t peers = 0;

	for (size_t b = 0; b < WORKER_BUCKETS; b++)
		for (const struct peer *p = worker->peers[b]; p != NULL; p = p->hash_next) {
			peers++;
			hold(p->sources_n <= PEER_SSRCS_MAX && p->egress_n == 0);
			hold(p->room != NULL && p->room->n <= ROOM_PEERS_MAX);
			for (size_t i = 0; i < LAYERS; i++)
				hold(p->layers[i].gaps.n <= GAPS_MAX);
		}
	hold(peers == worker->stats[IPC_STAT_TRANSPORTS] && peers <= PEERS_MAX);
	hold(worker->stats[IPC_STAT_ROOMS] <= ROOMS_MAX && worker->touched == NULL);
}

static void front_understands(void)
{
	uint8_t bytes[IPC_MESSAGE_MAX];
	struct ipc_message m;
	ssize_t n;

	while ((n = recv(front, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		hold(ipc_read((struct span){ bytes, (size_t)n }, &m) == OK);
}

static void everybody_leaves(void)
{
	for (size_t b = 0; b < WORKER_BUCKETS; b++)
		while (worker->peers[b] != NULL)
			worker_close(worker->peers[b]);
	hold(worker->stats[IPC_STAT_ROOMS] == 0 && worker->stats[IPC_STAT_TRANSPORTS] == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_from((struct span){ data, size });
	uint8_t byte;

	if (worker == NULL)
		start();
	now += TIME_S(1);
	worker->now = now;
	join(1);
	join(2);
	while (rd_more(&r)) {
		unsigned head = (unsigned)rd_uint(&r, 1);
		size_t n = (size_t)rd_uint(&r, 1);

		step((enum what)(head >> 2 & 7), head & 3,
		     rd_sub(&r, n < rd_left(&r) ? n : rd_left(&r)));
		if (head & 0x80) /* in one batch with what follows */
			continue;
		worker_turn(worker, now);
		bounds_hold();
		front_understands();
	}
	worker_turn(worker, now);
	bounds_hold();
	everybody_leaves();
	front_understands();
	hold(worker->stats[IPC_STAT_SEALS_REFUSED] == 0);
	hold(recv(sinks[STRANGER], &byte, 1, MSG_DONTWAIT) < 0);
	return 0;
}
