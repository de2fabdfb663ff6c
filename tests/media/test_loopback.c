/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* A worker process with its sandbox, a real socket, and participants: one publishes sound and
 * a camera in three layers, the other receives it in slot 0. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/media/limits.h"
#include "tests/media/participant.h"
#include "tests/support/check.h"
#include "transport/demux.h"
#include "transport/loop.h"
#include "transport/vp8.h"

enum { LOW, MEDIUM, HIGH, SOUND, STREAMS };
enum { A, B, PEOPLE };

static struct office office;
static struct participant people[PEOPLE];
static struct stream streams[STREAMS];
static bool key_wanted[STREAMS];
static unsigned plis[STREAMS], twccs, reports;
static uint16_t nacked[64];
static size_t nacked_n;

/* What B got, per SSRC of slot 0: sound, video, RTX. */
static struct got {
	size_t n, holes, repeats, backwards, bad_mid, bad_picture;
	bool started;
	uint16_t seq, picture_id, osn;
	uint32_t timestamp;
	uint8_t last[UDP_PACKET_MAX];
	size_t last_n;
	size_t keys;
} got[3];
static struct rtcp_sender sender_of[2];
static unsigned senders, names; /* SR, and SDES of slot 0 */

static void a_on_feedback(const struct rtcp *p)
{
	struct rtcp_feedback f;
	struct rtcp_nack nack;

	if (rtcp_feedback_read(p, &f) != OK)
		return;
	for (size_t i = 0; i < STREAMS; i++)
		if (p->type == RTCP_PSFB && p->count == RTCP_PLI &&
		    f.media == streams[i].ssrc) {
			key_wanted[i] = true;
			plis[i]++;
		}
	twccs += p->type == RTCP_RTPFB && p->count == RTCP_TWCC;
	if (p->type != RTCP_RTPFB || p->count != RTCP_NACK)
		return;
	for (struct rd fci = rd_from(f.fci); rd_more(&fci);)
		if (rtcp_nack_read(&fci, &nack) == OK && nacked_n < ARRAY_LEN(nacked))
			nacked[nacked_n++] = nack.seq;
}

static void a_on_rtcp(struct participant *p, struct span compound)
{
	struct rd r = rd_from(compound);
	struct rtcp packet;

	(void)p;
	while (rd_more(&r) && rtcp_next(&r, &packet) == OK) {
		reports += packet.type == RTCP_RR && packet.count > 0;
		a_on_feedback(&packet);
	}
	CHECK(rd_end(&r) == OK);
}

static void b_on_rtcp(struct participant *p, struct span compound)
{
	struct rd r = rd_from(compound), blocks;
	struct rtcp packet;
	struct rtcp_sender s;
	uint32_t ssrc;

	(void)p;
	while (rd_more(&r) && rtcp_next(&r, &packet) == OK) {
		names += packet.type == RTCP_SDES &&
		         memmem(packet.body.p, packet.body.n, "\x01\x02p0", 4) != NULL;
		if (packet.type == RTCP_SR && rtcp_sr_read(&packet, &ssrc, &s, &blocks) == OK &&
		    ssrc - 0x5a000000 < 2) {
			sender_of[ssrc - 0x5a000000] = s;
			senders++;
		}
	}
	CHECK(rd_end(&r) == OK);
}

static void b_on_video(struct got *g, const struct rtp *rtp)
{
	struct vp8 v;

	if (vp8_read(rtp->payload, &v) != OK) {
		g->bad_picture++;
		return;
	}
	if (v.starts_frame && g->started)
		g->bad_picture += v.picture_id != ((g->picture_id + 1) & 0x7fff);
	g->picture_id = v.picture_id;
	g->keys += v.is_key;
}

