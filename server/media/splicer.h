/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_SPLICER_H
#define ZEGEL_MEDIA_SPLICER_H

#include "server/media/ring.h"

/* Joins stretches of several layers to one stream that looks like one encoder's: sequence
 * numbers without holes (but true loss) or repeats, timestamps that never go back, picture
 * ids and TL0PICIDX that go on. One per SSRC that we send; all zero at first.
 *
 *   layer A  ..10 11 12 13
 *   layer B               ..70 71 72
 *   out         5  6  7  8   9 10 11     splice 0: +(9-70), splice 1: +(5-10) */
struct splice {
	uint32_t layer; /* its id; 0: none */
	uint64_t first; /* index of the layer's packet that it began with */
	uint64_t shift; /* out index = index + shift, modulo 2^64 */
	uint32_t timestamp_shift;
	uint16_t picture_id_shift;
	uint8_t tl0picidx_shift;
};

struct splicer {
	bool started;
	uint64_t next;      /* the out index after the highest one given */
	uint32_t timestamp; /* the latest given, */
	uint64_t at;        /* and when its packet came */
	uint16_t picture_id;
	uint8_t tl0picidx;
	struct splice recent[SPLICES_MAX]; /* 0 is the newest */
};

/* How a packet is to look. */
struct spliced {
	uint16_t seq;
	uint32_t timestamp;
	uint16_t picture_id;
	uint8_t tl0picidx;
};

/* From this packet on, another layer (or the same one anew). Video: the first packet of a key
 * frame. `clock`: timestamp units a second. */
void splicer_begin(struct splicer *s, uint32_t layer, const struct ring_packet *p,
                   uint32_t clock);

/* False: the packet is not of the newest splice, or too late. Set only on true. */
bool splicer_map(struct splicer *s, uint32_t layer, const struct ring_packet *p,
                 struct spliced *out);

/* For a packet that is asked for again by the sequence number it was given: its splice, and
 * its index in that layer. False: never given, or too long ago. */
bool splicer_find(const struct splicer *s, uint16_t seq, struct splice *splice,
                  uint64_t *index);
struct spliced splice_map(const struct splice *splice, const struct ring_packet *p);

#endif
