/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/stun.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/vectors.h"

static struct span vector_read(const char *name)
{
	static uint8_t buf[4][600];
	static unsigned turn;
	uint8_t *p = buf[turn++ % 4];
	char path[4096];

	snprintf(path, sizeof(path), "%s/stun-rfc5769/%s", vectors_folder(), name);
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(p, 1, sizeof(buf[0]), f) : 0;

	if (f)
		fclose(f);
	CHECK(n > STUN_HEADER);
	return (struct span){ p, n };
}

static const char *const files[] = { "rfc5769-2.1-request-short-term.bin",
	                             "rfc5769-2.2-response-ipv4.bin",
	                             "rfc5769-2.3-response-ipv6.bin",
	                             "rfc5769-2.4-request-long-term.bin" };
static const struct span password = { (const uint8_t *)"VOkJxbRl1RmTxUk/WvJxBt", 22 };

static void the_request_of_rfc5769_reads(void)
{
	struct stun_message m;

	CHECK(stun_read(vector_read(files[0]), &m) == OK);
	CHECK(m.class == STUN_REQUEST && m.method == STUN_BINDING);
	CHECK(span_is_equal(m.username, SPAN_STR("evtj:h6vY")));
	CHECK(m.has_priority && m.priority == 0x6e0001ff);
	CHECK(m.role == STUN_CONTROLLED && m.tie_breaker == 0x932ff9b151263b36);
	CHECK(m.has_fingerprint && !m.use_candidate && m.unknown_n == 0);
	CHECK(stun_check(&m, password) == OK);
	CHECK(stun_check(&m, SPAN_STR("VOkJxbRl1RmTxUk/WvJxBu")) == ERR_AUTH);
	CHECK(stun_check(&m, SPAN_STR("")) == ERR_AUTH);
}

static void the_responses_of_rfc5769_read(void)
{
	static const uint8_t ipv6[16] = { 0x20, 0x01, 0x0d, 0xb8, 0x12, 0x34, 0x56, 0x78,
		                          0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77 };
	struct stun_message m;

	CHECK(stun_read(vector_read(files[1]), &m) == OK);
	CHECK(m.class == STUN_SUCCESS && m.mapped.family == 4 && m.mapped.port == 32853);
	CHECK(memcmp(m.mapped.ip, "\xc0\x00\x02\x01", 4) == 0);
	CHECK(m.has_fingerprint && stun_check(&m, password) == OK);
	CHECK(stun_read(vector_read(files[2]), &m) == OK);
	CHECK(m.mapped.family == 6 && m.mapped.port == 32853);
	CHECK(memcmp(m.mapped.ip, ipv6, 16) == 0);
	CHECK(m.has_fingerprint && stun_check(&m, password) == OK);
}

/* Long-term credentials are not ours: REALM and NONCE are unknown, and said so. */
static void the_long_term_request_reads_with_its_unknown_attributes(void)
{
	struct json *expected = vectors_read("stun-rfc5769/expected.json");
	struct json *key = json_get(json_get(expected, "long_term"), "key_md5");
	struct stun_message m;

	CHECK(stun_read(vector_read(files[3]), &m) == OK);
	CHECK(m.username.n == 18 && !m.has_fingerprint);
	CHECK(m.unknown_n == 2 && m.unknown[0] == 0x0015 && m.unknown[1] == 0x0014);
	CHECK(stun_check(&m, json_hex(key)) == OK);
	json_free(expected);
}

static void every_prefix_is_refused(void)
{
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct span all = vector_read(files[i]);

		for (size_t n = 0; n < all.n; n++) {
			struct stun_message m = { .error = 599 };

			CHECK(stun_read((struct span){ all.p, n }, &m) == ERR_TRUNCATED);
			CHECK(m.error == 599);
		}
	}
}

static void one_byte_more_is_refused(void)
{
	uint8_t buf[200] = { 0 };
	struct span all = vector_read(files[0]);
	struct stun_message m;

	memcpy(buf, all.p, all.n);
	CHECK(stun_read((struct span){ buf, all.n + 1 }, &m) == ERR_MALFORMED);
}

/* With a flipped bit a message is refused, or lacks its FINGERPRINT (whose type or a length
 * before it was what flipped), and ICE takes none without. */
