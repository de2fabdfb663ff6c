/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "transport/ice_client.h"
#include "transport/ice_lite.h"

static const struct addr server = { 4, 3478, { 192, 0, 2, 1 } };
static const struct addr alice = { 4, 1001, { 198, 51, 100, 1 } };
static const struct addr bob = { 4, 1002, { 198, 51, 100, 2 } };

static struct addr nth(unsigned i)
{
	return (struct addr){ 4, (uint16_t)(2000 + i), { 203, 0, 113, (uint8_t)i } };
}

static struct span text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

struct world {
	struct ice_table *table;
	struct ice_lite ice[2];
	uint64_t now;
};

static struct world *world_make(void)
{
	static struct world w;

	w = (struct world){ .table = ice_table_create(4), .now = TIME_S(100) };
	for (size_t i = 0; i < 2; i++)
		CHECK(ice_lite_init(&w.ice[i], w.table, &w) == OK);
	return &w;
}

static void world_end(struct world *w)
{
	for (size_t i = 0; i < 2; i++)
		ice_lite_clear(&w->ice[i], w->table);
	ice_table_destroy(&w->table);
}

/* A check as a browser writes it; what is changed is changed by the caller. */
static struct stun_message check_for(const struct ice_lite *ice, char name[64])
{
	struct stun_message m = { .class = STUN_REQUEST,
		                  .method = STUN_BINDING,
		                  .has_priority = true,
		                  .priority = 5,
		                  .role = STUN_CONTROLLING,
		                  .tie_breaker = 9 };

	snprintf(name, 64, "%.32s:theirs", ice->local.ufrag);
	m.username = text(name);
	for (size_t i = 0; i < STUN_TRANSACTION; i++)
		m.transaction[i] = (uint8_t)rand();
	return m;
}

static enum err send_check(struct world *w, const struct stun_message *m, const char *pwd,
                           const struct addr *from, struct ice_reply *reply)
{
	uint8_t buf[STUN_MESSAGE_MAX];
	struct wr out = wr_into(buf, sizeof(buf));

	*reply = (struct ice_reply){ 0 };
	CHECK(stun_write(m, pwd ? text(pwd) : (struct span){ 0 }, &out) == OK);
	return ice_table_input(w->table, w->now, from, (struct span){ buf, out.n }, reply);
}

static enum err check(struct world *w, size_t i, const struct addr *from, bool nominate,
                      struct ice_reply *reply)
{
	char name[64];
	struct stun_message m = check_for(&w->ice[i], name);

	m.use_candidate = nominate;
	return send_check(w, &m, w->ice[i].local.pwd, from, reply);
}

static void an_authenticated_check_is_answered(void)
{
	struct world *w = world_make();
	struct ice_reply reply;
	struct stun_message m;

	CHECK(ice_table_find(w->table, w->now, &alice) == NULL);
	CHECK(ice_lite_target(&w->ice[0], w->now) == NULL);
	CHECK(check(w, 0, &alice, false, &reply) == OK);
	CHECK(reply.ice == &w->ice[0] && reply.moved && reply.ice->owner == w);
	CHECK(stun_read((struct span){ reply.bytes, reply.n }, &m) == OK);
	CHECK(m.class == STUN_SUCCESS && addr_is_equal(&m.mapped, &alice));
	CHECK(stun_check(&m, text(w->ice[0].local.pwd)) == OK && m.has_fingerprint);
	CHECK(ice_table_find(w->table, w->now, &alice) == &w->ice[0]);
	CHECK(addr_is_equal(ice_lite_target(&w->ice[0], w->now), &alice));
	CHECK(check(w, 0, &alice, true, &reply) == OK && !reply.moved);
	world_end(w);
}

