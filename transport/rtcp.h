/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_RTCP_H
#define ZEGEL_TRANSPORT_RTCP_H

#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

/* RTCP (RFC 3550 6, feedback: RFC 4585 6). A datagram is a compound of packets, which are
 * taken off one by one; each kind has a reader and a writer. Reduced-size compounds (RFC
 * 5506) are taken too. Unknown kinds are the caller's to skip.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-+---------+---------------+-------------------------------+
 * |V=2|P|  count  |     type      |  length: 32-bit words after   |
 * +---+-+---------+---------------+-------------------------------+ */
enum rtcp_type {
	RTCP_SR = 200,
	RTCP_RR = 201,
	RTCP_SDES = 202,
	RTCP_BYE = 203,
	RTCP_RTPFB = 205, /* count: 1 NACK, 15 transport-wide feedback */
	RTCP_PSFB = 206,  /* count: 1 PLI, 4 FIR, 15 others (REMB)      */
};
enum {
	RTCP_HEADER = 4,
	RTCP_REPORTS_MAX = 31, /* the count has 5 bits */
	RTCP_NACK = 1,
	RTCP_TWCC = 15,
	RTCP_PLI = 1,
	RTCP_FIR = 4,
};

struct rtcp {
	uint8_t count, type;
	struct span body; /* after the first 4 bytes, without padding */
};

/* Takes the next packet off a compound. Set only on OK; an error is latched in `r`, too. */
MUST_USE enum err rtcp_next(struct rd *r, struct rtcp *out);

/* SR and RR. Report blocks follow; they are read with rtcp_report_read while rd_more(). */
struct rtcp_sender {
	uint64_t ntp; /* 32.32 seconds since 1900 */
	uint32_t rtp, packets, octets;
};
struct rtcp_report {
	uint32_t ssrc;
	uint8_t fraction; /* lost since the last report, of 256 */
	int32_t lost;     /* in all, 24 bits; below 0 if packets were doubled */
	uint32_t highest; /* sequence number, and the wraps above it */
	uint32_t jitter;  /* in timestamp units */
	uint32_t lsr, dlsr;
};
MUST_USE enum err rtcp_sr_read(const struct rtcp *p, uint32_t *ssrc, struct rtcp_sender *sender,
                               struct rd *reports);
MUST_USE enum err rtcp_rr_read(const struct rtcp *p, uint32_t *ssrc, struct rd *reports);
MUST_USE enum err rtcp_report_read(struct rd *reports, struct rtcp_report *out);

/* `n` above RTCP_REPORTS_MAX latches ERR_LIMIT. */
void rtcp_sr_write(struct wr *w, uint32_t ssrc, const struct rtcp_sender *sender,
                   const struct rtcp_report *reports, size_t n);
void rtcp_rr_write(struct wr *w, uint32_t ssrc, const struct rtcp_report *reports, size_t n);

/* SDES with a CNAME for each of `n` SSRCs, all the same. */
void rtcp_cname_write(struct wr *w, const uint32_t *ssrcs, size_t n, struct span cname);

/* BYE: the SSRCs that leave, read with rd_uint(4) while rd_more(). */
MUST_USE enum err rtcp_bye_read(const struct rtcp *p, struct rd *ssrcs);
void rtcp_bye_write(struct wr *w, uint32_t ssrc);

/* Feedback: who says it, about whom, and what. */
struct rtcp_feedback {
	uint32_t sender, media;
	struct span fci;
};
MUST_USE enum err rtcp_feedback_read(const struct rtcp *p, struct rtcp_feedback *out);

/* NACK, RFC 4585 6.2.1: entries of a sequence number and a mask for the 16 after it. */
struct rtcp_nack {
	uint16_t seq, mask;
};
MUST_USE enum err rtcp_nack_read(struct rd *fci, struct rtcp_nack *out);
void rtcp_nack_write(struct wr *w, uint32_t sender, uint32_t media,
                     const struct rtcp_nack *entries, size_t n);

void rtcp_pli_write(struct wr *w, uint32_t sender, uint32_t media);

/* FIR, RFC 5104 4.3.1: entries of an SSRC and a command number. */
struct rtcp_fir {
	uint32_t ssrc;
	uint8_t number;
};
MUST_USE enum err rtcp_fir_read(struct rd *fci, struct rtcp_fir *out);
void rtcp_fir_write(struct wr *w, uint32_t sender, const struct rtcp_fir *fir);

/* For other writers: the length is filled in by close. */
size_t rtcp_open(struct wr *w, unsigned count, enum rtcp_type type);
void rtcp_close(struct wr *w, size_t opened);

#endif
