/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/mls_client.h"
#include "tests/support/provider.h"

/* [SEED [ROUNDS]] A hundred people around one log, as in a large meeting: they propose, commit,
 * lose races, come, are removed, and lag behind the log for epochs at a time. Whoever reaches
 * an epoch has the authenticator that its committer had; whoever was removed opens nothing any
 * more. */
enum { people = 100, rounds_default = 12, log_max = 1 << 14, authenticator_max = 64 };

enum where { OUT, INVITED, IN, REMOVED };

static struct person {
	struct mls_client client;
	enum where where;
	size_t at;       /* entries of the log that it has taken */
	bool has_lost;   /* a commit of its own waits that will not win */
	bool is_leaving; /* somebody has proposed that */
} persons[people];

static struct entry {
	struct span message;
	const struct person *author;
	bool is_commit;
	uint8_t authenticator[authenticator_max]; /* of the epoch that a commit began */
} entries[log_max];

static size_t entry_count, operations, epochs, races, words;
static uint64_t state;
static const struct span none;

static size_t below(size_t n)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (size_t)((z ^ (z >> 31)) % n);
}

static struct person *any(enum where where)
{
	size_t first = below(people);

	for (size_t i = 0; i < people; i++) {
		struct person *p = &persons[(first + i) % people];

		if (p->where == where)
			return p;
	}
	return NULL;
}

static size_t count(enum where where)
{
	size_t n = 0;

	for (size_t i = 0; i < people; i++)
		n += persons[i].where == where;
	return n;
}

static void person_begin(struct person *p)
{
	char name[16];

	snprintf(name, sizeof(name), "person %zu", (size_t)(p - persons));
	mls_client_init(&p->client, provider(), 1, CLIENT_BLOCK / 2, name);
	p->where = OUT;
	p->has_lost = p->is_leaving = false;
}

static struct entry *append(const struct person *author, struct span message)
{
	struct entry *e = &entries[entry_count++];
	uint8_t *copy = malloc(message.n);

	if (copy == NULL || entry_count == log_max)
		abort();
	memcpy(copy, message.p, message.n);
	*e = (struct entry){ .message = { copy, message.n }, .author = author };
	return e;
}

static void take(struct person *p, const struct entry *e)
{
	struct mls_group *g = p->client.group;
	struct mls_received got;
	struct span ours;

	if (e->author == p) {
		CHECK(!e->is_commit); /* committers apply theirs at once */
		return;
	}
	if (e->is_commit && p->has_lost) {
		mls_group_commit_drop(g);
		p->has_lost = false;
	}
	CHECK(mls_group_input(g, e->message, CLIENT_NOW, &got) == OK);
	if (!e->is_commit)
		return;
	if (got.removed_us) {
		p->where = REMOVED;
		return;
	}
	ours = mls_group_epoch_authenticator(g);
	CHECK(memcmp(ours.p, e->authenticator, ours.n) == 0);
}

static void catch_up(struct person *p)
{
	while (p->where == IN && p->at < entry_count)
		take(p, &entries[p->at++]);
}

/* One who is still in, and knows it; whom nobody has asked to leave. */
static struct person *leaver(const struct person *committer)
{
	struct person *p = any(IN);

	catch_up(p);
	if (p == committer || p->where != IN || p->is_leaving || count(IN) <= 20)
		return NULL;
	p->is_leaving = true;
	return p;
}

static void somebody_proposes(const struct person *committer)
{
	struct person *by = any(IN), *other, *guest = any(OUT);
	struct mls_proposal proposal = { .type = MLS_UPDATE };
	const struct mls_send_options options = { .public_message = below(2) == 0 };
	size_t mark, kind = below(6);
	struct span message;

	catch_up(by);
	if (by->where != IN || by == committer)
		return;
	if (kind == 0 && (other = leaver(committer)) != NULL && other != by) {
		proposal.type = MLS_REMOVE;
		proposal.removed = mls_group_own_leaf(other->client.group);
	} else if (kind == 1 && guest != NULL) {
		proposal.type = MLS_ADD;
		proposal.key_package = mls_client_key_package(&guest->client);
		guest->where = INVITED;
	}
	mark = arena_mark(&by->client.arena);
	CHECK(mls_group_propose(by->client.group, &proposal, &options, &by->client.arena,
	                        &message) == OK);
	append(by, message);
	by->at = entry_count;
	arena_release(&by->client.arena, mark);
	operations++;
}

/* Somebody else commits in the same epoch, and comes second. */
static void somebody_loses(const struct person *committer)
{
	const struct mls_commit_options options = { .force_path = true };
	struct person *p = any(IN);
	struct span message, welcome;

	catch_up(p);
	if (p == committer || p->where != IN || p->has_lost)
		return;
	CHECK(mls_group_commit(p->client.group, &options, CLIENT_NOW, &message, &welcome) ==
	      OK);
	p->has_lost = true;
	races++;
}

static size_t invite(struct span *adds, size_t wanted)
{
	size_t n = 0;

	for (struct person *guest; n < wanted && (guest = any(OUT)) != NULL; n++) {
		adds[n] = mls_client_key_package(&guest->client);
		guest->where = INVITED;
	}
	return n;
}

