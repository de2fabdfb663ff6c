/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdio.h>
#include <string.h>

#include "sealed/meeting/front.h"
#include "sealed/meeting/knock.h"
#include "sealed/meeting/participant.h"
#include "sealed/mls/group_state.h"
#include "sealed/mls/key_package.h"
#include "tests/sim/sim.h"
#include "tests/support/check.h"

/* Meetings with a lobby: client 0 has the host's link. */

enum { host = 0, hostile = 1, room = 1 << 18 };

static uint8_t memory[room];
static struct span psk_ids[1]; /* the link's */

static struct sim *lobby(uint64_t seed)
{
	struct sim *sim = sim_create(seed);

	sim->members = KNOCKERS_MAX + 16;
	if (zegel_link_create(&sim->crypto.table, ZEGEL_FLAG_LOBBY, sim->token,
	                      sim->host_token) != OK)
		printf("no link\n");
	return sim;
}

static struct zegel *z_of(const struct sim *sim, uint32_t i)
{
	return sim->clients[i].z;
}

static void admit_all(struct sim *sim)
{
	CHECK(zegel_admit_all(z_of(sim, host), sim->now) == OK);
	sim_settle(sim, host);
}

/* The host, and guests whom it let in. */
static struct sim *meeting_of(uint32_t count, uint64_t seed)
{
	struct sim *sim = lobby(seed);

	sim_enter_as_host(sim, host, "Host");
	CHECK(sim_run_until_in(sim, 1, 5000));
	for (uint32_t i = 1; i < count; i++)
		sim_enter(sim, i, "Guest");
	sim_run(sim, 1000);
	admit_all(sim);
	CHECK(sim_run_until_in(sim, count, 10000));
	sim_run(sim, 6000);
	return sim;
}

/* --- the door --- */

static void who_waits_is_shown_to_the_host_and_comes_in_when_admitted(void)
{
	struct sim *sim = lobby(1);
	struct zegel_waiting w;

	sim_enter_as_host(sim, host, "Host");
	CHECK(sim_run_until_in(sim, 1, 5000) && zegel_is_host(z_of(sim, host)));
	CHECK(zegel_waiting_size(z_of(sim, host)) == 0);
	sim_enter(sim, 1, "Anna");
	sim_enter(sim, 2, "Bert");
	sim_run(sim, 30000);
	CHECK(sim_agree(sim, 1));
	CHECK(sim->clients[1].status == ZEGEL_WAITING && sim->clients[2].status == ZEGEL_WAITING);
	CHECK(zegel_waiting_size(z_of(sim, host)) == 2 && sim->clients[host].doors != 0);
	CHECK(zegel_waiting_get(z_of(sim, host), 2, &w) == ERR_NOT_NOW);
	CHECK(zegel_waiting_get(z_of(sim, host), 0, &w) == OK && w.is_admitted == 0);
	CHECK(zegel_admit(z_of(sim, host), w.signature_key, sim->now) == OK);
	sim_settle(sim, host);
	CHECK(sim_run_until_in(sim, 2, 5000));
	for (uint32_t i = 0; i < 2; i++) {
		struct zegel_person p;

		CHECK(zegel_roster_get(z_of(sim, host), i, &p) == OK);
		CHECK(p.is_own || (p.name_n == w.name_n && memcmp(p.name, w.name, 4) == 0 &&
		                   memcmp(p.signature_key, w.signature_key, 32) == 0));
	}
	CHECK(zegel_waiting_size(z_of(sim, host)) == 1);
	admit_all(sim);
	CHECK(sim_run_until_in(sim, 3, 5000));
	CHECK(!zegel_is_host(z_of(sim, 1)) && !zegel_is_host(z_of(sim, 2)));
	sim_destroy(sim);
}

static void without_the_host_there_is_no_meeting(void)
{
	struct sim *sim = lobby(2);

	sim_enter(sim, 1, "Early");
	sim_run(sim, 60000);
	CHECK(sim->clients[1].status == ZEGEL_WAITING && sim_server_log_length(sim) == 0);
	sim_enter_as_host(sim, host, "Host");
	sim_run(sim, 20000);
	CHECK(sim_agree(sim, 1) && zegel_waiting_size(z_of(sim, host)) == 1);
	admit_all(sim);
	CHECK(sim_run_until_in(sim, 2, 15000));
	sim_destroy(sim);
}

