/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/dtls.h"

#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "tests/support/check.h"
#include "transport/dtls_identity.h"

/* One clock for us and for OpenSSL, whose resend timer asks gettimeofday(): so loss is tested
 * without a single sleep. */
static uint64_t now = TIME_S(1000);

__attribute__((visibility("default"))) int gettimeofday(struct timeval *restrict tv,
                                                        void *restrict zone)
{
	(void)zone;
	tv->tv_sec = (time_t)(now / 1000000);
	tv->tv_usec = (suseconds_t)(now % 1000000);
	return 0;
}

enum { WIRE = 64 };

/* Datagrams on their way; `loss`, `copy` and `swap` are in percent. */
struct wire {
	struct {
		uint8_t bytes[DTLS_MTU];
		size_t n;
		struct dtls *to;
	} on_way[WIRE];
	size_t n;
	int loss, copy, swap;
	size_t carried, longest;
};

static bool chance(int percent)
{
	return rand() % 100 < percent;
}

static void wire_put(struct wire *w, struct dtls *to, struct span d)
{
	if (w->n == WIRE || chance(w->loss))
		return;
	memcpy(w->on_way[w->n].bytes, d.p, d.n);
	w->on_way[w->n].n = d.n;
	w->on_way[w->n++].to = to;
	if (d.n > w->longest)
		w->longest = d.n;
}

static void wire_gather(struct wire *w, struct dtls *from, struct dtls *to)
{
	struct span d;

	while (dtls_output(from, &d)) {
		w->carried++;
		wire_put(w, to, d);
		if (chance(w->copy))
			wire_put(w, to, d);
	}
}

static void wire_deliver(struct wire *w)
{
	size_t i = w->n > 1 && chance(w->swap) ? (size_t)rand() % w->n : 0;
	struct span d = { w->on_way[i].bytes, w->on_way[i].n };

	dtls_input(w->on_way[i].to, now, d);
	w->n--;
	memmove(&w->on_way[i], &w->on_way[i + 1], (w->n - i) * sizeof(w->on_way[0]));
}

static bool is_settled(const struct dtls *d)
{
	return dtls_state(d) != DTLS_HANDSHAKE;
}

/* Until both are settled, or a minute has passed. */
static void talk(struct wire *w, struct dtls *a, struct dtls *b)
{
	uint64_t end = now + TIME_S(60);

	for (;;) {
		wire_gather(w, a, b);
		wire_gather(w, b, a);
		if (w->n > 0) {
			wire_deliver(w);
			now += 1000;
			continue;
		}
		uint64_t next = dtls_next(a) < dtls_next(b) ? dtls_next(a) : dtls_next(b);

		if ((is_settled(a) && is_settled(b)) || next >= end)
			return;
		now = next > now ? next : now + 1;
		dtls_step(a, now);
		dtls_step(b, now);
	}
}

struct pair {
	struct dtls_identity *server_id, *client_id;
	struct dtls *server, *client;
};

static struct pair pair_make(void)
{
	struct pair p = { dtls_identity_create(), dtls_identity_create(), NULL, NULL };

	CHECK(p.server_id != NULL && p.client_id != NULL);
	return p;
}

static void pair_start(struct pair *p)
{
	p->server = dtls_create(p->server_id, DTLS_SERVER,
	                        dtls_identity_fingerprint(p->client_id), now);
	p->client = dtls_create(p->client_id, DTLS_CLIENT,
	                        dtls_identity_fingerprint(p->server_id), now);
	CHECK(p->server != NULL && p->client != NULL);
}

static void pair_end(struct pair *p)
{
	dtls_destroy(&p->server);
	dtls_destroy(&p->client);
	dtls_identity_destroy(&p->server_id);
	dtls_identity_destroy(&p->client_id);
}

