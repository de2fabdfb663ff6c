/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/srtp.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "transport/srtp_stream.h"

enum { ROOM = 256 };

static const struct srtp_master master = { "0123456789abcdef", "salt of 12 b" };

static struct span unhex(const char *hex, uint8_t *out)
{
	size_t n = strlen(hex) / 2;

	for (size_t i = 0; i < n; i++) {
		unsigned v;

		CHECK(sscanf(hex + 2 * i, "%2x", &v) == 1);
		out[i] = (uint8_t)v;
	}
	return (struct span){ out, n };
}

static bool holds(const uint8_t *p, size_t n, const char *hex)
{
	uint8_t want[ROOM];

	return span_is_equal((struct span){ p, n }, unhex(hex, want));
}

/* RFC 7714 16.1.1 and 17.1, whose keys are given derived: "Quid pro quo". */
static const struct srtp_master rfc7714 = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 0x51, 0x75, 0x69, 0x64, 0x20, 0x70, 0x72, 0x6f, 0x20, 0x71, 0x75, 0x6f }
};
static const char rtp_plain[] = "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064"
                                "697669736120696e207061727465732074726573";
static const char rtp_sealed[] = "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe63"
                                 "3bd50d294e6f42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf"
                                 "765ee4390cce";
static const char rtcp_plain[] =
    "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e"
    "61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
static const char rtcp_sealed[] = "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06"
                                  "f32dc676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2f"
                                  "c5abf87245d9eade800005d4";

static void the_rtp_vector_of_rfc7714_holds(void)
{
	struct srtp_out *out = srtp_out_from_derived(&rfc7714, &rfc7714);
	struct srtp_in *in = srtp_in_from_derived(&rfc7714, &rfc7714);
	uint8_t p[ROOM];
	size_t n = unhex(rtp_plain, p).n;

	CHECK(srtp_seal_rtp(out, p, &n, ROOM) == OK);
	CHECK(holds(p, n, rtp_sealed));
	CHECK(srtp_open_rtp(in, p, &n) == OK);
	CHECK(holds(p, n, rtp_plain));
	srtp_out_destroy(&out);
	srtp_in_destroy(&in);
}

/* The vector's index is 0x5d4: so many reports go before it. */
static void the_rtcp_vector_of_rfc7714_holds(void)
{
	struct srtp_out *out = srtp_out_from_derived(&rfc7714, &rfc7714);
	struct srtp_in *in = srtp_in_from_derived(&rfc7714, &rfc7714);
	uint8_t p[ROOM];
	size_t n = 0;

	for (unsigned i = 0; i <= 0x5d4; i++) {
		n = unhex(rtcp_plain, p).n;
		if (srtp_seal_rtcp(out, p, &n, ROOM) != OK)
			CHECK(!"sealed");
	}
	CHECK(holds(p, n, rtcp_sealed));
	CHECK(srtp_open_rtcp(in, p, &n) == OK);
	CHECK(holds(p, n, rtcp_plain));
	srtp_out_destroy(&out);
	srtp_in_destroy(&in);
}

/* RFC 3711 B.3. */
static void the_key_derivation_of_rfc3711_holds(void)
{
	uint8_t key[16], salt[14], out[16];

	unhex("e1f97a0d3e018be0d64fa32c06de4139", key);
	unhex("0ec675ad498afeebb6960b3aabe6", salt);
	CHECK(srtp_derive(key, salt, 0, out, 16) == OK);
	CHECK(holds(out, 16, "c61e7a93744f39ee10734afe3ff7a087"));
	CHECK(srtp_derive(key, salt, 2, out, 14) == OK);
	CHECK(holds(out, 14, "30cbbc08863d8c85d49db34a9ae1"));
	CHECK(srtp_derive(key, salt, 1, out, 17) == ERR_PROVIDER);
}

struct both {
	struct srtp_out *out;
	struct srtp_in *in;
};

static struct both both_make(void)
{
	struct both b = { srtp_out_create(&master), srtp_in_create(&master) };

	CHECK(b.out != NULL && b.in != NULL);
	return b;
}

static void both_end(struct both *b)
{
	srtp_out_destroy(&b->out);
	srtp_in_destroy(&b->in);
	CHECK(b->out == NULL && b->in == NULL);
}