/* The ticket is the host's, the commit anybody's. */
static void whoever_commits_lets_in_whom_the_host_admits(void)
{
	struct sim *sim = meeting_of(5, 3);
	uint32_t authors = 0;

	for (uint32_t i = 5; i < 15; i++) {
		uint64_t posts[5];

		for (uint32_t c = 0; c < 5; c++)
			posts[c] = sim->clients[c].sent_of[FRONT_POST];
		sim_enter(sim, i, "Another");
		sim_run(sim, 1000);
		admit_all(sim);
		CHECK(sim_run_until_in(sim, i + 1, 10000));
		for (uint32_t c = 1; c < 5; c++)
			if (sim->clients[c].sent_of[FRONT_POST] != posts[c])
				authors |= 1u << c;
		sim_run(sim, 2000);
	}
	CHECK(authors != 0);
	sim_destroy(sim);
}

/* Others come and go while somebody waits: the host signs again. */
static void an_admission_outlives_other_commits(void)
{
	struct sim *sim = meeting_of(6, 4);

	sim_enter(sim, 6, "Patient");
	sim_run(sim, 1000);
	sim->network.delay_ms = 300;
	sim_leave(sim, 5);
	sim_run(sim, 250);
	admit_all(sim);
	CHECK(sim_run_until_in(sim, 6, 20000));
	sim_destroy(sim);
}

static void a_refusal_is_final_for_that_key(void)
{
	struct sim *sim = meeting_of(3, 5);
	struct zegel_waiting w;

	sim_enter(sim, 3, "Unwanted");
	sim_run(sim, 1000);
	CHECK(zegel_waiting_get(z_of(sim, host), 0, &w) == OK);
	CHECK(zegel_refuse(z_of(sim, host), w.signature_key, sim->now) == OK);
	sim_settle(sim, host);
	CHECK(zegel_waiting_size(z_of(sim, host)) == 0);
	sim_run(sim, 30000);
	/* It knocks on, and nobody hears. */
	for (uint32_t i = 0; i < 3; i++)
		CHECK(zegel_waiting_size(z_of(sim, i)) == 0);
	admit_all(sim);
	sim_run(sim, 20000);
	CHECK(sim_agree(sim, 3) && sim->clients[3].status == ZEGEL_WAITING);
	CHECK(zegel_admit(z_of(sim, host), w.signature_key, sim->now) == ERR_NOT_NOW);
	sim_destroy(sim);
}

static void only_hosts_decide(void)
{
	struct sim *sim = meeting_of(3, 6);
	struct zegel_waiting w;

	sim_enter(sim, 3, "Waiting");
	sim_run(sim, 1000);
	CHECK(zegel_waiting_get(z_of(sim, 1), 0, &w) == OK && !zegel_is_host(z_of(sim, 1)));
	CHECK(zegel_admit(z_of(sim, 1), w.signature_key, sim->now) == ERR_NOT_NOW);
	CHECK(zegel_admit_all(z_of(sim, 1), sim->now) == ERR_NOT_NOW);
	CHECK(zegel_refuse(z_of(sim, 1), w.signature_key, sim->now) == ERR_NOT_NOW);
	sim_destroy(sim);
}

static void who_was_in_comes_back_without_asking_and_the_host_too(void)
{
	struct sim *sim = meeting_of(4, 7);

	sim_cut(sim, 2);
	sim_run(sim, 3000);
	CHECK(sim_agree(sim, 4));
	sim_kill(sim, host);
	CHECK(sim_run_until_in(sim, 3, 20000));
	sim_enter_as_host(sim, host, "Host again");
	CHECK(sim_run_until_in(sim, 4, 20000) && zegel_is_host(z_of(sim, host)));
	sim_destroy(sim);
}

static void the_hosts_link_elsewhere_takes_the_seat_for_good(void)
{
	struct sim *sim = meeting_of(3, 8);

	sim_enter_as_host(sim, 5, "Host elsewhere");
	sim_run(sim, 30000);
	CHECK(sim->clients[host].status == ZEGEL_OUT);
	CHECK(sim->clients[host].reason == ZEGEL_BECAUSE_REMOVED);
	CHECK(sim_agree(sim, 3) && zegel_is_host(z_of(sim, 5)));
	sim_destroy(sim);
}