static bool keys_agree(const struct pair *p)
{
	struct dtls_keys s, c;
	static const struct dtls_keys none;

	return dtls_export(p->server, &s) == OK && dtls_export(p->client, &c) == OK &&
	       memcmp(&s.in, &c.out, sizeof(s.in)) == 0 &&
	       memcmp(&s.out, &c.in, sizeof(s.out)) == 0 &&
	       memcmp(&s.in, &s.out, sizeof(s.in)) != 0 && memcmp(&s, &none, sizeof(s)) != 0;
}

static void both_sides_get_the_same_keys(void)
{
	struct pair p = pair_make();
	struct wire w = { 0 };
	struct dtls_keys keys;

	pair_start(&p);
	CHECK(dtls_export(p.server, &keys) == ERR_NOT_NOW);
	CHECK(dtls_export(p.client, &keys) == ERR_NOT_NOW);
	talk(&w, p.server, p.client);
	CHECK(dtls_state(p.server) == DTLS_DONE && dtls_state(p.client) == DTLS_DONE);
	CHECK(keys_agree(&p));
	CHECK(dtls_next(p.server) == TIME_NEVER && dtls_next(p.client) == TIME_NEVER);
	CHECK(w.longest <= DTLS_MTU);
	printf("a handshake takes %zu datagrams, the longest of %zu bytes\n", w.carried,
	       w.longest);

	dtls_close(p.client);
	talk(&w, p.server, p.client);
	CHECK(dtls_state(p.server) == DTLS_CLOSED && dtls_state(p.client) == DTLS_CLOSED);
	CHECK(dtls_export(p.server, &keys) == ERR_NOT_NOW);
	pair_end(&p);
}

/* With a third of all lost, copied and in disorder, most handshakes end within their 15 s; and
 * each that does has one set of keys on both sides. */
static void a_bad_network_is_survived(void)
{
	unsigned done = 0;
	const unsigned runs = 60;
	struct pair p = pair_make();

	for (unsigned seed = 1; seed <= runs; seed++) {
		struct wire w = { .loss = 30, .copy = 20, .swap = 30 };

		srand(seed);
		pair_start(&p);
		talk(&w, p.server, p.client);
		CHECK(is_settled(p.server) && is_settled(p.client));
		if (dtls_state(p.server) == DTLS_DONE && dtls_state(p.client) == DTLS_DONE) {
			CHECK(keys_agree(&p));
			done++;
		} else {
			printf("seed %u: server %s, client %s\n", seed, dtls_reason(p.server),
			       dtls_reason(p.client));
		}
		dtls_destroy(&p.server);
		dtls_destroy(&p.client);
	}
	printf("%u of %u handshakes ended well at 30 %% loss\n", done, runs);
	CHECK(done >= runs * 9 / 10);
	pair_end(&p);
}

/* The last flight is lost again and again: who has ended answers copies of the other's. */
static void the_one_who_is_done_still_helps_the_other(void)
{
	struct pair p = pair_make();
	struct wire w = { 0 };
	struct span d;

	pair_start(&p);
	while (dtls_state(p.server) != DTLS_DONE) {
		wire_gather(&w, p.client, p.server);
		wire_gather(&w, p.server, p.client);
		if (w.n == 0)
			break;
		wire_deliver(&w);
	}
	CHECK(dtls_state(p.server) == DTLS_DONE && dtls_state(p.client) == DTLS_HANDSHAKE);
	w.n = 0;
	while (dtls_output(p.server, &d))
		;
	talk(&w, p.server, p.client);
	CHECK(dtls_state(p.client) == DTLS_DONE && keys_agree(&p));
	pair_end(&p);
}

static void expect_refusal(struct pair *p, bool by_server)
{
	struct wire w = { 0 };
	struct dtls_keys keys;
	uint64_t start = now;
	struct dtls *refuser = by_server ? p->server : p->client;

	talk(&w, p->server, p->client);
	CHECK(dtls_state(refuser) == DTLS_FAILED);
	CHECK(now - start < TIME_S(1));
	CHECK(dtls_export(refuser, &keys) == ERR_NOT_NOW);
	CHECK(dtls_state(p->client) != DTLS_HANDSHAKE || p->client == refuser);
	pair_end(p);
}

