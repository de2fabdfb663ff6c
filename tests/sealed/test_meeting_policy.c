/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/meeting/link.h"
#include "sealed/meeting/policy.h"
#include "sealed/mls/mls.h"
#include "tests/support/check.h"
#include "tests/support/provider.h"

static uint8_t privs[3][SIG_PRIV_MAX], keys[3][SIG_PUB_MAX], host_hash[HASH_MAX];

static struct policy_place place(void)
{
	return (struct policy_place){ SPAN_STR("group"), { host_hash, HOST_HASH_LEN }, 1 };
}

/* The link's host, who made host 1 one, who made host 2 one. */
static struct policy example(void)
{
	struct policy p = {
		.version = 7,
		.mode = POLICY_LOBBY,
		.is_locked = true,
		.rights = POLICY_CHAT | POLICY_UNMUTE,
		.level = 2,
		.label = "Vertrouwelijk",
		.label_n = 13,
		.members_max = 250,
		.suite = 1,
		.credential = MLS_CREDENTIAL_BASIC,
		.host_count = 1,
	};

	memcpy(p.hosts[0].key, keys[0], POLICY_KEY_LEN);
	CHECK(policy_add_host(&p, provider(), SPAN_STR("group"), 0, privs[0], keys[1]) == OK);
	CHECK(policy_add_host(&p, provider(), SPAN_STR("group"), 1, privs[1], keys[2]) == OK);
	return p;
}

static struct span written(const struct policy *p, size_t signer)
{
	static uint8_t buf[POLICY_LEN_MAX];
	struct wr w = wr_into(buf, sizeof(buf));
	struct span out = { 0 };

	CHECK(policy_write(p, provider(), SPAN_STR("group"), signer, privs[signer], &w) == OK);
	CHECK(wr_end(&w, &out) == OK);
	return out;
}

static enum err read(struct span data, struct policy *p)
{
	uint8_t signer[POLICY_KEY_LEN];
	const struct policy_place here = place();

	return policy_read(data, provider(), &here, p, signer);
}

static void set_up(void)
{
	for (size_t i = 0; i < 3; i++)
		CHECK(sig_generate(provider(), SIG_ED25519, privs[i], keys[i]) == OK);
	CHECK(crypto_hash(provider(), HASH_SHA256, (struct span){ keys[0], 32 }, host_hash) == OK);
}

static void a_policy_reads_as_written(void)
{
	const struct policy p = example();
	const struct policy_place here = place();

	for (size_t signer = 0; signer < 3; signer++) {
		struct policy q;
		uint8_t by[POLICY_KEY_LEN];

		CHECK(policy_read(written(&p, signer), provider(), &here, &q, by) == OK);
		CHECK(memcmp(by, keys[signer], sizeof(by)) == 0);
		CHECK(q.version == 7 && q.mode == POLICY_LOBBY && q.is_locked);
		CHECK(q.rights == (POLICY_CHAT | POLICY_UNMUTE) && q.level == 2);
		CHECK(span_is_equal((struct span){ q.label, q.label_n },
		                    SPAN_STR("Vertrouwelijk")));
		CHECK(q.members_max == 250 && q.suite == 1 && q.credential == 1);
		CHECK(q.host_count == 3 && memcmp(q.hosts, p.hosts, 3 * sizeof(p.hosts[0])) == 0);
	}
}

static void every_prefix_and_every_changed_byte_is_refused(void)
{
	const struct policy p = example();
	uint8_t bytes[POLICY_LEN_MAX + 1] = { 0 };
	struct span good = written(&p, 1);
	struct policy q = { 0 };

	memcpy(bytes, good.p, good.n);
	for (size_t n = 0; n < good.n; n++) {
		CHECK(read((struct span){ bytes, n }, &q) == ERR_MALFORMED);
		bytes[n] ^= 1;
		CHECK(read((struct span){ bytes, good.n }, &q) != OK);
		bytes[n] ^= 1;
	}
	CHECK(read((struct span){ bytes, good.n + 1 }, &q) == ERR_MALFORMED && q.version == 0);
	CHECK(read((struct span){ bytes, good.n }, &q) == OK);
}

/* A body put together by hand and well signed: what is read is judged, not who wrote it. */
struct raw {
	unsigned form, mode, locked, rights, level, members, suite, credential;
	uint64_t version;
	struct span label;
	size_t hosts; /* the first, and others */
	unsigned granter, step; /* step: from a host's key to the next one's */
};

static const struct raw sound = { 1, 1, 0, 7, 0, 10, 1, 1, 1, { NULL, 0 }, 1, 0, 0 };