static void b_on_rtp(struct participant *p, struct span packet)
{
	struct rtp rtp;

	(void)p;
	if (rtp_read(packet, &rtp) != OK || rtp.ssrc - 0x5a000000 > 2)
		return;

	struct got *g = &got[rtp.ssrc - 0x5a000000];
	bool is_sound = g == &got[0], is_rtx = g == &got[2];

	g->n++;
	g->bad_mid += !span_is_equal(rtp_extension(&rtp, EXT_MID),
	                             is_sound ? SPAN_STR("a0") : SPAN_STR("v0"));
	g->bad_mid +=
	    rtp_extension(&rtp, EXT_TWCC).n != 2 || rtp_extension(&rtp, EXT_RID).n != 0;
	g->bad_mid += rtp.pt != (is_sound ? PAYLOAD_OPUS : is_rtx ? PAYLOAD_RTX : PAYLOAD_VP8);
	g->last_n = rtp.payload.n;
	memcpy(g->last, rtp.payload.p, rtp.payload.n);
	if (is_rtx) {
		g->osn = (uint16_t)(rtp.payload.p[0] << 8 | rtp.payload.p[1]);
		return;
	}
	if (!is_sound)
		b_on_video(g, &rtp);
	if (g->started) {
		int16_t step = rtp_seq_diff(g->seq, rtp.seq);

		g->holes += step > 1;
		g->repeats += step < 1;
		g->backwards += step > 0 && (int32_t)(rtp.timestamp - g->timestamp) < 0;
	}
	g->started = true;
	g->seq = rtp.seq;
	g->timestamp = rtp.timestamp;
}

/* Sends `frames` frames of everything, 5 ms apart (a test need not take real time), with a key
 * frame where one was asked for. */
static void publish(size_t frames)
{
	static const size_t packets[] = { 1, 2, 4, 1 }, sizes[] = { 300, 700, 1100, 160 };

	for (size_t f = 0; f < frames; f++) {
		for (size_t i = 0; i < STREAMS; i++) {
			stream_send(&streams[i], &people[A], key_wanted[i], packets[i],
			            sizes[i], 0);
			key_wanted[i] = false;
		}
		participants_run(people, PEOPLE, TIME_MS(5));
	}
}

/* Until nothing comes any more: a sanitizer is slow. */
static void settle(void)
{
	uint64_t before;

	do {
		before = people[A].datagrams + people[B].datagrams;
		participants_run(people, PEOPLE, TIME_MS(20));
	} while (people[A].datagrams + people[B].datagrams != before);
}

static void show(uint32_t handle, uint16_t height)
{
	CHECK(office_slots(&office, people[B].transport,
	                   &(struct ipc_slot){ 0, handle, height }, 1));
	participants_run(people, PEOPLE, TIME_MS(20));
}

static void b_says(struct wr *w)
{
	struct span out;

	CHECK(wr_end(w, &out) == OK);
	participant_send_rtcp(&people[B], out);
}

static bool streams_are_whole(void)
{
	size_t faults = 0;

	for (size_t i = 0; i < 3; i++)
		faults += got[i].holes + got[i].repeats + got[i].backwards + got[i].bad_mid +
		          got[i].bad_picture;
	if (faults != 0)
		for (size_t i = 0; i < 3; i++)
			printf("ssrc %zu: %zu packets, %zu holes, %zu repeats, %zu backwards, "
			       "%zu headers, %zu pictures\n",
			       i, got[i].n, got[i].holes, got[i].repeats, got[i].backwards,
			       got[i].bad_mid, got[i].bad_picture);
	return faults == 0;
}

static void both_connect(void)
{
	struct ipc_message m;

	CHECK(participant_join(&people[A], &office, 1, 10, 2, 1));
	CHECK(participant_join(&people[B], &office, 1, 20, 2, 1));
	people[A].on_rtcp = a_on_rtcp;
	people[B].on_rtcp = b_on_rtcp;
	people[B].on_rtp = b_on_rtp;
	CHECK(participants_connect(people, PEOPLE));
	CHECK(office_hear(&office, IPC_STATE, people[A].transport, &m) &&
	      m.state == IPC_CONNECTED);
	CHECK(office_hear(&office, IPC_STATE, people[B].transport, &m) &&
	      m.state == IPC_CONNECTED);
}

static void media_flows_into_a_slot(void)
{
	publish(5);
	CHECK(got[0].n == 0 && got[1].n == 0);
	show(10, 720);
	publish(5);
	CHECK(plis[HIGH] == 1 && plis[LOW] == 0 && plis[MEDIUM] == 0);
	CHECK(got[1].keys == 1);
	publish(30);
	CHECK(got[0].n > 30 && got[1].n > 4 * 30);
	CHECK(streams_are_whole());
	CHECK(plis[HIGH] == 1);
}

