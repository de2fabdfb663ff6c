/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* A member of the meeting, with keys: what it sends is authentic, and it may send anything. The
 * others' stream loses nothing. */
#include <string.h>

#include "tests/media/siege.h"
#include "tests/support/check.h"
#include "transport/loop.h"

enum { GROWTH_KB = 4096 }; /* what it publishes is kept for a moment */

static struct participant mallory;

/* The bytes of a corpus's file, under a number that was not sealed before. */
static void send_rtp(void *arg, uint8_t *bytes, size_t n)
{
	static uint16_t seq;

	(void)arg;
	if (n < RTP_HEADER || n > UDP_PACKET_MAX - SRTP_OVERHEAD)
		return;
	bytes[0] = (uint8_t)(0x80 | (bytes[0] & 0x3f));
	/* Of a few SSRCs: their number is bounded. */
	memset(bytes + 8, 0, 4);
	for (; bytes[11] < 4; bytes[11]++) {
		seq++;
		bytes[2] = (uint8_t)(seq >> 8);
		bytes[3] = (uint8_t)seq;
		participant_send_rtp(&mallory, bytes, n);
	}
	siege_frame();
}

static void send_rtcp(void *arg, uint8_t *bytes, size_t n)
{
	(void)arg;
	if (n == 0 || n > UDP_PACKET_MAX - SRTCP_OVERHEAD)
		return;
	bytes[0] = (uint8_t)(0x80 | (bytes[0] & 0x3f));
	participant_send_rtcp(&mallory, (struct span){ bytes, n });
	siege_frame();
}

static void known_attacks_under_true_keys_disturb_nobody(void)
{
	siege.thrown +=
	    siege_corpus("webrtc-fuzzer-corpora/corpora/rtp-corpus", send_rtp, NULL);
	siege.thrown +=
	    siege_corpus("webrtc-fuzzer-corpora/corpora/rtcp-corpus", send_rtcp, NULL);
	siege_holds("corpora under true keys");
}

/* NACKs for all that ever was, and wishes for key frames, all the time. */
static void who_asks_for_everything_gets_its_share(void)
{
	uint8_t bytes[1100];
	struct rtcp_nack nack = { 0, 0xffff };
	struct ipc_slot slot = { 0, SIEGE_HANDLE_A, 720 };

	CHECK(office_slots(&siege.office, mallory.transport, &slot, 1));
	for (unsigned i = 0; i < 300; i++) {
		struct wr w = wr_into(bytes, sizeof(bytes));
		struct span out;

		rtcp_rr_write(&w, 1, NULL, 0);
		for (unsigned k = 0; k < 30; k++, nack.seq = (uint16_t)(nack.seq + 17))
			rtcp_nack_write(&w, 1, 0x5a000000 + k % 3, &nack, 1);
		rtcp_pli_write(&w, 1, 0x5a000001);
		CHECK(wr_end(&w, &out) == OK);
		participant_send_rtcp(&mallory, out);
		siege.thrown++;
		if (i % 10 == 0)
			siege_frame();
	}
	siege_holds("NACKs and PLIs");
}

/* Under A's SSRC and MID, and with A's numbers. */
static void anothers_ssrc_is_ones_own_stream(void)
{
	for (unsigned i = 0; i < 100; i++) {
		struct stream stolen = siege.camera;

		stream_send(&stolen, &mallory, true, 3, 500, 0);
		siege.thrown += 3;
		siege_frame();
	}
	siege_holds("A's SSRC");
}

/* What A sent comes again: from A's address, from the member's, and from nobody's. */
static void a_copied_packet_is_heard_once(void)
{
	int fd = siege_stranger();

	for (unsigned i = 0; i < 100; i++) {
		uint8_t bytes[UDP_PACKET_MAX];
		size_t n = stream_packet(&siege.camera, siege.people[A].twcc++, false, 0, 1,
		                         500, bytes);

		CHECK(srtp_seal_rtp(siege.people[A].srtp_out, bytes, &n, sizeof(bytes)) == OK);
		stream_next(&siege.camera);
		siege.sent++;
		siege_throw(siege.people[A].fd, bytes, n);
		siege_throw(siege.people[A].fd, bytes, n);
		siege_throw(mallory.fd, bytes, n);
		siege_throw(fd, bytes, n);
	}
	siege_holds("copies");
	CHECK(siege_bytes_and_close(fd) == 0);
}

static void the_program_stays_as_it_was(long before)
{
	uint64_t *stats = siege.office.stats;

	printf("%ld KB for this member\n", siege_memory_kb() - before);
	CHECK(siege_memory_kb() - before < GROWTH_KB);
	CHECK(
	    office_say(&siege.office, &(struct ipc_message){ .type = IPC_CLOSE,
	                                                     .transport = mallory.transport }));
	siege_holds("its end");
	office_stats(&siege.office);
	CHECK(stats[IPC_STAT_TRANSPORTS] == 2);
	CHECK(stats[IPC_STAT_SRTP_REFUSED] >= 200);
	CHECK(stats[IPC_STAT_SEALS_REFUSED] == 0);
}

int main(void)
{
	long before;

	if (!siege_begin())
		return 77;
	before = siege_memory_kb();
	CHECK(participant_join(&mallory, &siege.office, SIEGE_ROOM, 30, 1, 0));
	CHECK(participants_connect(&mallory, 1));
	known_attacks_under_true_keys_disturb_nobody();
	who_asks_for_everything_gets_its_share();
	anothers_ssrc_is_ones_own_stream();
	a_copied_packet_is_heard_once();
	the_program_stays_as_it_was(before);
	participant_leave(&mallory);
	siege_end();
	return check_report("hostile_member");
}
