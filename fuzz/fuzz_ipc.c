/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "server/ipc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Property: what reads writes back to the very same bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t out[IPC_MESSAGE_MAX];
	struct ipc_message m;
	size_t n = 0;

	if (ipc_read((struct span){ data, size }, &m) != OK)
		return 0;
	if (ipc_write(&m, out, &n) != OK || n != size || memcmp(out, data, n) != 0)
		__builtin_trap();
	return 0;
}