/* Nobody is kept out by a knocker that fills the door: the newest wait for a place. */
static void more_than_the_door_holds_wait_outside(void)
{
	struct sim *sim = meeting_of(2, 9);

	for (uint32_t i = 2; i < KNOCKERS_MAX + 12; i++)
		sim_enter(sim, i, "One of many");
	sim_run(sim, 2000);
	CHECK(zegel_waiting_size(z_of(sim, host)) == KNOCKERS_MAX);
	for (uint32_t round = 0; round < 12; round++) {
		admit_all(sim);
		sim_run(sim, 5000);
	}
	CHECK(sim_agree(sim, KNOCKERS_MAX + 12));
	sim_destroy(sim);
}

/* --- members who break the rules --- */

static struct span sealed(struct zegel *z, enum lane lane, struct span content)
{
	struct arena arena = arena_into(memory, sizeof(memory));
	struct span blob = { 0 };

	CHECK(blob_seal(&z->link, z->crypto, lane, content, &arena, &blob) == OK);
	return blob;
}

/* A commit of the hostile member; all the others skip it, or follow it. */
static bool is_followed(struct sim *sim, uint32_t count, struct mls_commit_options options)
{
	struct zegel *z = z_of(sim, hostile);
	struct mls_judge judge = z->group->config.judge;
	uint64_t epoch = zegel_epoch(z_of(sim, host));
	struct span message = { 0 }, welcome;
	bool followed;

	options.force_path = true;
	options.psk_ids = psk_ids;
	options.psk_count = 1;
	z->group->config.judge = (struct mls_judge){ .arg = z, .psk = judge.psk };
	CHECK(mls_group_commit(z->group, &options, participant_wall(z), &message, &welcome) == OK);
	sim_server_append(sim, sealed(z, LANE_LOG, message));
	mls_group_commit_drop(z->group);
	z->group->config.judge = judge;
	sim_run(sim, 40);
	followed = zegel_epoch(z_of(sim, host)) != epoch;
	for (uint32_t i = 0; i < count; i++) {
		if (i == hostile)
			continue;
		CHECK((zegel_epoch(z_of(sim, i)) != epoch) == followed);
		CHECK(followed || (sim->clients[i].diagnostics[ZEGEL_DIAG_COMMIT] != 0 &&
		                   sim->clients[i].diagnostic_leaf == zegel_own_leaf(z)));
	}
	return followed;
}

struct candidate {
	uint8_t priv[SIG_PRIV_MAX], pub[SIG_PUB_MAX], hash[HASH_MAX];
	struct span message;
};

/* Somebody whom the hostile member would like to have in. */
static void candidate_make(struct zegel *z, struct candidate *c, struct arena *out)
{
	static uint8_t a[room];
	struct arena scratch = arena_into(a, sizeof(a));
	struct mls_identity identity = z->identity;
	const struct mls_config config = { .crypto = z->crypto, .identity = &identity };
	struct mls_key_package_secrets secrets;
	uint64_t wall = participant_wall(z);
	struct key_package kp;

	CHECK(sig_generate(z->crypto, SIG_ED25519, c->priv, c->pub) == OK);
	identity.sig_priv = c->priv;
	identity.sig_pub = (struct span){ c->pub, 32 };
	CHECK(mls_key_package_create(&config, wall - 1000, wall + 1000, &scratch, out, &c->message,
	                             &secrets) == OK);
	CHECK(key_package_read_message(c->message, &scratch, &kp) == OK);
	CHECK(crypto_hash(z->crypto, HASH_SHA256, kp.raw, c->hash) == OK);
}

static struct ticket ticket_of(struct sim *sim, const struct candidate *c, uint64_t epoch,
                               const uint8_t *priv, uint8_t by)
{
	struct zegel *z = z_of(sim, host);
	const struct ticket_subject subject = { mls_group_id(z->group), epoch,
		                                { c->pub, 32 }, { c->hash, 32 } };
	struct ticket ticket;

	CHECK(ticket_issue(z->crypto, &subject, by, priv, &ticket) == OK);
	return ticket;
}

static bool is_added_with(struct sim *sim, const struct candidate *c, const struct ticket *tickets,
                          size_t count)
{
	uint8_t aad[4 * TICKET_LEN];
	struct wr w = wr_into(aad, sizeof(aad));
	struct mls_commit_options options = { .adds = &c->message, .add_count = 1 };

	for (size_t i = 0; i < count; i++)
		ticket_write(&w, &tickets[i]);
	CHECK(wr_end(&w, &options.aad) == OK);
	return is_followed(sim, 4, options);
}