static void a_layer_switch_is_seamless(void)
{
	size_t before = got[1].keys;

	show(10, 150);
	publish(10);
	CHECK(plis[LOW] == 1);
	CHECK(got[1].keys == before + 1 && got[1].last_n == 6 + 300);
	show(10, 300);
	publish(10);
	CHECK(got[1].keys == before + 2 && got[1].last_n == 6 + 700);
	show(10, 720);
	publish(120); /* that layer was asked less than half a second ago */
	CHECK(got[1].keys == before + 3 && got[1].last_n == 6 + 1100);
	CHECK(streams_are_whole());
}

static void sound_only_has_no_picture(void)
{
	size_t before;

	show(10, 0);
	settle();
	before = got[1].n;
	publish(10);
	CHECK(got[1].n == before);
	show(10, 720);
	publish(120); /* the next request may have to wait for half a second */
	CHECK(got[1].n > before);
	CHECK(streams_are_whole());
}

static void what_a_receiver_lost_is_sent_again(void)
{
	settle();

	uint8_t bytes[64], sent[UDP_PACKET_MAX];
	struct wr w = wr_into(bytes, sizeof(bytes));
	struct rtcp_nack nack = { got[1].seq, 0 };
	size_t n = got[1].last_n, before = got[2].n, sounds = got[0].n;

	memcpy(sent, got[1].last, n);
	rtcp_rr_write(&w, 1, NULL, 0);
	rtcp_nack_write(&w, 1, 0x5a000001, &nack, 1);
	nack.seq = got[0].seq;
	rtcp_nack_write(&w, 1, 0x5a000000, &nack, 1);
	b_says(&w);
	b_says(&w); /* again, before it can have come */
	settle();
	CHECK(got[2].n == before + 1 && got[2].osn == got[1].seq);
	CHECK(got[2].last_n == n + 2 && memcmp(got[2].last + 2, sent, n) == 0);
	/* Sound comes as the very same packet, which SRTP knows for a replay. */
	CHECK(got[0].n == sounds);
	office_stats(&office);
	CHECK(office.stats[IPC_STAT_RESENT] == 2);
}

static void what_a_publisher_lost_is_asked_for_and_repaired(void)
{
	settle();

	struct stream *s = &streams[HIGH], copy;
	uint8_t packet[UDP_PACKET_MAX], rtx[UDP_PACKET_MAX];
	size_t holes = got[1].holes, before = got[1].n;

	nacked_n = 0;
	copy = *s;
	stream_send(s, &people[A], false, 4, 1100, 1 << 2);
	settle();
	CHECK(nacked_n == 1 && nacked[0] == (uint16_t)(copy.seq + 2));
	CHECK(got[1].n == before + 3 && got[1].holes == holes + 1);

	/* The same packet in an RTX stream that names itself in its first packet. */
	struct rtp rtp;
	struct wr w = wr_into(rtx, sizeof(rtx)), e, b;
	uint8_t elements[32], payload[UDP_PACKET_MAX];

	copy.seq = (uint16_t)(copy.seq + 2);
	CHECK(rtp_read(
	          (struct span){ packet, stream_packet(&copy, 0, false, 2, 4, 1100, packet) },
	          &rtp) == OK);
	e = wr_into(elements, sizeof(elements));
	rtp_extension_write(&e, EXT_MID, SPAN_STR("uc"));
	rtp_extension_write(&e, EXT_REPAIRED_RID, SPAN_STR("h"));
	b = wr_into(payload, sizeof(payload));
	wr_uint(&b, 2, rtp.seq);
	wr_bytes(&b, rtp.payload);
	rtp.extensions = (struct span){ elements, e.n };
	rtp.payload = (struct span){ payload, b.n };
	rtp.pt = PAYLOAD_RTX;
	rtp.ssrc = s->ssrc + 1000;
	rtp.seq = 77;
	rtp_write(&w, &rtp);
	participant_send_rtp(&people[A], rtx, w.n);
	settle();
	CHECK(got[1].n == before + 4);
	CHECK(got[1].repeats == 1); /* late, in its own place */
	got[1].holes = got[1].repeats = 0;
	got[1].seq = (uint16_t)(got[1].seq + 1);
	nacked_n = 0;
	publish(5);
	CHECK(nacked_n == 0);
	CHECK(streams_are_whole());
}

