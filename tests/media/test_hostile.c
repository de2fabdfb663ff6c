/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* Everything that is known to break such servers comes in, from strangers and from the
 * participants' own addresses. Each claim ends with the stream: it goes on, little of it is
 * lost; and at the end the program has not grown. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/media/siege.h"
#include "tests/support/check.h"
#include "transport/loop.h"

enum {
	GROWTH_KB = 512, /* over all that strangers do */
	HELLOS = 2000,
	STUN_FLOOD = 20000,
	DATAGRAM_MAX = 65507,
};

static void throw_file(void *arg, uint8_t *bytes, size_t n)
{
	const int *fd = arg;

	siege_throw(*fd, bytes, n);
	/* The same as if it were meant for another part of the demultiplexer. */
	for (unsigned first = 0; first < 256 && n > 0; first += 16) {
		bytes[0] = (uint8_t)(first | (bytes[0] & 15));
		siege_throw(*fd, bytes, n);
	}
}

static size_t throw_corpora(int fd)
{
	static const char *const folders[] = {
		"webrtc-fuzzer-corpora/corpora/stun-corpus",
		"webrtc-fuzzer-corpora/corpora/rtcp-corpus",
		"webrtc-fuzzer-corpora/corpora/rtp-corpus",
		"webrtc-fuzzer-corpora/corpora/sdp-corpus",
		"webrtc-fuzzer-corpora/corpora/mdns-corpus",
		"coturn/FuzzStunClient",
	};
	size_t files = 0;

	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		files += siege_corpus(folders[i], throw_file, &fd);
	return files;
}

static void known_attacks_change_nothing(void)
{
	int fd = siege_stranger();
	size_t files = throw_corpora(fd);

	if (files == 0)
		printf("SKIPPED in part: the folder of corpora (ZEGEL_CORPORA) is absent\n");
	CHECK(throw_corpora(siege.people[A].fd) == files);
	CHECK(throw_corpora(siege.people[B].fd) == files);
	siege_holds("corpora");
	CHECK(siege_bytes_and_close(fd) == 0);
}

/* Real packets of A's, one of each kind. */
struct sample {
	size_t n;
	uint8_t bytes[UDP_PACKET_MAX];
};

static void check_make(struct sample *s)
{
	siege.people[A].ice.next = 0;
	CHECK(ice_client_poll(&siege.people[A].ice, clock_now(), s->bytes, &s->n) == OK &&
	      s->n != 0);
}

static void hello_make(struct sample *s)
{
	struct dtls *dtls =
	    dtls_create(siege.people[A].identity, DTLS_CLIENT,
	                dtls_identity_fingerprint(siege.people[A].identity), clock_now());
	struct span hello;

	CHECK(dtls_output(dtls, &hello) && hello.n <= sizeof(s->bytes));
	s->n = hello.n;
	memcpy(s->bytes, hello.p, hello.n);
	dtls_destroy(&dtls);
}

static void rtp_make(struct sample *s)
{
	struct stream other = siege.camera;

	other.ssrc = 999;
	s->n = stream_packet(&other, 0, true, 0, 1, 900, s->bytes);
	CHECK(srtp_seal_rtp(siege.people[A].srtp_out, s->bytes, &s->n, sizeof(s->bytes)) == OK);
}

static void rtcp_make(struct sample *s)
{
	struct wr w = wr_into(s->bytes, sizeof(s->bytes));

	rtcp_rr_write(&w, 1, NULL, 0);
	rtcp_pli_write(&w, 1, 0x5a000001);
	s->n = w.n;
	CHECK(srtp_seal_rtcp(siege.people[A].srtp_out, s->bytes, &s->n, sizeof(s->bytes)) ==
	      OK);
}

static void every_beginning_of_a_real_packet_is_refused(void)
{
	static struct sample samples[4];
	int fd = siege_stranger();

	check_make(&samples[0]);
	hello_make(&samples[1]);
	rtp_make(&samples[2]);
	rtcp_make(&samples[3]);
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		for (size_t n = 0; n < samples[i].n; n++) {
			siege_throw(fd, samples[i].bytes, n);
			siege_throw(siege.people[A].fd, samples[i].bytes, n);
			siege_throw(siege.people[B].fd, samples[i].bytes, n);
		}
	siege_holds("beginnings");
	CHECK(siege_bytes_and_close(fd) == 0);
}

/* Datagrams of no byte, and of more than a packet may have. */
static void no_size_is_too_odd(void)
{
	static const size_t sizes[] = { 0,    1,    1499, 1500,  1501,
		                        1502, 2048, 9000, 65000, DATAGRAM_MAX };
	static const uint8_t firsts[] = { 0, 22, 0x80, 0x90, 0xff };
	static uint8_t bytes[DATAGRAM_MAX];
	int fd = siege_stranger();

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (size_t k = 0; k < ARRAY_LEN(firsts); k++) {
			bytes[0] = firsts[k];
			bytes[1] = k % 2 ? 200 : 96;
			siege_throw(fd, bytes, sizes[i]);
			siege_throw(siege.people[A].fd, bytes, sizes[i]);
			siege_frame();
		}
	siege_holds("sizes");
	CHECK(siege_bytes_and_close(fd) == 0);
}

