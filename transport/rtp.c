/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/rtp.h"

enum {
	VERSION_MASK = 0xc0,
	VERSION_2 = 0x80,
	PADDING = 0x20,
	EXTENSION = 0x10,
	CSRC_COUNT = 0x0f,
	MARKER = 0x80,
	ONE_BYTE_FORM = 0xbede,
};

/* The next element; false at the end. An element that is longer than what holds it is an
 * error, not the end: what follows it cannot be known. */
static bool element_next(struct rd *r, unsigned *id, struct span *content)
{
	while (rd_more(r)) {
		unsigned first = (unsigned)rd_uint(r, 1);

		if (first == 0)
			continue;
		*id = first >> 4;
		/* RFC 8285 4.2: 15 is reserved, and stops the reading; so does ID 0 with a
		 * length that is not 0, which the RFC leaves open. */
		if (*id > RTP_EXTENSION_ID_MAX || *id == 0)
			return false;
		*content = rd_bytes(r, (first & 15) + 1);
		return r->err == OK;
	}
	return false;
}

static struct span extensions_read(struct rd *r)
{
	unsigned profile = (unsigned)rd_uint(r, 2), id;
	struct span all = rd_bytes(r, (size_t)rd_uint(r, 2) * 4), content;
	struct rd elements = rd_from(all);

	if (profile != ONE_BYTE_FORM)
		return (struct span){ 0 };
	while (element_next(&elements, &id, &content))
		;
	if (elements.err != OK)
		rd_fail(r, ERR_MALFORMED);
	return all;
}

enum err rtp_read(struct span packet, struct rtp *out)
{
	struct rd r = rd_from(packet);
	struct rtp rtp = { 0 };
	unsigned first = (unsigned)rd_uint(&r, 1), second = (unsigned)rd_uint(&r, 1);

	rtp.marker = second & MARKER;
	rtp.pt = second & 0x7f;
	rtp.seq = (uint16_t)rd_uint(&r, 2);
	rtp.timestamp = (uint32_t)rd_uint(&r, 4);
	rtp.ssrc = (uint32_t)rd_uint(&r, 4);
	rd_bytes(&r, (first & CSRC_COUNT) * 4);
	if (first & EXTENSION)
		rtp.extensions = extensions_read(&r);
	TRY(r.err);
	if ((first & VERSION_MASK) != VERSION_2)
		return ERR_MALFORMED;

	rtp.payload = rd_bytes(&r, rd_left(&r));
	if (first & PADDING) {
		/* RFC 3550 5.1: the last byte counts the padding, itself included. */
		if (rtp.payload.n == 0)
			return ERR_TRUNCATED;
		rtp.padding = rtp.payload.p[rtp.payload.n - 1];
		if (rtp.padding == 0 || rtp.padding > rtp.payload.n)
			return ERR_MALFORMED;
		rtp.payload.n -= rtp.padding;
	}
	*out = rtp;
	return OK;
}

struct span rtp_extension(const struct rtp *rtp, unsigned id)
{
	struct rd r = rd_from(rtp->extensions);
	struct span content;
	unsigned found;

	while (element_next(&r, &found, &content))
		if (found == id)
			return content;
	return (struct span){ 0 };
}

void rtp_extension_write(struct wr *w, unsigned id, struct span content)
{
	if (id == 0 || id > RTP_EXTENSION_ID_MAX || content.n == 0 ||
	    content.n > RTP_EXTENSION_MAX) {
		wr_fail(w, ERR_LIMIT);
		return;
	}
	wr_uint(w, 1, id << 4 | (content.n - 1));
	wr_bytes(w, content);
}

void rtp_write(struct wr *w, const struct rtp *rtp)
{
	size_t words = (rtp->extensions.n + 3) / 4;

	wr_uint(w, 1,
	        (unsigned)VERSION_2 | (rtp->padding ? (unsigned)PADDING : 0u) |
	            (words ? (unsigned)EXTENSION : 0u));
	wr_uint(w, 1, (rtp->marker ? (unsigned)MARKER : 0u) | rtp->pt);
	wr_uint(w, 2, rtp->seq);
	wr_uint(w, 4, rtp->timestamp);
	wr_uint(w, 4, rtp->ssrc);
	if (words) {
		if (words > UINT16_MAX)
			wr_fail(w, ERR_LIMIT);
		wr_uint(w, 2, ONE_BYTE_FORM);
		wr_uint(w, 2, words);
		wr_bytes(w, rtp->extensions);
		wr_zero(w, words * 4 - rtp->extensions.n);
	}
	wr_bytes(w, rtp->payload);
	if (rtp->padding) {
		wr_zero(w, rtp->padding - 1u);
		wr_uint(w, 1, rtp->padding);
	}
}