static void an_addition_without_a_good_ticket_is_refused_by_all(void)
{
	static uint8_t buf[room];
	struct arena out = arena_into(buf, sizeof(buf));
	struct sim *sim = meeting_of(4, 20);
	const uint8_t *host_priv = z_of(sim, host)->sig_priv;
	const uint8_t *own_priv = z_of(sim, hostile)->sig_priv;
	struct candidate ghost, other;
	struct ticket good, two[2];

	candidate_make(z_of(sim, hostile), &ghost, &out);
	candidate_make(z_of(sim, hostile), &other, &out);
	CHECK(!is_added_with(sim, &ghost, NULL, 0));
	for (unsigned i = 0; i < 6; i++) {
		uint64_t epoch;
		struct ticket bad;

		/* A commit makes good for the one that was skipped: it is another epoch. */
		sim_run(sim, 5000);
		epoch = zegel_epoch(z_of(sim, host));
		bad = i == 0 ? ticket_of(sim, &other, epoch, host_priv, 0) : /* another's      */
		      i == 1 ? ticket_of(sim, &ghost, epoch - 1, host_priv, 0) : /* of before  */
		      i == 2 ? ticket_of(sim, &ghost, epoch + 1, host_priv, 0) : /* too early  */
		      i == 3 ? ticket_of(sim, &ghost, epoch, own_priv, 0) :      /* no host's  */
		               ticket_of(sim, &ghost, epoch, host_priv, i == 4); /* nobody's   */
		bad.signature[7] ^= i == 5;
		CHECK(!is_added_with(sim, &ghost, &bad, 1));
		CHECK(zegel_roster_size(z_of(sim, host)) == 4);
	}
	sim_run(sim, 5000);
	/* One too many is refused, too; the good one alone is what all wait for. */
	good = ticket_of(sim, &ghost, zegel_epoch(z_of(sim, host)), host_priv, 0);
	two[0] = two[1] = good;
	CHECK(!is_added_with(sim, &ghost, two, 2));
	sim_run(sim, 5000);
	CHECK(sim_agree(sim, 4));
	good = ticket_of(sim, &ghost, zegel_epoch(z_of(sim, host)), host_priv, 0);
	CHECK(is_added_with(sim, &ghost, &good, 1));
	CHECK(zegel_roster_size(z_of(sim, host)) == 5);
	sim_destroy(sim);
}

/* A ticket was used, its owner is gone: nobody comes in by it again. */
static void a_used_ticket_is_worth_nothing(void)
{
	struct sim *sim = meeting_of(4, 21);
	struct knocker seen;
	struct candidate c = { .message = { 0 } };
	uint64_t until = sim->now + 5000;

	sim_enter(sim, 4, "Once");
	sim_run(sim, 1000);
	admit_all(sim);
	memset(&seen, 0, sizeof(seen));
	/* What the hostile member has seen: the KeyPackage and the ticket. */
	while (!seen.has_ticket && sim->now < until) {
		sim_run(sim, 1);
		if (z_of(sim, hostile)->knocker_count != 0)
			seen = z_of(sim, hostile)->knockers[0];
	}
	CHECK(seen.has_ticket && sim_run_until_in(sim, 5, 10000));
	sim_run(sim, 3000);
	sim_leave(sim, 4);
	CHECK(sim_run_until_in(sim, 4, 10000));
	sim_run(sim, 3000);
	c.message = (struct span){ seen.key_package, seen.key_package_n };
	CHECK(!is_added_with(sim, &c, &seen.ticket, 1));
	sim_run(sim, 5000);
	CHECK(sim_agree(sim, 4));
	sim_destroy(sim);
}

/* The hostile member and the server: a welcome into a group of its own, in which everybody
 * seems to be. tickets: what it shows. */
static void welcome_into_a_fork(struct sim *sim, uint32_t victim, bool with_link_key,
                                struct span tickets)
{
	static uint8_t content[room], buf[room];
	struct zegel *z = z_of(sim, hostile);
	const struct knocker *k = &z->knockers[0];
	const struct span add = { k->key_package, k->key_package_n };
	const struct mls_commit_options options = {
		.adds = &add, .add_count = 1, .force_path = true, .with_tree = true,
		.psk_ids = psk_ids, .psk_count = with_link_key,
	};
	struct wr c = wr_into(content, sizeof(content)), w = wr_into(buf, sizeof(buf));
	struct span message, welcome = { 0 }, out = { 0 };

