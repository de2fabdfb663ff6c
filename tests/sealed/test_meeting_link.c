/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/meeting/base64url.h"
#include "sealed/meeting/link.h"
#include "tests/support/check.h"
#include "tests/support/crypto_fake.h"
#include "tests/support/provider.h"

static char token[ZEGEL_TOKEN_LEN], host_token[ZEGEL_HOST_TOKEN_LEN];

static void make(uint32_t flags)
{
	CHECK(zegel_link_create(provider(), flags, token, host_token) == OK);
}

static enum zegel_link_fault read(struct link *link, const char *text, size_t n)
{
	enum err err;
	enum zegel_link_fault fault = link_read(link, provider(), text, n, &err);

	CHECK(err == OK);
	return fault;
}

/* The token's bytes, changed at one place. */
static void token_with(char out[ZEGEL_TOKEN_LEN], size_t at, uint8_t value)
{
	uint8_t bytes[LINK_TOKEN_BYTES];

	CHECK(base64url_read(token, bytes, sizeof(bytes)) == OK);
	bytes[at] = value;
	base64url_write(SPAN(bytes), out);
}

static void base64url_is_rfc4648(void)
{
	static const struct {
		const char *bytes, *text;
	} known[] = { { "", "" },         { "f", "Zg" },        { "fo", "Zm8" },
		      { "foo", "Zm9v" },  { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" },
		      { "foobar", "Zm9vYmFy" }, { "\xfb\xff\xfe", "-__-" } };

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		size_t n = strlen(known[i].bytes);
		char text[16];
		uint8_t bytes[16];

		CHECK(base64url_len(n) == strlen(known[i].text));
		base64url_write((struct span){ (const uint8_t *)known[i].bytes, n }, text);
		CHECK(memcmp(text, known[i].text, base64url_len(n)) == 0);
		CHECK(base64url_read(known[i].text, bytes, n) == OK);
		CHECK(memcmp(bytes, known[i].bytes, n) == 0);
	}
}

static void base64url_has_64_letters_and_one_text_for_a_value(void)
{
	unsigned good = 0, good_ends = 0;

	for (unsigned c = 0; c < 256; c++) {
		char text[4] = { (char)c, 'A', 'A', 'A' }, end[2] = { 'A', (char)c };
		uint8_t out[3];

		good += base64url_read(text, out, 3) == OK;
		good_ends += base64url_read(end, out, 1) == OK;
	}
	CHECK(good == 64);
	CHECK(good_ends == 4); /* of six bits, the four unused ones are zero */
}

static void what_is_made_can_be_entered_with(void)
{
	struct link guest, host;

	make(0);
	CHECK(read(&guest, token, sizeof(token)) == ZEGEL_LINK_GOOD && !guest.is_host);
	CHECK(read(&host, host_token, sizeof(host_token)) == ZEGEL_LINK_GOOD && host.is_host);
	CHECK(memcmp(guest.room_id, host.room_id, ROOM_ID_LEN) == 0);
	CHECK(memcmp(guest.psk, host.psk, LINK_KEY_LEN) == 0);
	CHECK(zegel_link_check(provider(), token, sizeof(token)) == ZEGEL_LINK_GOOD);
}

static void every_use_has_a_key_of_its_own(void)
{
	struct link link;

	make(0);
	CHECK(read(&link, token, sizeof(token)) == ZEGEL_LINK_GOOD);
	CHECK(memcmp(link.wrap, link.knock, LINK_KEY_LEN) != 0);
	CHECK(memcmp(link.wrap, link.psk, LINK_KEY_LEN) != 0);
	CHECK(memcmp(link.knock, link.psk, LINK_KEY_LEN) != 0);
	CHECK(memcmp(link.room_id, link.wrap, ROOM_ID_LEN) != 0);
}

