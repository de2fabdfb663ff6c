/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/meeting/front.h"
#include "sealed/meeting/knock.h"
#include "sealed/meeting/limits.h"
#include "sealed/meeting/member_message.h"
#include "sealed/meeting/message_head.h"
#include "tests/support/check.h"
#include "tests/support/provider.h"

static uint8_t buf[8192];
static struct link link_;

static struct wr into(void)
{
	return wr_into(buf, sizeof(buf));
}

static struct span done(const struct wr *w)
{
	struct span out = { 0 };

	CHECK(wr_end(w, &out) == OK);
	return out;
}

/* --- the server's messages --- */

static void what_the_client_writes_is_as_documented(void)
{
	static const uint8_t ab[] = { 0xaa, 0xbb }, pass[32] = { 1 };
	struct wr w = into();

	front_write_hello(&w, (struct span){ pass, 16 });
	CHECK(span_is_equal(done(&w), SPAN_STR("\x01\x01\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")));
	w = into();
	front_write_pass(&w, SPAN(pass), 0x0102030405060708);
	CHECK(w.n == 1 + 32 + 8 && buf[0] == 2 && buf[40] == 8);
	w = into();
	front_write_post(&w, 5, SPAN(pass), SPAN(ab));
	CHECK(w.n == 1 + 8 + 32 + 1 + 2 && buf[0] == 3 && buf[8] == 5 && buf[41] == 2);
	w = into();
	front_write_send(&w, SPAN(ab));
	CHECK(span_is_equal(done(&w), SPAN_STR("\x04\x02\xaa\xbb")));
	w = into();
	front_write_knock(&w, SPAN(ab));
	CHECK(span_is_equal(done(&w), SPAN_STR("\x05\x02\xaa\xbb")));
	w = into();
	front_write_whisper(&w, 9, 7, SPAN(ab));
	CHECK(span_is_equal(done(&w),
	                    SPAN_STR("\x06\0\0\0\x09\0\0\0\0\0\0\0\x07\x02\xaa\xbb")));
	w = into();
	front_write_leave(&w);
	CHECK(span_is_equal(done(&w), SPAN_STR("\x07")));
}

static void what_the_server_says_is_read_whole_or_not_at_all(void)
{
	static const struct span good[] = {
		{ (const uint8_t *)"\x81\x01\0\0\0\x07", 6 },
		{ (const uint8_t *)"\x82\0\0\0\0\0\0\0\x07", 9 },
		{ (const uint8_t *)"\x83\0\0\0\0\0\0\0\x07", 9 },
		{ (const uint8_t *)"\x84\0\0\0\0\0\0\0\x07\x01x", 11 },
		{ (const uint8_t *)"\x85\x01x", 3 },
		{ (const uint8_t *)"\x86\0\0\0\x07\x01x", 7 },
		{ (const uint8_t *)"\x87\0\0\0\0\0\0\0\x07\x01x", 11 },
		{ (const uint8_t *)"\x88\0\0\0\x07", 5 },
		{ (const uint8_t *)"\xff\x02\x03", 3 },
	};
	struct front_message m;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		memcpy(buf, good[i].p, good[i].n);
		CHECK(front_read((struct span){ buf, good[i].n }, &m) == OK);
		CHECK(m.type == buf[0]);
		CHECK(m.handle == 7 || m.index == 7 || m.blob.n == 1 || m.code == 2);
		CHECK(m.blob.n == 0 || (m.blob.n == 1 && m.blob.p[0] == 'x'));
		m.code = 77;
		CHECK(front_read((struct span){ buf, good[i].n + 1 }, &m) == ERR_MALFORMED);
		for (size_t n = 0; n < good[i].n; n++)
			CHECK(front_read((struct span){ buf, n }, &m) == ERR_TRUNCATED);
		CHECK(m.code == 77);
	}
}

static void other_types_are_not_ours(void)
{
	for (unsigned type = 0; type < 256; type++) {
		uint8_t message[1] = { (uint8_t)type };
		struct front_message m;
		bool is_ours = (type >= 0x81 && type <= 0x88) || type == 0xff;

		CHECK(front_read(SPAN(message), &m) ==
		      (is_ours ? ERR_TRUNCATED : ERR_NOT_NOW));
	}
}

