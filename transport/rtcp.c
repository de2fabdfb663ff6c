/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/rtcp.h"

enum {
	VERSION_MASK = 0xc0,
	VERSION_2 = 0x80,
	PADDING = 0x20,
	COUNT = 0x1f,
	SDES_CNAME = 1,
};

enum err rtcp_next(struct rd *r, struct rtcp *out)
{
	unsigned first = (unsigned)rd_uint(r, 1);
	uint8_t type = (uint8_t)rd_uint(r, 1);
	struct span body = rd_bytes(r, (size_t)rd_uint(r, 2) * 4);

	TRY(r->err);
	if ((first & VERSION_MASK) != VERSION_2) {
		rd_fail(r, ERR_MALFORMED);
		return ERR_MALFORMED;
	}
	if (first & PADDING) {
		uint8_t padding = body.n ? body.p[body.n - 1] : 0;

		/* RFC 3550 6.4.1: a multiple of four, and only in the last packet. */
		if (padding == 0 || padding % 4 != 0 || padding > body.n || rd_more(r)) {
			rd_fail(r, ERR_MALFORMED);
			return ERR_MALFORMED;
		}
		body.n -= padding;
	}
	*out = (struct rtcp){ first & COUNT, type, body };
	return OK;
}

size_t rtcp_open(struct wr *w, unsigned count, enum rtcp_type type)
{
	size_t opened = w->n;

	wr_uint(w, 1, (unsigned)VERSION_2 | count);
	wr_uint(w, 1, type);
	wr_uint(w, 2, 0);
	return opened;
}

void rtcp_close(struct wr *w, size_t opened)
{
	if (w->err != OK)
		return;

	size_t n = w->n - opened - RTCP_HEADER;

	if (n % 4 != 0 || n / 4 > UINT16_MAX) {
		wr_fail(w, ERR_MALFORMED);
		return;
	}
	w->buf[opened + 2] = (uint8_t)(n / 4 >> 8);
	w->buf[opened + 3] = (uint8_t)(n / 4);
}

enum { REPORT = 24 };

/* What follows the blocks is a profile's extension: not ours to read. */
static struct rd reports_read(struct rd *r, const struct rtcp *p)
{
	return rd_sub(r, (size_t)p->count * REPORT);
}

enum err rtcp_sr_read(const struct rtcp *p, uint32_t *ssrc, struct rtcp_sender *sender,
                      struct rd *reports)
{
	struct rd r = rd_from(p->body);
	uint32_t from = (uint32_t)rd_uint(&r, 4);
	struct rtcp_sender s = { .ntp = rd_uint(&r, 8) };

	s.rtp = (uint32_t)rd_uint(&r, 4);
	s.packets = (uint32_t)rd_uint(&r, 4);
	s.octets = (uint32_t)rd_uint(&r, 4);

	struct rd blocks = reports_read(&r, p);

	TRY(r.err);
	*ssrc = from;
	*sender = s;
	*reports = blocks;
	return OK;
}

enum err rtcp_rr_read(const struct rtcp *p, uint32_t *ssrc, struct rd *reports)
{
	struct rd r = rd_from(p->body);
	uint32_t from = (uint32_t)rd_uint(&r, 4);
	struct rd blocks = reports_read(&r, p);

	TRY(r.err);
	*ssrc = from;
	*reports = blocks;
	return OK;
}

enum err rtcp_report_read(struct rd *r, struct rtcp_report *out)
{
	struct rtcp_report b = { .ssrc = (uint32_t)rd_uint(r, 4) };

	b.fraction = (uint8_t)rd_uint(r, 1);
	b.lost = (int32_t)rd_uint(r, 3);
	if (b.lost & 0x800000)
		b.lost -= 0x1000000;
	b.highest = (uint32_t)rd_uint(r, 4);
	b.jitter = (uint32_t)rd_uint(r, 4);
	b.lsr = (uint32_t)rd_uint(r, 4);
	b.dlsr = (uint32_t)rd_uint(r, 4);
	TRY(r->err);
	*out = b;
	return OK;
}

static void reports_write(struct wr *w, const struct rtcp_report *reports, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		wr_uint(w, 4, reports[i].ssrc);
		wr_uint(w, 1, reports[i].fraction);
		wr_uint(w, 3, (uint32_t)reports[i].lost & 0xffffff);
		wr_uint(w, 4, reports[i].highest);
		wr_uint(w, 4, reports[i].jitter);
		wr_uint(w, 4, reports[i].lsr);
		wr_uint(w, 4, reports[i].dlsr);
	}
}

