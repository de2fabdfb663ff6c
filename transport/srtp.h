/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_SRTP_H
#define ZEGEL_TRANSPORT_SRTP_H

#include "sealed/wire/err.h"
#include "sealed/wire/span.h"

/* SRTP and SRTCP (RFC 3711) with AEAD_AES_128_GCM (RFC 7714), the one profile. In place: a
 * packet grows by its tag, so buffers need room for SRTP_OVERHEAD or SRTCP_OVERHEAD more.
 *
 * One struct per direction. State per SSRC is fixed in number and made only by packets
 * that are authentic, so no flood can fill it. Not thread-safe. */
enum {
	SRTP_KEY = 16,
	SRTP_SALT = 12,
	SRTP_TAG = 16,
	SRTP_OVERHEAD = SRTP_TAG,
	SRTCP_OVERHEAD = SRTP_TAG + 4, /* and the index */
	SRTP_PACKET_MAX = 1500,
	SRTP_WINDOW = 256,    /* packets of reordering that are told from replays */
	SRTP_IN_SSRCS = 64,   /* one client's: 4 sources, 3 layers, RTX, with room to change */
	SRTP_OUT_SSRCS = 192, /* what the server sends: 53 slots of 3, with room */
};

struct srtp_master {
	uint8_t key[SRTP_KEY], salt[SRTP_SALT];
};

struct srtp_out;
struct srtp_out *srtp_out_create(const struct srtp_master *master); /* NULL: no memory */
void srtp_out_destroy(struct srtp_out **outp);                      /* wipes */

/* Seals the packet of *n bytes at p, which has room for `cap`. *n is set only on OK; on an
 * error the packet must not be sent. The header must be whole.
 *   ERR_MALFORMED  not an RTP (RTCP) packet
 *   ERR_SPACE      no room for the tag
 *   ERR_NOT_NOW    this SSRC's sequence number was sealed before, or is too old to know:
 *                  the same nonce must never seal twice
 *   ERR_LIMIT      too many SSRCs, or the key is used up */
MUST_USE enum err srtp_seal_rtp(struct srtp_out *out, uint8_t *p, size_t *n, size_t cap);
MUST_USE enum err srtp_seal_rtcp(struct srtp_out *out, uint8_t *p, size_t *n, size_t cap);

struct srtp_in;
struct srtp_in *srtp_in_create(const struct srtp_master *master);
void srtp_in_destroy(struct srtp_in **inp);

/* Opens. *n is set only on OK; on an error the bytes at p are spoilt.
 *   ERR_MALFORMED  not an SRTP (SRTCP) packet, or not encrypted
 *   ERR_AUTH       not authentic
 *   ERR_NOT_NOW    a replay, or too old to know
 *   ERR_LIMIT      one SSRC too many */
MUST_USE enum err srtp_open_rtp(struct srtp_in *in, uint8_t *p, size_t *n);
MUST_USE enum err srtp_open_rtcp(struct srtp_in *in, uint8_t *p, size_t *n);

/* The key derivation of RFC 3711 4.3 (rate 0): labels 0 and 2 are RTP's key and salt, 3 and 5
 * RTCP's. The salt is one of 14 bytes; ours of 12 is followed by two zeros (RFC 7714 11). At
 * most 16 bytes. Here, and creating from keys that are derived already, for the vectors. */
MUST_USE enum err srtp_derive(const uint8_t key[SRTP_KEY], const uint8_t salt[14],
                              uint8_t label, uint8_t *out, size_t n);
struct srtp_out *srtp_out_from_derived(const struct srtp_master *rtp,
                                       const struct srtp_master *rtcp);
struct srtp_in *srtp_in_from_derived(const struct srtp_master *rtp,
                                     const struct srtp_master *rtcp);

#endif
