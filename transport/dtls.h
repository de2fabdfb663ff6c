/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_DTLS_H
#define ZEGEL_TRANSPORT_DTLS_H

#include "transport/srtp.h"
#include "transport/timer.h"

/* DTLS-SRTP (RFC 5764, RFC 6347) over OpenSSL, in both roles, without sockets or a clock: bytes
 * and time go in, datagrams come out. DTLS 1.2, ephemeral elliptic curves, AEAD suites, the
 * extended master secret and SRTP_AEAD_AES_128_GCM, or nothing. Both sides show a certificate,
 * and its SHA-256 fingerprint must be the one that signalling named: a handshake with another
 * one fails before it ends, and no key ever leaves it.
 *
 * Feed it only from addresses that ICE has validated; so no cookies are exchanged. */
enum {
	DTLS_FINGERPRINT = 32,
	DTLS_MTU = 1200, /* a datagram is never longer                       */
	DTLS_INPUT_MAX =
	    64 * 1024, /* a peer's bytes: a handshake takes 2 KiB, and loss a few times that */
};
#define DTLS_DEADLINE TIME_S(15) /* a handshake that is not done by then has failed */

/* The process's certificate, self-signed, ECDSA P-256, made at start and never stored. */
struct dtls_identity;
struct dtls_identity *dtls_identity_create(void); /* NULL: no memory, no randomness */
void dtls_identity_destroy(struct dtls_identity **identityp);
const uint8_t *dtls_identity_fingerprint(const struct dtls_identity *identity); /* 32 bytes */

enum dtls_role { DTLS_SERVER, DTLS_CLIENT };
enum dtls_state { DTLS_HANDSHAKE, DTLS_DONE, DTLS_FAILED, DTLS_CLOSED };

struct dtls;

/* Borrows the identity, which must outlive it. NULL: no memory. A client has its first flight
 * ready at once. */
struct dtls *dtls_create(const struct dtls_identity *identity, enum dtls_role role,
                         const uint8_t peer_fingerprint[DTLS_FINGERPRINT], uint64_t now);
void dtls_destroy(struct dtls **dtlsp); /* wipes */

/* Feeds one datagram. What it holds may be dropped in silence; look at the state. */
void dtls_input(struct dtls *dtls, uint64_t now, struct span datagram);

/* To be called when dtls_next() has come: sends again, or gives up. */
void dtls_step(struct dtls *dtls, uint64_t now);
uint64_t dtls_next(const struct dtls *dtls); /* TIME_NEVER: nothing to wait for */

/* Takes the next datagram to be sent; valid until the next call. False: none. To be called
 * until false after create, input, step and close. */
bool dtls_output(struct dtls *dtls, struct span *datagram);

void dtls_close(struct dtls *dtls); /* says goodbye to the peer, if it was DONE */

enum dtls_state dtls_state(const struct dtls *dtls);
const char *dtls_reason(const struct dtls *dtls); /* of FAILED: a constant text for a log */

/* The SRTP keys: `out` is what we seal with, `in` what the peer does. ERR_NOT_NOW unless the
 * state is DTLS_DONE. The caller wipes them after use. */
struct dtls_keys {
	struct srtp_master in, out;
};
MUST_USE enum err dtls_export(struct dtls *dtls, struct dtls_keys *keys);

#endif
