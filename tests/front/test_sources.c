/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* No address takes all places, and none is remembered without need. */
#include <string.h>

#include "server/front/sources.h"
#include "tests/support/check.h"

static struct sources s;
static uint32_t entries[FRONT_SOURCE_CONNECTIONS + 1];

/* A socket that becomes a WebSocket at once; one that may not is closed. */
static bool take(struct span address, uint64_t now, uint32_t *entry)
{
	if (!sources_enter(&s, address, now, entry))
		return false;
	if (sources_take(&s, *entry, now))
		return true;
	sources_exit(&s, *entry);
	return false;
}

static void give_back(uint32_t entry)
{
	sources_give_back(&s, entry);
	sources_exit(&s, entry);
}

static bool take4(uint8_t last, uint64_t now, uint32_t *entry)
{
	return take((struct span){ (uint8_t[]){ 192, 0, 2, last }, 4 }, now, entry);
}

/* Opens slowly enough for the rate, until refused. */
static size_t take_all(uint8_t last, uint64_t *now)
{
	size_t n = 0;

	while (n <= FRONT_SOURCE_CONNECTIONS && take4(last, *now += 1000, &entries[n]))
		n++;
	return n;
}

static void an_address_has_at_most_its_share(void)
{
	uint64_t now = 5000;
	uint32_t other;

	sources_init(&s);
	CHECK(take_all(1, &now) == FRONT_SOURCE_CONNECTIONS);
	CHECK(take4(2, now, &other));
	give_back(entries[7]);
	CHECK(take4(1, now + 1000, &entries[7]));
	CHECK(!take4(1, now + 2000, &other));
}

static void new_connections_come_at_a_bounded_rate(void)
{
	uint64_t now = 5000;
	uint32_t e;
	int n = 0;

	sources_init(&s);
	for (int i = 0; i < 200; i++)
		if (take4(1, now, &e)) {
			n++;
			give_back(e);
		}
	CHECK(n == FRONT_SOURCE_NEW_BURST);
	for (int i = 0; i < 1000; i++)
		if (take4(1, ++now, &e)) {
			n++;
			give_back(e);
		}
	CHECK(n == FRONT_SOURCE_NEW_BURST + FRONT_SOURCE_NEW_RATE);
	CHECK(take4(2, now, &e));
}

/* Else a sweep in between would give a new full bucket. */
static void a_sweep_forgives_nothing(void)
{
	uint32_t e;
	int n = 0;

	sources_init(&s);
	for (uint64_t now = 5000; now < 15000; now += 10) {
		sources_tick(&s, now);
		if (take4(1, now, &e)) {
			n++;
			give_back(e);
		}
	}
	CHECK(n <= FRONT_SOURCE_NEW_BURST + 10 * FRONT_SOURCE_NEW_RATE);
	CHECK(n >= 10 * FRONT_SOURCE_NEW_RATE);
}

static void a_network_of_ipv6_is_one_address(void)
{
	uint8_t a[16] = { 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 1 };
	uint64_t now = 5000;
	uint32_t e;
	size_t n = 0;

	sources_init(&s);
	for (int i = 0; i < 1000; i++) {
		a[8 + i % 8]++;
		n += take((struct span){ a, 16 }, now += 1000, &e);
	}
	CHECK(n == FRONT_SOURCE_CONNECTIONS);
	a[7]++;
	CHECK(take((struct span){ a, 16 }, now, &e));
}

static void mapped_ipv4_is_the_same_as_ipv4(void)
{
	uint8_t a[16] = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 };
	uint64_t now = 5000;
	uint32_t e;

	sources_init(&s);
	CHECK(take_all(1, &now) == FRONT_SOURCE_CONNECTIONS);
	now += 1000;
	CHECK(!take((struct span){ a, 16 }, now, &e));
	a[15] = 2;
	CHECK(take((struct span){ a, 16 }, now, &e));
}

