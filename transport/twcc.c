/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/twcc.h"

#include <string.h>

enum {
	REFERENCE = 64000, /* microseconds */
	SYMBOL_LOST = 0,
	SYMBOL_SMALL = 1, /* delta of one byte, 0 to 255 ticks   */
	SYMBOL_LARGE = 2, /* of two, signed                      */
	VECTOR = 0x8000,  /* else a run: 2 bits symbol, 13 length */
	TWO_BITS = 0x4000,
	VECTOR_OF_ONE_BIT = 14,
	VECTOR_OF_TWO_BITS = 7,
	RUN_MAX = 0x1fff,
};

static uint64_t *slot(struct twcc *twcc, uint64_t seq)
{
	return &twcc->times[seq % TWCC_WINDOW];
}

static void restart(struct twcc *twcc, uint64_t seq)
{
	memset(twcc->times, 0, sizeof(twcc->times));
	twcc->started = true;
	twcc->next = twcc->end = seq;
}

void twcc_record(struct twcc *twcc, uint16_t seq, uint64_t now)
{
	/* Starts high enough that no packet before the first one goes below zero. */
	if (!twcc->started)
		restart(twcc, 0x10000u + seq);

	uint64_t full = twcc->end + (uint64_t)(int64_t)(int16_t)(seq - (uint16_t)twcc->end);

	if (full >= twcc->end) {
		/* What would not fit is forgotten: the sender hears of it no more. */
		if (full - twcc->next >= TWCC_WINDOW)
			restart(twcc, full);
		while (twcc->end <= full)
			*slot(twcc, twcc->end++) = 0;
	} else if (full < twcc->next) {
		/* Late, and was told as lost: tell it again from there on. */
		if (twcc->end - full > TWCC_WINDOW)
			return;
		while (twcc->next > full)
			*slot(twcc, --twcc->next) = 0;
	}
	if (*slot(twcc, full) == 0)
		*slot(twcc, full) = now ? now : 1;
}

bool twcc_is_due(const struct twcc *twcc)
{
	return twcc->next < twcc->end;
}

/* The states and deltas of one feedback packet, before they are packed. */
struct states {
	size_t n;
	uint8_t symbols[TWCC_WINDOW];
	int16_t deltas[TWCC_WINDOW];
};

static int64_t ticks_between(int64_t from, int64_t to)
{
	return (to - from) / TWCC_TICK;
}

/* Gathers until a delta does not fit; gives the reference time. */
static uint64_t states_gather(struct twcc *twcc, struct states *s)
{
	uint64_t first = twcc->next;

	/* There is one: the last packet before `end` came, or it would not be there. */
	while (first < twcc->end && *slot(twcc, first) == 0)
		first++;

	uint64_t reference = *slot(twcc, first) / REFERENCE;
	int64_t last = (int64_t)(reference * REFERENCE);

	for (s->n = 0; twcc->next < twcc->end && s->n < TWCC_FEEDBACK_MAX;
	     twcc->next++, s->n++) {
		int64_t at = (int64_t)*slot(twcc, twcc->next);
		int64_t ticks = at ? ticks_between(last, at) : 0;

		if (ticks < INT16_MIN || ticks > INT16_MAX)
			break;
		s->symbols[s->n] = at == 0                       ? SYMBOL_LOST
		                   : ticks >= 0 && ticks <= 0xff ? SYMBOL_SMALL
		                                                 : SYMBOL_LARGE;
		s->deltas[s->n] = (int16_t)ticks;
		/* Not `at`: rounding errors must not add up. */
		last += ticks * TWCC_TICK;
	}
	return reference;
}

static size_t run_length(const struct states *s, size_t at)
{
	size_t n = 1;

	while (at + n < s->n && n < RUN_MAX && s->symbols[at + n] == s->symbols[at])
		n++;
	return n;
}

static bool fits_one_bit(const struct states *s, size_t at)
{
	for (size_t i = at; i < s->n && i < at + VECTOR_OF_ONE_BIT; i++)
		if (s->symbols[i] == SYMBOL_LARGE)
			return false;
	return true;
}

static unsigned vector(const struct states *s, size_t at, unsigned symbols)
{
	unsigned bits = 14 / symbols, v = 0;

	for (size_t i = at; i < at + symbols; i++)
		v = v << bits | (i < s->n ? s->symbols[i] : (unsigned)SYMBOL_LOST);
	return v;
}

