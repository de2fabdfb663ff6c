/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/rtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Property: what reads, written and read again, has the same fields and extensions. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t buf[1 << 20];
	struct wr w = wr_into(buf, sizeof(buf));
	struct rtp a, b;
	struct span out;

	if (rtp_read((struct span){ data, size }, &a) != OK)
		return 0;
	rtp_write(&w, &a);
	if (wr_end(&w, &out) != OK)
		return 0;
	if (rtp_read(out, &b) != OK || a.marker != b.marker || a.pt != b.pt || a.seq != b.seq ||
	    a.timestamp != b.timestamp || a.ssrc != b.ssrc || a.padding != b.padding ||
	    !span_is_equal(a.payload, b.payload))
		__builtin_trap();
	for (unsigned id = 0; id < 17; id++)
		if (!span_is_equal(rtp_extension(&a, id), rtp_extension(&b, id)))
			__builtin_trap();
	return 0;
}