static void this_machine_is_not_limited(void)
{
	uint8_t six[16] = { [15] = 1 };
	uint32_t e;

	sources_init(&s);
	for (int i = 0; i < 2000; i++) {
		CHECK(take((struct span){ (uint8_t[]){ 127, 0, 0, 1 }, 4 }, 1, &e));
		CHECK(take((struct span){ six, 16 }, 1, &e));
	}
	/* One that only looks alike: the loopback of IPv6 is one address, not a network. */
	six[14] = 1;
	for (int i = 0; i < 100; i++)
		(void)take((struct span){ six, 16 }, 1, &e);
	CHECK(!take((struct span){ six, 16 }, 1, &e));
}

static void nobody_is_remembered_without_need(void)
{
	static const struct sources nothing;
	uint64_t now = 5000;
	uint32_t e;

	sources_init(&s);
	CHECK(take4(1, now, &e));
	sources_tick(&s, now + 1000000);
	CHECK(memcmp(&s, &nothing, sizeof(s)) != 0);
	give_back(e);
	sources_tick(&s, now + FRONT_SOURCE_FORGET - 1);
	CHECK(memcmp(&s, &nothing, sizeof(s)) != 0);
	sources_tick(&s, now + FRONT_SOURCE_FORGET);
	CHECK(memcmp(&s, &nothing, sizeof(s)) == 0);
}

static void a_full_table_refuses_until_somebody_has_gone(void)
{
	uint64_t now = 5000;
	uint32_t e, first = 0;
	size_t n = 0;

	sources_init(&s);
	for (uint32_t i = 0; i < FRONT_SOURCES_MAX + 10; i++) {
		uint8_t a[4] = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i };

		if (take((struct span){ a, 4 }, now, &e) && n++ == 0)
			first = e;
	}
	CHECK(n == FRONT_SOURCES_MAX);
	give_back(first);
	CHECK(!take4(1, now, &e));
	CHECK(take4(1, now + FRONT_SOURCE_FORGET, &e));
}

static void an_address_has_a_share_of_sockets_too(void)
{
	struct span one = { (uint8_t[]){ 192, 0, 2, 1 }, 4 }, other = { (uint8_t[]){ 192, 0, 2, 2 }, 4 };
	uint32_t e, first;

	sources_init(&s);
	CHECK(sources_enter(&s, one, 1, &first));
	for (int i = 1; i < FRONT_SOURCE_SOCKETS; i++)
		CHECK(sources_enter(&s, one, 1, &e));
	CHECK(!sources_enter(&s, one, 1, &e));
	CHECK(sources_enter(&s, other, 1, &e));
	sources_exit(&s, first);
	CHECK(sources_enter(&s, one, 1, &e));
}

static void an_address_has_a_share_of_memory(void)
{
	uint32_t e = 0, other = 0, here = 0;

	sources_init(&s);
	CHECK(take4(1, 1, &e) && take4(2, 1, &other));
	CHECK(sources_hold(&s, e, FRONT_SOURCE_BYTES_MAX - 10));
	CHECK(!sources_hold(&s, e, 11));
	CHECK(sources_hold(&s, e, 10));
	CHECK(!sources_hold(&s, e, 1));
	CHECK(!sources_hold(&s, e, SIZE_MAX));
	CHECK(sources_hold(&s, other, 1));
	sources_release(&s, e, 5);
	CHECK(sources_hold(&s, e, 5) && !sources_hold(&s, e, 1));
	CHECK(take((struct span){ (uint8_t[]){ 127, 0, 0, 1 }, 4 }, 1, &here));
	CHECK(sources_hold(&s, here, 2 * (size_t)FRONT_SOURCE_BYTES_MAX));
}

static void what_is_no_address_is_refused(void)
{
	uint8_t bytes[17] = { 0 };
	uint32_t e;

	sources_init(&s);
	for (size_t n = 0; n <= sizeof(bytes); n++)
		CHECK(take((struct span){ bytes, n }, 1, &e) == (n == 4 || n == 16));
}

int main(void)
{
	an_address_has_at_most_its_share();
	new_connections_come_at_a_bounded_rate();
	a_sweep_forgives_nothing();
	a_network_of_ipv6_is_one_address();
	mapped_ipv4_is_the_same_as_ipv4();
	this_machine_is_not_limited();
	nobody_is_remembered_without_need();
	a_full_table_refuses_until_somebody_has_gone();
	an_address_has_a_share_of_sockets_too();
	an_address_has_a_share_of_memory();
	what_is_no_address_is_refused();
	return check_report("sources");
}
