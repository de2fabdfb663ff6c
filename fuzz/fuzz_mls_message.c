/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "tests/support/mls_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Property: a message that reads writes again, field by field, to the very same bytes. */
enum { message_max = 1 << 16, arena_max = 1 << 22 };

static uint8_t block[arena_max], buf[message_max];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = arena_into(block, sizeof(block));
	struct span in = { data, size }, out;
	struct wr w = wr_into(buf, sizeof(buf));

	if (size > message_max || mls_message_read_and_write(in, &a, &w) != OK)
		return 0;
	if (wr_end(&w, &out) != OK || !span_is_equal(in, out))
		__builtin_trap();
	return 0;
}