static size_t rtp(uint8_t *p, uint32_t ssrc, uint16_t seq)
{
	memset(p, 0xc5, 60);
	memcpy(p, "\x80\x6f", 2);
	p[2] = (uint8_t)(seq >> 8);
	p[3] = (uint8_t)seq;
	for (size_t i = 0; i < 4; i++)
		p[8 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
	p[12] = (uint8_t)seq;
	return 60;
}

static size_t rtcp(uint8_t *p, uint32_t ssrc)
{
	memset(p, 0x3a, 28);
	memcpy(p, "\x80\xc9\x00\x06", 4);
	for (size_t i = 0; i < 4; i++)
		p[4 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
	return 28;
}

/* Sealed by libsrtp2 2.5.0 from the same master key and salt: RFC 7714 has no vector for the
 * derivation. bench/bench_srtp.c compares the two live. */
static void what_libsrtp_sealed_opens(void)
{
	struct both b = both_make();
	uint8_t p[ROOM], want[ROOM];
	size_t n = unhex("806f0064c5c5c5c500000001ec9795aeb993cbb8711c88f040727c80"
	                 "90d017272030db99cccb759dec6b0424ca8e6ff3",
	                 p)
	               .n;

	memset(want, 0xc5, 32);
	CHECK(srtp_open_rtp(b.in, p, &n) == OK && n == 32 && memcmp(p + 12, want, 20) == 0);
	n = unhex("80c900060000000142d0758125dfd5847a5f622eaeb48e54239ab0b7"
	          "e73a93ac599aa7b051567ccde7ebc1e580000001",
	          p)
	        .n;
	memset(want, 0x3a, 28);
	CHECK(srtp_open_rtcp(b.in, p, &n) == OK && n == 28 && memcmp(p + 8, want, 20) == 0);
	both_end(&b);
}

static void what_is_sealed_opens_and_the_payload_is_hidden(void)
{
	struct both b = both_make();
	/* fixed header; two CSRCs; an extension of two words; both; an empty payload */
	static const size_t headers[] = { 12, 20, 24, 32, 12 };

	for (size_t i = 0; i < ARRAY_LEN(headers); i++) {
		uint8_t p[ROOM], want[ROOM];
		size_t n = rtp(p, 7, (uint16_t)i), h = headers[i];

		p[0] = (uint8_t)(0x80 | (i == 1 || i == 3 ? 2 : 0) |
		                 (i == 2 || i == 3 ? 0x10 : 0));
		if (p[0] & 0x10)
			memcpy(p + h - 12, "\xbe\xde\x00\x02", 4);
		n = i == 4 ? 12 : n;
		memcpy(want, p, n);
		CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == OK);
		CHECK(memcmp(p, want, h) == 0);
		CHECK(i == 4 || (p[h] != want[h] && memcmp(p + h, want + h, 60 - h) != 0));
		CHECK(srtp_open_rtp(b.in, p, &n) == OK);
		CHECK(n == (i == 4 ? 12 : 60) && memcmp(p, want, n) == 0);
	}
	both_end(&b);
}

static void reports_open_and_are_hidden(void)
{
	struct both b = both_make();

	for (uint32_t i = 0; i < 10; i++) {
		uint8_t p[ROOM], want[ROOM];
		size_t n = rtcp(p, i % 2);

		memcpy(want, p, n);
		CHECK(srtp_seal_rtcp(b.out, p, &n, ROOM) == OK && n == 28 + SRTCP_OVERHEAD);
		CHECK(memcmp(p, want, 8) == 0 && memcmp(p + 8, want + 8, 20) != 0);
		CHECK(srtp_open_rtcp(b.in, p, &n) == OK && n == 28 && memcmp(p, want, n) == 0);
	}
	both_end(&b);
}

/* Three turns of the sequence number with a third lost, and the first packets near the top. */
static void the_counter_rolls_over_whatever_is_lost(void)
{
	for (unsigned seed = 1; seed <= 6; seed++) {
		struct both b = both_make();
		uint16_t seq = (uint16_t)(65536 - 3 * seed);
		unsigned opened = 0, lost = 0;

		srand(seed);
		for (uint32_t i = 0; i < 200000; i++, seq++) {
			uint8_t p[ROOM];
			size_t n = rtp(p, 1, seq);

			if (srtp_seal_rtp(b.out, p, &n, ROOM) != OK)
				CHECK(!"sealed");
			if (i < 4 * seed || rand() % 10 < 3)
				lost++;
			else
				opened += srtp_open_rtp(b.in, p, &n) == OK;
		}
		CHECK(opened + lost == 200000 && opened > 100000);
		both_end(&b);
	}
}

static void disorder_within_the_window_opens_once(void)
{
	enum { N = 600 };
	static uint8_t packets[N][ROOM];
	static size_t lens[N];
	struct both b = both_make();
	uint8_t p[ROOM];
	size_t n;

	for (unsigned i = 0; i < N; i++) {
		lens[i] = rtp(packets[i], 1, (uint16_t)(65300 + i)); /* across the wrap */
		CHECK(srtp_seal_rtp(b.out, packets[i], &lens[i], ROOM) == OK);
	}
	/* Blocks of SRTP_WINDOW, each from its end to its begin; then all of them again. */
	for (unsigned turn = 0; turn < 2; turn++)
		for (unsigned block = 0; block < N; block += SRTP_WINDOW)
			for (unsigned k = SRTP_WINDOW; k-- > 0;) {
				if (block + k >= N)
					continue;
				memcpy(p, packets[block + k], lens[block + k]);
				n = lens[block + k];
				CHECK(srtp_open_rtp(b.in, p, &n) == (turn ? ERR_NOT_NOW : OK));
			}
	both_end(&b);
}

/* Indices are told apart up to SRTP_WINDOW back, and no further. */
static void what_is_older_than_the_window_is_refused(void)
{
	for (unsigned back = SRTP_WINDOW - 1; back <= SRTP_WINDOW; back++) {
		struct both b = both_make();
		uint8_t old[ROOM], p[ROOM];
		size_t old_n = rtp(old, 1, 1000), n;

		CHECK(srtp_seal_rtp(b.out, old, &old_n, ROOM) == OK);
		n = rtp(p, 1, 999);
		CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == OK &&
		      srtp_open_rtp(b.in, p, &n) == OK);
		n = rtp(p, 1, (uint16_t)(1000 + back));
		CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == OK &&
		      srtp_open_rtp(b.in, p, &n) == OK);
		CHECK(srtp_open_rtp(b.in, old, &old_n) ==
		      (back < SRTP_WINDOW ? OK : ERR_NOT_NOW));
		both_end(&b);
	}
}