static void a_flood_of_key_frame_wishes_reaches_nobody(void)
{
	uint8_t bytes[64];
	unsigned before = plis[HIGH];
	uint64_t began = clock_now();

	for (unsigned i = 0; i < 200; i++) {
		struct wr w = wr_into(bytes, sizeof(bytes));

		rtcp_pli_write(&w, 1, 0x5a000001);
		b_says(&w);
		publish(1);
	}

	unsigned allowed = WISH_BURST + (unsigned)((clock_now() - began) / WISH_PERIOD) + 1;

	CHECK(plis[HIGH] - before <= allowed && plis[HIGH] > before);
	CHECK(streams_are_whole());
}

static void clear_frames_are_dropped_whole(void)
{
	size_t sound, video;

	settle();
	sound = got[0].n, video = got[1].n;
	office_stats(&office);

	uint64_t before = office.stats[IPC_STAT_CLEAR_FRAMES];

	streams[SOUND].is_clear = streams[HIGH].is_clear = true;
	publish(10);
	streams[SOUND].is_clear = streams[HIGH].is_clear = false;
	settle();
	CHECK(got[0].n == sound && got[1].n == video);
	office_stats(&office);
	CHECK(office.stats[IPC_STAT_CLEAR_FRAMES] == before + 10 + 40);
	/* Nobody sees holes where they were, but for the pictures' numbers. */
	got[1].picture_id = (uint16_t)(got[1].picture_id + 10);
	publish(10);
	settle();
	CHECK(got[0].n == sound + 10 && got[1].n == video + 40);
	CHECK(streams_are_whole());
	/* A key id that names another kind. */
	streams[SOUND].kind = KIND_SCREEN_AUDIO;
	sound = got[0].n;
	publish(3);
	streams[SOUND].kind = KIND_AUDIO;
	CHECK(got[0].n == sound);
	settle();
	publish(3);
	settle();
	CHECK(got[0].n == sound + 3);
}

/* A key frame of h under one of two SSRCs. */
static void publish_as(uint32_t ssrc)
{
	streams[HIGH].ssrc = ssrc;
	stream_send(&streams[HIGH], &people[A], true, 4, 1100, 0);
	participants_run(people, PEOPLE, TIME_MS(5));
}

static void a_new_ssrc_goes_on_as_the_same_stream(void)
{
	const uint32_t was = streams[HIGH].ssrc;
	size_t video = got[1].n;

	publish_as(was + 2000);
	settle();
	CHECK(got[1].n == video + 4);
	CHECK(streams_are_whole());
	/* Each change costs us much: who does nothing else is heard twice a second. */
	office_stats(&office);

	uint64_t switches = office.stats[IPC_STAT_SWITCHES], began = clock_now(), allowed;

	for (uint32_t i = 0; i < 200; i++)
		publish_as(was + 2001 + i % 2);
	allowed = (clock_now() - began) / TIME_MS(500) + 2;
	settle();
	participants_run(people, PEOPLE, TIME_MS(600));
	publish_as(was);
	settle();
	office_stats(&office);
	CHECK(office.stats[IPC_STAT_SWITCHES] - switches <= allowed);
	CHECK(office.stats[IPC_STAT_RTP_UNKNOWN] > 300);
	video = got[1].n;
	/* To B, frames that were not taken are just not there. */
	got[1].holes = got[1].bad_picture = 0;
	publish(10);
	settle();
	CHECK(got[1].n == video + 40);
	CHECK(streams_are_whole());
}