static enum err read_raw(const struct raw *raw)
{
	uint8_t buf[2048], out[2048], message[2048], sig[SIG_MAX];
	struct wr body = wr_into(buf, sizeof(buf)), w = wr_into(out, sizeof(out));
	struct wr m = wr_into(message, sizeof(message));
	struct span content = { 0 }, data = { 0 }, typed = { 0 };
	struct policy p = { 0 };
	size_t n, opened;

	wr_uint(&body, 1, raw->form);
	wr_uint(&body, 8, raw->version);
	wr_uint(&body, 1, raw->mode);
	wr_uint(&body, 1, raw->locked);
	wr_uint(&body, 1, raw->rights);
	wr_uint(&body, 1, raw->level);
	wr_vec(&body, raw->label);
	wr_uint(&body, 2, raw->members);
	wr_uint(&body, 2, raw->suite);
	wr_uint(&body, 2, raw->credential);
	opened = wr_open(&body);
	for (size_t i = 0; i < raw->hosts; i++) {
		wr_bytes(&body, (struct span){ keys[0], 31 });
		wr_uint(&body, 1, (keys[0][31] + i * raw->step) & 0xff);
		wr_uint(&body, 1, raw->granter);
		wr_zero(&body, 64);
	}
	wr_close(&body, opened);
	CHECK(wr_end(&body, &content) == OK);
	wr_vec(&m, SPAN_STR("zegel policy 1"));
	wr_vec(&m, SPAN_STR("group"));
	wr_vec(&m, content);
	CHECK(wr_end(&m, &typed) == OK);
	CHECK(provider()->sign(provider()->ctx, SIG_ED25519, privs[0], typed, sig, &n) == OK);
	wr_vec(&w, content);
	wr_bytes(&w, (struct span){ keys[0], 32 });
	wr_bytes(&w, (struct span){ sig, 64 });
	CHECK(wr_end(&w, &data) == OK);
	return read(data, &p);
}

#define REFUSED(field, value)                                                            \
	do {                                                                             \
		struct raw with = sound;                                                 \
		with.field = (value);                                                    \
		CHECK(read_raw(&with) == ERR_MALFORMED);                                  \
	} while (0)

#define TAKEN(field, value)                                                              \
	do {                                                                             \
		struct raw with = sound;                                                 \
		with.field = (value);                                                    \
		CHECK(read_raw(&with) == OK);                                             \
	} while (0)

static void every_bound_holds(void)
{
	static const uint8_t long_label[65] = "0123456789012345678901234567890123456789012345678901234567890123";

	struct raw raw = sound;

	CHECK(read_raw(&sound) == OK);
	REFUSED(form, 0);
	REFUSED(form, 2);
	REFUSED(version, 0);
	TAKEN(version, UINT64_MAX);
	REFUSED(mode, 0);
	TAKEN(mode, 2);
	REFUSED(mode, 3);
	TAKEN(locked, 1);
	REFUSED(locked, 2);
	TAKEN(rights, 0);
	REFUSED(rights, 8);
	TAKEN(level, 3);
	REFUSED(level, 4);
	REFUSED(members, 0);
	TAKEN(members, 1000);
	REFUSED(members, 1001);
	REFUSED(credential, 0);
	TAKEN(credential, 2);
	REFUSED(credential, 3);
	REFUSED(hosts, 0);
	REFUSED(hosts, 2);
	raw.step = 1;
	for (raw.hosts = 2; raw.hosts <= POLICY_HOSTS_MAX; raw.hosts++)
		CHECK(read_raw(&raw) == ERR_AUTH); /* so far as the grants */
	CHECK(raw.hosts == 9 && read_raw(&raw) == ERR_MALFORMED);
	REFUSED(granter, 1);
	TAKEN(label, ((struct span){ long_label, 64 }));
	REFUSED(label, ((struct span){ long_label, 65 }));
	REFUSED(label, SPAN_STR("a\nb"));
}

static void a_policy_is_of_one_group_one_link_and_one_suite(void)
{
	const struct policy p = example();
	struct policy_place here = place();
	uint8_t other_hash[HOST_HASH_LEN] = { 1 }, signer[POLICY_KEY_LEN];
	struct policy q;

	here.group_id = SPAN_STR("grouq");
	CHECK(policy_read(written(&p, 0), provider(), &here, &q, signer) == ERR_AUTH);
	here = place();
	here.host_hash = SPAN(other_hash);
	CHECK(policy_read(written(&p, 0), provider(), &here, &q, signer) == ERR_AUTH);
	here = place();
	here.suite = 2;
	CHECK(policy_read(written(&p, 0), provider(), &here, &q, signer) == ERR_AUTH);
}

