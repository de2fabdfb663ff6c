/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_WIRE_WIPE_H
#define ZEGEL_WIRE_WIPE_H

#include <stddef.h>
#include <string.h>

/* Zeroes bytes in a way that the compiler cannot drop: the empty assembly says that
 * somebody may still look at them. */
static inline void wipe(void *p, size_t n)
{
	if (n == 0)
		return;
	memset(p, 0, n);
	__asm__ __volatile__("" : : "r"(p) : "memory");
}

#endif