	CHECK(mls_group_commit(z->group, &options, participant_wall(z), &message, &welcome) == OK);
	welcome_write(&c, welcome, NULL, 0, tickets);
	CHECK(wr_end(&c, &out) == OK);
	wr_uint(&w, 1, FRONT_WELCOME);
	wr_uint(&w, 8, 9);
	wr_vec(&w, sealed(z, LANE_WHISPER, out));
	CHECK(wr_end(&w, &out) == OK);
	mls_group_commit_drop(z->group);
	sim_server_send(sim, sim->clients[victim].connection, out);
	sim_run(sim, 100);
}

static void nobody_is_welcomed_but_by_a_host(void)
{
	struct sim *sim = meeting_of(4, 22);
	uint8_t shown[WELCOME_TICKET_LEN];
	struct wr w = wr_into(shown, sizeof(shown));
	const struct knocker *k;
	struct ticket_subject subject;
	struct ticket ticket;

	sim_enter(sim, 4, "Waiting");
	sim_run(sim, 1000);
	CHECK(z_of(sim, hostile)->knocker_count == 1);
	k = &z_of(sim, hostile)->knockers[0];
	subject = (struct ticket_subject){ mls_group_id(z_of(sim, hostile)->group),
		                           zegel_epoch(z_of(sim, hostile)),
		                           { k->signature_key, 32 },
		                           { k->package_hash, 32 } };
	CHECK(ticket_issue(z_of(sim, hostile)->crypto, &subject, 0, z_of(sim, hostile)->sig_priv,
	                   &ticket) == OK);
	wr_bytes(&w, (struct span){ k->signature_key, 32 });
	ticket_write(&w, &ticket);
	CHECK(w.err == OK);
	welcome_into_a_fork(sim, 4, true, (struct span){ 0 });
	welcome_into_a_fork(sim, 4, true, SPAN(shown));
	CHECK(sim->clients[4].diagnostics[ZEGEL_DIAG_WELCOME] == 2);
	CHECK(sim->clients[4].status == ZEGEL_WAITING && zegel_own_leaf(z_of(sim, 4)) ==
	                                                         ZEGEL_NOBODY);
	/* A host's ticket, but a group without the link's key. */
	CHECK(ticket_issue(z_of(sim, hostile)->crypto, &subject, 0, z_of(sim, host)->sig_priv,
	                   &ticket) == OK);
	w = wr_into(shown, sizeof(shown));
	wr_bytes(&w, (struct span){ k->signature_key, 32 });
	ticket_write(&w, &ticket);
	CHECK(w.err == OK);
	welcome_into_a_fork(sim, 4, false, SPAN(shown));
	CHECK(sim->clients[4].diagnostics[ZEGEL_DIAG_WELCOME] == 3);
	welcome_into_a_fork(sim, 4, true, SPAN(shown));
	CHECK(sim->clients[4].diagnostics[ZEGEL_DIAG_WELCOME] == 3);
	sim_destroy(sim);
}

/* Who went away without a word stands at the door no longer. */
static void who_knocks_no_more_waits_no_more(void)
{
	struct sim *sim = meeting_of(2, 23);

	sim_enter(sim, 4, "Impatient");
	sim_run(sim, 1000);
	CHECK(zegel_waiting_size(z_of(sim, host)) == 1);
	sim_freeze(sim, 4);
	sim_run(sim, 2 * KNOCK_LAST_MS + 1000);
	CHECK(zegel_waiting_size(z_of(sim, host)) == 0);
	sim_destroy(sim);
}

/* --- the policy changes --- */

/* The next policy, by the hand of the hostile member, signed with that key by that host. */
static bool is_changed(struct sim *sim, const struct policy *next, size_t by,
                       const uint8_t *priv)
{
	static uint8_t data[POLICY_LEN_MAX];
	struct wr w = wr_into(data, sizeof(data));
	struct zegel *z = z_of(sim, hostile);
	struct mls_extension extension = { .type = POLICY_EXTENSION };

	CHECK(policy_write(next, z->crypto, mls_group_id(z->group), by, priv, &w) == OK);
	CHECK(wr_end(&w, &extension.data) == OK);
	return is_followed(sim, 4, (struct mls_commit_options){ .extensions = &extension,
	                                                        .extension_count = 1 });
}