static void nobody_is_host_without_a_hosts_grant(void)
{
	struct policy p = example(), q;

	p.hosts[2].grant[5] ^= 1;
	CHECK(read(written(&p, 0), &q) == ERR_AUTH);
	/* Granted, but not by whom it says. */
	p = example();
	p.hosts[2].granter = 0;
	CHECK(read(written(&p, 0), &q) == ERR_AUTH);
	/* Granted in another group. */
	p = example();
	p.host_count = 1;
	CHECK(policy_add_host(&p, provider(), SPAN_STR("other"), 0, privs[0], keys[1]) == OK);
	CHECK(read(written(&p, 0), &q) == ERR_AUTH);
	/* Whom the granter's going leaves without one. */
	p = example();
	p.hosts[1] = p.hosts[2];
	p.hosts[1].granter = 0;
	p.host_count = 2;
	CHECK(read(written(&p, 0), &q) == ERR_AUTH);
	/* The first one needs no grant, and has none: one policy, one form. */
	p = example();
	p.hosts[0].grant[0] = 1;
	CHECK(read(written(&p, 0), &q) == ERR_AUTH);
}

static void only_a_host_signs(void)
{
	struct policy p = example(), q;
	uint8_t bytes[POLICY_LEN_MAX];
	struct wr w = wr_into(bytes, sizeof(bytes));
	struct span good;

	p.host_count = 2;
	good = written(&p, 1);
	memcpy(bytes, good.p, good.n);
	/* By the right key, named as another's. */
	memcpy(bytes + good.n - 96, keys[0], 32);
	CHECK(read((struct span){ bytes, good.n }, &q) == ERR_AUTH);
	/* Well signed, by one who is not on the list. */
	CHECK(policy_write(&p, provider(), SPAN_STR("group"), 0, privs[2], &w) == OK);
	CHECK(wr_end(&w, &good) == OK);
	memcpy(bytes + good.n - 96, keys[2], 32);
	CHECK(read((struct span){ bytes, good.n }, &q) == ERR_AUTH);
}

static void a_policy_follows_by_one_and_by_a_host_of_the_one_before(void)
{
	const struct policy old = example();
	struct policy next = old;

	CHECK(policy_follows(&old, &next, keys[0]) == ERR_AUTH);
	next.version = 9;
	CHECK(policy_follows(&old, &next, keys[0]) == ERR_AUTH);
	next.version = 8;
	for (size_t i = 0; i < 3; i++)
		CHECK(policy_follows(&old, &next, keys[i]) == OK);

	struct policy fewer = old;

	fewer.host_count = 2;
	CHECK(policy_follows(&fewer, &next, keys[2]) == ERR_AUTH);
	next.suite = 2;
	CHECK(policy_follows(&old, &next, keys[0]) == ERR_AUTH);
	next = old;
	next.version = 8;
	next.credential = MLS_CREDENTIAL_X509;
	CHECK(policy_follows(&old, &next, keys[0]) == ERR_AUTH);
}

static void hosts_are_added_once_and_up_to_their_number(void)
{
	struct policy p = example();
	uint8_t key[POLICY_KEY_LEN] = { 0 };
	struct wr w = wr_into(NULL, 0);

	CHECK(policy_add_host(&p, provider(), SPAN_STR("group"), 0, privs[0], keys[2]) ==
	      ERR_LIMIT);
	CHECK(policy_add_host(&p, provider(), SPAN_STR("group"), 3, privs[0], key) == ERR_LIMIT);
	while (p.host_count < POLICY_HOSTS_MAX) {
		key[0]++;
		CHECK(policy_add_host(&p, provider(), SPAN_STR("group"), 0, privs[0], key) == OK);
	}
	key[0]++;
	CHECK(policy_add_host(&p, provider(), SPAN_STR("group"), 0, privs[0], key) == ERR_LIMIT);
	/* The largest one fits, and reads. */
	memset(p.label, 'x', p.label_n = POLICY_LABEL_MAX);
	CHECK(written(&p, 0).n == 961 && read(written(&p, 0), &p) == OK);
	CHECK(policy_write(&p, provider(), SPAN_STR("group"), 8, privs[0], &w) == ERR_LIMIT);
	p.level = 4;
	CHECK(policy_write(&p, provider(), SPAN_STR("group"), 0, privs[0], &w) == ERR_LIMIT);
}

int main(void)
{
	set_up();
	a_policy_reads_as_written();
	every_prefix_and_every_changed_byte_is_refused();
	every_bound_holds();
	a_policy_is_of_one_group_one_link_and_one_suite();
	nobody_is_host_without_a_hosts_grant();
	only_a_host_signs();
	a_policy_follows_by_one_and_by_a_host_of_the_one_before();
	hosts_are_added_once_and_up_to_their_number();
	return check_report("meeting_policy");
}
