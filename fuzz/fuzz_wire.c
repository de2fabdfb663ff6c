/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Property: a vector that reads writes back to the very same bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t buf[1 << 20];
	struct rd r = rd_from((struct span){ data, size });
	struct wr w = wr_into(buf, sizeof(buf));
	struct span out;

	while (rd_more(&r)) {
		struct rd before = r;
		struct span body = rd_vec(&r);

		if (r.err != OK)
			break;
		w.n = 0;
		wr_vec(&w, body);
		if (wr_end(&w, &out) == OK &&
		    !span_is_equal(out, (struct span){ before.p, (size_t)(r.p - before.p) }))
			__builtin_trap();
	}
	return 0;
}
