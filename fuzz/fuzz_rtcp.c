/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "transport/rtcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(const struct wr *w, struct span in)
{
	struct span out;

	/* A header's padding and what follows the blocks are not written again. */
	if (wr_end(w, &out) != OK || out.n < RTCP_HEADER || out.n - RTCP_HEADER > in.n ||
	    memcmp(out.p + RTCP_HEADER, in.p, out.n - RTCP_HEADER) != 0)
		__builtin_trap();
}

static void reports_check(const struct rtcp *p)
{
	struct rtcp_report reports[RTCP_REPORTS_MAX];
	struct rtcp_sender sender;
	uint8_t buf[1024];
	struct wr w = wr_into(buf, sizeof(buf));
	uint32_t ssrc;
	struct rd r;
	size_t n = 0;
	bool is_sr = p->type == RTCP_SR;

	if ((is_sr ? rtcp_sr_read(p, &ssrc, &sender, &r) : rtcp_rr_read(p, &ssrc, &r)) != OK)
		return;
	while (rd_more(&r))
		if (rtcp_report_read(&r, &reports[n++]) != OK)
			__builtin_trap();
	if (n != p->count)
		__builtin_trap();
	if (is_sr)
		rtcp_sr_write(&w, ssrc, &sender, reports, n);
	else
		rtcp_rr_write(&w, ssrc, reports, n);
	same(&w, p->body);
}

static void nacks_check(const struct rtcp *p, const struct rtcp_feedback *f)
{
	static struct rtcp_nack nacks[1 << 16];
	static uint8_t buf[1 << 19];
	struct wr w = wr_into(buf, sizeof(buf));
	struct rd r = rd_from(f->fci);
	size_t n = 0;

	while (rd_more(&r) && rtcp_nack_read(&r, &nacks[n]) == OK)
		n++;
	rtcp_nack_write(&w, f->sender, f->media, nacks, n);
	same(&w, p->body);
}

/* Property: reports and NACKs that read write back to the very same bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_from((struct span){ data, size }), list;
	struct rtcp p;
	struct rtcp_feedback f;
	struct rtcp_fir fir;

	while (rd_more(&r) && rtcp_next(&r, &p) == OK) {
		if (p.type == RTCP_SR || p.type == RTCP_RR)
			reports_check(&p);
		if (p.type == RTCP_BYE && rtcp_bye_read(&p, &list) == OK)
			while (rd_more(&list))
				rd_uint(&list, 4);
		if (p.type != RTCP_RTPFB && p.type != RTCP_PSFB)
			continue;
		if (rtcp_feedback_read(&p, &f) != OK)
			continue;
		if (p.type == RTCP_RTPFB && p.count == RTCP_NACK)
			nacks_check(&p, &f);
		for (list = rd_from(f.fci); rd_more(&list);)
			if (rtcp_fir_read(&list, &fir) != OK)
				break;
	}
	return 0;
}