static void chunks_write(struct wr *w, const struct states *s)
{
	for (size_t at = 0; at < s->n;) {
		size_t run = run_length(s, at);

		if (run >= VECTOR_OF_ONE_BIT || at + run == s->n) {
			wr_uint(w, 2, (unsigned)s->symbols[at] << 13 | run);
			at += run;
		} else if (fits_one_bit(s, at)) {
			wr_uint(w, 2, (unsigned)VECTOR | vector(s, at, VECTOR_OF_ONE_BIT));
			at += VECTOR_OF_ONE_BIT;
		} else {
			wr_uint(w, 2,
			        (unsigned)VECTOR | (unsigned)TWO_BITS |
			            vector(s, at, VECTOR_OF_TWO_BITS));
			at += VECTOR_OF_TWO_BITS;
		}
	}
}

void twcc_write(struct twcc *twcc, struct wr *w, uint32_t sender, uint32_t media)
{
	struct states s;
	uint64_t base = twcc->next, reference = states_gather(twcc, &s);
	size_t opened = rtcp_open(w, RTCP_TWCC, RTCP_RTPFB);

	wr_uint(w, 4, sender);
	wr_uint(w, 4, media);
	wr_uint(w, 2, base & 0xffff);
	wr_uint(w, 2, s.n);
	wr_uint(w, 3, reference & 0xffffff);
	wr_uint(w, 1, twcc->feedbacks++);
	chunks_write(w, &s);
	for (size_t i = 0; i < s.n; i++)
		if (s.symbols[i] != SYMBOL_LOST)
			wr_uint(w, s.symbols[i] == SYMBOL_SMALL ? 1 : 2, (uint16_t)s.deltas[i]);
	wr_zero(w, (4 - w->n % 4) % 4);
	rtcp_close(w, opened);
}

/* Reads one chunk's symbols, at most up to `count` in all. */
static enum err chunk_read(struct rd *r, size_t count, struct states *s)
{
	unsigned chunk = (unsigned)rd_uint(r, 2);
	bool is_vector = chunk & VECTOR;
	unsigned symbols = !is_vector         ? chunk & RUN_MAX
	                   : chunk & TWO_BITS ? VECTOR_OF_TWO_BITS
	                                      : VECTOR_OF_ONE_BIT;
	unsigned bits = 14 / VECTOR_OF_TWO_BITS;

	if (is_vector && !(chunk & TWO_BITS))
		bits = 1;
	/* An empty run would make a loop over the chunks endless. */
	if (r->err != OK || symbols == 0)
		return r->err != OK ? r->err : ERR_MALFORMED;
	for (unsigned i = 0; i < symbols && s->n < count; i++) {
		unsigned symbol = is_vector
		                      ? chunk >> (14 - bits * (i + 1)) & ((1u << bits) - 1)
		                      : chunk >> 13 & 3;

		if (symbol > SYMBOL_LARGE)
			return ERR_MALFORMED;
		s->symbols[s->n++] = (uint8_t)symbol;
	}
	return OK;
}

enum err twcc_read(struct span fci, struct twcc_packet out[TWCC_WINDOW], size_t *n)
{
	struct rd r = rd_from(fci);
	uint16_t base = (uint16_t)rd_uint(&r, 2);
	size_t count = (size_t)rd_uint(&r, 2);
	int64_t at = (int64_t)rd_uint(&r, 3) * REFERENCE;
	struct states s = { 0 };

	rd_uint(&r, 1);
	TRY(r.err);
	if (count > TWCC_WINDOW)
		return ERR_LIMIT;
	while (s.n < count)
		TRY(chunk_read(&r, count, &s));
	for (size_t i = 0; i < count; i++) {
		bool came = s.symbols[i] != SYMBOL_LOST;

		if (s.symbols[i] == SYMBOL_SMALL)
			at += (int64_t)rd_uint(&r, 1) * TWCC_TICK;
		else if (came)
			at += (int64_t)(int16_t)rd_uint(&r, 2) * TWCC_TICK;
		out[i] = (struct twcc_packet){ (uint16_t)(base + i), came, came ? at : 0 };
	}
	TRY(r.err);
	*n = count;
	return OK;
}