void rtcp_sr_write(struct wr *w, uint32_t ssrc, const struct rtcp_sender *sender,
                   const struct rtcp_report *reports, size_t n)
{
	if (n > RTCP_REPORTS_MAX) {
		wr_fail(w, ERR_LIMIT);
		return;
	}
	size_t opened = rtcp_open(w, (unsigned)n, RTCP_SR);

	wr_uint(w, 4, ssrc);
	wr_uint(w, 8, sender->ntp);
	wr_uint(w, 4, sender->rtp);
	wr_uint(w, 4, sender->packets);
	wr_uint(w, 4, sender->octets);
	reports_write(w, reports, n);
	rtcp_close(w, opened);
}

void rtcp_rr_write(struct wr *w, uint32_t ssrc, const struct rtcp_report *reports, size_t n)
{
	if (n > RTCP_REPORTS_MAX) {
		wr_fail(w, ERR_LIMIT);
		return;
	}
	size_t opened = rtcp_open(w, (unsigned)n, RTCP_RR);

	wr_uint(w, 4, ssrc);
	reports_write(w, reports, n);
	rtcp_close(w, opened);
}

void rtcp_cname_write(struct wr *w, const uint32_t *ssrcs, size_t n, struct span cname)
{
	if (n > RTCP_REPORTS_MAX || cname.n > 255) {
		wr_fail(w, ERR_LIMIT);
		return;
	}
	size_t opened = rtcp_open(w, (unsigned)n, RTCP_SDES);

	for (size_t i = 0; i < n; i++) {
		wr_uint(w, 4, ssrcs[i]);
		wr_uint(w, 1, SDES_CNAME);
		wr_uint(w, 1, cname.n);
		wr_bytes(w, cname);
		/* RFC 3550 6.5: one to four zeros end the items of a chunk. */
		wr_zero(w, 4 - (2 + cname.n) % 4);
	}
	rtcp_close(w, opened);
}

enum err rtcp_bye_read(const struct rtcp *p, struct rd *ssrcs)
{
	struct rd r = rd_from(p->body);
	struct rd list = rd_sub(&r, (size_t)p->count * 4);

	TRY(r.err);
	*ssrcs = list;
	return OK;
}

void rtcp_bye_write(struct wr *w, uint32_t ssrc)
{
	size_t opened = rtcp_open(w, 1, RTCP_BYE);

	wr_uint(w, 4, ssrc);
	rtcp_close(w, opened);
}

enum err rtcp_feedback_read(const struct rtcp *p, struct rtcp_feedback *out)
{
	struct rd r = rd_from(p->body);
	struct rtcp_feedback f = { .sender = (uint32_t)rd_uint(&r, 4) };

	f.media = (uint32_t)rd_uint(&r, 4);
	f.fci = rd_bytes(&r, rd_left(&r));
	TRY(r.err);
	*out = f;
	return OK;
}

static size_t feedback_open(struct wr *w, unsigned count, enum rtcp_type type, uint32_t sender,
                            uint32_t media)
{
	size_t opened = rtcp_open(w, count, type);

	wr_uint(w, 4, sender);
	wr_uint(w, 4, media);
	return opened;
}

enum err rtcp_nack_read(struct rd *fci, struct rtcp_nack *out)
{
	struct rtcp_nack n = { .seq = (uint16_t)rd_uint(fci, 2) };

	n.mask = (uint16_t)rd_uint(fci, 2);
	TRY(fci->err);
	*out = n;
	return OK;
}

void rtcp_nack_write(struct wr *w, uint32_t sender, uint32_t media,
                     const struct rtcp_nack *entries, size_t n)
{
	size_t opened = feedback_open(w, RTCP_NACK, RTCP_RTPFB, sender, media);

	for (size_t i = 0; i < n; i++) {
		wr_uint(w, 2, entries[i].seq);
		wr_uint(w, 2, entries[i].mask);
	}
	rtcp_close(w, opened);
}

void rtcp_pli_write(struct wr *w, uint32_t sender, uint32_t media)
{
	rtcp_close(w, feedback_open(w, RTCP_PLI, RTCP_PSFB, sender, media));
}

enum err rtcp_fir_read(struct rd *fci, struct rtcp_fir *out)
{
	struct rtcp_fir f = { .ssrc = (uint32_t)rd_uint(fci, 4) };

	f.number = (uint8_t)rd_uint(fci, 1);
	rd_bytes(fci, 3);
	TRY(fci->err);
	*out = f;
	return OK;
}

void rtcp_fir_write(struct wr *w, uint32_t sender, const struct rtcp_fir *fir)
{
	/* RFC 5104 4.3.1.2: the media source of the header is zero. */
	size_t opened = feedback_open(w, RTCP_FIR, RTCP_PSFB, sender, 0);

	wr_uint(w, 4, fir->ssrc);
	wr_uint(w, 1, fir->number);
	wr_zero(w, 3);
	rtcp_close(w, opened);
}
