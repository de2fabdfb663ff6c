/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_ADDR_H
#define ZEGEL_TRANSPORT_ADDR_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "sealed/wire/err.h"
#include "sealed/wire/span.h"

/* A transport address as a plain value. IPv4 fills ip[0..3]; the rest of ip is always
 * zero. An IPv4-mapped IPv6 address (a dual-stack socket gives them) becomes IPv4, so that
 * one peer has one form. All zero: no address. */
struct addr {
	uint8_t family; /* 4, 6; 0: none */
	uint16_t port;  /* host order     */
	uint8_t ip[16];
};

enum { ADDR_TEXT = 56 }; /* "[ffff:...:255.255.255.255]:65535" and a NUL */

bool addr_is_equal(const struct addr *a, const struct addr *b);

/* For hash tables: `seed` is random per table. */
uint64_t addr_hash(const struct addr *a, uint64_t seed);

/* Set only on OK; ERR_MALFORMED: another family. */
MUST_USE enum err addr_from_sockaddr(const struct sockaddr *sa, socklen_t n, struct addr *out);

/* `socket_family` is AF_INET or AF_INET6 (then IPv4 is mapped). Returns the length; 0: an
 * IPv6 address cannot be said to an IPv4 socket. */
socklen_t addr_into_sockaddr(const struct addr *a, int socket_family,
                             struct sockaddr_storage *out);

/* "192.0.2.1:80", "[2001:db8::1]:80". Numbers only: no name is ever looked up. */
MUST_USE enum err addr_from_text(const char *text, struct addr *out);
void addr_into_text(const struct addr *a, char out[ADDR_TEXT]);

#endif