static void another_client_certificate_gets_no_keys(void)
{
	struct pair p = pair_make();
	uint8_t other[DTLS_FINGERPRINT];

	for (size_t i = 0; i < DTLS_FINGERPRINT; i += 31) {
		pair_start(&p);
		dtls_destroy(&p.server);
		memcpy(other, dtls_identity_fingerprint(p.client_id), sizeof(other));
		other[i] ^= 1;
		p.server = dtls_create(p.server_id, DTLS_SERVER, other, now);
		if (i != 0)
			break;
		struct wire w = { 0 };

		talk(&w, p.server, p.client);
		CHECK(dtls_state(p.server) == DTLS_FAILED &&
		      dtls_state(p.client) == DTLS_FAILED);
		dtls_destroy(&p.server);
		dtls_destroy(&p.client);
	}
	expect_refusal(&p, true);
}

static void another_server_certificate_gets_no_keys(void)
{
	struct pair p = pair_make();
	uint8_t other[DTLS_FINGERPRINT];

	pair_start(&p);
	dtls_destroy(&p.client);
	memcpy(other, dtls_identity_fingerprint(p.server_id), sizeof(other));
	other[31] ^= 0x80;
	p.client = dtls_create(p.client_id, DTLS_CLIENT, other, now);
	expect_refusal(&p, false);
}

/* A client of plain OpenSSL that does some things otherwise. */
static struct pair pair_with(bool certificate, const char *srtp, const char *ciphers,
                             uint64_t options, int version)
{
	struct pair p = pair_make();
	SSL_CTX *ctx = SSL_CTX_new(DTLS_method()), *old = p.client_id->ctx;

	SSL_CTX_set_options(ctx, options | SSL_OP_NO_QUERY_MTU);
	SSL_CTX_set_security_level(ctx, 0);
	CHECK(SSL_CTX_set_cipher_list(ctx, ciphers) == 1);
	CHECK(SSL_CTX_set_min_proto_version(ctx, version) == 1);
	CHECK(SSL_CTX_set_max_proto_version(ctx, version) == 1);
	if (srtp != NULL)
		CHECK(SSL_CTX_set_tlsext_use_srtp(ctx, srtp) == 0);
	if (certificate) {
		CHECK(SSL_CTX_use_certificate(ctx, SSL_CTX_get0_certificate(old)) == 1);
		CHECK(SSL_CTX_use_PrivateKey(ctx, SSL_CTX_get0_privatekey(old)) == 1);
	}
	SSL_CTX_set_cert_verify_callback(ctx, dtls_verify, NULL);
	SSL_CTX_free(old);
	p.client_id->ctx = ctx;
	pair_start(&p);
	return p;
}

#define GCM   "SRTP_AEAD_AES_128_GCM"
#define SUITE "ECDHE-ECDSA-AES128-GCM-SHA256"

static void the_plain_client_is_let_in_when_it_does_all_right(void)
{
	struct pair p = pair_with(true, GCM, SUITE, 0, DTLS1_2_VERSION);
	struct wire w = { 0 };

	talk(&w, p.server, p.client);
	CHECK(dtls_state(p.server) == DTLS_DONE && keys_agree(&p));
	pair_end(&p);
}

static void whoever_does_less_is_refused(void)
{
	struct pair p;

	p = pair_with(false, GCM, SUITE, 0, DTLS1_2_VERSION); /* no certificate */
	expect_refusal(&p, true);
	p = pair_with(true, NULL, SUITE, 0, DTLS1_2_VERSION); /* no SRTP */
	expect_refusal(&p, true);
	p = pair_with(true, "SRTP_AES128_CM_SHA1_80", SUITE, 0, DTLS1_2_VERSION);
	expect_refusal(&p, true);
	p = pair_with(true, GCM, "ECDHE-ECDSA-AES128-SHA", 0, DTLS1_2_VERSION); /* no AEAD */
	expect_refusal(&p, true);
	p = pair_with(true, GCM, SUITE, SSL_OP_NO_EXTENDED_MASTER_SECRET, DTLS1_2_VERSION);
	expect_refusal(&p, true);
	p = pair_with(true, GCM, "ECDHE-ECDSA-AES128-SHA", 0, DTLS1_VERSION);
	expect_refusal(&p, true);
}