/* Another implementation (Python's hmac and hashlib) gave these: they pin the derivation. */
static void the_derivation_is_as_documented(void)
{
	static const char fixed[] = "AQAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHw";
	static const uint8_t room_id[] = {
		0xd6, 0xcb, 0x95, 0xc1, 0xb1, 0x73, 0x3e, 0x11,
		0xcf, 0x13, 0xb4, 0x85, 0x60, 0xbc, 0x5d, 0x18
	};
	static const uint8_t wrap[] = {
		0x6b, 0x25, 0x93, 0x40, 0x9a, 0x93, 0xc2, 0x41,
		0xdd, 0x54, 0x47, 0x11, 0x68, 0xea, 0x99, 0x37,
		0x13, 0x25, 0x28, 0xe2, 0x00, 0xfb, 0x24, 0xac,
		0xd2, 0x52, 0x12, 0x64, 0x65, 0xd4, 0x6b, 0x4c
	};
	static const uint8_t knock[] = {
		0xd1, 0x28, 0x38, 0xbf, 0x42, 0x48, 0x65, 0xf2,
		0x52, 0xc4, 0x3c, 0x29, 0xc9, 0x45, 0x0c, 0xad,
		0x5c, 0x14, 0x46, 0x57, 0x61, 0x22, 0x18, 0xf8,
		0x29, 0x2a, 0xd7, 0xd2, 0x7e, 0x6a, 0xb5, 0xbe
	};
	static const uint8_t psk[] = {
		0x37, 0x9d, 0xd2, 0xf5, 0x0f, 0x75, 0x4d, 0x86,
		0xbe, 0x3f, 0x0e, 0xfe, 0x1d, 0x7b, 0x1b, 0xde,
		0x18, 0x6e, 0x3d, 0x4b, 0xfb, 0x51, 0x8f, 0xc6,
		0xee, 0x9d, 0x2c, 0x7c, 0xb9, 0xb6, 0xbb, 0x7d
	};
	struct link link;

	CHECK(read(&link, fixed, sizeof(fixed) - 1) == ZEGEL_LINK_GOOD);
	CHECK(memcmp(link.room_id, room_id, sizeof(room_id)) == 0);
	CHECK(memcmp(link.wrap, wrap, sizeof(wrap)) == 0);
	CHECK(memcmp(link.knock, knock, sizeof(knock)) == 0);
	CHECK(memcmp(link.psk, psk, sizeof(psk)) == 0);
}

static void another_secret_or_host_is_another_meeting(void)
{
	struct link link, other;
	char changed[ZEGEL_TOKEN_LEN];

	make(0);
	CHECK(read(&link, token, sizeof(token)) == ZEGEL_LINK_GOOD);
	for (size_t at = 2; at < LINK_TOKEN_BYTES; at++) {
		uint8_t bytes[LINK_TOKEN_BYTES];

		CHECK(base64url_read(token, bytes, sizeof(bytes)) == OK);
		token_with(changed, at, bytes[at] ^ 1);
		CHECK(read(&other, changed, sizeof(changed)) == ZEGEL_LINK_GOOD);
		CHECK(memcmp(link.room_id, other.room_id, ROOM_ID_LEN) != 0);
		CHECK(memcmp(link.wrap, other.wrap, LINK_KEY_LEN) != 0);
		CHECK(memcmp(link.psk, other.psk, LINK_KEY_LEN) != 0);
	}
}

static void every_other_length_is_refused_by_name(void)
{
	char text[ZEGEL_HOST_TOKEN_LEN + 2];
	struct link link;

	make(0);
	memset(text, 'A', sizeof(text));
	memcpy(text, host_token, sizeof(host_token));
	for (size_t n = 0; n <= sizeof(text); n++)
		if (n != ZEGEL_TOKEN_LEN && n != ZEGEL_HOST_TOKEN_LEN)
			CHECK(read(&link, text, n) == ZEGEL_LINK_LENGTH);
}

