/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* The program itself, as the front starts it, on a port that the whole world can send to: two
 * participants speak while everything that is known to break such servers comes in, from
 * strangers and from the participants' own addresses. Each claim ends with the stream: it goes
 * on, little of it is lost, and the program has not grown. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/media/participant.h"
#include "tests/support/check.h"
#include "transport/loop.h"

enum {
	A,
	B,
	PEOPLE,
	PACKETS = 3,     /* of a frame */
	BURST = 64,      /* datagrams between two frames: sockets' queues hold a few hundred */
	LOSS_MAX = 5,    /* of a hundred: what does not fit these queues */
	GROWTH_KB = 512, /* of the program, over all of this */
	HELLOS = 2000,
	STUN_FLOOD = 20000,
	DATAGRAM_MAX = 65507,
};

static struct office office;
static struct participant people[PEOPLE];
static struct stream camera = { KIND_CAMERA, "uc", "h", 103, 65000, 1, 9, 0, 0, 0, 0 };
static bool key_wanted = true;
static size_t sent, got;
static size_t thrown;

/* The server, as sendto() takes it. */
static struct sockaddr_storage server;
static socklen_t server_n;

static void b_on_rtp(struct participant *p, struct span packet)
{
	(void)p;
	(void)packet;
	got++;
}

static void a_on_rtcp(struct participant *p, struct span compound)
{
	struct rd r = rd_from(compound);
	struct rtcp packet;

	(void)p;
	while (rd_more(&r) && rtcp_next(&r, &packet) == OK)
		key_wanted |= packet.type == RTCP_PSFB && packet.count == RTCP_PLI;
}

static void frame(void)
{
	stream_send(&camera, &people[A], key_wanted, PACKETS, 500, 0);
	key_wanted = false;
	sent += PACKETS;
	participants_run(people, PEOPLE, TIME_MS(3));
}

/* Throws a datagram; each BURST of them, the stream has its turn. */
static void throw_from(int fd, const uint8_t *p, size_t n)
{
	if (sendto(fd, p, n, 0, (struct sockaddr *)&server, server_n) == (ssize_t)n)
		thrown++;
	if (thrown % BURST == 0)
		frame();
}

static int stranger(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static size_t bytes_waiting(int fd)
{
	uint8_t bytes[2048];
	ssize_t n;
	size_t sum = 0;

	while ((n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		sum += (size_t)n;
	return sum;
}

static size_t bytes_answered(int fd)
{
	size_t sum = bytes_waiting(fd);

	close(fd);
	return sum;
}

static long memory_kb(void)
{
	char path[64];
	long size = 0, resident = 0;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)office.worker);

	FILE *f = fopen(path, "r");

	if (f == NULL)
		return 0;
	if (fscanf(f, "%ld %ld", &size, &resident) != 2)
		resident = 0;
	fclose(f);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* What came meanwhile, and 30 frames of quiet, of which all must come. */
static void the_stream_goes_on(const char *after)
{
	for (unsigned i = 0; i < 10; i++)
		participants_run(people, PEOPLE, TIME_MS(10));
	printf("%s: %zu datagrams thrown, %zu of %zu packets of the stream lost\n", after,
	       thrown, sent - got, sent);
	CHECK(got <= sent && (sent - got) * 100 <= sent * LOSS_MAX);
	thrown = sent = got = 0;
	for (unsigned i = 0; i < 30; i++)
		frame();
	for (unsigned i = 0; i < 10; i++)
		participants_run(people, PEOPLE, TIME_MS(10));
	CHECK(got == sent && sent == 30 * PACKETS);
	sent = got = 0;
}

static void two_people_speak(void)
{
	CHECK(participant_join(&people[A], &office, 1, 10, 1, 0));
	CHECK(participant_join(&people[B], &office, 1, 20, 1, 0));
	people[A].on_rtcp = a_on_rtcp;
	people[B].on_rtp = b_on_rtp;
	CHECK(participants_connect(people, PEOPLE));
	CHECK(office_slots(&office, people[B].transport, &(struct ipc_slot){ 0, 10, 720 }, 1));
	for (unsigned i = 0; i < 200; i++)
		frame();
	CHECK(got > 0);
	sent = got = 0;
}

static void throw_file(int fd, const char *path)
{
	uint8_t bytes[2048];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return;
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	throw_from(fd, bytes, n);
	/* The same as if it were meant for another part of the demultiplexer. */
	for (unsigned first = 0; first < 256 && n > 0; first += 16) {
		bytes[0] = (uint8_t)(first | (bytes[0] & 15));
		throw_from(fd, bytes, n);
	}
}

/* Returns the number of files. */
static size_t throw_corpora(int fd, const char *corpora)
{
	static const char *const folders[] = {
		"webrtc-fuzzer-corpora/corpora/stun-corpus",
		"webrtc-fuzzer-corpora/corpora/rtcp-corpus",
		"webrtc-fuzzer-corpora/corpora/rtp-corpus",
		"webrtc-fuzzer-corpora/corpora/sdp-corpus",
		"webrtc-fuzzer-corpora/corpora/mdns-corpus",
		"coturn/FuzzStunClient",
	};
	char path[1024];
	size_t files = 0;

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", corpora, folders[i]);

		DIR *dir = opendir(path);

		for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
			if (e->d_name[0] == '.')
				continue;
			snprintf(path, sizeof(path), "%s/%s/%s", corpora, folders[i],
			         e->d_name);
			throw_file(fd, path);
			files++;
		}
		if (dir != NULL)
			closedir(dir);
	}
	return files;
}