static void no_flipped_bit_is_believed(void)
{
	uint8_t buf[200];
	struct span all = vector_read(files[0]);

	for (size_t bit = 0; bit < 8 * all.n; bit++) {
		struct stun_message m;

		memcpy(buf, all.p, all.n);
		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);

		enum err err = stun_read((struct span){ buf, all.n }, &m);

		CHECK(err == ERR_MALFORMED || err == ERR_TRUNCATED ||
		      (err == OK && !m.has_fingerprint));
	}
}

/* A message of one attribute, without MAC and FINGERPRINT. */
static struct span message_of(uint16_t type, struct span value)
{
	static uint8_t buf[2000];
	struct wr w = wr_into(buf, sizeof(buf));
	struct span out = { 0 };

	wr_uint(&w, 2, type);
	wr_uint(&w, 2, value.n);
	wr_uint(&w, 4, 0x2112a442);
	wr_zero(&w, STUN_TRANSACTION);
	wr_bytes(&w, value);
	CHECK(wr_end(&w, &out) == OK);
	return out;
}

#define MESSAGE(type, literal) message_of(type, SPAN_STR(literal))

static void wrong_forms_are_refused(void)
{
	struct stun_message m;

	CHECK(stun_read(MESSAGE(0x0001, ""), &m) == OK);
	/* the two top bits, the cookie, a length not in words */
	CHECK(stun_read(MESSAGE(0x4001, ""), &m) == ERR_MALFORMED);
	CHECK(stun_read(MESSAGE(0x8001, ""), &m) == ERR_MALFORMED);
	uint8_t wrong[20];
	memcpy(wrong, MESSAGE(0x0001, "").p, 20);
	wrong[4] ^= 1;
	CHECK(stun_read(SPAN(wrong), &m) == ERR_MALFORMED);
	CHECK(stun_read(MESSAGE(0x0001, "\x80\x22\x00\x00\x00"), &m) == ERR_MALFORMED);
	/* values of the wrong size: PRIORITY, USE-CANDIDATE, role, MAC, address */
	CHECK(stun_read(MESSAGE(0x0001, "\x00\x24\x00\x03\x01\x02\x03\x04"), &m) != OK);
	CHECK(stun_read(MESSAGE(0x0001, "\x00\x24\x00\x08\x01\x02\x03\x04\x05\x06\x07\x08"),
	                &m) == ERR_MALFORMED);
	CHECK(stun_read(MESSAGE(0x0001, "\x00\x25\x00\x04\x01\x02\x03\x04"), &m) ==
	      ERR_MALFORMED);
	CHECK(stun_read(MESSAGE(0x0001, "\x80\x29\x00\x04\x01\x02\x03\x04"), &m) != OK);
	CHECK(stun_read(MESSAGE(0x0001, "\x00\x08\x00\x04\x01\x02\x03\x04"), &m) != OK);
	CHECK(stun_read(MESSAGE(0x0101, "\x00\x20\x00\x04\x00\x01\x03\x04"), &m) != OK);
	CHECK(stun_read(MESSAGE(0x0101, "\x00\x20\x00\x08\x00\x03\x03\x04zzzz"), &m) ==
	      ERR_MALFORMED);
	CHECK(stun_read(MESSAGE(0x0101, "\x00\x20\x00\x08\x00\x02\x03\x04zzzz"), &m) != OK);
	/* both roles */
	CHECK(stun_read(MESSAGE(0x0001, "\x80\x29\x00\x08zzzzzzzz\x80\x2a\x00\x08zzzzzzzz"),
	                &m) == ERR_MALFORMED);
	/* an attribute after FINGERPRINT; a FINGERPRINT that is wrong */
	CHECK(stun_read(MESSAGE(0x0001, "\x80\x28\x00\x04\x01\x02\x03\x04"), &m) ==
	      ERR_MALFORMED);
	/* error codes 200, 700 and 3-100 */
	CHECK(stun_read(MESSAGE(0x0111, "\x00\x09\x00\x04\x00\x00\x07\x00"), &m) ==
	      ERR_MALFORMED);
	CHECK(stun_read(MESSAGE(0x0111, "\x00\x09\x00\x04\x00\x00\x02\x00"), &m) ==
	      ERR_MALFORMED);
	CHECK(stun_read(MESSAGE(0x0111, "\x00\x09\x00\x04\x00\x00\x03\x64"), &m) ==
	      ERR_MALFORMED);
	CHECK(stun_read(MESSAGE(0x0111, "\x00\x09\x00\x04\x00\x00\x04\x14"), &m) == OK &&
	      m.error == 420);
}

