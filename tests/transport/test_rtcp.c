/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "tests/support/check.h"
#include "transport/rtcp.h"

static const struct rtcp_sender sender = { 0x0102030405060708, 0x11121314, 21, 22 };
static const struct rtcp_report report = { 5, 6, -7, 8, 9, 10, 11 };

/* One of each kind in a compound. */
static struct span compound_write(uint8_t *buf, size_t cap)
{
	static const uint32_t ssrcs[] = { 1, 2 };
	static const struct rtcp_nack nacks[] = { { 100, 0x8001 }, { 0xffff, 0 } };
	static const struct rtcp_fir fir = { 0xabcdef01, 3 };
	struct rtcp_report reports[2] = { report, report };
	struct wr w = wr_into(buf, cap);
	struct span out = { 0 };

	reports[1].lost = 0x7fffff;
	rtcp_sr_write(&w, 77, &sender, reports, 2);
	rtcp_rr_write(&w, 78, reports, 1);
	rtcp_cname_write(&w, ssrcs, 2, SPAN_STR("p12"));
	rtcp_nack_write(&w, 79, 80, nacks, 2);
	rtcp_pli_write(&w, 81, 82);
	rtcp_fir_write(&w, 83, &fir);
	rtcp_bye_write(&w, 84);
	CHECK(wr_end(&w, &out) == OK);
	return out;
}

static struct rtcp next_of(struct rd *r, unsigned type, unsigned count)
{
	struct rtcp p = { 0 };

	CHECK(rtcp_next(r, &p) == OK);
	CHECK(p.type == type && p.count == count);
	return p;
}

static void reports_survive(struct rd *r)
{
	struct rtcp p = next_of(r, RTCP_SR, 2);
	struct rtcp_sender s = { 0 };
	struct rtcp_report b = { 0 };
	struct rd blocks;
	uint32_t ssrc = 0;

	CHECK(rtcp_sr_read(&p, &ssrc, &s, &blocks) == OK && ssrc == 77);
	CHECK(memcmp(&s, &sender, sizeof(s)) == 0);
	CHECK(rtcp_report_read(&blocks, &b) == OK);
	CHECK(b.ssrc == 5 && b.fraction == 6 && b.lost == -7 && b.highest == 8);
	CHECK(b.jitter == 9 && b.lsr == 10 && b.dlsr == 11);
	CHECK(rtcp_report_read(&blocks, &b) == OK && b.lost == 0x7fffff);
	CHECK(!rd_more(&blocks));
	p = next_of(r, RTCP_RR, 1);
	CHECK(rtcp_rr_read(&p, &ssrc, &blocks) == OK && ssrc == 78);
	CHECK(rtcp_report_read(&blocks, &b) == OK && b.lost == -7 && !rd_more(&blocks));
}

static void feedback_survives(struct rd *r)
{
	struct rtcp p = next_of(r, RTCP_RTPFB, RTCP_NACK);
	struct rtcp_feedback f = { 0 };
	struct rtcp_nack n = { 0 };
	struct rtcp_fir fir = { 0 };

	CHECK(rtcp_feedback_read(&p, &f) == OK && f.sender == 79 && f.media == 80);

	struct rd fci = rd_from(f.fci);

	CHECK(rtcp_nack_read(&fci, &n) == OK && n.seq == 100 && n.mask == 0x8001);
	CHECK(rtcp_nack_read(&fci, &n) == OK && n.seq == 0xffff && n.mask == 0);
	CHECK(rtcp_nack_read(&fci, &n) == ERR_TRUNCATED);
	p = next_of(r, RTCP_PSFB, RTCP_PLI);
	CHECK(rtcp_feedback_read(&p, &f) == OK && f.sender == 81 && f.media == 82);
	CHECK(f.fci.n == 0);
	p = next_of(r, RTCP_PSFB, RTCP_FIR);
	CHECK(rtcp_feedback_read(&p, &f) == OK && f.sender == 83 && f.media == 0);
	fci = rd_from(f.fci);
	CHECK(rtcp_fir_read(&fci, &fir) == OK && fir.ssrc == 0xabcdef01 && fir.number == 3);
	CHECK(!rd_more(&fci));
}

static void a_compound_survives_writing_and_reading(void)
{
	uint8_t buf[512];
	struct rd r = rd_from(compound_write(buf, sizeof(buf)));
	struct rd ssrcs;

	reports_survive(&r);

	struct rtcp p = next_of(&r, RTCP_SDES, 2);

	/* SSRC, CNAME, length 3, "p12", three zeros to the next multiple of four. */
	CHECK(span_is_equal((struct span){ p.body.p, p.body.n / 2 },
	                    SPAN_STR("\0\0\0\1\1\3p12\0\0\0")));
	feedback_survives(&r);
	p = next_of(&r, RTCP_BYE, 1);
	CHECK(rtcp_bye_read(&p, &ssrcs) == OK && rd_uint(&ssrcs, 4) == 84 && !rd_more(&ssrcs));
	CHECK(rd_end(&r) == OK);
}