static void known_attacks_change_nothing(void)
{
	const char *corpora = getenv("ZEGEL_CORPORA");
	int fd = stranger();
	size_t files;

	if (corpora == NULL || access(corpora, R_OK) != 0) {
		printf("SKIPPED in part: the folder of corpora (ZEGEL_CORPORA) is absent\n");
		close(fd);
		return;
	}
	files = throw_corpora(fd, corpora);
	CHECK(files > 100);
	CHECK(throw_corpora(people[A].fd, corpora) == files);
	CHECK(throw_corpora(people[B].fd, corpora) == files);
	the_stream_goes_on("corpora");
	CHECK(bytes_answered(fd) == 0);
}

/* Real packets of A's, one of each kind. */
struct sample {
	size_t n;
	uint8_t bytes[UDP_PACKET_MAX];
};

static void check_make(struct sample *s)
{
	people[A].ice.next = 0;
	CHECK(ice_client_poll(&people[A].ice, clock_now(), s->bytes, &s->n) == OK && s->n != 0);
}

static void hello_make(struct sample *s)
{
	struct dtls *dtls =
	    dtls_create(people[A].identity, DTLS_CLIENT,
	                dtls_identity_fingerprint(people[A].identity), clock_now());
	struct span hello;

	CHECK(dtls_output(dtls, &hello) && hello.n <= sizeof(s->bytes));
	s->n = hello.n;
	memcpy(s->bytes, hello.p, hello.n);
	dtls_destroy(&dtls);
}

static void rtp_make(struct sample *s)
{
	struct stream other = camera;

	other.ssrc = 999;
	s->n = stream_packet(&other, 0, true, 0, 1, 900, s->bytes);
	CHECK(srtp_seal_rtp(people[A].srtp_out, s->bytes, &s->n, sizeof(s->bytes)) == OK);
}

static void rtcp_make(struct sample *s)
{
	struct wr w = wr_into(s->bytes, sizeof(s->bytes));

	rtcp_rr_write(&w, 1, NULL, 0);
	rtcp_pli_write(&w, 1, 0x5a000001);
	s->n = w.n;
	CHECK(srtp_seal_rtcp(people[A].srtp_out, s->bytes, &s->n, sizeof(s->bytes)) == OK);
}

static void every_beginning_of_a_real_packet_is_refused(void)
{
	static struct sample samples[4];
	int fd = stranger();

	check_make(&samples[0]);
	hello_make(&samples[1]);
	rtp_make(&samples[2]);
	rtcp_make(&samples[3]);
	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		for (size_t n = 0; n < samples[i].n; n++) {
			throw_from(fd, samples[i].bytes, n);
			throw_from(people[A].fd, samples[i].bytes, n);
			throw_from(people[B].fd, samples[i].bytes, n);
		}
	the_stream_goes_on("beginnings");
	CHECK(bytes_answered(fd) == 0);
}

/* Datagrams of no byte, and of more than a packet may have. */
static void no_size_is_too_odd(void)
{
	static const size_t sizes[] = { 0,    1,    1499, 1500,  1501,
		                        1502, 2048, 9000, 65000, DATAGRAM_MAX };
	static const uint8_t firsts[] = { 0, 22, 0x80, 0x90, 0xff };
	static uint8_t bytes[DATAGRAM_MAX];
	int fd = stranger();

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		for (size_t k = 0; k < ARRAY_LEN(firsts); k++) {
			bytes[0] = firsts[k];
			bytes[1] = k % 2 ? 200 : 96;
			throw_from(fd, bytes, sizes[i]);
			throw_from(people[A].fd, bytes, sizes[i]);
			frame();
		}
	the_stream_goes_on("sizes");
	CHECK(bytes_answered(fd) == 0);
}

