/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_STUN_H
#define ZEGEL_TRANSPORT_STUN_H

#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"
#include "transport/addr.h"

/* STUN messages (RFC 8489) as ICE uses them (RFC 8445): one plain struct, read once, then
 * passed by const pointer. Its spans borrow the datagram.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---+-------------------------+-------------------------------+
 * |0 0|    message type         |        message length         |
 * +---+-------------------------+-------------------------------+
 * |                    magic cookie 0x2112a442                  |
 * +-------------------------------------------------------------+
 * |                    transaction id (96 bits)                 |
 * +-------------------------------------------------------------+ */
enum {
	STUN_HEADER = 20,
	STUN_TRANSACTION = 12,
	STUN_MAC = 20,
	STUN_USERNAME_MAX = 513, /* RFC 8489 14.3 */
	STUN_MESSAGE_MAX = 576,  /* fits every path (RFC 8489 6.1); a check has 100 to 400 */
	STUN_UNKNOWN_MAX = 8,    /* named in a 420; a message with more of them is hostile */
	STUN_BINDING = 1,        /* the one method of ICE */
};

enum stun_class { STUN_REQUEST, STUN_INDICATION, STUN_SUCCESS, STUN_ERROR };
enum stun_role { STUN_NO_ROLE, STUN_CONTROLLED, STUN_CONTROLLING };
enum { STUN_UNKNOWN_ATTRIBUTE = 420, STUN_ROLE_CONFLICT = 487 };

struct stun_message {
	enum stun_class class;
	uint16_t method;
	uint8_t transaction[STUN_TRANSACTION];
	struct span username; /* p NULL: absent */
	struct addr mapped;   /* XOR-MAPPED-ADDRESS; family 0: absent */
	bool has_priority, use_candidate, has_fingerprint;
	uint32_t priority;
	enum stun_role role;
	uint64_t tie_breaker;
	uint16_t error; /* 300 to 699; 0: absent */

	/* Comprehension-required attributes that are unknown here (RFC 8489 5); in an
	 * error message, those that the other side did not know. */
	uint16_t unknown[STUN_UNKNOWN_MAX];
	size_t unknown_n;

	/* As received: what MESSAGE-INTEGRITY covers, and its value. mac.p NULL: absent. */
	struct span covered, mac;
};

/* The whole datagram must be one message. A FINGERPRINT that is there must be right. Set only
 * on OK. Of an attribute that comes twice the first counts (RFC 8489 14). */
MUST_USE enum err stun_read(struct span datagram, struct stun_message *m);

/* ERR_AUTH: no MESSAGE-INTEGRITY, or made with another password. In constant time. */
MUST_USE enum err stun_check(const struct stun_message *m, struct span password);

/* Writes the fields that are set, then MESSAGE-INTEGRITY (unless password.p is NULL), then
 * FINGERPRINT. The spans covered and mac are not looked at. */
MUST_USE enum err stun_write(const struct stun_message *m, struct span password, struct wr *w);

#endif
