/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* Properties: bytes that were not sealed with the key do not open; and a packet that seals
 * opens to what it was, once. The input is both: a packet from the network, and a packet to be
 * sealed. */
#include <stdlib.h>
#include <string.h>

#include "transport/srtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = SRTP_PACKET_MAX + SRTCP_OVERHEAD + 1 };

typedef enum err (*seal_fn)(struct srtp_out *, uint8_t *, size_t *, size_t);
typedef enum err (*open_fn)(struct srtp_in *, uint8_t *, size_t *);

/* A copy in memory of the very size, so that a sanitizer sees a step too far. */
static void does_not_open(struct srtp_in *in, open_fn open, const uint8_t *data, size_t size)
{
	uint8_t *p = malloc(size ? size : 1);
	size_t n = size;

	if (p == NULL)
		return;
	memcpy(p, data, size);
	if (open(in, p, &n) == OK)
		__builtin_trap();
	free(p);
}

static void seals_and_opens_once(struct srtp_out *out, struct srtp_in *in, seal_fn seal,
                                 open_fn open, const uint8_t *data, size_t size)
{
	uint8_t p[ROOM], copy[ROOM];
	size_t n = size, m;

	memcpy(p, data, size);
	if (seal(out, p, &n, sizeof(p)) != OK || n > SRTP_PACKET_MAX)
		return;
	memcpy(copy, p, m = n);
	if (open(in, p, &n) != OK || n != size || memcmp(p, data, size) != 0)
		__builtin_trap();
	if (open(in, copy, &m) == OK)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct srtp_master master = { "fuzzed key 16 by", "and its salt" };
	static struct srtp_in *known;

	if (size > SRTP_PACKET_MAX)
		return 0;
	if (known == NULL)
		known = srtp_in_create(&master);

	struct srtp_out *out = srtp_out_create(&master);
	struct srtp_in *in = srtp_in_create(&master);

	if (known == NULL || out == NULL || in == NULL)
		__builtin_trap();
	does_not_open(known, srtp_open_rtp, data, size);
	does_not_open(known, srtp_open_rtcp, data, size);
	seals_and_opens_once(out, in, srtp_seal_rtp, srtp_open_rtp, data, size);
	seals_and_opens_once(out, in, srtp_seal_rtcp, srtp_open_rtcp, data, size);
	srtp_out_destroy(&out);
	srtp_in_destroy(&in);
	return 0;
}
