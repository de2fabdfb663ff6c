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
 * A check says that the peer wants to be reached at an address, not that it can be: a member
 * may forge the address of somebody to be flooded, and whoever sits on the path may send a copy
 * of a check from its own. So an address is asked back before anything is sent to it
 * (ice_lite_demand_proof); a plain lite agent would not, but every full agent answers.
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

/* An address is for who claimed it first, this long; then for who proved it. Probes of one
 * row take half of it. */
#define ICE_CLAIM TIME_S(6)

struct ice_credentials {
	char ufrag[ICE_UFRAG + 1], pwd[ICE_PWD + 1]; /* ended by NUL */
};

MUST_USE enum err ice_credentials_make(struct ice_credentials *out); /* random */
bool ice_is_credential(struct span text, size_t min, size_t max);    /* of ice-chars */

struct ice_lite;

struct ice_path {
	struct addr addr;
	uint64_t since;       /* time of its first authenticated check, */
	uint64_t fresh;       /* and of its last one */
	struct ice_lite *ice; /* NULL: free */
	bool proven;          /* it answered a probe of ours */
	unsigned probes;      /* sent with the transaction in hand */
	uint64_t probe_at;    /* when the next one is due */
	uint8_t transaction[STUN_TRANSACTION];
	struct ice_path *next; /* in the table's bucket */
};

struct ice_lite {
	struct ice_credentials local;
	char remote_ufrag[ICE_UFRAG_MAX + 1]; /* "": not known yet, any is taken */
	char remote_pwd[ICE_PWD_MAX + 1];     /* "": no proof is demanded */
	struct ice_path paths[ICE_PATHS];
	struct ice_path *target; /* where to send; NULL: nowhere yet */
	struct ice_path *wanted; /* where the peer wants us to send, which is to be proven */
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
 * 4 to 256 of them. */
MUST_USE enum err ice_lite_set_remote(struct ice_lite *ice, struct span ufrag);

/* From now on there is no target but an address that has answered a probe, made with the
 * peer's password; until one has, answer DTLS to where it came from. To be called after
 * set_remote; then ice_lite_probe() is to be polled at ice_lite_probe_next(), and after this
 * call and each check. ERR_MALFORMED: not 22 to 256 ice-chars. */
MUST_USE enum err ice_lite_demand_proof(struct ice_lite *ice, struct span pwd);

/* Feeds a datagram that claims to be STUN. Set only on OK: whose it was, and a reply to send
 * back to `from` (n = 0: none, it was itself an answer). Any error: send nothing. */
struct ice_reply {
	struct ice_lite *ice;
	bool moved; /* where to send has changed, or become known */
	size_t n;
	uint8_t bytes[STUN_MESSAGE_MAX];
};
MUST_USE enum err ice_table_input(struct ice_table *table, uint64_t now,
                                  const struct addr *from, struct span datagram,
                                  struct ice_reply *reply);

/* Set only on OK: a probe to send to `to`, *n = 0: none is due. */
MUST_USE enum err ice_lite_probe(struct ice_lite *ice, uint64_t now, struct addr *to,
                                 uint8_t out[STUN_MESSAGE_MAX], size_t *n);
uint64_t ice_lite_probe_next(const struct ice_lite *ice); /* TIME_NEVER: none is wanted */

/* The transport that validated `from`, and whose consent for it is fresh; NULL: drop it. For
 * DTLS, SRTP and SRTCP, which are read only from such addresses. */
struct ice_lite *ice_table_find(struct ice_table *table, uint64_t now, const struct addr *from);

/* Where to send. NULL: nowhere yet, or consent has ended (then the transport is to be closed
 * unless it is young). */
const struct addr *ice_lite_target(const struct ice_lite *ice, uint64_t now);

#endif