static void a_policy_is_changed_by_hosts_only_and_step_by_step(void)
{
	struct sim *sim = meeting_of(4, 30);
	const uint8_t *host_priv = z_of(sim, host)->sig_priv;
	const uint8_t *own_priv = z_of(sim, hostile)->sig_priv;
	struct policy next = z_of(sim, host)->policy;
	const struct mls_extension none = { ROSTER_NAME_EXTENSION, SPAN_STR("x") };

	/* Not by one who is none, nor by one who makes itself one. */
	next.version = 2;
	CHECK(!is_changed(sim, &next, 0, own_priv));
	sim_run(sim, 5000);
	CHECK(policy_add_host(&next, z_of(sim, host)->crypto,
	                      mls_group_id(z_of(sim, host)->group), 0, own_priv,
	                      z_of(sim, hostile)->sig_pub) == OK);
	CHECK(!is_changed(sim, &next, 1, own_priv));
	sim_run(sim, 5000);
	next = z_of(sim, host)->policy;
	next.version = 3;
	CHECK(!is_changed(sim, &next, 0, host_priv));
	sim_run(sim, 5000);
	/* Nor is it taken away, or something else put beside it. */
	CHECK(!is_followed(sim, 4, (struct mls_commit_options){ .extensions = &none }));
	sim_run(sim, 5000);
	CHECK(!is_followed(sim, 4, (struct mls_commit_options){ .extensions = &none,
	                                                        .extension_count = 1 }));
	sim_run(sim, 5000);
	CHECK(sim_agree(sim, 4) && z_of(sim, host)->policy.version == 1);

	next.version = 2;
	next.is_locked = true;
	CHECK(is_changed(sim, &next, 0, host_priv));
	CHECK(z_of(sim, host)->policy.version == 2 && z_of(sim, 3)->policy.is_locked);
	sim_destroy(sim);
}

/* The next policy, well signed, but under another type, or with something beside it. */
static void a_policy_stands_alone_and_under_its_own_type(void)
{
	struct sim *sim = meeting_of(4, 34);
	struct zegel *z = z_of(sim, host);
	struct policy next = z->policy;
	uint8_t data[POLICY_LEN_MAX];
	struct wr w = wr_into(data, sizeof(data));
	struct mls_extension two[] = { { .type = ROSTER_NAME_EXTENSION },
		                       { ROSTER_NAME_EXTENSION, SPAN_STR("x") } };

	next.version++;
	CHECK(policy_write(&next, z->crypto, mls_group_id(z->group), 0, z->sig_priv, &w) == OK);
	CHECK(wr_end(&w, &two[0].data) == OK);
	CHECK(!is_followed(sim, 4, (struct mls_commit_options){ .extensions = two,
	                                                        .extension_count = 1 }));
	sim_run(sim, 5000);
	two[0].type = POLICY_EXTENSION;
	CHECK(!is_followed(sim, 4, (struct mls_commit_options){ .extensions = two,
	                                                        .extension_count = 2 }));
	sim_run(sim, 5000);
	CHECK(is_followed(sim, 4, (struct mls_commit_options){ .extensions = two,
	                                                       .extension_count = 1 }));
	sim_destroy(sim);
}

/* Somebody with a guest's link and a client that begins the meeting all the same. */
static void a_group_without_the_links_policy_is_not_joined(void)
{
	struct sim *sim = lobby(35);

	sim_enter(sim, hostile, "Pretender");
	z_of(sim, hostile)->link.flags = 0;
	sim_run(sim, 20000);
	CHECK(sim->clients[hostile].status == ZEGEL_IN);
	sim_enter(sim, 2, "Guest");
	sim_run(sim, 20000);
	CHECK(sim->clients[2].status == ZEGEL_WAITING);
	CHECK(sim->clients[2].diagnostics[ZEGEL_DIAG_WELCOME] != 0);
	sim_destroy(sim);
}

/* A change that the machine itself makes: the host's commit, in its own hand. */
static void change(struct sim *sim, const struct policy *next)
{
	struct zegel *z = z_of(sim, host);
	static uint8_t data[POLICY_LEN_MAX];
	struct wr w = wr_into(data, sizeof(data));
	struct mls_extension extension = { .type = POLICY_EXTENSION };

	CHECK(policy_write(next, z->crypto, mls_group_id(z->group), 0, z->sig_priv, &w) == OK);
	CHECK(wr_end(&w, &extension.data) == OK);
	CHECK(group_post(z, &(struct mls_commit_options){ .extensions = &extension,
	                                                  .extension_count = 1 },
	                 (struct span){ 0 }, z->next_index) == OK);
	sim_settle(sim, host);
	sim_run(sim, 3000);
	CHECK(z->policy.version == next->version);
}