static void a_flood_of_checks_gets_no_answer(void)
{
	struct ice_client liar = siege.people[A].ice;
	struct sample check;
	int fd = siege_stranger();

	/* A's user name, but not the password. */
	liar.remote_pwd[0] = liar.remote_pwd[0] == 'x' ? 'y' : 'x';
	for (size_t i = 0; i < STUN_FLOOD; i++) {
		liar.state = ICE_CHECKING;
		liar.next = 0;
		CHECK(ice_client_poll(&liar, clock_now(), check.bytes, &check.n) == OK);
		if (i % 3 == 0) /* a user name of nobody, or not even a fingerprint */
			check.bytes[24 + i % 12] ^= 1;
		siege_throw(i % 4 < 2 ? fd : siege.people[A].fd, check.bytes, check.n);
	}
	siege_holds("forged checks");
	CHECK(siege_bytes_and_close(fd) == 0);
}

/* Who can make checks can have the server answer to anywhere: never with more than was asked.
 */
static void an_answer_is_no_longer_than_the_check(void)
{
	struct sample check;
	uint8_t answer[2048];
	int fd = siege_stranger();
	ssize_t n = -1;

	check_make(&check);
	siege_throw(fd, check.bytes, check.n);
	for (unsigned i = 0; i < 100 && n < 0; i++) {
		participants_run(siege.people, SIEGE_PEOPLE, TIME_MS(5));
		n = recv(fd, answer, sizeof(answer), MSG_DONTWAIT);
	}
	CHECK(n > 0 && (size_t)n <= check.n);
	close(fd);
	/* A says that it still wants to be sent to where it is. */
	check_make(&check);
	siege_throw(siege.people[A].fd, check.bytes, check.n);
	siege_holds("a copied check");
}

/* Whose address no check has validated makes no state by saying hello, and gets no word. */
static void hellos_of_strangers_open_nothing(void)
{
	enum { OPEN = 128 }; /* time enough for an answer */
	struct sample hello;
	int fds[OPEN];
	size_t answered = 0;

	hello_make(&hello);
	for (size_t i = 0; i < HELLOS + OPEN; i++) {
		if (i >= OPEN)
			answered += siege_bytes_and_close(fds[i % OPEN]);
		if (i >= HELLOS)
			continue;
		fds[i % OPEN] = siege_stranger();
		for (size_t k = 0; k < 28; k++) /* the hello's random part */
			hello.bytes[25 + 6 + k] = (uint8_t)rand();
		siege_throw(fds[i % OPEN], hello.bytes, hello.n);
		siege_throw(siege.people[A].fd, hello.bytes, hello.n);
		if (i == HELLOS - 1)
			siege_holds("hellos");
	}
	CHECK(answered == 0);
}

/* Members that validate an address, say hello and are heard of no more. */
static void half_open_members_cost_little(void)
{
	enum { MEMBERS = 64, KB_EACH = 1024 };
	static struct participant many[MEMBERS];
	long before = siege_memory_kb(), grown;
	size_t answered = 0;

	for (size_t i = 0; i < MEMBERS; i++) {
		uint8_t check[STUN_MESSAGE_MAX];
		struct span hello;
		size_t n = 0;

		CHECK(participant_join(&many[i], &siege.office, SIEGE_ROOM, (uint32_t)(100 + i),
		                       49, 4));
		CHECK(ice_client_poll(&many[i].ice, clock_now(), check, &n) == OK);
		siege_throw(many[i].fd, check, n);
		siege_frame();
		while (dtls_output(many[i].dtls, &hello))
			siege_throw(many[i].fd, hello.p, hello.n);
		siege_frame();
	}
	siege_holds("half-open members");
	/* The worker asks back six times, and answers the hello once. */
	participants_run(siege.people, SIEGE_PEOPLE, TIME_S(2));
	for (size_t i = 0; i < MEMBERS; i++)
		answered += siege_bytes_answered(many[i].fd);
	printf("%zu bytes answered to each\n", answered / MEMBERS);
	CHECK(answered > 0 && answered < MEMBERS * (size_t)1400);
	grown = siege_memory_kb() - before;
	printf("%ld KB for each\n", grown / MEMBERS);
	CHECK(grown < MEMBERS * (long)KB_EACH);
	for (size_t i = 0; i < MEMBERS; i++) {
		CHECK(office_say(&siege.office,
		                 &(struct ipc_message){ .type = IPC_CLOSE,
		                                        .transport = many[i].transport }));
		participant_leave(&many[i]);
	}
	siege_holds("and without them");
}

static void all_was_counted(void)
{
	const uint64_t *stats = siege.office.stats;

	office_stats(&siege.office);
	CHECK(stats[IPC_STAT_TRANSPORTS] == 2 && stats[IPC_STAT_ROOMS] == 1);
	CHECK(stats[IPC_STAT_STUN_REFUSED] > STUN_FLOOD / 2);
	CHECK(stats[IPC_STAT_UNKNOWN_SENDER] > HELLOS / 2);
	CHECK(stats[IPC_STAT_SRTP_REFUSED] > 1000);
	CHECK(stats[IPC_STAT_RTP_MALFORMED] == 0);
	CHECK(stats[IPC_STAT_DTLS_FAILED] == 0);
	CHECK(stats[IPC_STAT_SEALS_REFUSED] == 0);
}

int main(void)
{
	long before;

	if (!siege_begin())
		return 77;
	before = siege_memory_kb();
	known_attacks_change_nothing();
	every_beginning_of_a_real_packet_is_refused();
	no_size_is_too_odd();
	a_flood_of_checks_gets_no_answer();
	an_answer_is_no_longer_than_the_check();
	hellos_of_strangers_open_nothing();
	printf("%ld KB, and %ld more after all that\n", before, siege_memory_kb() - before);
	CHECK(before > 0 && siege_memory_kb() - before < GROWTH_KB);
	half_open_members_cost_little();
	all_was_counted();
	siege_end();
	return check_report("hostile");
}
