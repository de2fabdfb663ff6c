/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_TWCC_H
#define ZEGEL_TRANSPORT_TWCC_H

#include "transport/rtcp.h"

/* Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-
 * extensions-01, section 3.1): a receiver tells when each packet of a transport came, and the
 * sender learns from it what the path carries.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |     base sequence number      |      packet status count      |
 * +-----------------------------------------------+---------------+
 * |      reference time (64 ms)                   | fb pkt. count |
 * +-------------------------------+---------------+---------------+
 * |         chunks of 16 bits: runs, or vectors of states         |
 * |    a delta (250 us, 1 or 2 bytes) for each packet received    |
 * +---------------------------------------------------------------+ */
enum {
	TWCC_WINDOW = 512,       /* packets not yet told: 100 ms at 5000 packets/s */
	TWCC_FEEDBACK_MAX = 256, /* told in one feedback packet, which is 700 bytes at most */
	TWCC_TICK = 250,         /* microseconds */
};

/* The receiver's side, in the caller's memory, all zero at first. */
struct twcc {
	bool started;
	uint64_t next, end;          /* not yet told: from `next` to before `end` (unwrapped) */
	uint64_t times[TWCC_WINDOW]; /* arrival in microseconds; 0: has not come */
	uint8_t feedbacks;
};

void twcc_record(struct twcc *twcc, uint16_t seq, uint64_t now);
bool twcc_is_due(const struct twcc *twcc); /* something is to be told */

/* Writes one feedback packet; call it while twcc_is_due(). */
void twcc_write(struct twcc *twcc, struct wr *w, uint32_t sender, uint32_t media);

/* The sender's side: reads a feedback packet's FCI. Of packets that did not come, `came` is
 * false. Times are in microseconds, on the receiver's clock, which wraps at 64 ms << 24. At
 * most TWCC_WINDOW packets: ERR_LIMIT above. On an error `out` holds nothing of use. */
struct twcc_packet {
	uint16_t seq;
	bool came;
	int64_t at;
};
MUST_USE enum err twcc_read(struct span fci, struct twcc_packet out[TWCC_WINDOW], size_t *n);

#endif