static void versions_and_flags_that_are_not_known_are_refused_by_name(void)
{
	char changed[ZEGEL_TOKEN_LEN];
	struct link link;

	make(0);
	for (unsigned v = 0; v < 256; v++) {
		token_with(changed, 0, (uint8_t)v);
		CHECK(read(&link, changed, sizeof(changed)) ==
		      (v == 1 ? ZEGEL_LINK_GOOD : ZEGEL_LINK_VERSION));
		token_with(changed, 1, (uint8_t)v);
		CHECK(read(&link, changed, sizeof(changed)) ==
		      (v <= ZEGEL_FLAG_LOBBY ? ZEGEL_LINK_GOOD : ZEGEL_LINK_FLAGS));
	}
}

static void a_link_may_ask_for_a_lobby_and_nothing_else(void)
{
	struct link link;

	make(ZEGEL_FLAG_LOBBY);
	CHECK(zegel_link_check(provider(), token, sizeof(token)) == ZEGEL_LINK_GOOD);
	CHECK(read(&link, token, sizeof(token)) == ZEGEL_LINK_GOOD);
	CHECK(link.flags == ZEGEL_FLAG_LOBBY);
	CHECK(zegel_link_create(provider(), 2, token, host_token) == ERR_LIMIT);
}

static void foreign_letters_are_refused_by_name(void)
{
	struct link link;

	for (size_t i = 0; i < ZEGEL_HOST_TOKEN_LEN; i++) {
		make(0);
		host_token[i] = '+';
		CHECK(read(&link, host_token, sizeof(host_token)) == ZEGEL_LINK_LETTERS);
	}
}

static void the_seed_of_another_host_is_refused_by_name(void)
{
	char mixed[ZEGEL_HOST_TOKEN_LEN];
	struct link link;

	make(0);
	memcpy(mixed, host_token, sizeof(mixed));
	make(0);
	memcpy(mixed, token, sizeof(token));
	CHECK(read(&link, mixed, sizeof(mixed)) == ZEGEL_LINK_HOST_KEY);
}

static void nothing_is_given_when_the_provider_fails(void)
{
	struct crypto_fake fake;
	struct link link, untouched;
	bool has_failed = true;
	enum err err;

	make(0);
	crypto_fake_init(&fake, provider(), 1);
	for (uint64_t at = 0; has_failed; at++) {
		memset(&link, 0x5a, sizeof(link));
		untouched = link;
		crypto_fake_restart(&fake);
		fake.fail_at = at;
		CHECK(link_read(&link, &fake.table, host_token, sizeof(host_token), &err) ==
		      ZEGEL_LINK_GOOD);
		has_failed = fake.has_failed;
		CHECK((err != OK) == has_failed);
		CHECK((memcmp(&link, &untouched, sizeof(link)) == 0) == has_failed);
	}
	has_failed = true;
	for (uint64_t at = 0; has_failed; at++) {
		memset(token, 0, sizeof(token));
		crypto_fake_restart(&fake);
		fake.fail_at = at;
		err = zegel_link_create(&fake.table, 0, token, host_token);
		has_failed = fake.has_failed;
		CHECK((err != OK) == (token[0] == 0)); /* a key pair is tried for again */
		CHECK(err == OK || has_failed);
	}
}

int main(void)
{
	base64url_is_rfc4648();
	base64url_has_64_letters_and_one_text_for_a_value();
	what_is_made_can_be_entered_with();
	every_use_has_a_key_of_its_own();
	the_derivation_is_as_documented();
	another_secret_or_host_is_another_meeting();
	every_other_length_is_refused_by_name();
	versions_and_flags_that_are_not_known_are_refused_by_name();
	a_link_may_ask_for_a_lobby_and_nothing_else();
	foreign_letters_are_refused_by_name();
	the_seed_of_another_host_is_refused_by_name();
	nothing_is_given_when_the_provider_fails();
	return check_report("meeting_link");
}
