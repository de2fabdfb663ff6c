/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_FAULT_H
#define ZEGEL_MEDIA_FAULT_H

#include <string.h>

#include "server/media/profile.h"

/* A worker that lies, for the tests which prove that clients do not believe it: builds of their
 * own with the option `faults`, never a switch at run time. Everywhere else this does nothing.
 * A payload that goes to a receiver is changed in place; the new length is returned. */

enum { FAULT_NONE, FAULT_PLAINTEXT, FAULT_KEY_ID, FAULT_REPLAY };

#ifndef ZEGEL_FAULT
#define ZEGEL_FAULT FAULT_NONE
#endif

/* Opus in the clear, for a decoder that would take it; of video the sealing's header goes. */
static inline size_t fault_plaintext(uint8_t *p, size_t n, bool is_video, size_t header_at)
{
	static const uint8_t silence[] = { 0xf8, 0xff, 0xfe };

	if (is_video) {
		memset(p + header_at, 0, n - header_at < 6 ? n - header_at : 6);
		return n;
	}
	memcpy(p, silence, sizeof(silence));
	return sizeof(silence);
}

/* The same sealed sound again and again, under fresh sequence numbers. */
static inline size_t fault_replay(uint8_t *p, size_t n, bool is_video)
{
	static uint8_t first[512];
	static size_t first_n;

	if (is_video || n > sizeof(first))
		return n;
	if (first_n == 0) {
		memcpy(first, p, n);
		first_n = n;
	}
	memcpy(p, first, first_n);
	return first_n;
}

/* header_at: where the SFrame header is, n if this packet has none. */
static inline size_t fault_payload(uint8_t *p, size_t n, bool is_video, size_t header_at)
{
	switch (ZEGEL_FAULT) {
	case FAULT_PLAINTEXT:
		return fault_plaintext(p, n, is_video, header_at);
	case FAULT_KEY_ID:
		/* Another leaf's key: a bit in the middle of its ten. */
		if (header_at + 5 <= n)
			p[header_at + 3] ^= 0x01;
		return n;
	case FAULT_REPLAY:
		return fault_replay(p, n, is_video);
	default:
		return n;
	}
}

#endif
