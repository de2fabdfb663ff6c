/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/udp.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/check.h"

static void wait_for(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	CHECK(poll(&p, 1, 2000) == 1);
}

struct both {
	int a, b;
	struct addr a_addr, b_addr;
	struct udp_tx *tx;
	struct udp_rx *rx;
};

static struct both both_open(const char *a, const char *b)
{
	struct both s = { .a = -1 };

	CHECK(addr_from_text(a, &s.a_addr) == OK && addr_from_text(b, &s.b_addr) == OK);
	CHECK(udp_bind(&s.a_addr, &s.a) == OK && udp_bind(&s.b_addr, &s.b) == OK);
	CHECK(udp_buffers(s.b, 1 << 20) > 0);

	uint8_t a_ip[16], b_ip[16];

	memcpy(a_ip, s.a_addr.ip, 16);
	memcpy(b_ip, s.b_addr.ip, 16);
	CHECK(udp_local(s.a, &s.a_addr) == OK && udp_local(s.b, &s.b_addr) == OK);
	CHECK(s.a_addr.port != 0 && s.b_addr.port != 0);
	s.tx = udp_tx_create(s.a);
	s.rx = udp_rx_create();
	CHECK(s.tx != NULL && s.rx != NULL);
	return s;
}

static void both_close(struct both *s)
{
	udp_tx_destroy(&s->tx);
	udp_rx_destroy(&s->rx);
	close(s->a);
	close(s->b);
}

/* Packets of the sizes given arrive whole, in order, whatever the runs. */
static void sends_and_receives(struct both *s, const size_t *sizes, size_t n)
{
	size_t got = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t *p = udp_tx_get(s->tx, &s->b_addr);

		memset(p, (int)i, sizes[i]);
		udp_tx_put(s->tx, sizes[i]);
	}
	udp_tx_flush(s->tx);
	while (got < n) {
		wait_for(s->b);
		size_t batch = udp_rx_read(s->rx, s->b);

		CHECK(batch > 0);
		if (batch == 0)
			return;
		for (size_t i = 0; i < batch; i++, got++) {
			struct udp_packet *p = udp_rx_packet(s->rx, i);

			CHECK(p->n == sizes[got] && p->p[0] == (uint8_t)got &&
			      p->p[p->n - 1] == (uint8_t)got);
			CHECK(p->from.port == s->a_addr.port && p->from.family == 4);
		}
	}
	CHECK(udp_rx_read(s->rx, s->b) == 0);
}

static void runs_arrive_as_the_packets_they_were(void)
{
	static const size_t same[] = { 1200, 1200, 1200, 1200, 1200, 1200 },
	                    mixed[] = { 100, 1200, 1200, 700, 1200, 50, 50, 50, 1, 2, 3, 1500 };
	struct both s = both_open("127.0.0.1:0", "127.0.0.1:0");

	sends_and_receives(&s, same, ARRAY_LEN(same));
	CHECK(udp_tx_stats(s.tx)->packets == 6 && udp_tx_stats(s.tx)->dropped == 0);
	CHECK(udp_tx_stats(s.tx)->bytes == 6 * 1200);
	printf("6 packets of one size in %llu messages\n",
	       (unsigned long long)udp_tx_stats(s.tx)->messages);
	sends_and_receives(&s, mixed, ARRAY_LEN(mixed));
	CHECK(udp_tx_stats(s.tx)->packets == 18);
	both_close(&s);
}

static void more_than_the_arena_holds_is_sent_in_between(void)
{
	size_t sizes[200];
	struct both s = both_open("127.0.0.1:0", "127.0.0.1:0");

	srand(3);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		sizes[i] = 1 + (size_t)rand() % (i % 2 ? 1500 : 2);
	sends_and_receives(&s, sizes, ARRAY_LEN(sizes));
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		sizes[i] = 900;
	sends_and_receives(&s, sizes, ARRAY_LEN(sizes));
	CHECK(udp_tx_stats(s.tx)->dropped == 0);
	both_close(&s);
}

