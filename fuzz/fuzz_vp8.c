/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "transport/vp8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Properties: rewriting to the same values changes nothing; to others, it changes only the
 * descriptor, and those values read back. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t copy[64];
	size_t n = size < sizeof(copy) ? size : sizeof(copy);
	struct vp8 v, back;

	if (size == 0 || vp8_read((struct span){ data, n }, &v) != OK)
		return 0;
	memcpy(copy, data, n);
	vp8_rewrite(copy, &v, v.picture_id, v.tl0picidx);
	if (memcmp(copy, data, n) != 0 || v.size >= n)
		__builtin_trap();

	uint16_t id = (uint16_t)((v.picture_id + 1) & (v.is_long ? 0x7fff : 0x7f));

	vp8_rewrite(copy, &v, id, (uint8_t)(v.tl0picidx + 1));
	if (vp8_read((struct span){ copy, n }, &back) != OK || back.size != v.size ||
	    memcmp(copy + v.size, data + v.size, n - v.size) != 0 ||
	    (v.has_picture_id && back.picture_id != id) ||
	    (v.has_tl0picidx && back.tl0picidx != (uint8_t)(v.tl0picidx + 1)) ||
	    back.is_key != v.is_key || back.starts_frame != v.starts_frame)
		__builtin_trap();
	return 0;
}