/* Each of these gets not one byte, and makes no address valid. */
static void what_is_not_authenticated_gets_nothing(void)
{
	struct world *w = world_make();
	struct ice_lite *ice = &w->ice[0];
	struct ice_reply reply;
	char name[64], other[64];
	struct stun_message m = check_for(ice, name);
	uint8_t buf[STUN_MESSAGE_MAX];
	struct wr out = wr_into(buf, sizeof(buf));

	CHECK(send_check(w, &m, NULL, &alice, &reply) == ERR_AUTH); /* no MAC */
	CHECK(send_check(w, &m, w->ice[1].local.pwd, &alice, &reply) == ERR_AUTH);
	CHECK(send_check(w, &m, "", &alice, &reply) == ERR_AUTH);
	m.username = text("");
	CHECK(send_check(w, &m, ice->local.pwd, &alice, &reply) == ERR_AUTH);
	m.username = (struct span){ 0 };
	CHECK(send_check(w, &m, ice->local.pwd, &alice, &reply) == ERR_AUTH);
	m.username = text(ice->local.ufrag); /* no colon */
	CHECK(send_check(w, &m, ice->local.pwd, &alice, &reply) == ERR_AUTH);
	memcpy(other, name, sizeof(other));
	other[3] = other[3] == 'A' ? 'B' : 'A';
	m.username = text(other);
	CHECK(send_check(w, &m, ice->local.pwd, &alice, &reply) == ERR_AUTH);
	m = check_for(ice, name);
	m.role = STUN_NO_ROLE;
	CHECK(send_check(w, &m, ice->local.pwd, &alice, &reply) == ERR_MALFORMED);
	m = check_for(ice, name);
	for (enum stun_class c = STUN_INDICATION; c <= STUN_ERROR; c++) {
		m.class = c;
		CHECK(send_check(w, &m, ice->local.pwd, &alice, &reply) ==
		      (c == STUN_SUCCESS ? ERR_AUTH : ERR_MALFORMED));
	}
	m.class = STUN_REQUEST;
	m.method = 3; /* TURN's Allocate */
	CHECK(send_check(w, &m, ice->local.pwd, &alice, &reply) == ERR_MALFORMED);
	m.method = STUN_BINDING;
	CHECK(stun_write(&m, text(ice->local.pwd), &out) == OK);
	buf[3] = (uint8_t)(buf[3] - 8); /* without FINGERPRINT */
	CHECK(ice_table_input(w->table, w->now, &alice, (struct span){ buf, out.n - 8 },
	                      &reply) == ERR_MALFORMED);
	CHECK(reply.n == 0 && ice_table_find(w->table, w->now, &alice) == NULL);
	CHECK(ice->target == NULL);
	world_end(w);
}

static void their_user_name_counts_once_it_is_known(void)
{
	struct world *w = world_make();
	struct ice_reply reply;

	CHECK(ice_lite_set_remote(&w->ice[0], text("abc")) == ERR_MALFORMED);
	CHECK(ice_lite_set_remote(&w->ice[0], text("abc:")) == ERR_MALFORMED);
	CHECK(ice_lite_set_remote(&w->ice[0], (struct span){ (const uint8_t *)"abc\0", 4 }) ==
	      ERR_MALFORMED);
	char longest[ICE_UFRAG_MAX + 2];

	memset(longest, 'a', sizeof(longest));
	CHECK(ice_lite_set_remote(&w->ice[0],
	                          (struct span){ (uint8_t *)longest, ICE_UFRAG_MAX + 1 }) ==
	      ERR_MALFORMED);
	CHECK(ice_lite_set_remote(&w->ice[0],
	                          (struct span){ (uint8_t *)longest, ICE_UFRAG_MAX }) == OK);
	CHECK(ice_lite_set_remote(&w->ice[0], text("other")) == OK);
	CHECK(check(w, 0, &alice, true, &reply) == ERR_AUTH && reply.n == 0);
	CHECK(ice_lite_set_remote(&w->ice[0], text("theirs")) == OK);
	CHECK(check(w, 0, &alice, true, &reply) == OK);
	world_end(w);
}