static void a_jump_forgets_what_lay_before(void)
{
	static const uint16_t seqs[] = { 10,    11,   11 + SRTP_WINDOW, 11 + 2 * SRTP_WINDOW,
		                         20000, 40000 };
	struct both b = both_make();

	for (size_t i = 0; i < ARRAY_LEN(seqs); i++)
		for (unsigned turn = 0; turn < 2; turn++) {
			uint8_t p[ROOM], copy[ROOM];
			size_t n = rtp(p, 1, seqs[i]), copy_n;

			CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == (turn ? ERR_NOT_NOW : OK));
			memcpy(copy, p, copy_n = n);
			if (turn == 0)
				CHECK(srtp_open_rtp(b.in, p, &n) == OK &&
				      srtp_open_rtp(b.in, copy, &copy_n) == ERR_NOT_NOW);
		}
	both_end(&b);
}

static void reports_are_not_replayed(void)
{
	enum { N = 20 };
	static uint8_t packets[N][ROOM];
	static size_t lens[N];
	struct both b = both_make();

	for (unsigned i = 0; i < N; i++) {
		lens[i] = rtcp(packets[i], 5);
		CHECK(srtp_seal_rtcp(b.out, packets[i], &lens[i], ROOM) == OK);
	}
	for (unsigned turn = 0; turn < 2; turn++)
		for (unsigned i = 0; i < N; i++) {
			uint8_t p[ROOM];
			size_t n = lens[i * 7 % N];

			memcpy(p, packets[i * 7 % N], n);
			CHECK(srtp_open_rtcp(b.in, p, &n) == (turn ? ERR_NOT_NOW : OK));
		}
	both_end(&b);
}

/* A bit that flips anywhere: refused; nothing of it is remembered, and the packet itself
 * opens afterwards. Both before an SSRC is known and after. */
static void no_flipped_bit_opens(void)
{
	struct both b = both_make();

	for (unsigned known = 0; known < 2; known++) {
		uint8_t p[ROOM], good[ROOM], report[ROOM];
		size_t n = rtp(good, 1, (uint16_t)(100 + known)), report_n = rtcp(report, 1);

		CHECK(srtp_seal_rtp(b.out, good, &n, ROOM) == OK);
		CHECK(srtp_seal_rtcp(b.out, report, &report_n, ROOM) == OK);
		for (size_t bit = 0; bit < 8 * n; bit++) {
			size_t m = n;

			memcpy(p, good, n);
			p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			CHECK(srtp_open_rtp(b.in, p, &m) != OK && m == n);
		}
		for (size_t bit = 0; bit < 8 * report_n; bit++) {
			size_t m = report_n;

			memcpy(p, report, report_n);
			p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			CHECK(srtp_open_rtcp(b.in, p, &m) != OK && m == report_n);
		}
		CHECK(srtp_open_rtp(b.in, good, &n) == OK);
		CHECK(srtp_open_rtcp(b.in, report, &report_n) == OK);
	}
	both_end(&b);
}

