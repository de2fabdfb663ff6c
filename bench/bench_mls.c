/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/support/mls_client.h"
#include "tests/support/provider.h"

/* What a commit costs in groups of many: to make, and to take. Two of the members are
 * real, the others only a key package; so the tree above them is empty, which is the worst
 * case: right after all came in at once. Natively: build/bench/bench_mls. As WebAssembly:
 *
 *	tests/wasm/build FOLDER bench/bench_mls.c
 *	node tests/wasm/run.mjs FOLDER/bench_mls.wasm */
enum { rounds = 10, guest_block = 64 << 10 };

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void check(enum err err, const char *what)
{
	if (err == OK)
		return;
	printf("%s: error %d\n", what, (int)err);
	exit(1);
}

/* Key packages of people who will never speak. */
static struct span *guests_make(size_t n, enum mls_suite_id suite)
{
	struct span *packages = calloc(n, sizeof(*packages));

	for (size_t i = 0; i < n; i++) {
		struct mls_client guest;
		char name[32];
		uint8_t *copy;

		snprintf(name, sizeof(name), "guest %zu", i);
		mls_client_init(&guest, provider(), suite, guest_block, name);
		packages[i] = mls_client_key_package(&guest);
		copy = malloc(packages[i].n);
		for (size_t k = 0; k < packages[i].n; k++)
			copy[k] = packages[i].p[k];
		packages[i].p = copy;
		mls_client_clear(&guest);
	}
	return packages;
}

static void measure(size_t n, enum mls_suite_id suite)
{
	const struct mls_commit_options update = { .force_path = true };
	struct span *packages = guests_make(n - 1, suite), message = { 0 }, welcome,
	            none = { 0 };
	struct mls_commit_options options = { .adds = packages,
		                              .add_count = n - 1,
		                              .with_tree = true };
	struct mls_client host, member;
	struct mls_received got;
	double start, make = 0, take = 0;

	mls_client_init(&host, provider(), suite, 4096 * n + (1 << 20), "host");
	mls_client_init(&member, provider(), suite, 4096 * n + (1 << 20), "member");
	packages[n - 2] = mls_client_key_package(&member);
	check(mls_client_create(&host, "group"), "create");

	start = seconds();
	check(mls_group_commit(host.group, &options, CLIENT_NOW, &message, &welcome), "add");
	check(mls_group_commit_apply(host.group), "apply");
	printf("suite %d, %zu members: add all %.1f ms, welcome %zu bytes", (int)suite, n,
	       1e3 * (seconds() - start), welcome.n);
	start = seconds();
	check(mls_group_join(member.group, welcome, packages[n - 2], none, &member.secrets,
	                     CLIENT_NOW),
	      "join");
	printf(", join %.1f ms\n", 1e3 * (seconds() - start));

	for (int i = 0; i < rounds; i++) {
		struct mls_client *by = i % 2 == 0 ? &host : &member;
		struct mls_client *to = i % 2 == 0 ? &member : &host;

		start = seconds();
		check(mls_group_commit(by->group, &update, CLIENT_NOW, &message, &welcome),
		      "commit");
		make += seconds() - start;
		start = seconds();
		check(mls_group_input(to->group, message, CLIENT_NOW, &got), "input");
		take += seconds() - start;
		check(mls_group_commit_apply(by->group), "apply");
	}
	printf("\tcommit with path: make %.1f ms, take %.1f ms; the last is %zu bytes\n",
	       1e3 * make / rounds, 1e3 * take / rounds, message.n);
	mls_client_clear(&host);
	mls_client_clear(&member);
}

int main(void)
{
	static const size_t sizes[] = { 2, 50, 500, 1000 };

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++)
		measure(sizes[i], MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519);
	measure(500, MLS_128_DHKEMP256_AES128GCM_SHA256_P256);
	return 0;
}