static void the_strongest_common_profile_is_ours(void)
{
	struct pair p = pair_with(true, "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_256_GCM:" GCM,
	                          SUITE, 0, DTLS1_2_VERSION);
	struct wire w = { 0 };

	talk(&w, p.server, p.client);
	CHECK(dtls_state(p.server) == DTLS_DONE && keys_agree(&p));
	pair_end(&p);
}

static void silence_ends_after_15_seconds(void)
{
	struct pair p = pair_make();
	struct wire w = { .loss = 100 };
	uint64_t start = now;

	pair_start(&p);
	CHECK(dtls_next(p.server) == start + DTLS_DEADLINE);
	talk(&w, p.server, p.client);
	CHECK(dtls_state(p.server) == DTLS_FAILED && dtls_state(p.client) == DTLS_FAILED);
	CHECK(now == start + DTLS_DEADLINE);
	CHECK(strcmp(dtls_reason(p.client), "too late") == 0);
	CHECK(w.carried >= 8 &&
	      w.carried <= 14); /* the client asked again, and not too often */
	pair_end(&p);
}

static void input_is_bounded(void)
{
	struct pair p = pair_make();
	uint8_t junk[1000] = { 22, 254, 253 };
	size_t n = 0;

	pair_start(&p);
	while (dtls_state(p.server) == DTLS_HANDSHAKE && n < 1000) {
		dtls_input(p.server, now, SPAN(junk));
		n++;
	}
	CHECK(dtls_state(p.server) == DTLS_FAILED);
	CHECK(n <= DTLS_INPUT_MAX / sizeof(junk) + 1);
	pair_end(&p);
}

/* Junk before, between and after the real datagrams does no harm. */
static void junk_is_dropped(void)
{
	struct pair p = pair_make();
	struct wire w = { 0 };
	uint8_t junk[100];

	srand(5);
	pair_start(&p);
	for (int i = 0; i < 400; i++) {
		wire_gather(&w, p.server, p.client);
		wire_gather(&w, p.client, p.server);
		for (size_t k = 0; k < sizeof(junk); k++)
			junk[k] = (uint8_t)rand();
		junk[0] = (uint8_t)(rand() % 2 ? 23 : 60); /* application data, unknown */
		dtls_input(p.server, now, SPAN(junk));
		dtls_input(p.client, now, SPAN(junk));
		if (w.n > 0)
			wire_deliver(&w);
	}
	CHECK(dtls_state(p.server) == DTLS_DONE && dtls_state(p.client) == DTLS_DONE);
	CHECK(keys_agree(&p));
	pair_end(&p);
}

/* A flipped bit anywhere in the client's second flight (certificate, key, signature, Finished)
 * may delay the handshake, never bend it. */
static void no_flipped_bit_passes(void)
{
	struct pair p = pair_make();

	for (size_t bit = 0; bit < 8000; bit += 97) {
		struct wire w = { 0 };
		bool flipped = false;

		pair_start(&p);
		for (int i = 0; i < 20 && !flipped; i++) {
			wire_gather(&w, p.client, p.server);
			wire_gather(&w, p.server, p.client);
			if (w.n > 0 && w.on_way[0].to == p.server && w.carried > 2) {
				w.on_way[0].bytes[bit / 8 % w.on_way[0].n] ^=
				    (uint8_t)(1 << bit % 8);
				flipped = true;
			}
			if (w.n > 0)
				wire_deliver(&w);
		}
		CHECK(flipped);
		talk(&w, p.server, p.client);
		if (dtls_state(p.server) == DTLS_DONE && dtls_state(p.client) == DTLS_DONE)
			CHECK(keys_agree(&p));
		dtls_destroy(&p.server);
		dtls_destroy(&p.client);
	}
	pair_end(&p);
}