static void nobody_has_handle_zero(void)
{
	struct front_message m;

	CHECK(front_read(SPAN_STR("\x81\x01\0\0\0\0"), &m) == ERR_MALFORMED);
}

/* --- members' messages --- */

static void members_messages_read_as_written(void)
{
	static const struct member_message all[] = {
		{ .type = MEMBER_CHAT, .text = { (const uint8_t *)"hello", 5 } },
		{ .type = MEMBER_BEAT, .handle = 0xfffffffe, .bits = 17, .next_index = 1ull << 40,
		  .transcript = { (const uint8_t *)"0123456789abcdef0123456789abcdef", 32 } },
		{ .type = MEMBER_LEAVE },
		{ .type = MEMBER_TICKET, .ticket = { 3, { 1, 2, 3, [63] = 9 } },
		  .key = { (const uint8_t *)"0123456789abcdef0123456789abcdef", 32 } },
		{ .type = MEMBER_REFUSAL, .ticket = { 7, { 9 } },
		  .key = { (const uint8_t *)"0123456789abcdef0123456789abcdef", 32 } },
	};

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct wr w = into();
		struct member_message m = { .bits = 99 };

		member_message_write(&w, &all[i]);

		struct span out = done(&w);

		for (size_t n = 0; n < out.n; n++)
			CHECK(member_message_read((struct span){ out.p, n }, &m) != OK);
		buf[out.n] = 0;
		CHECK(member_message_read((struct span){ out.p, out.n + 1 }, &m) != OK);
		CHECK(m.bits == 99);
		CHECK(member_message_read(out, &m) == OK);
		CHECK(m.type == all[i].type && m.handle == all[i].handle &&
		      m.bits == all[i].bits && m.next_index == all[i].next_index);
		CHECK(span_is_equal(m.text, all[i].text));
		CHECK(span_is_equal(m.transcript, all[i].transcript));
		CHECK(span_is_equal(m.key, all[i].key) && m.ticket.host == all[i].ticket.host);
		CHECK(memcmp(m.ticket.signature, all[i].ticket.signature, 64) == 0);
	}
}

static void members_do_not_say_what_is_not_text(void)
{
	struct member_message m;

	CHECK(member_message_read(SPAN_STR("\x01\0"), &m) == ERR_MALFORMED);
	CHECK(member_message_read(SPAN_STR("\x01\x01\xff"), &m) == ERR_MALFORMED);
	CHECK(member_message_read(SPAN_STR("\x01\x01\x07"), &m) == ERR_MALFORMED);
	CHECK(member_message_read(SPAN_STR("\x02\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0"), &m) ==
	      ERR_MALFORMED);
	CHECK(member_message_read(SPAN_STR("\0"), &m) == ERR_MALFORMED);
	CHECK(member_message_read(SPAN_STR("\x06"), &m) == ERR_MALFORMED);

	/* A key of another length than a host's policy knows. */
	static const uint8_t ticket[1 + 1 + 31 + 1 + 64] = { MEMBER_TICKET, 31 };

	CHECK(member_message_read(SPAN(ticket), &m) == ERR_MALFORMED);
}

/* --- knocks and welcomes --- */

/* MLSMessage of a KeyPackage, as far as it is looked at. */
static const uint8_t key_package[] = { 0, 1, 0, 5, 0, 1, 0, 1, 2,   'i', 'n', 1, 'e',
	                               3, 's', 'i', 'g', 'r', 'e', 's', 't' };

static struct span knock(struct span package)
{
	struct wr w = into();

	CHECK(knock_write(&link_, provider(), package, &w) == OK);
	return done(&w);
}

static void a_knock_reads_as_written(void)
{
	struct span content = knock(SPAN(key_package));
	struct knock k = { 0 };

	CHECK(knock_read(&link_, provider(), content, &k) == OK);
	CHECK(span_is_equal(k.key_package, SPAN(key_package)));
	CHECK(span_is_equal(k.signature_key, SPAN_STR("sig")));
	for (size_t n = 0; n < content.n; n++)
		CHECK(knock_read(&link_, provider(), (struct span){ content.p, n }, &k) ==
		      ERR_TRUNCATED);
	CHECK(knock_read(&link_, provider(), (struct span){ content.p, content.n + 1 }, &k) ==
	      ERR_MALFORMED);
}