static void a_flood_of_checks_gets_no_answer(void)
{
	struct ice_client liar = people[A].ice;
	struct sample check;
	int fd = stranger();

	/* A's user name, but not the password. */
	liar.remote_pwd[0] = liar.remote_pwd[0] == 'x' ? 'y' : 'x';
	for (size_t i = 0; i < STUN_FLOOD; i++) {
		liar.state = ICE_CHECKING;
		liar.next = 0;
		CHECK(ice_client_poll(&liar, clock_now(), check.bytes, &check.n) == OK);
		if (i % 3 == 0) /* a user name of nobody, or not even a fingerprint */
			check.bytes[24 + i % 12] ^= 1;
		throw_from(i % 4 < 2 ? fd : people[A].fd, check.bytes, check.n);
	}
	the_stream_goes_on("forged checks");
	CHECK(bytes_answered(fd) == 0);
}

/* Who can make checks can have the server answer to anywhere: never with more than was asked.
 */
static void an_answer_is_no_longer_than_the_check(void)
{
	struct sample check;
	uint8_t answer[2048];
	int fd = stranger();
	ssize_t n = -1;

	check_make(&check);
	throw_from(fd, check.bytes, check.n);
	for (unsigned i = 0; i < 100 && n < 0; i++) {
		participants_run(people, PEOPLE, TIME_MS(5));
		n = recv(fd, answer, sizeof(answer), MSG_DONTWAIT);
	}
	CHECK(n > 0 && (size_t)n <= check.n);
	close(fd);
	/* A says that it still wants to be sent to where it is. */
	check_make(&check);
	throw_from(people[A].fd, check.bytes, check.n);
	the_stream_goes_on("a copied check");
}

/* Whose address no check has validated makes no state by saying hello, and gets no word. */
static void hellos_of_strangers_open_nothing(void)
{
	enum { OPEN = 2 * BURST }; /* time enough for an answer */
	struct sample hello;
	int fds[OPEN];
	size_t answered = 0;

	hello_make(&hello);
	for (size_t i = 0; i < HELLOS + OPEN; i++) {
		if (i >= OPEN)
			answered += bytes_answered(fds[i % OPEN]);
		if (i >= HELLOS)
			continue;
		fds[i % OPEN] = stranger();
		for (size_t k = 0; k < 28; k++) /* the hello's random part */
			hello.bytes[25 + 6 + k] = (uint8_t)rand();
		throw_from(fds[i % OPEN], hello.bytes, hello.n);
		throw_from(people[A].fd, hello.bytes, hello.n);
		if (i == HELLOS - 1)
			the_stream_goes_on("hellos");
	}
	CHECK(answered == 0);
}

/* Members that validate an address, say hello and are heard of no more. */
static void half_open_members_cost_little(void)
{
	enum { MEMBERS = 64, KB_EACH = 1024 };
	static struct participant many[MEMBERS];
	long before = memory_kb(), grown;
	size_t answered = 0;

	for (size_t i = 0; i < MEMBERS; i++) {
		uint8_t check[STUN_MESSAGE_MAX];
		struct span hello;
		size_t n = 0;

		CHECK(participant_join(&many[i], &office, 1, (uint32_t)(100 + i), 49, 4));
		CHECK(ice_client_poll(&many[i].ice, clock_now(), check, &n) == OK);
		throw_from(many[i].fd, check, n);
		frame();
		while (dtls_output(many[i].dtls, &hello))
			throw_from(many[i].fd, hello.p, hello.n);
		frame();
	}
	the_stream_goes_on("half-open members");
	/* The worker asks back six times, and answers the hello once. */
	participants_run(people, PEOPLE, TIME_S(2));
	for (size_t i = 0; i < MEMBERS; i++)
		answered += bytes_waiting(many[i].fd);
	printf("%zu bytes answered to each\n", answered / MEMBERS);
	CHECK(answered > 0 && answered < MEMBERS * (size_t)1400);
	grown = memory_kb() - before;
	printf("%ld KB for each\n", grown / MEMBERS);
	CHECK(grown < MEMBERS * (long)KB_EACH);
	for (size_t i = 0; i < MEMBERS; i++) {
		CHECK(office_say(&office,
		                 &(struct ipc_message){ .type = IPC_CLOSE,
		                                        .transport = many[i].transport }));
		participant_leave(&many[i]);
	}
	the_stream_goes_on("and without them");
}

/* What is in a file, as if its sender had the keys: with a number that was not sealed before.
 */
static void seal_file(struct participant *p, const char *path, bool is_rtcp)
{
	static uint16_t seq;
	uint8_t bytes[1200];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return;
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	if (n < 12)
		return;
	bytes[0] = (uint8_t)(0x80 | (bytes[0] & 0x3f));
	if (is_rtcp) {
		participant_send_rtcp(p, (struct span){ bytes, n });
		return;
	}
	for (uint8_t ssrc = 0; ssrc < 4; ssrc++) {
		seq++;
		bytes[2] = (uint8_t)(seq >> 8);
		bytes[3] = (uint8_t)seq;
		bytes[11] = ssrc; /* a few: their number is bounded */
		memset(bytes + 8, 0, 3);
		participant_send_rtp(p, bytes, n);
	}
}

