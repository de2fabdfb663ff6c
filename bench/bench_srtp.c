/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* Nanoseconds per packet to seal and open SRTP, AEAD_AES_128_GCM: transport/srtp.c, and
 * Debian's libsrtp2 if it is there at run time (loaded by name, so that nothing of ours depends
 * on it), in turns in one process. 64 keys are used round-robin, as a server with 64 receivers
 * does. Also checks that each opens what the other sealed.
 *
 *	build/bench/bench_srtp */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "transport/loop.h"
#include "transport/srtp.h"

enum { KEYS = 64, ROUNDS = 3000, BEST_OF = 7, ROOM = 1500 };

/* The parts of libsrtp2's interface that are called, as its header (2.5) declares them. */
struct their_ssrc {
	int type; /* 1: a given SSRC, 2: any inbound, 3: any outbound */
	unsigned value;
};
struct their_crypto {
	uint32_t cipher;
	int key_len;
	uint32_t auth;
	int auth_key_len, tag_len, services;
};
struct their_policy {
	struct their_ssrc ssrc;
	struct their_crypto rtp, rtcp;
	unsigned char *key;
	void *keys;
	unsigned long n_keys;
	void *deprecated_ekt;
	unsigned long window;
	int allow_repeat_tx;
	int *xtn_hdr;
	int xtn_hdr_count;
	struct their_policy *next;
};

struct theirs {
	int (*init)(void);
	void (*gcm)(struct their_crypto *);
	int (*create)(void **, const struct their_policy *);
	int (*protect)(void *, void *, int *);
	int (*unprotect)(void *, void *, int *);
	void *out[KEYS], *in[KEYS];
};

struct ours {
	struct srtp_out *out[KEYS];
	struct srtp_in *in[KEYS];
};

static void *symbol(void *lib, const char *name)
{
	void *p = dlsym(lib, name);

	if (p == NULL)
		printf("libsrtp2 has no %s\n", name);
	return p;
}

static struct srtp_master master(size_t i)
{
	struct srtp_master m;

	for (size_t k = 0; k < SRTP_KEY; k++)
		m.key[k] = (uint8_t)(i * 31 + k);
	for (size_t k = 0; k < SRTP_SALT; k++)
		m.salt[k] = (uint8_t)(i * 17 + k * 3);
	return m;
}

static bool theirs_open(struct theirs *t)
{
	void *lib = dlopen("libsrtp2.so.1", RTLD_NOW | RTLD_LOCAL);

	if (lib == NULL)
		return false;
	*(void **)&t->init = symbol(lib, "srtp_init");
	*(void **)&t->gcm = symbol(lib, "srtp_crypto_policy_set_aes_gcm_128_16_auth");
	*(void **)&t->create = symbol(lib, "srtp_create");
	*(void **)&t->protect = symbol(lib, "srtp_protect");
	*(void **)&t->unprotect = symbol(lib, "srtp_unprotect");
	if (!t->init || !t->gcm || !t->create || !t->protect || !t->unprotect || t->init() != 0)
		return false;
	for (size_t i = 0; i < KEYS; i++) {
		struct srtp_master m = master(i);
		struct their_policy policy = { .ssrc = { 3, 0 }, .window = 1024 };

		policy.key = (unsigned char *)&m;
		t->gcm(&policy.rtp);
		t->gcm(&policy.rtcp);
		if (t->create(&t->out[i], &policy) != 0)
			return false;
		policy.ssrc.type = 2;
		if (t->create(&t->in[i], &policy) != 0)
			return false;
	}
	return true;
}

static bool ours_open(struct ours *o)
{
	for (size_t i = 0; i < KEYS; i++) {
		struct srtp_master m = master(i);

		o->out[i] = srtp_out_create(&m);
		o->in[i] = srtp_in_create(&m);
		if (o->out[i] == NULL || o->in[i] == NULL)
			return false;
	}
	return true;
}

static size_t packet(uint8_t *p, size_t n, uint32_t count)
{
	memset(p, 0x5a, n);
	p[0] = 0x80;
	p[1] = 111;
	p[2] = (uint8_t)(count >> 8);
	p[3] = (uint8_t)count;
	memcpy(p + 8, "\x5a\0\0\1", 4);
	return n;
}

