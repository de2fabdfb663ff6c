/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_SRTP_STREAM_H
#define ZEGEL_TRANSPORT_SRTP_STREAM_H

#include "transport/srtp.h"

/* What SRTP keeps per SSRC: the highest packet index (RFC 3711 3.3.1: rollover counter and
 * sequence number in one number of 48 bits) and which of the SRTP_WINDOW indices up to it were
 * seen. For SRTCP the index is in the packet, and only the window serves. */
struct srtp_stream {
	bool used;
	uint32_t ssrc;
	uint64_t highest;
	uint64_t seen[SRTP_WINDOW / 64]; /* bit (index mod SRTP_WINDOW) */
};

/* A hash table without removal; `limit` is at most 3/4 of its size. */
struct srtp_streams {
	uint32_t n, limit, mask;
	struct srtp_stream table[];
};

struct srtp_streams *srtp_streams_create(uint32_t limit); /* NULL: no memory */
void srtp_streams_destroy(struct srtp_streams **streamsp);

struct srtp_stream *srtp_streams_find(struct srtp_streams *streams,
                                      uint32_t ssrc); /* or NULL */
bool srtp_streams_is_full(const struct srtp_streams *streams);

/* Adds one whose first packet has this index. Not to be called when full. */
void srtp_streams_add(struct srtp_streams *streams, uint32_t ssrc, uint64_t index);

/* The index nearest to the highest one that has this sequence number. ERR_NOT_NOW: before the
 * first packet of all; ERR_LIMIT: after the last that the key may be used for. */
MUST_USE enum err srtp_stream_guess(const struct srtp_stream *stream, uint16_t seq,
                                    uint64_t *index);

bool srtp_stream_is_new(const struct srtp_stream *stream,
                        uint64_t index);                           /* no replay, not too old */
void srtp_stream_mark(struct srtp_stream *stream, uint64_t index); /* is_new holds */

#endif