static void every_prefix_ends_in_an_error_or_between_packets(void)
{
	uint8_t buf[512], exact[512];
	struct span all = compound_write(buf, sizeof(buf));
	size_t whole = 0;

	for (size_t n = 0; n < all.n; n++) {
		memcpy(exact, all.p, n);

		struct rd r = rd_from((struct span){ exact, n });
		struct rtcp p;

		while (rd_more(&r) && rtcp_next(&r, &p) == OK)
			;
		whole += r.err == OK;
		CHECK(r.err == OK || r.err == ERR_TRUNCATED);
	}
	CHECK(whole == 7); /* nothing, and after each packet but the last */
}

static void counts_above_the_body_are_refused(void)
{
	static const uint8_t none[3] = { 0 };
	struct rtcp sr = { 31, RTCP_SR, SPAN(none) }, bye = { 31, RTCP_BYE, SPAN(none) };
	uint8_t body[24 + 24] = { 0 };
	struct rtcp_sender s;
	uint32_t ssrc;
	struct rd rest;
	struct rtcp_feedback f;

	CHECK(rtcp_sr_read(&sr, &ssrc, &s, &rest) == ERR_TRUNCATED);
	sr.body = SPAN(body);
	CHECK(rtcp_sr_read(&sr, &ssrc, &s, &rest) == ERR_TRUNCATED);
	sr.count = 1;
	CHECK(rtcp_sr_read(&sr, &ssrc, &s, &rest) == OK);
	sr.count = 2;
	CHECK(rtcp_rr_read(&sr, &ssrc, &rest) == ERR_TRUNCATED);
	CHECK(rtcp_bye_read(&bye, &rest) == ERR_TRUNCATED);
	CHECK(rtcp_feedback_read(&bye, &f) == ERR_TRUNCATED);
}

static enum err padded(uint8_t first, uint8_t padding, size_t n, size_t *body)
{
	uint8_t in[16] = { first, RTCP_RR, 0, 1, 0, 0, 0, padding };
	struct rd r = rd_from((struct span){ in, n });
	struct rtcp p = { 0 };
	enum err err = rtcp_next(&r, &p);

	*body = p.body.n;
	return err;
}

static void padding_is_taken_off_and_checked(void)
{
	size_t body;

	CHECK(padded(0xa0, 4, 8, &body) == OK && body == 0);
	CHECK(padded(0xa0, 0, 8, &body) == ERR_MALFORMED);
	CHECK(padded(0xa0, 3, 8, &body) == ERR_MALFORMED);
	CHECK(padded(0xa0, 8, 8, &body) == ERR_MALFORMED);
	CHECK(padded(0xa0, 4, 12, &body) == ERR_MALFORMED); /* not the last packet */
	CHECK(padded(0x80, 4, 8, &body) == OK && body == 4);
	CHECK(padded(0x40, 4, 8, &body) == ERR_MALFORMED);
	CHECK(padded(0xc0, 4, 8, &body) == ERR_MALFORMED);
}

static void writers_keep_to_the_bounds(void)
{
	static struct rtcp_report many[RTCP_REPORTS_MAX + 1];
	static uint32_t ssrcs[RTCP_REPORTS_MAX + 1];
	uint8_t buf[1024], small[8];
	struct wr w = wr_into(buf, sizeof(buf));

	rtcp_rr_write(&w, 1, many, RTCP_REPORTS_MAX);
	CHECK(w.err == OK);
	rtcp_rr_write(&w, 1, many, RTCP_REPORTS_MAX + 1);
	CHECK(w.err == ERR_LIMIT);
	w = wr_into(buf, sizeof(buf));
	rtcp_sr_write(&w, 1, &sender, many, RTCP_REPORTS_MAX + 1);
	CHECK(w.err == ERR_LIMIT);
	w = wr_into(buf, sizeof(buf));
	rtcp_cname_write(&w, ssrcs, RTCP_REPORTS_MAX + 1, SPAN_STR("x"));
	CHECK(w.err == ERR_LIMIT);
	w = wr_into(small, sizeof(small));
	rtcp_pli_write(&w, 1, 2);
	CHECK(w.err == ERR_SPACE);
}

int main(void)
{
	a_compound_survives_writing_and_reading();
	every_prefix_ends_in_an_error_or_between_packets();
	counts_above_the_body_are_refused();
	padding_is_taken_off_and_checked();
	writers_keep_to_the_bounds();
	return check_report("rtcp");
}