static void every_prefix_is_refused(void)
{
	struct both b = both_make();
	uint8_t p[ROOM], good[ROOM], report[ROOM];
	size_t n = rtp(good, 1, 100), report_n = rtcp(report, 1);

	CHECK(srtp_seal_rtp(b.out, good, &n, ROOM) == OK);
	CHECK(srtp_seal_rtcp(b.out, report, &report_n, ROOM) == OK);
	for (size_t i = 0; i < n; i++) {
		size_t m = i;

		memcpy(p, good, n);
		CHECK(srtp_open_rtp(b.in, p, &m) ==
		      (i < 12 + SRTP_TAG ? ERR_MALFORMED : ERR_AUTH));
	}
	for (size_t i = 0; i < report_n; i++) {
		size_t m = i;

		memcpy(p, report, report_n);
		CHECK(srtp_open_rtcp(b.in, p, &m) != OK);
	}
	both_end(&b);
}

static void wrong_headers_are_refused_both_ways(void)
{
	struct both b = both_make();
	static uint8_t big[SRTP_PACKET_MAX + 100];

	for (unsigned i = 0; i < 6; i++) {
		uint8_t p[ROOM];
		size_t n = rtp(p, 1, 1), m;

		if (i == 0)
			p[0] = 0x40; /* version 1 */
		if (i == 1)
			p[0] = 0x8d; /* 13 CSRCs end after the packet */
		if (i == 2)
			p[0] = 0x90, n = 14; /* the extension's header is cut */
		if (i == 3)
			p[0] = 0x90, memcpy(p + 12, "\xbe\xde\x00\x0c", 4); /* 12 words */
		if (i == 4)
			p[0] = 0x90, memcpy(p + 12, "\xbe\xde\xff\xff", 4);
		if (i == 5)
			n = 11;
		m = n;
		CHECK(srtp_seal_rtp(b.out, p, &m, ROOM) == ERR_MALFORMED && m == n);
		m = n + SRTP_TAG;
		CHECK(srtp_open_rtp(b.in, p, &m) == ERR_MALFORMED);
	}
	size_t n = SRTP_PACKET_MAX + 1, m = n;

	big[0] = 0x80;
	CHECK(srtp_seal_rtp(b.out, big, &m, sizeof(big)) == ERR_MALFORMED);
	CHECK(srtp_seal_rtcp(b.out, big, &m, sizeof(big)) == ERR_MALFORMED);
	CHECK(srtp_open_rtp(b.in, big, &m) == ERR_MALFORMED);
	CHECK(srtp_open_rtcp(b.in, big, &m) == ERR_MALFORMED);
	n = rtp(big, 1, 1);
	CHECK(srtp_seal_rtp(b.out, big, &n, n + SRTP_OVERHEAD - 1) == ERR_SPACE);
	CHECK(srtp_seal_rtp(b.out, big, &n, n - 1) == ERR_SPACE);
	CHECK(srtp_seal_rtp(b.out, big, &n, n + SRTP_OVERHEAD) == OK);
	n = rtcp(big, 1);
	CHECK(srtp_seal_rtcp(b.out, big, &n, n + SRTCP_OVERHEAD - 1) == ERR_SPACE);
	CHECK(srtp_seal_rtcp(b.out, big, &n, n + SRTCP_OVERHEAD) == OK);
	both_end(&b);
}

/* RFC 7714 9.3: authentic, but in clear. We never send it, so we never take it. */
static void a_report_in_clear_is_refused(void)
{
	struct both b = both_make();
	uint8_t p[ROOM];
	size_t n = rtcp(p, 1);

	CHECK(srtp_seal_rtcp(b.out, p, &n, ROOM) == OK);
	p[n - 4] &= 0x7f;
	CHECK(srtp_open_rtcp(b.in, p, &n) == ERR_MALFORMED);
	both_end(&b);
}

static void a_number_is_sealed_once(void)
{
	struct both b = both_make();
	uint8_t p[ROOM];
	size_t n = rtp(p, 1, 50);

	CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == OK);
	n = rtp(p, 1, 50);
	CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == ERR_NOT_NOW);
	n = rtp(p, 1, 49); /* never sealed, and near: late but new */
	CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == OK);
	n = rtp(p, 1, 49);
	CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == ERR_NOT_NOW);
	n = rtp(p, 1, 65500); /* before the first of all */
	CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == ERR_NOT_NOW);
	n = rtp(p, 2, 50); /* another SSRC, another nonce */
	CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == OK);
	both_end(&b);
}

