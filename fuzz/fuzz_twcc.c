/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "transport/twcc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void reads_as_it_was_told(struct twcc *t)
{
	static struct twcc_packet told[TWCC_WINDOW];
	uint64_t base = t->next;
	struct twcc before = *t;
	uint8_t buf[700];
	struct wr w = wr_into(buf, sizeof(buf));
	struct span out;
	struct rtcp p;
	struct rtcp_feedback f;
	size_t n;

	twcc_write(t, &w, 1, 2);
	if (wr_end(&w, &out) != OK)
		__builtin_trap();

	struct rd r = rd_from(out);

	if (rtcp_next(&r, &p) != OK || rd_end(&r) != OK || rtcp_feedback_read(&p, &f) != OK ||
	    twcc_read(f.fci, told, &n) != OK || n == 0 || t->next != base + n)
		__builtin_trap();
	for (size_t i = 0; i < n; i++) {
		uint64_t at = before.times[(base + i) % TWCC_WINDOW];

		if (told[i].seq != (uint16_t)(base + i) || told[i].came != (at != 0) ||
		    (told[i].came && llabs(told[i].at - (int64_t)at) > TWCC_TICK))
			__builtin_trap();
	}
}

/* The bytes are fed to the reader, and then say when packets come: sequence number's step,
 * time's step. Property: what is told reads as what was recorded. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct twcc_packet packets[TWCC_WINDOW];
	struct twcc t = { 0 };
	uint64_t now = 1000000;
	uint16_t seq = 0;
	size_t n;

	if (twcc_read((struct span){ data, size }, packets, &n) == OK && n > TWCC_WINDOW)
		__builtin_trap();
	for (size_t i = 0; i + 4 <= size; i += 4) {
		seq = (uint16_t)(seq + (int8_t)data[i] * (data[i + 1] & 0x80 ? 200 : 1));
		now += (uint64_t)data[i + 2] << (data[i + 3] & 15);
		twcc_record(&t, seq, now);
		if (data[i + 1] & 0x40)
			while (twcc_is_due(&t))
				reads_as_it_was_told(&t);
	}
	return 0;
}
