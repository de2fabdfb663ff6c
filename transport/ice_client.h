/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_ICE_CLIENT_H
#define ZEGEL_TRANSPORT_ICE_CLIENT_H

#include "transport/ice_lite.h"

/* The controlling side towards an ICE-lite server with one candidate: checks, nominates at
 * once (RFC 8445 8.1.1 with a lite peer), and keeps consent with a check every 5 s. No sockets:
 * poll gives what is to be sent, input takes what came. In the caller's memory. */
enum ice_client_state { ICE_CHECKING, ICE_CONNECTED, ICE_FAILED };

struct ice_client {
	enum ice_client_state state;
	struct ice_credentials local;
	char remote_ufrag[ICE_UFRAG_MAX + 1], remote_pwd[ICE_PWD_MAX + 1];
	struct addr server;
	uint64_t tie_breaker;
	uint64_t next, interval; /* when the next check is due, and the one after it */
	uint64_t deadline;       /* when it fails unless an answer comes             */
	uint8_t transactions[4][STUN_TRANSACTION]; /* the latest checks, ring */
	unsigned sent;
	struct addr mapped; /* how the server sees us */
};

MUST_USE enum err ice_client_init(struct ice_client *ice, uint64_t now,
                                  const struct addr *server, struct span remote_ufrag,
                                  struct span remote_pwd);
void ice_client_clear(struct ice_client *ice);

/* Set only on OK: a check to send to ice->server; *n = 0: nothing is due before
 * ice_client_next(). */
MUST_USE enum err ice_client_poll(struct ice_client *ice, uint64_t now,
                                  uint8_t out[STUN_MESSAGE_MAX], size_t *n);
uint64_t ice_client_next(const struct ice_client *ice); /* TIME_NEVER: failed */

/* A datagram that came from `from` and claims to be STUN. Anything not an authenticated
 * answer to one of our checks changes nothing. */
MUST_USE enum err ice_client_input(struct ice_client *ice, uint64_t now,
                                   const struct addr *from, struct span datagram);

/* The same, for a probe of the server's (ice_lite.h): set only on OK, the answer to send back.
 * ERR_AUTH: not made with our password, by our server. */
MUST_USE enum err ice_client_answer(struct ice_client *ice, const struct addr *from,
                                    struct span datagram, uint8_t out[STUN_MESSAGE_MAX],
                                    size_t *n);

#endif
