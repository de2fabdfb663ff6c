/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_ICE_LITE_H
#define ZEGEL_TRANSPORT_ICE_LITE_H

#include "transport/addr.h"
#include "transport/stun.h"
#include "transport/timer.h"

/* The server's side of ICE (RFC 8445 2.5, lite): it asks nobody, it answers checks that are
 * authenticated, and it is silent to everything else. An address may be believed, sent to or
 * read from only after such a check came from it; nothing but such a check moves it.
 *
 * struct ice_lite is one transport's part, in its owner's memory. struct ice_table finds the
 * transport of a datagram: by the user name of a check, by the address of all else. */
enum {
	ICE_UFRAG = 12, /* ours: 72 random bits, so that guessing one finds no table entry */
	ICE_PWD = 24,   /* ours: 144 random bits (RFC 8445 5.3 wants 128)                  */
	ICE_UFRAG_MAX = 256, /* RFC 8839 5.4, for theirs as well as the next */
	ICE_PWD_MAX = 256,
	ICE_PATHS = 8, /* validated addresses per transport: IPv4, IPv6, VPN, Wi-Fi, ... */
};

/* RFC 7675 5.1: consent ends 30 s after the last authenticated check. */
#define ICE_CONSENT TIME_S(30)

struct ice_credentials {
	char ufrag[ICE_UFRAG + 1], pwd[ICE_PWD + 1]; /* ended by NUL */
};

MUST_USE enum err ice_credentials_make(struct ice_credentials *out); /* random */
bool ice_is_credential(struct span text, size_t min, size_t max);    /* of ice-chars */

struct ice_lite;

struct ice_path {
	struct addr addr;
	uint64_t fresh;        /* time of its last authenticated check */
	struct ice_lite *ice;  /* NULL: free */
	struct ice_path *next; /* in the table's bucket */
};

struct ice_lite {
	struct ice_credentials local;
	char remote_ufrag[ICE_UFRAG_MAX + 1]; /* "": not known yet, any is taken */
	struct ice_path paths[ICE_PATHS];
	struct ice_path *target; /* where to send; NULL: nowhere yet */
	struct ice_lite *next;   /* in the table's bucket */
	void *owner;             /* the caller's */
};

struct ice_table;
struct ice_table *ice_table_create(size_t transports); /* expected number; NULL: no memory */
void ice_table_destroy(struct ice_table **tablep);

/* Makes credentials and enters the table, which borrows `ice` until ice_lite_clear(). */
MUST_USE enum err ice_lite_init(struct ice_lite *ice, struct ice_table *table, void *owner);
void ice_lite_clear(struct ice_lite *ice, struct ice_table *table);

/* From the peer's answer. Checks may come before it. ERR_MALFORMED: not of ice-chars, or not
 * 4 to 256 of them. (Its password is not needed: a lite agent sends no checks.) */
MUST_USE enum err ice_lite_set_remote(struct ice_lite *ice, struct span ufrag);

/* Feeds a datagram that claims to be STUN. Set only on OK: whose it was, and a reply to send
 * back to `from` (never longer than STUN_MESSAGE_MAX). Any error: send nothing. */
struct ice_reply {
	struct ice_lite *ice;
	bool moved; /* where to send has changed, or become known */
	size_t n;
	uint8_t bytes[STUN_MESSAGE_MAX];
};
MUST_USE enum err ice_table_input(struct ice_table *table, uint64_t now,
                                  const struct addr *from, struct span datagram,
                                  struct ice_reply *reply);

/* The transport that validated `from`, and whose consent for it is fresh; NULL: drop it. For
 * DTLS, SRTP and SRTCP, which are read only from such addresses. */
struct ice_lite *ice_table_find(struct ice_table *table, uint64_t now, const struct addr *from);

/* Where to send. NULL: nowhere yet, or consent has ended (then the transport is to be closed
 * unless it is young). */
const struct addr *ice_lite_target(const struct ice_lite *ice, uint64_t now);

#endif
