/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/mls_client.h"
#include "tests/support/provider.h"

/* A long evening: people come, leave, are removed, propose and commit in an order that a
 * seed decides; after every commit all who are in agree. */
enum { people = 12, steps = 250, names_max = 16 };

static struct mls_client clients[people];
static bool is_in[people];
static const struct span none;
static uint64_t state;

static size_t below(size_t n)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (size_t)((z ^ (z >> 31)) % n);
}

/* Those who are in (or out), without one. */
static size_t gather(struct mls_client **out, bool in, const struct mls_client *without)
{
	size_t n = 0;

	for (size_t i = 0; i < people; i++)
		if (is_in[i] == in && &clients[i] != without)
			out[n++] = &clients[i];
	return n;
}

static struct mls_client *any(bool in)
{
	struct mls_client *list[people];
	size_t n = gather(list, in, NULL);

	return n == 0 ? NULL : list[below(n)];
}

static void renew_group(struct mls_client *s)
{
	char name[names_max];

	snprintf(name, sizeof(name), "%.15s", s->name);
	mls_client_clear(s);
	mls_client_init(s, provider(), 1, CLIENT_BLOCK, name);
}

static void all_agree(void)
{
	struct mls_client *members[people];
	size_t n = gather(members, true, NULL);

	CHECK(n == 0 || mls_client_agree(members, n));
}

/* Delivers a commit; who is removed by it is out. */
static void commit_arrives(struct mls_client *by, struct span message)
{
	struct mls_client *others[people];
	struct mls_received got;
	size_t n = gather(others, true, by);

	for (size_t i = 0; i < n; i++) {
		CHECK(mls_group_input(others[i]->group, message, CLIENT_NOW, &got) == OK);
		CHECK(got.kind == MLS_GOT_COMMIT);
		if (got.removed_us) {
			is_in[others[i] - clients] = false;
			renew_group(others[i]);
		}
	}
	CHECK(mls_group_commit_apply(by->group) == OK);
}

static void somebody_adds(struct mls_client *by)
{
	struct mls_client *new = any(false);
	struct span package, message, welcome;
	const struct mls_commit_options options = {
		.adds = &package, .add_count = 1, .with_tree = true, .force_path = below(2) == 0
	};

	if (new == NULL)
		return;
	package = mls_client_key_package(new);
	CHECK(mls_group_commit(by->group, &options, CLIENT_NOW, &message, &welcome) == OK);
	commit_arrives(by, message);
	CHECK(mls_group_join(new->group, welcome, package, none, &new->secrets, CLIENT_NOW) ==
	      OK);
	is_in[new - clients] = true;
}

static void somebody_removes(struct mls_client *by)
{
	struct mls_client *other = any(true);
	uint32_t leaf = mls_group_own_leaf(other->group);
	const struct mls_commit_options options = { .removes = &leaf, .remove_count = 1 };
	struct span message, welcome;

	if (other == by)
		return;
	CHECK(mls_group_commit(by->group, &options, CLIENT_NOW, &message, &welcome) == OK);
	commit_arrives(by, message);
	CHECK(!is_in[other - clients]);
}

static void somebody_proposes(struct mls_client *by)
{
	struct mls_client *others[people], *other = any(true);
	struct mls_proposal proposal = { .type = below(3) == 0 ? MLS_REMOVE : MLS_UPDATE };
	const struct mls_send_options options = { .public_message = below(2) == 0 };
	size_t n = gather(others, true, by), mark = arena_mark(&by->arena);
	struct span message;

	if (proposal.type == MLS_REMOVE)
		proposal.removed = mls_group_own_leaf(other->group);
	if (proposal.type == MLS_REMOVE && n < 3)
		return;
	CHECK(mls_group_propose(by->group, &proposal, &options, &by->arena, &message) == OK);
	CHECK(mls_client_deliver(others, n, message) == OK);
	arena_release(&by->arena, mark);
}

static void somebody_commits(struct mls_client *by)
{
	const struct mls_commit_options options = { .public_message = below(2) == 0,
		                                    .force_path = true };
	struct span message, welcome;

	CHECK(mls_group_commit(by->group, &options, CLIENT_NOW, &message, &welcome) == OK);
	commit_arrives(by, message);
}

static void somebody_joins_from_outside(struct mls_client *by)
{
	struct mls_client *new = any(false), *members[people];
	const struct mls_external_options options = { 0 };
	struct span info, message;
	size_t n = gather(members, true, NULL), mark = arena_mark(&by->arena);

	if (new == NULL)
		return;
	CHECK(mls_group_info(by->group, true, &by->arena, &info) == OK);
	CHECK(mls_group_join_external(new->group, info, none, &options, CLIENT_NOW, &message) ==
	      OK);
	CHECK(mls_client_deliver(members, n, message) == OK);
	CHECK(mls_group_commit_apply(new->group) == OK);
	is_in[new - clients] = true;
	arena_release(&by->arena, mark);
}

static void somebody_speaks(struct mls_client *by)
{
	struct mls_client *others[people];
	size_t n = gather(others, true, by);

	if (!mls_group_has_proposals(by->group))
		CHECK(mls_client_talk(by, others, n));
}

static void an_evening_passes(uint64_t seed)
{
	static void (*const actions[])(struct mls_client * by) = {
		somebody_adds,
		somebody_adds,
		somebody_removes,
		somebody_commits,
		somebody_speaks,
		somebody_proposes,
		somebody_joins_from_outside,
	};
	char name[names_max];
	int failed = checks_failed;

	state = seed;
	for (size_t i = 0; i < people; i++) {
		snprintf(name, sizeof(name), "person %zu", i);
		mls_client_init(&clients[i], provider(), 1, CLIENT_BLOCK, name);
		is_in[i] = i == 0;
	}
	CHECK(mls_client_create(&clients[0], "evening") == OK);
	for (size_t i = 0; i < steps && checks_failed == failed; i++) {
		struct mls_client *by = any(true);

		actions[below(ARRAY_LEN(actions))](by);
		all_agree();
	}
	if (checks_failed != failed)
		printf("seed %llu\n", (unsigned long long)seed);
	for (size_t i = 0; i < people; i++)
		mls_client_clear(&clients[i]);
}

int main(int argc, char **argv)
{
	uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : 4;

	for (uint64_t seed = first; seed < first + count; seed++)
		an_evening_passes(seed);
	return check_report("mls_group_random");
}
