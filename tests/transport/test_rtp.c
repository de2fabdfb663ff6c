/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "tests/support/check.h"
#include "transport/rtp.h"

/* V2 P X CC1, marker, PT 96, seq 0x1234, a CSRC, MID "ua" (1), a byte of padding, TWCC (4). */
static const uint8_t packet[] = { 0xb1, 0xe0, 0x12, 0x34, 0,    0,    0,    9,   0,   0,    0,
	                          7,    9,    9,    9,    9,    0xbe, 0xde, 0,   2,   0x11, 'u',
	                          'a',  0,    0x41, 0xab, 0xcd, 0,    'p',  'a', 'y', 0,    2 };

static struct rtp read_ok(struct span in)
{
	struct rtp rtp = { 0 };

	CHECK(rtp_read(in, &rtp) == OK);
	return rtp;
}

static void every_field_is_read(void)
{
	struct rtp rtp = read_ok(SPAN(packet));

	CHECK(rtp.marker && rtp.pt == 96 && rtp.seq == 0x1234);
	CHECK(rtp.timestamp == 9 && rtp.ssrc == 7 && rtp.padding == 2);
	CHECK(span_is_equal(rtp.payload, SPAN_STR("pay")));
	CHECK(span_is_equal(rtp_extension(&rtp, 1), SPAN_STR("ua")));
	CHECK(span_is_equal(rtp_extension(&rtp, 4), SPAN_STR("\xab\xcd")));
	CHECK(rtp_extension(&rtp, 2).n == 0);
}

static void what_is_written_reads_the_same(void)
{
	struct rtp rtp = read_ok(SPAN(packet)), back;
	uint8_t buf[64], elements[16];
	struct wr e = wr_into(elements, sizeof(elements)), w = wr_into(buf, sizeof(buf));

	rtp_extension_write(&e, 1, SPAN_STR("v48"));
	rtp_extension_write(&e, 4, SPAN_STR("\x01\x02"));
	CHECK(wr_end(&e, &rtp.extensions) == OK);
	rtp_write(&w, &rtp);

	struct span out;

	CHECK(wr_end(&w, &out) == OK && out.n == 12 + 4 + 8 + 3 + 2);
	back = read_ok(out);
	CHECK(back.marker == rtp.marker && back.pt == rtp.pt && back.seq == rtp.seq);
	CHECK(back.timestamp == rtp.timestamp && back.ssrc == rtp.ssrc);
	CHECK(back.padding == 2 && span_is_equal(back.payload, rtp.payload));
	CHECK(span_is_equal(rtp_extension(&back, 1), SPAN_STR("v48")));
	CHECK(span_is_equal(rtp_extension(&back, 4), SPAN_STR("\x01\x02")));
}

static void every_prefix_of_the_header_is_refused(void)
{
	struct rtp rtp = { .ssrc = 77 };
	uint8_t copy[sizeof(packet)];

	for (size_t n = 0; n < 28; n++)
		CHECK(rtp_read((struct span){ packet, n }, &rtp) == ERR_TRUNCATED);
	/* With a payload cut to nothing there is no count of padding either. */
	CHECK(rtp_read((struct span){ packet, 28 }, &rtp) == ERR_TRUNCATED);
	memcpy(copy, packet, sizeof(copy));
	copy[0] &= 0xdf;
	CHECK(rtp_read((struct span){ copy, 28 }, &rtp) == OK);
}

static void refused_with(size_t at, uint8_t value)
{
	struct rtp rtp = { .ssrc = 77 };
	uint8_t copy[sizeof(packet)];

	memcpy(copy, packet, sizeof(copy));
	copy[at] = value;
	CHECK(rtp_read(SPAN(copy), &rtp) != OK);
	CHECK(rtp.ssrc == 77);
}

static void wrong_forms_are_refused(void)
{
	refused_with(0, 0x71);               /* version 1                        */
	refused_with(0, 0xf1);               /* version 3                        */
	refused_with(0, 0xbf);               /* more CSRCs than bytes            */
	refused_with(18, 0xff);              /* more extensions than bytes       */
	refused_with(24, 0x43);              /* an element longer than they are  */
	refused_with(sizeof(packet) - 1, 0); /* padding that does not count itself */
	refused_with(sizeof(packet) - 1, 6); /* more padding than payload        */
	refused_with(sizeof(packet) - 1, 0xff);
}

static void unknown_forms_of_extension_are_skipped(void)
{
	uint8_t copy[sizeof(packet)];

	memcpy(copy, packet, sizeof(copy));
	copy[16] = 0x10; /* the two-byte form */
	copy[17] = 0x00;

	struct rtp rtp = read_ok(SPAN(copy));

	CHECK(rtp.extensions.n == 0 && rtp_extension(&rtp, 1).n == 0);
	CHECK(span_is_equal(rtp.payload, SPAN_STR("pay")));
	copy[16] = 0xbe;
	copy[17] = 0xde;
	copy[20] = 0xf0; /* RFC 8285 4.2: 15 ends the elements */
	rtp = read_ok(SPAN(copy));
	CHECK(rtp_extension(&rtp, 1).n == 0 && rtp_extension(&rtp, 4).n == 0);
}

static void distances_go_around_the_circle(void)
{
	CHECK(rtp_seq_diff(0xffff, 0) == 1);
	CHECK(rtp_seq_diff(0, 0xffff) == -1);
	CHECK(rtp_seq_diff(10, 0x7fff) > 0);
}

int main(void)
{
	every_field_is_read();
	what_is_written_reads_the_same();
	every_prefix_of_the_header_is_refused();
	wrong_forms_are_refused();
	unknown_forms_of_extension_are_skipped();
	distances_go_around_the_circle();
	return check_report("rtp");
}