static void lips_stay_in_step(void)
{
	settle();

	/* A says: at one time T, sound was at its timestamp and the picture at its own. */
	uint64_t ntp = 0xe0000000ull << 32;
	uint8_t bytes[128];
	struct wr w = wr_into(bytes, sizeof(bytes));
	struct span out;
	uint32_t sound = streams[SOUND].timestamp, video = streams[HIGH].timestamp;
	uint32_t sound_at, video_at;

	rtcp_sr_write(&w, streams[SOUND].ssrc,
	              &(struct rtcp_sender){ .ntp = ntp, .rtp = sound }, NULL, 0);
	rtcp_sr_write(&w, streams[HIGH].ssrc, &(struct rtcp_sender){ .ntp = ntp, .rtp = video },
	              NULL, 0);
	CHECK(wr_end(&w, &out) == OK);
	participant_send_rtcp(&people[A], out);
	publish(1);
	settle();
	/* B's frame of that moment, in its own timestamps. */
	sound_at = got[0].timestamp, video_at = got[1].timestamp;
	senders = 0;
	publish(250);
	CHECK(senders >= 2 && names >= 1);

	/* Both reports name one time; they must agree on how long ago that moment was. */
	double sound_ago = (double)(int32_t)(sender_of[0].rtp - sound_at) / 48000;
	double video_ago = (double)(int32_t)(sender_of[1].rtp - video_at) / 90000;

	CHECK(sender_of[0].ntp == sender_of[1].ntp);
	CHECK(sound_ago > 0 && sound_ago < 3);
	CHECK(sound_ago - video_ago < 0.0005 && video_ago - sound_ago < 0.0005);
	CHECK(sender_of[0].packets != 0 && sender_of[0].octets > sender_of[0].packets);
}

static void a_publisher_hears_how_its_packets_came(void)
{
	CHECK(twccs > 20);
	CHECK(reports >= 2);
}

static void strangers_get_no_answer_and_disturb_nobody(void)
{
	struct sockaddr_storage sa;
	socklen_t n = addr_into_sockaddr(&office.server, AF_INET, &sa);
	const struct sockaddr *to = (const struct sockaddr *)&sa;
	uint8_t bytes[1400];
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	size_t video = got[1].n;

	srand(5);
	for (size_t i = 0; i < 5000; i++) {
		size_t len = 1 + (size_t)rand() % sizeof(bytes);

		for (size_t k = 0; k < len && k < 64; k++)
			bytes[k] = (uint8_t)rand();
		if (i % 3 == 0) /* a packet for A's own stream, and one for B's SSRCs */
			memcpy(bytes, "\x90\x6f\x00\x01\x00\x00\x00\x00\x00\x00\x00\x65", 12);
		CHECK(sendto(fd, bytes, len, 0, to, n) == (ssize_t)len);
		if (i % 100 == 0)
			publish(1);
	}
	publish(20);
	CHECK(recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) < 0);
	close(fd);
	CHECK(got[1].n > video + 50);
	CHECK(streams_are_whole());
}

/* What an attacker would send from A's own address: forged, hence not authentic. */
static void forgeries_from_a_valid_address_end_nothing(void)
{
	struct sockaddr_storage sa;
	socklen_t n = addr_into_sockaddr(&office.server, AF_INET, &sa);
	uint8_t bytes[200] = { 0 };

	office_stats(&office);

	uint64_t before = office.stats[IPC_STAT_SRTP_REFUSED];

	for (unsigned i = 0; i < 500; i++) {
		bytes[0] = i % 3 ? 0x80 : 22;
		bytes[1] = i % 2 ? 200 : 111;
		bytes[3] = (uint8_t)i;
		CHECK(sendto(people[A].fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&sa,
		             n) == sizeof(bytes));
	}
	/* The end of a DTLS connection, in the clear. */
	static const uint8_t goodbye[] = { 21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 0 };

	CHECK(sendto(people[A].fd, goodbye, sizeof(goodbye), 0, (struct sockaddr *)&sa, n) ==
	      sizeof(goodbye));
	publish(10);
	CHECK(streams_are_whole());
	office_stats(&office);
	CHECK(office.stats[IPC_STAT_SRTP_REFUSED] > before + 300);
	CHECK(office.stats[IPC_STAT_TRANSPORTS] == 2);
}

static void who_sends_too_much_is_not_heard_for_a_while(void)
{
	struct stream junk = streams[SOUND];

	junk.ssrc += 4000;
	for (unsigned i = 0; i < 2 * ARRIVAL_BURST; i++) {
		stream_send(&junk, &people[A], false, 1, 20, 0);
		if (i % 32 == 0)
			participants_run(people, PEOPLE, 1);
	}
	office_stats(&office);
	CHECK(office.stats[IPC_STAT_RTP_TOO_MANY] > ARRIVAL_BURST / 4);
	participants_run(people, PEOPLE, TIME_S(2));
	got[0] = got[1] = (struct got){ 0 };
	publish(10);
	settle();
	CHECK(got[1].n == 40);
	CHECK(streams_are_whole());
}