/* The second look, should the one within the handshake ever be lost. */
static int accept_anyone(X509_STORE_CTX *store, void *arg)
{
	(void)store, (void)arg;
	return 1;
}

static void the_certificate_is_looked_at_again_at_the_end(void)
{
	struct pair p = pair_make();
	uint8_t other[DTLS_FINGERPRINT] = { 1 };

	SSL_CTX_set_cert_verify_callback(p.server_id->ctx, accept_anyone, NULL);
	pair_start(&p);
	dtls_destroy(&p.server);
	p.server = dtls_create(p.server_id, DTLS_SERVER, other, now);
	struct wire w = { 0 };
	struct dtls_keys keys;

	talk(&w, p.server, p.client);
	CHECK(dtls_state(p.server) == DTLS_FAILED &&
	      dtls_export(p.server, &keys) == ERR_NOT_NOW);
	pair_end(&p);
}

static void who_is_done_stays_done(void)
{
	struct pair p = pair_make();
	struct wire w = { 0 };
	uint8_t junk[1000] = { 23, 254, 253 };

	pair_start(&p);
	talk(&w, p.server, p.client);
	now += TIME_S(3600);
	dtls_step(p.server, now);
	CHECK(dtls_state(p.server) == DTLS_DONE);
	for (size_t n = 0; n < 2 * DTLS_INPUT_MAX; n += sizeof(junk))
		dtls_input(p.server, now, SPAN(junk));
	CHECK(dtls_state(p.server) == DTLS_DONE && keys_agree(&p));
	pair_end(&p);
}

static void who_has_ended_is_deaf_and_dumb(void)
{
	struct pair p = pair_make(), q = pair_make();
	struct wire w = { 0 };
	struct span d;

	pair_start(&p);
	pair_start(&q);
	dtls_close(p.server); /* in the midst of a handshake */
	CHECK(dtls_state(p.server) == DTLS_CLOSED);
	CHECK(dtls_output(p.client, &d));
	dtls_input(p.server, now, d);
	CHECK(dtls_state(p.server) == DTLS_CLOSED && !dtls_output(p.server, &d));
	now += DTLS_DEADLINE;
	dtls_step(p.client, now);
	CHECK(dtls_state(p.client) == DTLS_FAILED);
	dtls_close(p.client);
	CHECK(dtls_state(p.client) == DTLS_FAILED);
	talk(&w, q.server, q.client);
	pair_end(&p);
	pair_end(&q);
}

/* Nobody takes what is to be sent: the queue stays as long as it is. */
static void output_is_bounded(void)
{
	struct pair p = pair_make();
	struct span d;
	size_t n = 0;

	pair_start(&p);
	while (dtls_state(p.client) == DTLS_HANDSHAKE) {
		now = dtls_next(p.client);
		dtls_step(p.client, now);
	}
	while (dtls_output(p.client, &d))
		n++;
	CHECK(n == 8);
	pair_end(&p);
}

static void two_identities_differ(void)
{
	struct pair p = pair_make();

	CHECK(memcmp(dtls_identity_fingerprint(p.server_id),
	             dtls_identity_fingerprint(p.client_id), DTLS_FINGERPRINT) != 0);
	pair_end(&p);
}

int main(void)
{
	both_sides_get_the_same_keys();
	a_bad_network_is_survived();
	the_one_who_is_done_still_helps_the_other();
	another_client_certificate_gets_no_keys();
	another_server_certificate_gets_no_keys();
	the_plain_client_is_let_in_when_it_does_all_right();
	whoever_does_less_is_refused();
	the_strongest_common_profile_is_ours();
	silence_ends_after_15_seconds();
	input_is_bounded();
	junk_is_dropped();
	no_flipped_bit_passes();
	the_certificate_is_looked_at_again_at_the_end();
	who_is_done_stays_done();
	who_has_ended_is_deaf_and_dumb();
	output_is_bounded();
	two_identities_differ();
	return check_report("dtls");
}
