/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* The input is a script for the network between a real client and a real server: each step
 * delivers a datagram, bends it, drops it, makes one up, or lets time pass. Property: whoever
 * is done saw the certificate that was named, and two who are done have the same keys. */
#include <string.h>

#include "sealed/wire/rd.h"
#include "transport/dtls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct side {
	struct dtls *dtls;
	struct dtls_identity *identity;
};

enum { DELIVER, BEND, DROP, INVENT, WAIT, STEPS };

static void made_up(struct dtls *to, uint64_t now, struct rd *script)
{
	size_t n = (size_t)rd_uint(script, 2);

	if (n > rd_left(script))
		n = rd_left(script);
	dtls_input(to, now, rd_bytes(script, n));
}

static void carried(struct dtls *from, struct dtls *to, uint64_t now, unsigned what,
                    struct rd *script)
{
	uint8_t copy[DTLS_MTU];
	struct span d;

	if (!dtls_output(from, &d))
		return;
	memcpy(copy, d.p, d.n);
	if (what == BEND) {
		size_t at = (size_t)rd_uint(script, 2) % d.n;

		copy[at] ^= (uint8_t)rd_uint(script, 1);
	}
	if (what != DROP)
		dtls_input(to, now, (struct span){ copy, d.n });
}

static void judge(struct dtls *server, struct dtls *client)
{
	struct dtls_keys s, c;
	enum err server_err = dtls_export(server, &s), client_err = dtls_export(client, &c);

	if ((server_err == OK) != (dtls_state(server) == DTLS_DONE) ||
	    (client_err == OK) != (dtls_state(client) == DTLS_DONE))
		__builtin_trap();
	if (server_err == OK && client_err == OK &&
	    (memcmp(&s.in, &c.out, sizeof(s.in)) != 0 ||
	     memcmp(&s.out, &c.in, sizeof(s.out)) != 0))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dtls_identity *a, *b;
	struct rd script = rd_from((struct span){ data, size });
	uint64_t now = 1;

	if (a == NULL) {
		a = dtls_identity_create();
		b = dtls_identity_create();
	}
	if (a == NULL || b == NULL)
		__builtin_trap();

	uint8_t named[DTLS_FINGERPRINT];
	bool wrong = rd_uint(&script, 1) % 4 == 0;

	memcpy(named, dtls_identity_fingerprint(b), sizeof(named));
	named[7] ^= wrong;

	struct dtls *server = dtls_create(a, DTLS_SERVER, named, now);
	struct dtls *client = dtls_create(b, DTLS_CLIENT, dtls_identity_fingerprint(a), now);

	if (server == NULL || client == NULL)
		__builtin_trap();
	while (rd_more(&script)) {
		unsigned op = (unsigned)rd_uint(&script, 1), what = op / 2 % STEPS;
		struct dtls *from = op % 2 ? server : client, *to = op % 2 ? client : server;

		if (what == INVENT)
			made_up(to, now, &script);
		else if (what == WAIT)
			dtls_step(to, now += TIME_MS(100));
		else
			carried(from, to, now, what, &script);
		if (wrong && dtls_state(server) == DTLS_DONE)
			__builtin_trap();
	}
	judge(server, client);
	dtls_destroy(&server);
	dtls_destroy(&client);
	return 0;
}