static void a_role_conflict_is_487_and_validates_nothing(void)
{
	struct world *w = world_make();
	struct ice_reply reply;
	char name[64];
	struct stun_message m = check_for(&w->ice[0], name), got;

	m.role = STUN_CONTROLLED;
	m.use_candidate = true;
	CHECK(send_check(w, &m, w->ice[0].local.pwd, &alice, &reply) == OK);
	CHECK(stun_read((struct span){ reply.bytes, reply.n }, &got) == OK);
	CHECK(got.class == STUN_ERROR && got.error == STUN_ROLE_CONFLICT);
	CHECK(stun_check(&got, text(w->ice[0].local.pwd)) == OK);
	CHECK(!reply.moved && ice_table_find(w->table, w->now, &alice) == NULL);
	world_end(w);
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

/* Appends MESSAGE-INTEGRITY and FINGERPRINT, without the code that is tested. */
static size_t sealed_by_hand(uint8_t *p, size_t n, const char *pwd)
{
	unsigned mac_n = STUN_MAC;

	p[3] = (uint8_t)(n - STUN_HEADER + 24);
	CHECK(HMAC(EVP_sha1(), pwd, (int)strlen(pwd), p, n, p + n + 4, &mac_n) != NULL);
	memcpy(p + n, "\x00\x08\x00\x14", 4);
	n += 24;
	p[3] = (uint8_t)(n - STUN_HEADER + 8);

	uint32_t crc = crc_of(p, n) ^ 0x5354554e;

	memcpy(p + n, "\x80\x28\x00\x04", 4);
	for (size_t i = 0; i < 4; i++)
		p[n + 4 + i] = (uint8_t)(crc >> (24 - 8 * i));
	return n + 8;
}

static void an_unknown_required_attribute_is_420(void)
{
	struct world *w = world_make();
	struct ice_lite *ice = &w->ice[0];
	struct ice_reply reply;
	uint8_t buf[STUN_MESSAGE_MAX];
	struct wr out = wr_into(buf, sizeof(buf));
	char name[64];
	struct stun_message m = check_for(ice, name), got;

	CHECK(stun_write(&m, (struct span){ 0 }, &out) == OK);
	for (size_t i = STUN_HEADER; i + 4 <= out.n; i += 4)
		if (memcmp(buf + i, "\x00\x24\x00\x04", 4) == 0)
			buf[i] = 0x7f;
	size_t n = sealed_by_hand(buf, out.n - 8, ice->local.pwd);

	CHECK(ice_table_input(w->table, w->now, &alice, (struct span){ buf, n }, &reply) == OK);
	CHECK(stun_read((struct span){ reply.bytes, reply.n }, &got) == OK);
	CHECK(got.class == STUN_ERROR && got.error == STUN_UNKNOWN_ATTRIBUTE);
	CHECK(got.unknown_n == 1 && got.unknown[0] == 0x7f24);
	CHECK(stun_check(&got, text(ice->local.pwd)) == OK && reply.n <= n);
	CHECK(ice_table_find(w->table, w->now, &alice) == NULL);
	world_end(w);
}

static void addresses_move_with_the_nomination_only(void)
{
	struct world *w = world_make();
	struct ice_reply reply;

	CHECK(check(w, 0, &alice, true, &reply) == OK && reply.moved);
	CHECK(check(w, 0, &bob, false, &reply) == OK && !reply.moved);
	CHECK(addr_is_equal(ice_lite_target(&w->ice[0], w->now), &alice));
	CHECK(check(w, 0, &bob, true, &reply) == OK && reply.moved);
	CHECK(addr_is_equal(ice_lite_target(&w->ice[0], w->now), &bob));
	CHECK(ice_table_find(w->table, w->now, &alice) == &w->ice[0]);
	world_end(w);
}

static void one_member_cannot_take_anothers_address(void)
{
	struct world *w = world_make();
	struct ice_reply reply;

	CHECK(check(w, 0, &alice, true, &reply) == OK);
	CHECK(check(w, 1, &alice, true, &reply) == ERR_NOT_NOW && reply.n == 0);
	CHECK(ice_table_find(w->table, w->now, &alice) == &w->ice[0]);
	CHECK(ice_lite_target(&w->ice[1], w->now) == NULL);
	w->now += ICE_CONSENT; /* but a dead one's it may */
	CHECK(check(w, 1, &alice, true, &reply) == OK);
	CHECK(ice_table_find(w->table, w->now, &alice) == &w->ice[1]);
	CHECK(ice_lite_target(&w->ice[0], w->now) == NULL && w->ice[0].target == NULL);
	world_end(w);
}

static void consent_ends_after_30_seconds(void)
{
	struct world *w = world_make();
	struct ice_reply reply;

	CHECK(check(w, 0, &alice, true, &reply) == OK);
	w->now += ICE_CONSENT - 1;
	CHECK(ice_lite_target(&w->ice[0], w->now) != NULL);
	CHECK(check(w, 0, &alice, false, &reply) == OK);
	w->now += ICE_CONSENT - 1;
	CHECK(ice_lite_target(&w->ice[0], w->now) != NULL);
	CHECK(ice_table_find(w->table, w->now, &alice) == &w->ice[0]);
	w->now += 1;
	CHECK(ice_lite_target(&w->ice[0], w->now) == NULL);
	CHECK(ice_table_find(w->table, w->now, &alice) == NULL);
	world_end(w);
}

static void paths_are_bounded_and_the_one_in_use_stays(void)
{
	struct world *w = world_make();
	struct ice_reply reply;
	unsigned found = 0;

	CHECK(check(w, 0, &alice, true, &reply) == OK);
	for (unsigned i = 0; i < 100; i++) {
		struct addr from = nth(i);

		w->now++;
		CHECK(check(w, 0, &from, false, &reply) == OK);
	}
	for (unsigned i = 0; i < 100; i++) {
		struct addr from = nth(i);

		bool is_there = ice_table_find(w->table, w->now, &from) != NULL;

		CHECK(is_there == (i >= 100 - (ICE_PATHS - 1))); /* the latest ones */
		found += is_there;
	}
	CHECK(found == ICE_PATHS - 1);
	CHECK(ice_table_find(w->table, w->now, &alice) == &w->ice[0]);
	world_end(w);
}

static void who_has_gone_is_found_no_more(void)
{
	struct world *w = world_make();
	struct ice_reply reply;
	char name[64], pwd[ICE_PWD + 1];
	struct stun_message m = check_for(&w->ice[0], name);

	memcpy(pwd, w->ice[0].local.pwd, sizeof(pwd));
	CHECK(send_check(w, &m, pwd, &alice, &reply) == OK);
	ice_lite_clear(&w->ice[0], w->table);
	CHECK(ice_table_find(w->table, w->now, &alice) == NULL);
	CHECK(send_check(w, &m, pwd, &alice, &reply) == ERR_AUTH);
	ice_lite_clear(&w->ice[0], w->table); /* and again, as world_end() does: no harm */
	world_end(w);
}

static void many_transports_are_told_apart(void)
{
	enum { MANY = 300 };
	static struct ice_lite many[MANY];
	struct world *w = world_make();
	struct ice_reply reply;

	for (unsigned i = 0; i < MANY; i++) {
		char name[64];
		struct addr from = nth(i);

		CHECK(ice_lite_init(&many[i], w->table, NULL) == OK);
		struct stun_message m = check_for(&many[i], name);
		CHECK(send_check(w, &m, many[i].local.pwd, &from, &reply) == OK &&
		      reply.ice == &many[i]);
	}
	for (unsigned i = 0; i < MANY; i += 2)
		ice_lite_clear(&many[i], w->table);
	for (unsigned i = 0; i < MANY; i++) {
		struct addr from = nth(i);

		CHECK(ice_table_find(w->table, w->now, &from) == (i % 2 ? &many[i] : NULL));
		if (i % 2) {
			char name[64];
			struct stun_message m = check_for(&many[i], name);

			CHECK(send_check(w, &m, many[i].local.pwd, &from, &reply) == OK);
		}
	}
	for (unsigned i = 1; i < MANY; i += 2)
		ice_lite_clear(&many[i], w->table);
	world_end(w);
}

static struct ice_client *client_make(struct world *w)
{
	static struct ice_client c;

	CHECK(ice_client_init(&c, w->now, &server, text(w->ice[0].local.ufrag),
	                      text(w->ice[0].local.pwd)) == OK);
	return &c;
}

/* One turn of both sides with the client at `from`; whether the server's answer arrives. */
static enum err turn(struct world *w, struct ice_client *c, const struct addr *from,
                     bool arrives)
{
	uint8_t buf[STUN_MESSAGE_MAX];
	struct ice_reply reply;
	size_t n;

	w->now = ice_client_next(c);
	TRY(ice_client_poll(c, w->now, buf, &n));
	if (n == 0)
		return OK;
	TRY(ice_table_input(w->table, w->now, from, (struct span){ buf, n }, &reply));
	if (!arrives)
		return OK;
	return ice_client_input(c, w->now, &server, (struct span){ reply.bytes, reply.n });
}

static void client_and_server_connect_and_keep_consent(void)
{
	struct world *w = world_make();
	struct ice_client *c = client_make(w);

	CHECK(turn(w, c, &alice, false) == OK && c->state == ICE_CHECKING);
	CHECK(turn(w, c, &alice, true) == OK && c->state == ICE_CONNECTED);
	CHECK(addr_is_equal(&c->mapped, &alice));
	CHECK(addr_is_equal(ice_lite_target(&w->ice[0], w->now), &alice));
	for (unsigned i = 0; i < 20; i++) {
		uint64_t before = w->now;

		CHECK(turn(w, c, i < 10 ? &alice : &bob, true) == OK);
		CHECK(i == 0 || w->now - before == TIME_S(5));
		CHECK(
		    addr_is_equal(ice_lite_target(&w->ice[0], w->now), i < 10 ? &alice : &bob));
	}
	for (unsigned i = 0; i < 5; i++)
		CHECK(turn(w, c, &bob, false) == OK && c->state == ICE_CONNECTED);
	CHECK(turn(w, c, &bob, false) == OK && c->state == ICE_FAILED);
	CHECK(ice_client_next(c) == TIME_NEVER);
	ice_client_clear(c);
	world_end(w);
}

static void a_client_without_answers_gives_up(void)
{
	struct world *w = world_make();
	struct ice_client *c = client_make(w);
	uint64_t start = w->now;
	unsigned n = 0;

	while (c->state == ICE_CHECKING && n++ < 100)
		CHECK(turn(w, c, &alice, false) == OK);
	CHECK(c->state == ICE_FAILED && w->now == start + TIME_S(15) && n >= 12 && n <= 20);

	uint8_t buf[STUN_MESSAGE_MAX];
	size_t len = 1;

	CHECK(ice_client_poll(c, w->now + TIME_S(99), buf, &len) == OK && len == 0);
	CHECK(ice_client_input(c, w->now, &server, SPAN_STR("")) == ERR_NOT_NOW);
	world_end(w);
}

static void a_client_believes_only_its_servers_answers(void)
{
	struct world *w = world_make();
	struct ice_client *c = client_make(w);
	uint8_t buf[STUN_MESSAGE_MAX], bad[STUN_MESSAGE_MAX];
	struct ice_reply reply, old;
	size_t n;

	CHECK(ice_client_poll(c, w->now, buf, &n) == OK && n > 0);
	size_t none = 1;
	CHECK(ice_client_poll(c, w->now, bad, &none) == OK && none == 0); /* too soon */
	CHECK(ice_table_input(w->table, w->now, &alice, (struct span){ buf, n }, &reply) == OK);
	struct span good = { reply.bytes, reply.n };

	CHECK(ice_client_input(c, w->now, &bob, good) == ERR_AUTH);
	for (size_t i = 0; i < reply.n; i++) {
		memcpy(bad, reply.bytes, reply.n);
		bad[i] ^= 1;
		CHECK(ice_client_input(c, w->now, &server, (struct span){ bad, reply.n }) !=
		          OK ||
		      i >= reply.n - 8);
		c->state = ICE_CHECKING;
	}
	/* A success with the right transaction from who lacks the password. */
	struct stun_message m;

	CHECK(stun_read((struct span){ buf, n }, &m) == OK);
	m = (struct stun_message){ .class = STUN_SUCCESS,
		                   .method = STUN_BINDING,
		                   .mapped = alice,
		                   .transaction = { 0 } };
	memcpy(m.transaction, buf + 8, STUN_TRANSACTION);
	struct wr out = wr_into(bad, sizeof(bad));
	CHECK(stun_write(&m, text("a password that is wrong"), &out) == OK);
	CHECK(ice_client_input(c, w->now, &server, (struct span){ bad, out.n }) == ERR_AUTH);
	CHECK(c->state == ICE_CHECKING);

	/* The right password, but no success; another method; no address. */
	for (unsigned i = 0; i < 3; i++) {
		struct stun_message odd = m;

		odd.class = i == 0 ? STUN_ERROR : STUN_SUCCESS;
		odd.method = i == 1 ? 3 : STUN_BINDING;
		odd.mapped.family = i == 2 ? 0 : 4;
		out = wr_into(bad, sizeof(bad));
		CHECK(stun_write(&odd, text(w->ice[0].local.pwd), &out) == OK);
		CHECK(ice_client_input(c, w->now, &server, (struct span){ bad, out.n }) ==
		      ERR_MALFORMED);
		CHECK(c->state == ICE_CHECKING);
	}

	/* An answer counts once. */
	w->now = ice_client_next(c);
	CHECK(ice_client_poll(c, w->now, buf, &n) == OK && n > 0);
	CHECK(ice_table_input(w->table, w->now, &alice, (struct span){ buf, n }, &old) == OK);
	good = (struct span){ old.bytes, old.n };
	CHECK(ice_client_input(c, w->now, &server, good) == OK && c->state == ICE_CONNECTED);
	CHECK(ice_client_input(c, w->now, &server, good) == ERR_AUTH);
	world_end(w);
}

/* A transport that knows its peer's password, which is `c`'s, and demands proof. */
static struct ice_client *proof_demanded(struct world *w)
{
	struct ice_client *c = client_make(w);

	CHECK(ice_lite_demand_proof(&w->ice[0], text("short")) == ERR_MALFORMED);
	CHECK(ice_lite_set_remote(&w->ice[0], text(c->local.ufrag)) == OK);
	CHECK(ice_lite_demand_proof(&w->ice[0], text(c->local.pwd)) == OK);
	return c;
}

/* A check of c's arrives from `from`. */
static void check_from(struct world *w, struct ice_client *c, const struct addr *from)
{
	uint8_t buf[STUN_MESSAGE_MAX];
	struct ice_reply reply;
	size_t n;

	c->state = ICE_CHECKING;
	if (w->now < c->next)
		w->now = c->next;
	c->deadline = w->now + TIME_S(15);
	CHECK(ice_client_poll(c, w->now, buf, &n) == OK && n > 0);
	CHECK(ice_table_input(w->table, w->now, from, (struct span){ buf, n }, &reply) == OK);
	CHECK(reply.n > 0 && reply.n <= n);
}

/* The server's probe goes to `to`, which c answers if it gets it. */
static enum err probe_to(struct world *w, struct ice_client *c, const struct addr *to,
                         const struct addr *answered_from, struct ice_reply *reply)
{
	uint8_t buf[STUN_MESSAGE_MAX], answer[STUN_MESSAGE_MAX];
	struct addr at;
	size_t n, answer_n;

	CHECK(ice_lite_probe(&w->ice[0], w->now, &at, buf, &n) == OK && n > 0);
	CHECK(addr_is_equal(&at, to));
	CHECK(ice_client_answer(c, &alice, (struct span){ buf, n }, answer, &answer_n) ==
	      ERR_AUTH);
	TRY(ice_client_answer(c, &server, (struct span){ buf, n }, answer, &answer_n));
	return ice_table_input(w->table, w->now, answered_from,
	                       (struct span){ answer, answer_n }, reply);
}

static void nothing_is_sent_to_an_address_that_does_not_answer(void)
{
	struct world *w = world_make();
	struct ice_client *c = proof_demanded(w);
	struct ice_reply reply = { .n = 1 };
	uint8_t buf[STUN_MESSAGE_MAX];
	struct addr to;
	size_t n, probes = 0;

	CHECK(ice_lite_probe_next(&w->ice[0]) == TIME_NEVER);
	CHECK(ice_lite_probe(&w->ice[0], w->now, &to, buf, &n) == OK && n == 0);
	check_from(w, c, &alice);
	CHECK(ice_table_find(w->table, w->now, &alice) == &w->ice[0]);
	CHECK(ice_lite_target(&w->ice[0], w->now) == NULL);
	while (ice_lite_probe_next(&w->ice[0]) != TIME_NEVER && probes < 100) {
		uint64_t next = ice_lite_probe_next(&w->ice[0]);

		if (next > w->now) {
			CHECK(ice_lite_probe(&w->ice[0], next - 1, &to, buf, &n) == OK &&
			      n == 0);
			w->now = next;
		}
		CHECK(ice_lite_probe(&w->ice[0], w->now, &to, buf, &n) == OK && n > 0);
		probes++;
	}
	CHECK(probes == 6 && ice_lite_target(&w->ice[0], w->now) == NULL);
	check_from(w, c, &alice); /* begins anew */
	CHECK(probe_to(w, c, &alice, &alice, &reply) == OK);
	CHECK(reply.n == 0 && reply.moved && reply.ice == &w->ice[0]);
	CHECK(addr_is_equal(ice_lite_target(&w->ice[0], w->now), &alice));
	CHECK(ice_lite_probe_next(&w->ice[0]) == TIME_NEVER);
	world_end(w);
}

/* Somebody copies c's check and sends it from where he is; or c itself forges a source. */
static void a_copied_check_moves_nothing(void)
{
	struct world *w = world_make();
	struct ice_client *c = proof_demanded(w);
	struct ice_reply reply;

	check_from(w, c, &alice);
	CHECK(probe_to(w, c, &alice, &alice, &reply) == OK);
	check_from(w, c, &bob);
	CHECK(addr_is_equal(ice_lite_target(&w->ice[0], w->now), &alice));
	CHECK(probe_to(w, c, &bob, &alice, &reply) == ERR_AUTH); /* an answer from elsewhere */
	CHECK(addr_is_equal(ice_lite_target(&w->ice[0], w->now), &alice));
	check_from(w, c, &alice); /* proven already */
	CHECK(addr_is_equal(ice_lite_target(&w->ice[0], w->now), &alice));
	CHECK(ice_lite_probe_next(&w->ice[0]) == TIME_NEVER);
	check_from(w, c, &bob); /* and now c has really moved */
	w->now += TIME_S(1);
	CHECK(probe_to(w, c, &bob, &bob, &reply) == OK && reply.moved);
	CHECK(addr_is_equal(ice_lite_target(&w->ice[0], w->now), &bob));
	w->now += ICE_CONSENT; /* a proof does not outlive consent */
	check_from(w, c, &alice);
	CHECK(ice_lite_target(&w->ice[0], w->now) == NULL);
	CHECK(probe_to(w, c, &alice, &alice, &reply) == OK);
	CHECK(addr_is_equal(ice_lite_target(&w->ice[0], w->now), &alice));
	world_end(w);
}

static void only_the_peers_answer_to_our_probe_is_proof(void)
{
	struct world *w = world_make();
	struct ice_client *c = proof_demanded(w);
	struct ice_reply reply = { .n = 77 };
	uint8_t buf[STUN_MESSAGE_MAX], bad[STUN_MESSAGE_MAX];
	struct addr to;
	size_t n;

	check_from(w, c, &alice);
	CHECK(ice_lite_probe(&w->ice[0], w->now, &to, buf, &n) == OK && n > 0);
	struct stun_message m = { .class = STUN_SUCCESS,
		                  .method = STUN_BINDING,
		                  .mapped = server };

	for (unsigned i = 0; i < 5; i++) {
		struct wr out = wr_into(bad, sizeof(bad));
		struct stun_message odd = m;
		const char *pwd = i == 0 ? w->ice[0].local.pwd : c->local.pwd;

		memcpy(odd.transaction, buf + 8, STUN_TRANSACTION);
		odd.transaction[3] ^= i == 1;
		odd.class = i == 2 ? STUN_ERROR : STUN_SUCCESS;
		odd.method = i == 3 ? 3 : STUN_BINDING;
		CHECK(stun_write(&odd, i == 4 ? (struct span){ 0 } : text(pwd), &out) == OK);
		CHECK(ice_table_input(w->table, w->now, &alice, (struct span){ bad, out.n },
		                      &reply) != OK);
		CHECK(reply.n == 77 && ice_lite_target(&w->ice[0], w->now) == NULL);
	}
	world_end(w);
}

/* Before a probe went out the transaction is all zeros, which must be no answer to it. */
static void an_answer_before_the_probe_is_no_proof(void)
{
	struct world *w = world_make();
	struct ice_client *c = proof_demanded(w);
	uint8_t bad[STUN_MESSAGE_MAX];
	struct wr out = wr_into(bad, sizeof(bad));
	struct stun_message m = { .class = STUN_SUCCESS,
		                  .method = STUN_BINDING,
		                  .mapped = server };
	struct ice_reply reply;

	check_from(w, c, &alice);
	CHECK(stun_write(&m, text(c->local.pwd), &out) == OK);
	CHECK(ice_table_input(w->table, w->now, &alice, (struct span){ bad, out.n }, &reply) ==
	      ERR_AUTH);
	CHECK(ice_lite_target(&w->ice[0], w->now) == NULL);
	world_end(w);
}

static enum err probe_write(struct world *w, uint8_t out[STUN_MESSAGE_MAX], size_t *n)
{
	struct addr to;

	if (ice_lite_probe_next(&w->ice[0]) > w->now)
		w->now = ice_lite_probe_next(&w->ice[0]);
	return ice_lite_probe(&w->ice[0], w->now, &to, out, n);
}

/* A slow answer to the first of some probes, with another check in between, still counts. */
static void a_late_answer_is_proof(void)
{
	struct world *w = world_make();
	struct ice_client *c = proof_demanded(w);
	uint8_t first[STUN_MESSAGE_MAX], buf[STUN_MESSAGE_MAX];
	struct ice_reply reply;
	size_t first_n, n;

	check_from(w, c, &alice);
	CHECK(probe_write(w, first, &first_n) == OK && first_n > 0);
	CHECK(probe_write(w, buf, &n) == OK && n == first_n && memcmp(buf, first, n) == 0);
	check_from(w, c, &alice);
	CHECK(probe_write(w, buf, &n) == OK && n > 0);
	CHECK(ice_client_answer(c, &server, (struct span){ first, first_n }, buf, &n) == OK);
	CHECK(ice_table_input(w->table, w->now, &alice, (struct span){ buf, n }, &reply) == OK);
	CHECK(reply.moved && ice_lite_target(&w->ice[0], w->now) != NULL);
	world_end(w);
}

/* The peer changed its mind while the probe was on its way. */
static void an_answer_from_where_nobody_wants_to_be_moves_nothing(void)
{
	struct world *w = world_make();
	struct ice_client *c = proof_demanded(w);
	uint8_t probe[STUN_MESSAGE_MAX], buf[STUN_MESSAGE_MAX];
	struct ice_reply reply;
	size_t n, answer_n;

	check_from(w, c, &alice);
	CHECK(probe_to(w, c, &alice, &alice, &reply) == OK);
	check_from(w, c, &bob);
	CHECK(probe_write(w, probe, &n) == OK && n > 0);
	check_from(w, c, &alice);
	CHECK(ice_client_answer(c, &server, (struct span){ probe, n }, buf, &answer_n) == OK);
	CHECK(ice_table_input(w->table, w->now, &bob, (struct span){ buf, answer_n }, &reply) ==
	      OK);
	CHECK(!reply.moved && addr_is_equal(ice_lite_target(&w->ice[0], w->now), &alice));
	world_end(w);
}

/* A member forges another's address before that one comes, and again and again. */
static void a_forged_claim_is_over_soon(void)
{
	struct world *w = world_make();
	struct ice_client *c = proof_demanded(w);
	struct ice_reply reply;

	CHECK(check(w, 1, &alice, true, &reply) == OK);
	w->now += ICE_CLAIM - 1;
	CHECK(check(w, 1, &alice, true, &reply) == OK);
	CHECK(check(w, 0, &alice, true, &reply) == ERR_AUTH); /* not c's user name */
	CHECK(ice_table_find(w->table, w->now, &alice) == &w->ice[1]);
	w->now += 1;
	check_from(w, c, &alice);
	CHECK(ice_table_find(w->table, w->now, &alice) == &w->ice[0]);
	CHECK(w->ice[1].target == NULL && w->ice[1].wanted == NULL);
	CHECK(check(w, 1, &alice, true, &reply) == ERR_NOT_NOW);
	/* What is proven stays. */
	CHECK(probe_to(w, c, &alice, &alice, &reply) == OK);
	w->now += ICE_CLAIM;
	CHECK(check(w, 1, &alice, true, &reply) == ERR_NOT_NOW);
	CHECK(ice_table_find(w->table, w->now, &alice) == &w->ice[0]);
	world_end(w);
}

static void the_wanted_path_stays_until_it_is_lost(void)
{
	struct world *w = world_make();
	struct ice_reply reply;

	CHECK(ice_lite_set_remote(&w->ice[0], text("theirs")) == OK);
	CHECK(ice_lite_demand_proof(&w->ice[0], text("abcdefghijklmnopqrstuv")) == OK);
	CHECK(check(w, 0, &alice, true, &reply) == OK && !reply.moved);
	for (unsigned i = 0; i < 20; i++) {
		struct addr from = nth(i);

		w->now++;
		CHECK(check(w, 0, &from, false, &reply) == OK && !reply.moved);
	}
	CHECK(ice_table_find(w->table, w->now, &alice) == &w->ice[0]);
	CHECK(ice_lite_probe_next(&w->ice[0]) == 0);
	w->now += ICE_CONSENT;
	CHECK(check(w, 1, &alice, true, &reply) == OK);
	CHECK(ice_lite_probe_next(&w->ice[0]) == TIME_NEVER);
	world_end(w);
}

static void a_client_answers_nothing_but_checks(void)
{
	struct world *w = world_make();
	struct ice_client *c = client_make(w);
	uint8_t in[STUN_MESSAGE_MAX], buf[STUN_MESSAGE_MAX];
	size_t n = 77;

	for (unsigned i = 0; i < 3; i++) {
		struct stun_message m = { .class = i == 0 ? STUN_INDICATION : STUN_REQUEST,
			                  .method = i == 1 ? 3 : STUN_BINDING };
		struct wr out = wr_into(in, sizeof(in));

		CHECK(stun_write(&m, text(i == 2 ? c->remote_pwd : c->local.pwd), &out) == OK);
		CHECK(ice_client_answer(c, &server, (struct span){ in, out.n }, buf, &n) ==
		      (i == 2 ? ERR_AUTH : ERR_MALFORMED));
		CHECK(n == 77);
	}
	world_end(w);
}

/* The peer's first checks may overtake its answer. */
static void proof_may_be_demanded_late(void)
{
	struct world *w = world_make();
	struct ice_client *c = client_make(w);
	struct ice_reply reply;

	check_from(w, c, &alice);
	CHECK(ice_lite_target(&w->ice[0], w->now) != NULL);
	CHECK(ice_lite_set_remote(&w->ice[0], text(c->local.ufrag)) == OK);
	CHECK(ice_lite_demand_proof(&w->ice[0], text(c->local.pwd)) == OK);
	CHECK(ice_lite_target(&w->ice[0], w->now) == NULL);
	CHECK(probe_to(w, c, &alice, &alice, &reply) == OK);
	CHECK(addr_is_equal(ice_lite_target(&w->ice[0], w->now), &alice));
	world_end(w);
}

static void wrong_credentials_are_refused(void)
{
	struct ice_client c;
	struct ice_credentials a, b;

	CHECK(ice_client_init(&c, 0, &server, text("abc"), text("aaaaaaaaaaaaaaaaaaaaaa")) ==
	      ERR_MALFORMED);
	CHECK(ice_client_init(&c, 0, &server, text("abcd"), text("aaaaaaaaaaaaaaaaaaaaa")) ==
	      ERR_MALFORMED);
	CHECK(ice_client_init(&c, 0, &server, text("abcd"), text("aaaaaaaaaaaaaaaaaaaa-a")) ==
	      ERR_MALFORMED);
	CHECK(ice_credentials_make(&a) == OK && ice_credentials_make(&b) == OK);
	CHECK(ice_is_credential(text(a.ufrag), ICE_UFRAG, ICE_UFRAG));
	CHECK(ice_is_credential(text(a.pwd), ICE_PWD, ICE_PWD));
	CHECK(strcmp(a.ufrag, b.ufrag) != 0 && strcmp(a.pwd, b.pwd) != 0);
}

int main(void)
{
	srand(1);
	an_authenticated_check_is_answered();
	what_is_not_authenticated_gets_nothing();
	their_user_name_counts_once_it_is_known();
	a_role_conflict_is_487_and_validates_nothing();
	an_unknown_required_attribute_is_420();
	addresses_move_with_the_nomination_only();
	one_member_cannot_take_anothers_address();
	consent_ends_after_30_seconds();
	paths_are_bounded_and_the_one_in_use_stays();
	who_has_gone_is_found_no_more();
	many_transports_are_told_apart();
	client_and_server_connect_and_keep_consent();
	a_client_without_answers_gives_up();
	a_client_believes_only_its_servers_answers();
	nothing_is_sent_to_an_address_that_does_not_answer();
	a_copied_check_moves_nothing();
	only_the_peers_answer_to_our_probe_is_proof();
	an_answer_before_the_probe_is_no_proof();
	a_late_answer_is_proof();
	an_answer_from_where_nobody_wants_to_be_moves_nothing();
	a_forged_claim_is_over_soon();
	the_wanted_path_stays_until_it_is_lost();
	a_client_answers_nothing_but_checks();
	proof_may_be_demanded_late();
	wrong_credentials_are_refused();
	return check_report("ice");
}
