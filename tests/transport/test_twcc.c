/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "transport/twcc.h"

static struct twcc_packet told[TWCC_WINDOW];
static size_t told_n;

/* Writes one feedback packet and reads it back into `told`. */
static size_t tell(struct twcc *t)
{
	uint8_t buf[1200];
	struct wr w = wr_into(buf, sizeof(buf));
	struct span out = { 0 };
	struct rtcp p = { 0 };
	struct rtcp_feedback f = { 0 };

	twcc_write(t, &w, 1, 2);
	CHECK(wr_end(&w, &out) == OK);

	struct rd r = rd_from(out);

	CHECK(rtcp_next(&r, &p) == OK && rd_end(&r) == OK);
	CHECK(p.type == RTCP_RTPFB && p.count == RTCP_TWCC);
	CHECK(rtcp_feedback_read(&p, &f) == OK && f.sender == 1 && f.media == 2);
	told_n = 0;
	CHECK(twcc_read(f.fci, told, &told_n) == OK);
	return out.n;
}

static void bytes_are_those_of_the_draft(void)
{
	static const uint8_t want[] = {
		0x8f, 205,  0, 5, 0, 0, 0, 1, 0, 0, 0, 2, /* of 24 bytes, by 1, about 2   */
		0xff, 0xff, 0, 3, 0, 0, 1, 0,             /* from ffff on, three; 64 ms   */
		0xa8, 0,    4, 8,                         /* one-bit vector 1 0 1; deltas */
	};
	struct twcc t = { 0 };
	uint8_t buf[64];
	struct wr w = wr_into(buf, sizeof(buf));
	struct span out = { 0 };

	twcc_record(&t, 0xffff, 65000);
	twcc_record(&t, 1, 67000);
	twcc_write(&t, &w, 1, 2);
	CHECK(wr_end(&w, &out) == OK);
	CHECK(span_is_equal(out, SPAN(want)));
}

static void random_arrivals_are_told_once_and_right(void)
{
	static uint64_t came[1 << 16];

	for (unsigned seed = 1; seed <= 20; seed++) {
		struct twcc t = { 0 };
		uint64_t now = 1000000;
		uint16_t seq = (uint16_t)(seed * 7919), base = seq;
		size_t packets = 0, wrong = 0;

		srand(seed);
		memset(came, 0, sizeof(came));
		for (size_t i = 0; i < 4000; i++) {
			now += (uint64_t)(rand() % (seed % 2 ? 3000 : 200000));
			seq++;
			if (i == 0 || rand() % 10 != 0) {
				came[seq] = now;
				twcc_record(&t, seq, now);
				twcc_record(&t, seq,
				            now + 500); /* a double counts for nothing */
			}
			if (rand() % 50 != 0 && i != 3999)
				continue;
			while (twcc_is_due(&t)) {
				tell(&t);
				for (size_t k = 0; k < told_n; k++) {
					wrong += told[k].seq != (uint16_t)(base + ++packets);
					wrong += told[k].came != (came[told[k].seq] != 0);
					int64_t off = told[k].at - (int64_t)came[told[k].seq];
					wrong += told[k].came && llabs(off) > TWCC_TICK;
				}
			}
		}
		CHECK(wrong == 0);
		CHECK(t.next == t.end && (uint16_t)(base + packets) == (uint16_t)(t.end - 1));
		CHECK(packets > 3900);
	}
}

static void a_late_packet_is_told_after_all(void)
{
	struct twcc t = { 0 };

	twcc_record(&t, 10, 1000000);
	twcc_record(&t, 13, 1001000);
	tell(&t);
	CHECK(told_n == 4 && !told[1].came && !told[2].came && told[3].came);
	CHECK(!twcc_is_due(&t));
	twcc_record(&t, 12, 1002000);
	CHECK(twcc_is_due(&t));
	tell(&t);
	CHECK(told_n >= 1 && told[0].seq == 12 && told[0].came);
	CHECK(!twcc_is_due(&t));
}

static void a_jump_forgets_instead_of_growing(void)
{
	struct twcc t = { 0 };

	twcc_record(&t, 1, 1000000);
	twcc_record(&t, 30000, 1000100);
	CHECK(t.end - t.next == 1);
	twcc_record(&t, 29000, 1000200); /* older than the window: nothing */
	CHECK(t.end - t.next == 1);
	tell(&t);
	CHECK(told_n == 1 && told[0].seq == 30000 && told[0].came);
}

static void a_full_window_takes_several_packets(void)
{
	struct twcc t = { 0 };
	size_t packets = 0;

	for (unsigned i = 0; i < TWCC_WINDOW; i++)
		twcc_record(&t, (uint16_t)i, 1000000 + (uint64_t)i * 100000);
	while (twcc_is_due(&t)) {
		CHECK(tell(&t) <= 700);
		packets += told_n;
	}
	CHECK(packets == TWCC_WINDOW);
	/* More than eight seconds between two packets fit no delta. */
	twcc_record(&t, TWCC_WINDOW, 900000000);
	twcc_record(&t, TWCC_WINDOW + 1, 900000000 + 9000000);
	tell(&t);
	CHECK(told_n == 1 && twcc_is_due(&t));
	tell(&t);
	CHECK(told_n == 1 && !twcc_is_due(&t));
}

static void wrong_forms_are_refused(void)
{
	static const uint8_t good[] = { 0, 1, 0, 3, 0, 0, 1, 0, 0x20, 3, 1, 2, 3 };
	uint8_t bad[sizeof(good)];
	struct twcc_packet out[TWCC_WINDOW];
	size_t n = 99;

	CHECK(twcc_read(SPAN(good), out, &n) == OK && n == 3);
	n = 99;
	for (size_t i = 0; i < sizeof(good); i++)
		CHECK(twcc_read((struct span){ good, i }, out, &n) == ERR_TRUNCATED);
	memcpy(bad, good, sizeof(bad));
	bad[2] = 0xff; /* 65283 packets */
	CHECK(twcc_read(SPAN(bad), out, &n) == ERR_LIMIT);
	memcpy(bad, good, sizeof(bad));
	bad[9] = 0; /* an empty run */
	CHECK(twcc_read(SPAN(bad), out, &n) == ERR_MALFORMED);
	memcpy(bad, good, sizeof(bad));
	bad[8] = 0x60; /* symbol 3 */
	CHECK(twcc_read(SPAN(bad), out, &n) == ERR_MALFORMED);
	CHECK(n == 99);
}

int main(void)
{
	bytes_are_those_of_the_draft();
	random_arrivals_are_told_once_and_right();
	a_late_packet_is_told_after_all();
	a_jump_forgets_instead_of_growing();
	a_full_window_takes_several_packets();
	wrong_forms_are_refused();
	return check_report("twcc");
}