static size_t seal_folder(struct participant *p, const char *name, bool is_rtcp)
{
	const char *corpora = getenv("ZEGEL_CORPORA");
	char folder[512], path[1024];
	size_t files = 0;

	snprintf(folder, sizeof(folder), "%s/webrtc-fuzzer-corpora/corpora/%s",
	         corpora != NULL ? corpora : ".", name);

	DIR *dir = opendir(folder);

	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		seal_file(p, path, is_rtcp);
		frame();
		files++;
	}
	if (dir != NULL)
		closedir(dir);
	return files;
}

/* Asks for everything again, and for key frames, all the time. */
static void ask_for_everything(struct participant *p)
{
	uint8_t bytes[1100];
	struct rtcp_nack nack = { 0, 0xffff };

	for (unsigned i = 0; i < 300; i++) {
		struct wr w = wr_into(bytes, sizeof(bytes));
		struct span out;

		rtcp_rr_write(&w, 1, NULL, 0);
		for (unsigned k = 0; k < 30; k++, nack.seq = (uint16_t)(nack.seq + 17))
			rtcp_nack_write(&w, 1, 0x5a000000 + k % 3, &nack, 1);
		rtcp_pli_write(&w, 1, 0x5a000001);
		if (wr_end(&w, &out) == OK)
			participant_send_rtcp(p, out);
		if (i % 10 == 0)
			frame();
	}
}

/* A member of the meeting, whose packets are authentic. */
static void who_has_keys_disturbs_nobody_either(void)
{
	static struct participant mallory;
	struct ipc_slot slot = { 0, 10, 720 };
	long before = memory_kb();

	CHECK(participant_join(&mallory, &office, 1, 30, 1, 0));
	CHECK(participants_connect(&mallory, 1));
	CHECK(office_slots(&office, mallory.transport, &slot, 1));
	thrown += seal_folder(&mallory, "rtp-corpus", false);
	thrown += seal_folder(&mallory, "rtcp-corpus", true);
	ask_for_everything(&mallory);
	the_stream_goes_on("a member");
	printf("%ld KB for this member\n", memory_kb() - before);
	CHECK(memory_kb() - before < 4096);
	CHECK(office_say(&office, &(struct ipc_message){ .type = IPC_CLOSE,
	                                                 .transport = mallory.transport }));
	participant_leave(&mallory);
	the_stream_goes_on("and without it");
}

static void all_was_counted(void)
{
	office_stats(&office);
	CHECK(office.stats[IPC_STAT_TRANSPORTS] == 2 && office.stats[IPC_STAT_ROOMS] == 1);
	CHECK(office.stats[IPC_STAT_STUN_REFUSED] > STUN_FLOOD / 2);
	CHECK(office.stats[IPC_STAT_UNKNOWN_SENDER] > HELLOS / 2);
	CHECK(office.stats[IPC_STAT_SRTP_REFUSED] > 1000);
	CHECK(office.stats[IPC_STAT_DTLS_FAILED] == 0);
	CHECK(office.stats[IPC_STAT_SEALS_REFUSED] == 0);
}

/* A sanitizer keeps what is freed for a while: that would look like growth. */
static void sanitizer_keeps_nothing(void)
{
	const char *options = getenv("ASAN_OPTIONS");
	char all[512];

	snprintf(all, sizeof(all), "%s:quarantine_size_mb=0:thread_local_quarantine_size_kb=0",
	         options != NULL ? options : "");
	setenv("ASAN_OPTIONS", all, 1);
}

int main(void)
{
	const char *program = getenv("ZEGEL_MEDIA");
	long before;

	if (program == NULL) {
		printf("SKIPPED: ZEGEL_MEDIA does not name the program\n");
		return 77;
	}
	sanitizer_keeps_nothing();
	CHECK(office_open_program(&office, program));
	server_n = addr_into_sockaddr(&office.server, AF_INET, &server);
	two_people_speak();
	before = memory_kb();
	known_attacks_change_nothing();
	every_beginning_of_a_real_packet_is_refused();
	no_size_is_too_odd();
	a_flood_of_checks_gets_no_answer();
	an_answer_is_no_longer_than_the_check();
	hellos_of_strangers_open_nothing();
	printf("%ld KB, and %ld more after all that\n", before, memory_kb() - before);
	CHECK(before > 0 && memory_kb() - before < GROWTH_KB);
	half_open_members_cost_little();
	who_has_keys_disturbs_nobody_either();
	all_was_counted();
	for (size_t i = 0; i < PEOPLE; i++)
		participant_leave(&people[i]);
	CHECK(office_close(&office) == 0);
	return check_report("hostile");
}
