/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_TAP_H
#define ZEGEL_MEDIA_TAP_H

#include "sealed/wire/span.h"

/* All that this server can see of media, for the test which proves that it is nothing: with
 * the build option `tap`, the RTP packets that SRTP opened go to the inherited descriptor 5,
 * each after its length in two bytes. Without it, as everywhere but in that test, no such
 * code exists. */
#ifdef ZEGEL_TAP
#include <sys/uio.h>

enum { TAP_FD = 5 };

static inline void tap_packet(const uint8_t *p, size_t n)
{
	uint8_t length[2] = { (uint8_t)(n >> 8), (uint8_t)n };
	struct iovec iov[2] = { { length, sizeof(length) }, { (void *)(uintptr_t)p, n } };

	if (writev(TAP_FD, iov, 2) < 0)
		__builtin_trap();
}
#else
static inline void tap_packet(const uint8_t *p, size_t n)
{
	(void)p;
	(void)n;
}
#endif

#endif