static void a_knock_without_the_links_key_is_refused(void)
{
	struct span content = knock(SPAN(key_package));
	struct link other = link_;
	struct knock k;

	for (size_t bit = 8; bit < 8 * content.n; bit++) {
		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK(knock_read(&link_, provider(), content, &k) == ERR_AUTH);
		buf[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	other.knock[3] ^= 1;
	CHECK(knock_read(&other, provider(), content, &k) == ERR_AUTH);
}

static void a_knock_is_a_key_package_of_bounded_size(void)
{
	static uint8_t large[KEY_PACKAGE_MAX + 1];
	uint8_t other[sizeof(key_package)];
	struct knock k;

	memcpy(large, key_package, sizeof(key_package));
	CHECK(knock_read(&link_, provider(), knock((struct span){ large, KEY_PACKAGE_MAX }),
	                 &k) == OK);
	CHECK(knock_read(&link_, provider(), knock(SPAN(large)), &k) == ERR_LIMIT);
	memcpy(other, key_package, sizeof(other));
	other[3] = 2;
	CHECK(knock_read(&link_, provider(), knock(SPAN(other)), &k) == ERR_MALFORMED);
	for (size_t n = 0; n < 17; n++)
		CHECK(knock_read(&link_, provider(), knock((struct span){ key_package, n }),
		                 &k) == ERR_MALFORMED);
}

static void a_welcome_reads_as_written(void)
{
	static const struct welcome_seat seats[] = { { 0, 7, 1 }, { 1023, 0xffffffff, 3 } };
	struct welcome_seat seat;
	struct wr w = into();
	struct welcome welcome;

	welcome_write(&w, SPAN_STR("mls"), seats, ARRAY_LEN(seats), SPAN_STR("tickets"));

	struct span out = done(&w);

	CHECK(welcome_read(out, &welcome) == OK && span_is_equal(welcome.mls, SPAN_STR("mls")));
	CHECK(span_is_equal(welcome.tickets, SPAN_STR("tickets")));

	struct rd r = rd_from(welcome.seats);

	for (size_t i = 0; i < ARRAY_LEN(seats); i++) {
		welcome_seat_read(&r, &seat);
		CHECK(seat.leaf == seats[i].leaf && seat.handle == seats[i].handle &&
		      seat.bits == seats[i].bits);
	}
	CHECK(rd_end(&r) == OK);
	for (size_t n = 0; n < out.n; n++)
		CHECK(welcome_read((struct span){ out.p, n }, &welcome) != OK);
	CHECK(welcome_read(SPAN_STR("\x01m\x01x\0"), &welcome) == ERR_MALFORMED);
}

static void an_mls_head_is_a_private_message_or_nothing(void)
{
	uint8_t message[] = { 0, 1, 0, 2, 2, 'i', 'd', 0, 0, 0, 0, 0, 0, 0, 9, 3 };
	struct message_head head;

	CHECK(message_head_read(SPAN(message), &head) == OK);
	CHECK(head.epoch == 9 && head.content == MESSAGE_COMMIT);
	CHECK(span_is_equal(head.group_id, SPAN_STR("id")));
	for (size_t n = 0; n < sizeof(message); n++)
		CHECK(message_head_read((struct span){ message, n }, &head) == ERR_MALFORMED);
	for (unsigned v = 0; v < 256; v++) {
		message[3] = (uint8_t)v;
		CHECK((message_head_read(SPAN(message), &head) == OK) == (v == 2));
		message[3] = 2;
		message[15] = (uint8_t)v;
		CHECK((message_head_read(SPAN(message), &head) == OK) == (v >= 1 && v <= 3));
	}
}

int main(void)
{
	memset(link_.knock, 7, sizeof(link_.knock));
	what_the_client_writes_is_as_documented();
	what_the_server_says_is_read_whole_or_not_at_all();
	other_types_are_not_ours();
	nobody_has_handle_zero();
	members_messages_read_as_written();
	members_do_not_say_what_is_not_text();
	a_knock_reads_as_written();
	a_knock_without_the_links_key_is_refused();
	a_knock_is_a_key_package_of_bounded_size();
	a_welcome_reads_as_written();
	an_mls_head_is_a_private_message_or_nothing();
	return check_report("meeting_messages");
}