/* RFC 3711 9.2: after 2^48 packets the key is used up. */
static void the_last_index_is_the_last(void)
{
	struct srtp_streams *streams = srtp_streams_create(2);
	const uint64_t last = (UINT64_C(1) << 48) - 1;
	uint64_t index;

	srtp_streams_add(streams, 1, last - 1);
	CHECK(srtp_stream_guess(srtp_streams_find(streams, 1), 0xffff, &index) == OK &&
	      index == last);
	CHECK(srtp_stream_guess(srtp_streams_find(streams, 1), 0, &index) == ERR_LIMIT);
	CHECK(srtp_streams_find(streams, 2) == NULL);
	srtp_streams_destroy(&streams);
}

static void the_number_of_ssrcs_is_bounded(void)
{
	struct both b = both_make();
	uint8_t p[ROOM];
	size_t n;

	for (uint32_t i = 0; i < SRTP_OUT_SSRCS; i++) {
		n = rtp(p, i * 1000003, 5);
		CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == OK);
		CHECK(srtp_open_rtp(b.in, p, &n) == (i < SRTP_IN_SSRCS ? OK : ERR_LIMIT));
		n = rtcp(p, i * 1000003);
		CHECK(srtp_seal_rtcp(b.out, p, &n, ROOM) == OK);
		CHECK(srtp_open_rtcp(b.in, p, &n) == (i < SRTP_IN_SSRCS ? OK : ERR_LIMIT));
	}
	n = rtp(p, 3, 5);
	CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == ERR_LIMIT);
	n = rtp(p, 0, 6); /* those that are known go on */
	CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == OK && srtp_open_rtp(b.in, p, &n) == OK);
	both_end(&b);
}

/* Forged SSRCs, however many, take no room. */
static void only_authentic_packets_take_room(void)
{
	struct both b = both_make();
	uint8_t p[ROOM];
	size_t n;

	for (uint32_t i = 0; i < 1000; i++) {
		rtp(p, i, 5);
		n = 76;
		CHECK(srtp_open_rtp(b.in, p, &n) == ERR_AUTH);
		rtcp(p, i);
		memset(p + 28, 0xff, 20);
		n = 48;
		CHECK(srtp_open_rtcp(b.in, p, &n) == ERR_AUTH);
	}
	n = rtp(p, 1, 5);
	CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == OK && srtp_open_rtp(b.in, p, &n) == OK);
	both_end(&b);
}

static void another_key_opens_nothing(void)
{
	struct both b = both_make();
	struct srtp_master other = master;
	uint8_t p[ROOM];
	size_t n;

	for (unsigned i = 0; i < 2; i++) {
		struct srtp_in *in;

		other = master;
		if (i == 0)
			other.key[15] ^= 1;
		else
			other.salt[11] ^= 1;
		in = srtp_in_create(&other);
		n = rtp(p, i, 5);
		CHECK(srtp_seal_rtp(b.out, p, &n, ROOM) == OK);
		CHECK(srtp_open_rtp(in, p, &n) == ERR_AUTH);
		n = rtcp(p, i);
		CHECK(srtp_seal_rtcp(b.out, p, &n, ROOM) == OK);
		CHECK(srtp_open_rtcp(in, p, &n) == ERR_AUTH);
		srtp_in_destroy(&in);
	}
	both_end(&b);
}

int main(void)
{
	the_rtp_vector_of_rfc7714_holds();
	the_rtcp_vector_of_rfc7714_holds();
	the_key_derivation_of_rfc3711_holds();
	what_libsrtp_sealed_opens();
	what_is_sealed_opens_and_the_payload_is_hidden();
	reports_open_and_are_hidden();
	the_counter_rolls_over_whatever_is_lost();
	disorder_within_the_window_opens_once();
	what_is_older_than_the_window_is_refused();
	a_jump_forgets_what_lay_before();
	reports_are_not_replayed();
	no_flipped_bit_opens();
	every_prefix_is_refused();
	wrong_headers_are_refused_both_ways();
	a_report_in_clear_is_refused();
	a_number_is_sealed_once();
	the_last_index_is_the_last();
	the_number_of_ssrcs_is_bounded();
	only_authentic_packets_take_room();
	another_key_opens_nothing();
	return check_report("srtp");
}
