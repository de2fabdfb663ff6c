/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/sframe/sframe_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Property: whatever reads must write back to the very same bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t buf[SFRAME_HEADER_MAX];
	struct rd r = rd_from((struct span){ data, size });
	struct wr w = wr_into(buf, sizeof(buf));
	struct sframe_header h;
	struct span out;

	if (sframe_header_read(&r, &h) != OK)
		return 0;
	sframe_header_write(&w, &h);
	if (wr_end(&w, &out) != OK || out.n != (size_t)(r.p - data) ||
	    memcmp(out.p, data, out.n) != 0)
		__builtin_trap();
	return 0;
}