/* What is longer than UDP_PACKET_MAX is not ours, and hides nothing that follows it. */
static void a_datagram_too_long_is_dropped(void)
{
	static uint8_t big[3000];
	struct both s = both_open("127.0.0.1:0", "127.0.0.1:0");
	struct sockaddr_storage to;
	socklen_t n = addr_into_sockaddr(&s.b_addr, AF_INET, &to);

	CHECK(sendto(s.a, big, sizeof(big), 0, (struct sockaddr *)&to, n) == sizeof(big));
	CHECK(sendto(s.a, big, 7, 0, (struct sockaddr *)&to, n) == 7);
	wait_for(s.b);
	CHECK(udp_rx_read(s.rx, s.b) == 1 && udp_rx_packet(s.rx, 0)->n == 7);
	both_close(&s);
}

static void a_dual_stack_socket_sees_ipv4_as_ipv4(void)
{
	static const size_t sizes[] = { 10, 10, 5 };
	struct both s = both_open("127.0.0.1:0", "[::]:0");

	CHECK(addr_from_text("127.0.0.1:0", &(struct addr){ 0 }) == OK);
	s.b_addr = (struct addr){ 4, s.b_addr.port, { 127, 0, 0, 1 } };
	sends_and_receives(&s, sizes, ARRAY_LEN(sizes));
	both_close(&s);
}

/* The run between two that cannot be sent still leaves. */
static void an_address_that_cannot_be_said_is_counted(void)
{
	struct both s = both_open("127.0.0.1:0", "127.0.0.1:0");
	struct addr six;

	CHECK(addr_from_text("[2001:db8::1]:9", &six) == OK);
	udp_tx_send(s.tx, &six, SPAN_STR("no"));
	udp_tx_send(s.tx, &s.b_addr, SPAN_STR("yes"));
	udp_tx_send(s.tx, &six, SPAN_STR("no"));
	udp_tx_flush(s.tx);
	CHECK(udp_tx_stats(s.tx)->dropped == 2 && udp_tx_stats(s.tx)->packets == 1);
	wait_for(s.b);
	CHECK(udp_rx_read(s.rx, s.b) == 1 && udp_rx_packet(s.rx, 0)->n == 3);
	both_close(&s);
}

static void addresses_are_text_and_back(void)
{
	static const char *const good[] = { "192.0.2.1:80", "[2001:db8::1]:65535",
		                            "0.0.0.0:0" };
	static const char *const bad[] = { "",
		                           "1.2.3.4",
		                           "1.2.3.4:",
		                           "1.2.3.4:65536",
		                           "1.2.3:1",
		                           "[::1]",
		                           "[::1]1",
		                           "::1:5",
		                           "localhost:1",
		                           "1.2.3.4:1x",
		                           "1.2.3.4:99999999999",
		                           "[1.2.3.4]:1" };
	struct addr a, b;
	char text[ADDR_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		CHECK(addr_from_text(good[i], &a) == OK);
		addr_into_text(&a, text);
		CHECK(strcmp(text, good[i]) == 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(addr_from_text(bad[i], &a) == ERR_MALFORMED);
	CHECK(addr_from_text("[::ffff:1.2.3.4]:5", &a) == OK &&
	      addr_from_text("1.2.3.4:5", &b) == OK);
	CHECK(addr_is_equal(&a, &b) && addr_hash(&a, 1) == addr_hash(&b, 1));
	b.port = 6;
	CHECK(!addr_is_equal(&a, &b) && addr_hash(&a, 1) != addr_hash(&b, 1));
	CHECK(addr_hash(&a, 1) != addr_hash(&a, 2));
}

int main(void)
{
	runs_arrive_as_the_packets_they_were();
	more_than_the_arena_holds_is_sent_in_between();
	a_datagram_too_long_is_dropped();
	a_dual_stack_socket_sees_ipv4_as_ipv4();
	an_address_that_cannot_be_said_is_counted();
	addresses_are_text_and_back();
	return check_report("udp");
}
