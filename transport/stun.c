/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/stun.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum {
	COOKIE = 0x2112a442,
	FINGERPRINT_XOR = 0x5354554e,
	ATTRIBUTE_HEADER = 4,
	FINGERPRINT_LEN = 4,

	USERNAME = 0x0006,
	MESSAGE_INTEGRITY = 0x0008,
	ERROR_CODE = 0x0009,
	UNKNOWN_ATTRIBUTES = 0x000a,
	XOR_MAPPED_ADDRESS = 0x0020,
	PRIORITY = 0x0024,
	USE_CANDIDATE = 0x0025,
	FINGERPRINT = 0x8028,
	ICE_CONTROLLED = 0x8029,
	ICE_CONTROLLING = 0x802a,
	OPTIONAL = 0x8000, /* from here on, who does not know an attribute skips it */
};

/* CRC-32 as in ISO 3309, half a byte at a time: a checksum, no protection. */
static uint32_t crc32(struct span in)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < in.n; i++) {
		crc ^= in.p[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return ~crc;
}

/* The message type interleaves class and method (RFC 8489 5):
 *	M11 to M7, C1, M6 to M4, C0, M3 to M0 */
static uint16_t type_from(enum stun_class class, uint16_t method)
{
	unsigned c = class, m = method;

	return (uint16_t)((m & 0x0f80) << 2 | (c & 2) << 7 | (m & 0x0070) << 1 | (c & 1) << 4 |
	                  (m & 0x000f));
}

static void type_into(uint16_t type, enum stun_class *class, uint16_t *method)
{
	*class = (enum stun_class)((type >> 7 & 2) | (type >> 4 & 1));
	*method = (uint16_t)((type >> 2 & 0x0f80) | (type >> 1 & 0x0070) | (type & 0x000f));
}

/* The cookie, then the transaction id: what addresses are masked with (RFC 8489 14.2). */
static void mask_make(const uint8_t transaction[STUN_TRANSACTION], uint8_t mask[16])
{
	static const uint8_t cookie[4] = { 0x21, 0x12, 0xa4, 0x42 };

	memcpy(mask, cookie, sizeof(cookie));
	memcpy(mask + sizeof(cookie), transaction, STUN_TRANSACTION);
}

static void address_read(struct rd *r, struct stun_message *m)
{
	uint8_t mask[16];
	struct addr a = { 0 };

	mask_make(m->transaction, mask);
	rd_uint(r, 1);
	uint64_t family = rd_uint(r, 1);

	a.port = (uint16_t)(rd_uint(r, 2) ^ COOKIE >> 16);
	a.family = family == 1 ? 4 : 6;
	if (family != 1 && family != 2)
		rd_fail(r, ERR_MALFORMED);
	rd_copy(r, a.ip, family == 1 ? 4 : 16);
	if (r->err != OK)
		return;
	for (size_t i = 0; i < (a.family == 4 ? 4u : 16u); i++)
		a.ip[i] ^= mask[i];
	m->mapped = a;
}

static void error_read(struct rd *r, struct stun_message *m)
{
	rd_uint(r, 2);
	uint64_t hundreds = rd_uint(r, 1) & 7, rest = rd_uint(r, 1);

	rd_bytes(r, rd_left(r)); /* the reason, for people */
	if (hundreds < 3 || hundreds > 6 || rest > 99)
		rd_fail(r, ERR_MALFORMED);
	else
		m->error = (uint16_t)(hundreds * 100 + rest);
}

static void unknown_add(struct rd *r, struct stun_message *m, uint16_t type)
{
	if (m->unknown_n == STUN_UNKNOWN_MAX)
		rd_fail(r, ERR_LIMIT);
	else
		m->unknown[m->unknown_n++] = type;
}

static void role_read(struct rd *r, struct stun_message *m, enum stun_role role)
{
	/* Both roles at once is no role: a message that says so is refused. */
	if (m->role != STUN_NO_ROLE)
		rd_fail(r, ERR_MALFORMED);
	m->role = role;
	m->tie_breaker = rd_uint(r, 8);
}

static void username_read(struct rd *r, struct stun_message *m)
{
	if (rd_left(r) > STUN_USERNAME_MAX)
		rd_fail(r, ERR_LIMIT);
	m->username = rd_bytes(r, rd_left(r));
}

/* One attribute's value, before MESSAGE-INTEGRITY. */
static void attribute_read(struct rd *r, uint16_t type, struct stun_message *m)
{
	switch (type) {
	case USERNAME:
		username_read(r, m);
		break;
	case XOR_MAPPED_ADDRESS:
		address_read(r, m);
		break;
	case ERROR_CODE:
		error_read(r, m);
		break;
	case UNKNOWN_ATTRIBUTES:
		while (m->class == STUN_ERROR && rd_more(r))
			unknown_add(r, m, (uint16_t)rd_uint(r, 2));
		rd_bytes(r, rd_left(r));
		break;
	case PRIORITY:
		m->priority = (uint32_t)rd_uint(r, 4);
		m->has_priority = true;
		break;
	case USE_CANDIDATE:
		m->use_candidate = true;
		break;
	case ICE_CONTROLLED:
	case ICE_CONTROLLING:
		role_read(r, m, type == ICE_CONTROLLED ? STUN_CONTROLLED : STUN_CONTROLLING);
		break;
	default:
		rd_bytes(r, rd_left(r));
		if (type < OPTIONAL && m->class != STUN_ERROR)
			unknown_add(r, m, type);
	}
}

/* RFC 8489 14: of an attribute that comes twice the first counts. */
static bool is_again(uint16_t type, uint64_t *seen)
{
	static const uint16_t once[] = { USERNAME,       ERROR_CODE,     UNKNOWN_ATTRIBUTES,
		                         PRIORITY,       USE_CANDIDATE,  XOR_MAPPED_ADDRESS,
		                         ICE_CONTROLLED, ICE_CONTROLLING };

	for (size_t i = 0; i < ARRAY_LEN(once); i++) {
		if (once[i] != type)
			continue;

		bool again = *seen >> i & 1;

		*seen |= UINT64_C(1) << i;
		return again;
	}
	return false;
}

/* RFC 8489 14.7: the last attribute; it covers all before it. */
static void fingerprint_read(struct rd *r, const struct rd *all, struct span before,
                             struct stun_message *m)
{
	uint32_t crc = (uint32_t)rd_uint(r, FINGERPRINT_LEN);

	if (rd_more(all) || crc != (crc32(before) ^ FINGERPRINT_XOR))
		rd_fail(r, ERR_MALFORMED);
	m->has_fingerprint = true;
}

static void attributes_read(struct rd *r, struct span datagram, struct stun_message *m)
{
	uint64_t seen = 0;

	while (rd_more(r)) {
		struct span before = { datagram.p, (size_t)(r->p - datagram.p) };
		uint16_t type = (uint16_t)rd_uint(r, 2);
		size_t n = (size_t)rd_uint(r, 2);
		struct rd value = rd_sub(r, n);

		rd_bytes(r, -n & 3); /* padding, of any content */
		if (r->err != OK)
			return;
		if (type == FINGERPRINT) {
			fingerprint_read(&value, r, before, m);
		} else if (m->mac.p != NULL || is_again(type, &seen)) {
			/* RFC 8489 14.5: what follows MESSAGE-INTEGRITY is not covered, so
			 * it is not believed. */
			rd_bytes(&value, rd_left(&value));
		} else if (type == MESSAGE_INTEGRITY) {
			m->covered = before;
			m->mac = rd_bytes(&value, STUN_MAC);
		} else {
			attribute_read(&value, type, m);
		}
		rd_join(r, &value);
	}
}

enum err stun_read(struct span datagram, struct stun_message *out)
{
	struct rd r = rd_from(datagram);
	struct stun_message m = { 0 };
	uint16_t type = (uint16_t)rd_uint(&r, 2);
	size_t n = (size_t)rd_uint(&r, 2);
	uint64_t cookie = rd_uint(&r, 4);

	rd_copy(&r, m.transaction, sizeof(m.transaction));
	if (r.err != OK)
		return r.err;
	if (type >> 14 != 0 || cookie != COOKIE || n % 4 != 0)
		return ERR_MALFORMED;
	if (n != rd_left(&r))
		return n > rd_left(&r) ? ERR_TRUNCATED : ERR_MALFORMED;
	if (datagram.n > STUN_MESSAGE_MAX)
		return ERR_LIMIT;
	type_into(type, &m.class, &m.method);
	attributes_read(&r, datagram, &m);
	TRY(rd_end(&r));
	*out = m;
	return OK;
}

/* RFC 8489 14.5: the MAC covers what precedes it, with a length field that counts up to the
 * end of MESSAGE-INTEGRITY, whatever follows. */
static enum err mac_make(struct span covered, struct span password, uint8_t mac[STUN_MAC])
{
	uint8_t text[STUN_MESSAGE_MAX];
	size_t length = covered.n - STUN_HEADER + ATTRIBUTE_HEADER + STUN_MAC;
	unsigned n = STUN_MAC;

	if (covered.n < STUN_HEADER || covered.n > sizeof(text) || password.n > INT32_MAX)
		return ERR_LIMIT;
	memcpy(text, covered.p, covered.n);
	text[2] = (uint8_t)(length >> 8);
	text[3] = (uint8_t)length;
	if (HMAC(EVP_sha1(), password.p, (int)password.n, text, covered.n, mac, &n) == NULL)
		return ERR_PROVIDER;
	return OK;
}

enum err stun_check(const struct stun_message *m, struct span password)
{
	uint8_t mac[STUN_MAC];

	if (m->mac.p == NULL)
		return ERR_AUTH;
	TRY(mac_make(m->covered, password, mac));
	return CRYPTO_memcmp(mac, m->mac.p, STUN_MAC) == 0 ? OK : ERR_AUTH;
}

static void attribute_write(struct wr *w, uint16_t type, struct span value)
{
	wr_uint(w, 2, type);
	wr_uint(w, 2, value.n);
	wr_bytes(w, value);
	wr_zero(w, -value.n & 3);
}

static void uint_write(struct wr *w, uint16_t type, size_t width, uint64_t v)
{
	wr_uint(w, 2, type);
	wr_uint(w, 2, width);
	wr_uint(w, width, v);
}

static void address_write(struct wr *w, const struct stun_message *m)
{
	uint8_t mask[16], ip[16];
	size_t n = m->mapped.family == 4 ? 4 : 16;

	mask_make(m->transaction, mask);
	for (size_t i = 0; i < n; i++)
		ip[i] = m->mapped.ip[i] ^ mask[i];
	wr_uint(w, 2, XOR_MAPPED_ADDRESS);
	wr_uint(w, 2, 4 + n);
	wr_uint(w, 2, m->mapped.family == 4 ? 1 : 2);
	wr_uint(w, 2, m->mapped.port ^ COOKIE >> 16);
	wr_bytes(w, (struct span){ ip, n });
}

static void error_write(struct wr *w, const struct stun_message *m)
{
	uint_write(w, ERROR_CODE, 4, (uint64_t)(m->error / 100) << 8 | m->error % 100);
	if (m->unknown_n == 0)
		return;
	wr_uint(w, 2, UNKNOWN_ATTRIBUTES);
	wr_uint(w, 2, 2 * m->unknown_n);
	for (size_t i = 0; i < m->unknown_n && i < STUN_UNKNOWN_MAX; i++)
		wr_uint(w, 2, m->unknown[i]);
	wr_zero(w, 2 * m->unknown_n & 3);
}

static void attributes_write(struct wr *w, const struct stun_message *m)
{
	if (m->username.p != NULL)
		attribute_write(w, USERNAME, m->username);
	if (m->mapped.family != 0)
		address_write(w, m);
	if (m->error != 0)
		error_write(w, m);
	if (m->has_priority)
		uint_write(w, PRIORITY, 4, m->priority);
	if (m->use_candidate)
		attribute_write(w, USE_CANDIDATE, (struct span){ 0 });
	if (m->role != STUN_NO_ROLE)
		uint_write(w, m->role == STUN_CONTROLLED ? ICE_CONTROLLED : ICE_CONTROLLING, 8,
		           m->tie_breaker);
}

/* The header's length field, now that it is known. */
static void length_patch(struct wr *w, size_t start, size_t more)
{
	size_t n = w->n - start - STUN_HEADER + more;

	if (w->err != OK)
		return;
	w->buf[start + 2] = (uint8_t)(n >> 8);
	w->buf[start + 3] = (uint8_t)n;
}

enum err stun_write(const struct stun_message *m, struct span password, struct wr *w)
{
	size_t start = w->n;

	wr_uint(w, 2, type_from(m->class, m->method));
	wr_uint(w, 2, 0);
	wr_uint(w, 4, COOKIE);
	wr_bytes(w, SPAN(m->transaction));
	attributes_write(w, m);
	if (w->err != OK)
		return w->err;
	if (password.p != NULL) {
		uint8_t mac[STUN_MAC];

		TRY(mac_make((struct span){ w->buf + start, w->n - start }, password, mac));
		attribute_write(w, MESSAGE_INTEGRITY, SPAN(mac));
	}
	length_patch(w, start, ATTRIBUTE_HEADER + FINGERPRINT_LEN);
	if (w->err == OK)
		uint_write(w, FINGERPRINT, FINGERPRINT_LEN,
		           crc32((struct span){ w->buf + start, w->n - start }) ^
		               FINGERPRINT_XOR);
	return w->err;
}