static size_t expel(const struct person *committer, uint32_t *removes, size_t wanted)
{
	size_t n = 0;

	for (struct person *p; n < wanted && (p = leaver(committer)) != NULL; n++)
		removes[n] = mls_group_own_leaf(p->client.group);
	return n;
}

static void arrive(struct span welcome, struct span authenticator)
{
	for (size_t i = 0; i < people; i++) {
		struct person *p = &persons[i];
		struct mls_client *c = &p->client;

		if (p->where != INVITED)
			continue;
		CHECK(mls_group_join(c->group, welcome, c->key_package, none, &c->secrets,
		                     CLIENT_NOW) == OK);
		CHECK(span_is_equal(mls_group_epoch_authenticator(c->group), authenticator));
		p->where = IN;
		p->at = entry_count;
	}
}

static void commit(struct person *by)
{
	struct span adds[8], message, welcome = { 0 }, authenticator;
	uint32_t removes[4];
	struct mls_commit_options options = { .adds = adds,
		                              .removes = removes,
		                              .with_tree = true,
		                              .force_path = below(3) == 0,
		                              .public_message = below(2) == 0 };
	struct mls_group *g = by->client.group;
	struct entry *e;

	options.add_count = invite(adds, count(IN) < 85 ? below(ARRAY_LEN(adds)) : below(2));
	options.remove_count = expel(by, removes, below(ARRAY_LEN(removes)));
	operations += options.add_count + options.remove_count;
	if (by->has_lost)
		mls_group_commit_drop(g);
	by->has_lost = false;
	CHECK(mls_group_commit(g, &options, CLIENT_NOW, &message, &welcome) == OK);
	e = append(by, message);
	CHECK(mls_group_commit_apply(g) == OK);
	e->is_commit = true;
	authenticator = mls_group_epoch_authenticator(g);
	memcpy(e->authenticator, authenticator.p, authenticator.n);
	by->at = entry_count;
	epochs++;
	arrive(welcome, authenticator);
}

static void somebody_speaks(struct person *by)
{
	struct mls_client *c = &by->client;
	size_t mark = arena_mark(&c->arena);
	struct span message;
	struct mls_received got;

	CHECK(mls_group_seal(c->group, SPAN_STR("between us"), none, 64, &c->arena, &message) ==
	      OK);
	for (size_t i = 0; i < people; i++) {
		struct person *p = &persons[i];

		if (p == by || p->where == OUT)
			continue;
		if (p->where == REMOVED) {
			CHECK(mls_group_input(p->client.group, message, CLIENT_NOW, &got) !=
			      OK);
		} else if (p->at == entry_count) {
			CHECK(mls_group_input(p->client.group, message, CLIENT_NOW, &got) ==
			      OK);
			CHECK(span_is_equal(got.data, SPAN_STR("between us")));
			words++;
		}
	}
	arena_release(&c->arena, mark);
}

/* Who was removed is shown what came since, and then may come again as somebody new. */
static void ghosts_end(void)
{
	const struct entry *last = &entries[entry_count - 1];
	struct mls_received got;

	for (size_t i = 0; i < people; i++) {
		struct person *p = &persons[i];

		if (p->where != REMOVED)
			continue;
		CHECK(mls_group_input(p->client.group, last->message, CLIENT_NOW, &got) != OK);
		mls_client_clear(&p->client);
		person_begin(p);
	}
}

static void a_round_passes(void)
{
	struct person *committer = any(IN);

	catch_up(committer);
	if (committer->where != IN)
		return;
	for (size_t i = below(32); i > 0; i--)
		somebody_proposes(committer);
	if (below(3) == 0)
		somebody_loses(committer);
	catch_up(committer);
	commit(committer);
	for (size_t i = 0; i < people; i++)
		if (below(4) != 0)
			catch_up(&persons[i]);
	somebody_speaks(committer);
	if (below(3) == 0)
		ghosts_end();
}

static void all_arrive_at_the_same_end(void)
{
	struct span first = none;

	for (size_t i = 0; i < people; i++) {
		struct person *p = &persons[i];

		catch_up(p);
		if (p->where != IN)
			continue;
		if (first.n == 0)
			first = mls_group_epoch_authenticator(p->client.group);
		CHECK(span_is_equal(mls_group_epoch_authenticator(p->client.group), first));
	}
	CHECK(first.n != 0);
}

static void a_hundred_people_agree_on_every_epoch(size_t rounds)
{
	for (size_t i = 0; i < people; i++)
		person_begin(&persons[i]);
	CHECK(mls_client_create(&persons[0].client, "crowd") == OK);
	persons[0].where = IN;
	for (size_t i = 0; i < rounds && checks_failed == 0; i++)
		a_round_passes();
	all_arrive_at_the_same_end();
	printf(
	    "%zu operations in %zu epochs, %zu lost races, %zu words heard, %zu people at the "
	    "end\n",
	    operations, epochs, races, words, count(IN));
	for (size_t i = 0; i < people; i++)
		mls_client_clear(&persons[i].client);
	for (size_t i = 0; i < entry_count; i++)
		free((void *)entries[i].message.p);
}

int main(int argc, char **argv)
{
	state = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
	a_hundred_people_agree_on_every_epoch(argc > 2 ? strtoull(argv[2], NULL, 10)
	                                               : rounds_default);
	return check_report("mls_crowd");
}
