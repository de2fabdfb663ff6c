/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/sframe/sframe_header.h"

/* RFC 9605 4.3:
 *
 *   0 1 2 3 4 5 6 7
 *  +-+-----+-+-----+------------+------------+
 *  |X|  K  |Y|  C  |   KID...   |   CTR...   |
 *  +-+-----+-+-----+------------+------------+
 *
 * X = 0: K is the key id itself. X = 1: the key id takes K + 1 bytes. Y and C: the same for
 * the counter. */
enum { FLAG = 8, LOW = 7 };

static size_t uint_len(uint64_t v)
{
	size_t len = 1;

	while (v >>= 8)
		len++;
	return len;
}

static uint64_t field_read(struct rd *r, unsigned nibble)
{
	if (!(nibble & FLAG))
		return nibble & LOW;

	size_t len = (nibble & LOW) + 1;
	uint64_t v = rd_uint(r, len);

	/* One value, one encoding: else a relay could alter a header unseen by anything
	 * that compares headers as bytes. */
	if (r->err == OK && (v <= LOW || uint_len(v) != len))
		rd_fail(r, ERR_MALFORMED);
	return v;
}

enum err sframe_header_read(struct rd *r, struct sframe_header *h)
{
	unsigned config = (unsigned)rd_uint(r, 1);
	uint64_t kid = field_read(r, config >> 4);
	uint64_t counter = field_read(r, config & 15);

	if (r->err != OK)
		return r->err;
	*h = (struct sframe_header){ kid, counter };
	return OK;
}

static unsigned nibble_of(uint64_t v)
{
	return v <= LOW ? (unsigned)v : FLAG | (unsigned)(uint_len(v) - 1);
}

static void field_write(struct wr *w, uint64_t v)
{
	if (v > LOW)
		wr_uint(w, uint_len(v), v);
}

void sframe_header_write(struct wr *w, const struct sframe_header *h)
{
	wr_uint(w, 1, nibble_of(h->kid) << 4 | nibble_of(h->counter));
	field_write(w, h->kid);
	field_write(w, h->counter);
}