/* A member's check that came from elsewhere: forged by the member, to have somebody flooded, or
 * copied by somebody on the path. */
static void an_address_that_does_not_answer_gets_no_media(void)
{
	struct sockaddr_storage sa;
	socklen_t len = addr_into_sockaddr(&office.server, AF_INET, &sa);
	uint8_t check[STUN_MESSAGE_MAX], got_bytes[2048];
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	size_t n = 0, video = got[1].n, bytes = 0;
	ssize_t k;

	people[B].ice.next = 0;
	CHECK(ice_client_poll(&people[B].ice, clock_now(), check, &n) == OK && n != 0);
	CHECK(sendto(fd, check, n, 0, (struct sockaddr *)&sa, len) == (ssize_t)n);
	publish(100);
	settle();
	CHECK(got[1].n == video + 400);
	while ((k = recv(fd, got_bytes, sizeof(got_bytes), MSG_DONTWAIT)) > 0) {
		CHECK(demux((struct span){ got_bytes, (size_t)k }) == DEMUX_STUN);
		bytes += (size_t)k;
	}
	/* An answer, and a few questions. */
	CHECK(bytes > 0 && bytes < 20 * n);
	close(fd);
	CHECK(streams_are_whole());
}

static void a_transport_without_a_number_is_refused(void)
{
	struct ipc_message m = { .type = IPC_OPEN, .open = { 1, 30, 1, 1 } };

	CHECK(office_say(&office, &m));
	CHECK(office_hear(&office, IPC_REFUSED, 0, &m));
}

static void who_leaves_falls_silent(void)
{
	size_t before;

	CHECK(office_say(&office, &(struct ipc_message){ .type = IPC_CLOSE,
	                                                 .transport = people[A].transport }));
	settle();
	before = got[0].n + got[1].n;
	publish(5);
	CHECK(got[0].n + got[1].n == before);
	office_stats(&office);
	CHECK(office.stats[IPC_STAT_TRANSPORTS] == 1 && office.stats[IPC_STAT_ROOMS] == 1);
	CHECK(office.stats[IPC_STAT_RTP_MALFORMED] == 0);
	CHECK(office.stats[IPC_STAT_SEALS_REFUSED] == 0);
}

int main(void)
{
	CHECK(office_open(&office, true));
	streams[LOW] =
	    (struct stream){ KIND_CAMERA, "uc", "l", 101, 65500, 1, 5, 32760, 9, 0, 0 };
	streams[MEDIUM] = (struct stream){ KIND_CAMERA, "uc", "m", 102, 500, 1, 6, 7, 0, 0, 0 };
	streams[HIGH] = (struct stream){ KIND_CAMERA, "uc",  "h", 103, 65530, 1,
		                         0xfffffff0,  32767, 250, 0,   0 };
	streams[SOUND] =
	    (struct stream){ KIND_AUDIO, "ua", NULL, 104, 65000, 1, 8, 0, 0, 0, 0 };
	both_connect();
	media_flows_into_a_slot();
	a_layer_switch_is_seamless();
	sound_only_has_no_picture();
	what_a_receiver_lost_is_sent_again();
	what_a_publisher_lost_is_asked_for_and_repaired();
	a_flood_of_key_frame_wishes_reaches_nobody();
	clear_frames_are_dropped_whole();
	a_new_ssrc_goes_on_as_the_same_stream();
	lips_stay_in_step();
	a_publisher_hears_how_its_packets_came();
	strangers_get_no_answer_and_disturb_nobody();
	forgeries_from_a_valid_address_end_nothing();
	who_sends_too_much_is_not_heard_for_a_while();
	an_address_that_does_not_answer_gets_no_media();
	a_transport_without_a_number_is_refused();
	who_leaves_falls_silent();
	for (size_t i = 0; i < PEOPLE; i++)
		participant_leave(&people[i]);
	CHECK(office_close(&office) == 0);
	return check_report("loopback");
}