static void a_locked_meeting_lets_in_nobody_and_keeps_its_own(void)
{
	static uint8_t buf[room];
	struct arena out = arena_into(buf, sizeof(buf));
	struct sim *sim = meeting_of(4, 31);
	struct policy next = z_of(sim, host)->policy;
	struct candidate ghost;
	struct ticket good;

	next.version++;
	next.is_locked = true;
	change(sim, &next);
	sim_enter(sim, 5, "Late");
	sim_run(sim, 2000);
	admit_all(sim);
	sim_run(sim, 20000);
	CHECK(sim_agree(sim, 4) && sim->clients[5].status == ZEGEL_WAITING);
	/* Nobody of good will has even tried; and who tries, with a ticket, is skipped. */
	for (uint32_t i = 0; i < 4; i++)
		CHECK(sim->clients[i].diagnostics[ZEGEL_DIAG_COMMIT] == 0);
	candidate_make(z_of(sim, hostile), &ghost, &out);
	good = ticket_of(sim, &ghost, zegel_epoch(z_of(sim, host)), z_of(sim, host)->sig_priv, 0);
	CHECK(!is_added_with(sim, &ghost, &good, 1));
	sim_run(sim, 5000);
	CHECK(sim_agree(sim, 4));
	sim_cut(sim, 2);
	sim_run(sim, 5000);
	CHECK(sim_agree(sim, 4));
	next.version++;
	next.is_locked = false;
	change(sim, &next);
	CHECK(sim_run_until_in(sim, 5, 20000));
	sim_destroy(sim);
}

static void a_size_is_a_size_whoever_adds(void)
{
	static uint8_t buf[room];
	struct arena out = arena_into(buf, sizeof(buf));
	struct sim *sim = meeting_of(4, 32);
	struct policy next = z_of(sim, host)->policy;
	struct candidate ghost;
	struct ticket good;

	next.version++;
	next.members_max = 4;
	change(sim, &next);
	candidate_make(z_of(sim, hostile), &ghost, &out);
	good = ticket_of(sim, &ghost, zegel_epoch(z_of(sim, host)), z_of(sim, host)->sig_priv, 0);
	CHECK(!is_added_with(sim, &ghost, &good, 1));
	sim_run(sim, 5000);
	sim_enter(sim, 5, "One more");
	sim_run(sim, 1000);
	admit_all(sim);
	sim_run(sim, 10000);
	CHECK(sim_agree(sim, 4));
	sim_destroy(sim);
}

/* Opened by the host, it is a meeting where all come in. */
static void an_opened_lobby_lets_in_everybody(void)
{
	struct sim *sim = meeting_of(4, 33);
	struct policy next = z_of(sim, host)->policy;

	next.version++;
	next.mode = POLICY_OPEN;
	change(sim, &next);
	sim_enter(sim, 4, "Anybody");
	CHECK(sim_run_until_in(sim, 5, 10000));
	sim_destroy(sim);
}

int main(void)
{
	psk_ids[0] = LINK_PSK_ID;
	who_waits_is_shown_to_the_host_and_comes_in_when_admitted();
	without_the_host_there_is_no_meeting();
	whoever_commits_lets_in_whom_the_host_admits();
	an_admission_outlives_other_commits();
	a_refusal_is_final_for_that_key();
	only_hosts_decide();
	who_was_in_comes_back_without_asking_and_the_host_too();
	the_hosts_link_elsewhere_takes_the_seat_for_good();
	more_than_the_door_holds_wait_outside();
	an_addition_without_a_good_ticket_is_refused_by_all();
	a_used_ticket_is_worth_nothing();
	nobody_is_welcomed_but_by_a_host();
	who_knocks_no_more_waits_no_more();
	a_policy_is_changed_by_hosts_only_and_step_by_step();
	a_policy_stands_alone_and_under_its_own_type();
	a_group_without_the_links_policy_is_not_joined();
	a_locked_meeting_lets_in_nobody_and_keeps_its_own();
	a_size_is_a_size_whoever_adds();
	an_opened_lobby_lets_in_everybody();
	return check_report("meeting_admission");
}