static uint8_t batch[KEYS][ROOM];
static size_t lens[KEYS];

struct cost {
	double seal, open;
	unsigned failed;
};

static void run(struct ours *o, struct theirs *t, size_t n, uint32_t *count, struct cost *cost)
{
	uint64_t seal = 0, open = 0;

	for (size_t r = 0; r < ROUNDS; r++, ++*count) {
		for (size_t i = 0; i < KEYS; i++)
			lens[i] = packet(batch[i], n, *count);
		uint64_t t0 = clock_now();
		for (size_t i = 0; i < KEYS; i++) {
			int len = (int)lens[i];

			if (o != NULL)
				cost->failed +=
				    srtp_seal_rtp(o->out[i], batch[i], &lens[i], ROOM) != OK;
			else
				cost->failed += t->protect(t->out[i], batch[i], &len) != 0;
			if (o == NULL)
				lens[i] = (size_t)len;
		}
		uint64_t t1 = clock_now();
		for (size_t i = 0; i < KEYS; i++) {
			int len = (int)lens[i];

			if (o != NULL)
				cost->failed +=
				    srtp_open_rtp(o->in[i], batch[i], &lens[i]) != OK;
			else
				cost->failed += t->unprotect(t->in[i], batch[i], &len) != 0;
		}
		uint64_t t2 = clock_now();

		seal += t1 - t0;
		open += t2 - t1;
	}
	double each = 1000.0 / ((double)ROUNDS * KEYS);

	if (cost->seal == 0 || (double)seal * each < cost->seal)
		cost->seal = (double)seal * each;
	if (cost->open == 0 || (double)open * each < cost->open)
		cost->open = (double)open * each;
}

static unsigned cross(struct ours *o, struct theirs *t, uint32_t count)
{
	unsigned failed = 0;
	uint8_t p[ROOM], want[ROOM];

	for (size_t i = 0; i < KEYS; i++) {
		size_t n = packet(p, 160, count);
		int len;

		memcpy(want, p, n);
		failed += srtp_seal_rtp(o->out[i], p, &n, ROOM) != OK;
		len = (int)n;
		failed += t->unprotect(t->in[i], p, &len) != 0 || len != 160 ||
		          memcmp(p, want, 160) != 0;
		n = packet(p, 160, count + 1);
		memcpy(want, p, n);
		len = (int)n;
		failed += t->protect(t->out[i], p, &len) != 0;
		n = (size_t)len;
		failed += srtp_open_rtp(o->in[i], p, &n) != OK || n != 160 ||
		          memcmp(p, want, 160) != 0;
	}
	return failed;
}

int main(void)
{
	static struct ours ours;
	static struct theirs theirs;
	bool have = theirs_open(&theirs);
	uint32_t counts[2] = { 1, 1 };

	if (!ours_open(&ours))
		return 1;
	printf("SRTP AEAD_AES_128_GCM, ns per packet, best of %d, %d keys\n", BEST_OF, KEYS);
	for (size_t n = 160; n <= 1200; n += 1040) {
		struct cost us = { 0 }, them = { 0 };

		for (int i = 0; i < BEST_OF; i++) {
			run(&ours, NULL, n, &counts[0], &us);
			if (have)
				run(NULL, &theirs, n, &counts[1], &them);
		}
		printf("%5zu bytes: ours (EVP) seal %.0f open %.0f, failed %u\n", n, us.seal,
		       us.open, us.failed);
		if (have)
			printf("             libsrtp2   seal %.0f open %.0f, failed %u; ratio "
			       "%.2f %.2f\n",
			       them.seal, them.open, them.failed, them.seal / us.seal,
			       them.open / us.open);
	}
	if (have)
		printf("each opens the other's packets: %u of %d failed\n",
		       cross(&ours, &theirs, counts[0] > counts[1] ? counts[0] : counts[1]),
		       2 * KEYS);
	else
		printf("libsrtp2 is not installed: not compared\n");
	return 0;
}