/* CRC-32, bit by bit. */
static uint32_t crc_of(const uint8_t *p, size_t n)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < 8 * n; i++) {
		uint32_t low = (crc ^ p[i / 8] >> i % 8) & 1;

		crc = crc >> 1 ^ (low ? 0xedb88320 : 0);
	}
	return ~crc;
}

/* The FINGERPRINT is right; but it is not the last attribute (RFC 8489 14.7). */
static void nothing_follows_the_fingerprint(void)
{
	uint8_t p[36];
	struct stun_message m;
	struct wr w = wr_into(p, sizeof(p));

	wr_uint(&w, 4, 0x00010010);
	wr_uint(&w, 4, 0x2112a442);
	wr_zero(&w, STUN_TRANSACTION);
	wr_uint(&w, 4, 0x80280004);
	wr_uint(&w, 4, crc_of(p, STUN_HEADER) ^ 0x5354554e);
	wr_uint(&w, 4, 0x00240004);
	wr_uint(&w, 4, 1);
	CHECK(stun_read(SPAN(p), &m) == ERR_MALFORMED);
	p[3] = 8;
	w.n = STUN_HEADER + 4;
	wr_uint(&w, 4, crc_of(p, STUN_HEADER) ^ 0x5354554e);
	CHECK(stun_read((struct span){ p, w.n }, &m) == OK && m.has_fingerprint);
}

static void an_error_names_only_what_it_lists(void)
{
	struct stun_message m;

	CHECK(stun_read(MESSAGE(0x0111, "\x7f\x00\x00\x00"), &m) == OK && m.unknown_n == 0);
	CHECK(stun_read(MESSAGE(0x0001, "\x7f\x00\x00\x00"), &m) == OK && m.unknown_n == 1);
}

static void a_mac_over_too_much_or_too_little_is_refused(void)
{
	static uint8_t big[1600], name[1500];
	struct wr w = wr_into(big, sizeof(big));
	struct stun_message m = { .username = SPAN(name) };

	CHECK(stun_write(&m, password, &w) == ERR_LIMIT);
	m = (struct stun_message){ .covered = { big, STUN_HEADER - 1 },
		                   .mac = { big, STUN_MAC } };
	CHECK(stun_check(&m, password) == ERR_LIMIT);
	m.covered.n = STUN_HEADER;
	CHECK(stun_check(&m, (struct span){ big, (size_t)INT32_MAX + 1 }) == ERR_LIMIT);
	CHECK(stun_check(&m, password) == ERR_AUTH);
}

static void too_many_or_too_long_is_refused(void)
{
	static uint8_t many[4 * (STUN_UNKNOWN_MAX + 1)], name[4 + 516], all[1600];
	struct stun_message m;

	for (size_t i = 0; i < sizeof(many); i += 4)
		many[i + 1] = 0x70;
	CHECK(stun_read(message_of(1, (struct span){ many, sizeof(many) - 4 }), &m) == OK);
	CHECK(m.unknown_n == STUN_UNKNOWN_MAX);
	CHECK(stun_read(message_of(1, SPAN(many)), &m) == ERR_LIMIT);
	name[1] = 6, name[2] = 2, name[3] = 2; /* 514 bytes */
	CHECK(stun_read(message_of(1, SPAN(name)), &m) == ERR_LIMIT);
	name[3] = 1;
	CHECK(stun_read(message_of(1, SPAN(name)), &m) == OK && m.username.n == 513);
	all[0] = 0x80, all[1] = 0x22, all[2] = 1580 >> 8, all[3] = 1580 & 255;
	CHECK(stun_read(message_of(1, (struct span){ all, 1584 }), &m) == ERR_LIMIT);
}

static void of_two_the_first_counts(void)
{
	struct stun_message m;

	CHECK(
	    stun_read(MESSAGE(0x0001,
	                      "\x00\x24\x00\x04\x00\x00\x00\x01\x00\x24\x00\x04\x00\x00\x00\x02"
	                      "\x00\x06\x00\x01"
	                      "Azzz"
	                      "\x00\x06\x00\x01"
	                      "Bzzz"),
	              &m) == OK);
	CHECK(m.priority == 1 && span_is_equal(m.username, SPAN_STR("A")));
}

