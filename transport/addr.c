/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool addr_is_equal(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && a->port == b->port &&
	       memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* The finishing steps of splitmix64 over each word: spreads, and with a random seed a peer
 * cannot aim at one bucket. No secret rests on it. */
static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0xbf58476d1ce4e5b9;
	h = (h ^ h >> 27) * 0x94d049bb133111eb;
	return h ^ h >> 31;
}

uint64_t addr_hash(const struct addr *a, uint64_t seed)
{
	uint64_t words[2];

	memcpy(words, a->ip, sizeof(words));
	return mix(mix(mix(seed, words[0]), words[1]), (uint64_t)a->port << 8 | a->family);
}

enum err addr_from_sockaddr(const struct sockaddr *sa, socklen_t n, struct addr *out)
{
	struct addr a = { 0 };

	if (sa->sa_family == AF_INET && n >= sizeof(struct sockaddr_in)) {
		const struct sockaddr_in *in4 = (const void *)sa;

		a.family = 4;
		a.port = ntohs(in4->sin_port);
		memcpy(a.ip, &in4->sin_addr, 4);
	} else if (sa->sa_family == AF_INET6 && n >= sizeof(struct sockaddr_in6)) {
		const struct sockaddr_in6 *in6 = (const void *)sa;
		bool mapped = IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr);

		a.family = mapped ? 4 : 6;
		a.port = ntohs(in6->sin6_port);
		memcpy(a.ip, in6->sin6_addr.s6_addr + (mapped ? 12 : 0), mapped ? 4 : 16);
	} else {
		return ERR_MALFORMED;
	}
	*out = a;
	return OK;
}

socklen_t addr_into_sockaddr(const struct addr *a, int socket_family,
                             struct sockaddr_storage *out)
{
	if (socket_family == AF_INET && a->family == 4) {
		struct sockaddr_in in4 = { .sin_family = AF_INET, .sin_port = htons(a->port) };

		memcpy(&in4.sin_addr, a->ip, 4);
		memcpy(out, &in4, sizeof(in4));
		return sizeof(in4);
	}
	if (socket_family == AF_INET6 && (a->family == 4 || a->family == 6)) {
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
			                    .sin6_port = htons(a->port) };
		uint8_t *ip = in6.sin6_addr.s6_addr;

		if (a->family == 6) {
			memcpy(ip, a->ip, 16);
		} else {
			ip[10] = ip[11] = 0xff;
			memcpy(ip + 12, a->ip, 4);
		}
		memcpy(out, &in6, sizeof(in6));
		return sizeof(in6);
	}
	return 0;
}

static enum err port_from_text(const char *text, uint16_t *port)
{
	unsigned v = 0;

	if (*text == 0)
		return ERR_MALFORMED;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || v > 6553)
			return ERR_MALFORMED;
		v = v * 10 + (unsigned)(*text - '0');
	}
	if (v > UINT16_MAX)
		return ERR_MALFORMED;
	*port = (uint16_t)v;
	return OK;
}

enum err addr_from_text(const char *text, struct addr *out)
{
	bool six = *text == '[';
	const char *end = six ? strstr(text, "]:") : strchr(text, ':');
	const char *start = text + six;
	char host[INET6_ADDRSTRLEN];
	struct in6_addr ip; /* large enough for both */
	struct addr a = { .family = six ? 6 : 4 };

	if (end == NULL || (size_t)(end - start) >= sizeof(host))
		return ERR_MALFORMED;
	memcpy(host, start, (size_t)(end - start));
	host[end - start] = 0;
	TRY(port_from_text(end + 1 + six, &a.port));
	if (inet_pton(six ? AF_INET6 : AF_INET, host, &ip) != 1)
		return ERR_MALFORMED;
	if (six && IN6_IS_ADDR_V4MAPPED(&ip)) {
		a.family = 4;
		memcpy(a.ip, ip.s6_addr + 12, 4);
	} else {
		memcpy(a.ip, &ip, six ? 16 : 4);
	}
	*out = a;
	return OK;
}

void addr_into_text(const struct addr *a, char out[ADDR_TEXT])
{
	char host[INET6_ADDRSTRLEN];

	if (a->family != 4 && a->family != 6) {
		snprintf(out, ADDR_TEXT, "none");
		return;
	}
	if (inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->ip, host, sizeof(host)) == NULL)
		host[0] = 0;
	snprintf(out, ADDR_TEXT, a->family == 4 ? "%s:%u" : "[%s]:%u", host, (unsigned)a->port);
}