/* RFC 8489 14.5: else an attacker on the path could append a nomination. */
static void what_follows_the_mac_is_not_believed(void)
{
	uint8_t buf[100];
	struct wr w = wr_into(buf, sizeof(buf));
	struct stun_message m = { .class = STUN_REQUEST, .method = STUN_BINDING }, got;

	CHECK(stun_write(&m, password, &w) == OK);
	w.n -= 8;
	wr_uint(&w, 4, 0x00250000);
	buf[3] = (uint8_t)(w.n - STUN_HEADER);
	CHECK(stun_read((struct span){ buf, w.n }, &got) == OK);
	CHECK(stun_check(&got, password) == OK && !got.use_candidate);
}

static bool is_same(const struct stun_message *a, const struct stun_message *b)
{
	return a->class == b->class && a->method == b->method &&
	       memcmp(a->transaction, b->transaction, STUN_TRANSACTION) == 0 &&
	       span_is_equal(a->username, b->username) &&
	       addr_is_equal(&a->mapped, &b->mapped) && a->has_priority == b->has_priority &&
	       a->priority == b->priority && a->use_candidate == b->use_candidate &&
	       a->role == b->role && a->tie_breaker == b->tie_breaker && a->error == b->error &&
	       a->unknown_n == b->unknown_n &&
	       memcmp(a->unknown, b->unknown, a->unknown_n * sizeof(a->unknown[0])) == 0;
}

static void what_is_written_reads_the_same(void)
{
	static const struct stun_message messages[] = {
		{ .class = STUN_REQUEST,
		  .method = STUN_BINDING,
		  .transaction = "abcdefghijk",
		  .username = { (const uint8_t *)"one:three", 9 },
		  .has_priority = true,
		  .priority = 0xfffffffe,
		  .use_candidate = true,
		  .role = STUN_CONTROLLING,
		  .tie_breaker = UINT64_MAX },
		{ .class = STUN_SUCCESS,
		  .method = STUN_BINDING,
		  .mapped = { 4, 65535, { 127, 0, 0, 1 } } },
		{ .class = STUN_SUCCESS,
		  .method = 0xfff,
		  .mapped = { 6, 1, { 1, 2, [15] = 3 } } },
		{ .class = STUN_ERROR,
		  .method = STUN_BINDING,
		  .error = STUN_UNKNOWN_ATTRIBUTE,
		  .unknown = { 1, 2, 3 },
		  .unknown_n = 3 },
		{ .class = STUN_ERROR, .method = STUN_BINDING, .error = STUN_ROLE_CONFLICT },
		{ .class = STUN_INDICATION, .method = STUN_BINDING, .role = STUN_CONTROLLED },
	};

	for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
		uint8_t buf[STUN_MESSAGE_MAX];
		struct wr w = wr_into(buf, sizeof(buf));
		struct stun_message got = { 0 };

		CHECK(stun_write(&messages[i], password, &w) == OK);
		CHECK(stun_read((struct span){ buf, w.n }, &got) == OK);
		CHECK(is_same(&messages[i], &got) && got.has_fingerprint);
		CHECK(stun_check(&got, password) == OK);
		CHECK((got.username.p == NULL) == (messages[i].username.p == NULL));
		CHECK(messages[i].error != STUN_ROLE_CONFLICT || w.n == 20 + 8 + 24 + 8);
		for (size_t cap = 0; cap < w.n; cap++) {
			struct wr small = wr_into(buf, cap);

			CHECK(stun_write(&messages[i], password, &small) == ERR_SPACE);
		}
		w = wr_into(buf, sizeof(buf));
		CHECK(stun_write(&messages[i], (struct span){ 0 }, &w) == OK);
		CHECK(stun_read((struct span){ buf, w.n }, &got) == OK && got.mac.p == NULL);
		CHECK(stun_check(&got, password) == ERR_AUTH);
	}
}

int main(void)
{
	vectors_or_skip();
	the_request_of_rfc5769_reads();
	the_responses_of_rfc5769_read();
	the_long_term_request_reads_with_its_unknown_attributes();
	every_prefix_is_refused();
	one_byte_more_is_refused();
	no_flipped_bit_is_believed();
	wrong_forms_are_refused();
	nothing_follows_the_fingerprint();
	an_error_names_only_what_it_lists();
	a_mac_over_too_much_or_too_little_is_refused();
	too_many_or_too_long_is_refused();
	of_two_the_first_counts();
	what_follows_the_mac_is_not_believed();
	what_is_written_reads_the_same();
	return check_report("stun");
}
