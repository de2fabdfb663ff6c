/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sealed/meeting/blob.h"
#include "sealed/meeting/front.h"
#include "sealed/meeting/knock.h"
#include "sealed/meeting/limits.h"
#include "tests/sim/sim.h"
#include "tests/support/check.h"
#include "tests/support/provider.h"

/* Meetings whose server, or a holder of whose link, does what it likes. */

enum { room = 1 << 20, recorded_max = 4096 };

static uint8_t memory[room];
static struct link link_;

struct recorded {
	uint32_t client;
	uint8_t *bytes;
	size_t n;
};

static struct recorded tape[recorded_max];
static size_t recorded;

static bool record(struct sim *sim, uint32_t client, uint8_t *message, size_t n)
{
	(void)sim;
	if (recorded < recorded_max) {
		struct recorded *r = &tape[recorded++];

		*r = (struct recorded){ client, malloc(n), n };
		memcpy(r->bytes, message, n);
	}
	return true;
}

static void tape_clear(void)
{
	while (recorded > 0)
		free(tape[--recorded].bytes);
}

static struct sim *meeting_of(uint32_t count, uint64_t seed)
{
	struct sim *sim = sim_create(seed);
	enum err err;

	CHECK(link_read(&link_, provider(), sim->token, sizeof(sim->token), &err) ==
	      ZEGEL_LINK_GOOD);
	for (uint32_t i = 0; i < count; i++) {
		char name[16];

		snprintf(name, sizeof(name), "P%u", i);
		sim_enter(sim, i, name);
	}
	CHECK(sim_run_until_in(sim, count, 60000));
	sim_run(sim, 6000);
	return sim;
}

static void random_bytes(struct sim *sim, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)sim_random(sim);
}

/* type || number of `width` bytes || blob<V> */
static struct span message(unsigned type, size_t width, uint64_t number, struct span blob)
{
	static uint8_t buf[room];
	struct wr w = wr_into(buf, sizeof(buf));
	struct span out = { 0 };

	wr_uint(&w, 1, type);
	if (width != 0)
		wr_uint(&w, width, number);
	wr_vec(&w, blob);
	CHECK(wr_end(&w, &out) == OK);
	return out;
}

static struct span sealed(enum lane lane, struct span content)
{
	static struct arena arena;
	struct span blob = { 0 };

	arena = arena_into(memory, sizeof(memory));
	CHECK(blob_seal(&link_, provider(), lane, content, &arena, &blob) == OK);
	return blob;
}

static void all_say(const struct sim *sim, uint32_t count, unsigned diagnostic, uint32_t times)
{
	for (uint32_t i = 0; i < count; i++)
		CHECK(sim->clients[i].diagnostics[diagnostic] == times);
}

/* --- nonsense in the lanes --- */

static void nonsense_in_the_log_is_skipped_by_all_alike(void)
{
	struct sim *sim = meeting_of(4, 1);
	uint8_t junk[512], content[300];
	uint64_t length = sim_server_log_length(sim);

	random_bytes(sim, junk, sizeof(junk));
	sim_server_append(sim, SPAN(junk));
	sim_run(sim, 500);
	all_say(sim, 4, ZEGEL_DIAG_BLOB, 1);
	/* Somebody who has the link. */
	random_bytes(sim, content, sizeof(content));
	sim_server_append(sim, sealed(LANE_LOG, SPAN(content)));
	sim_run(sim, 500);
	all_say(sim, 4, ZEGEL_DIAG_COMMIT, 1);
	sim_run(sim, 20000);
	/* One commit for both made the server's passes good again; nobody was put out. */
	CHECK(sim_agree(sim, 4) && sim_server_log_length(sim) <= length + 4);
	for (uint32_t i = 0; i < 4; i++)
		CHECK(sim->clients[i].in_count == 1 && sim->clients[i].reconnects == 0);
	sim_destroy(sim);
}

static void nonsense_among_members_is_dropped_and_told(void)
{
	struct sim *sim = meeting_of(3, 2);
	uint8_t junk[512], content[300];

	random_bytes(sim, junk, sizeof(junk));
	random_bytes(sim, content, sizeof(content));
	sim_server_broadcast(sim, message(FRONT_BROADCAST, 0, 0, SPAN(junk)));
	sim_server_broadcast(sim, message(FRONT_BROADCAST, 0, 0,
	                                  sealed(LANE_BROADCAST, SPAN(content))));
	sim_server_broadcast(sim, message(FRONT_KNOCKED, 4, 99, SPAN(junk)));
	sim_server_broadcast(sim, message(FRONT_KNOCKED, 4, 99,
	                                  sealed(LANE_KNOCK, SPAN(content))));
	sim_server_broadcast(sim, message(FRONT_WELCOME, 8, 1, SPAN(junk)));
	sim_server_broadcast(sim, SPAN_STR("\x88\0\0\x30\x39"));
	sim_run(sim, 500);
	all_say(sim, 3, ZEGEL_DIAG_BLOB, 1);
	all_say(sim, 3, ZEGEL_DIAG_MESSAGE, 1);
	all_say(sim, 3, ZEGEL_DIAG_KNOCK, 2);
	sim_run(sim, 20000);
	CHECK(sim_agree(sim, 3));
	sim_destroy(sim);
}

static void a_knock_with_a_bad_key_package_keeps_nobody_else_out(void)
{
	struct sim *sim = meeting_of(3, 3);
	uint8_t buf[512];
	struct wr w = wr_into(buf, sizeof(buf));
	/* The right outside, and nothing right within. */
	static const uint8_t bad[] = { 0, 1, 0, 5, 0, 1, 0, 1, 1, 'i', 1, 'e', 32, 'a', 'a', 'a', 'a',
		                       'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a',
		                       'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a',
		                       'a', 'a', 'a', 'a' };
	struct span out = { 0 };

	CHECK(knock_write(&link_, provider(), SPAN(bad), &w) == OK && wr_end(&w, &out) == OK);
	sim_server_broadcast(sim, message(FRONT_KNOCKED, 4, 99, sealed(LANE_KNOCK, out)));
	sim_enter(sim, 3, "Good");
	CHECK(sim_run_until_in(sim, 4, 10000));
	sim_destroy(sim);
}

static bool spoil_welcomes(struct sim *sim, uint32_t client, uint8_t *m, size_t n)
{
	uint32_t *left = sim->arg;

	(void)client;
	if (m[0] == FRONT_WELCOME && *left > 0) {
		m[n / 2] ^= 1;
		--*left;
	}
	return true;
}

static void a_spoilt_welcome_is_made_good_by_the_next_knock(void)
{
	struct sim *sim = meeting_of(2, 4);
	uint32_t left = 2;

	sim->tap = spoil_welcomes;
	sim->arg = &left;
	sim_enter(sim, 2, "Unlucky");
	CHECK(sim_run_until_in(sim, 3, 40000));
	CHECK(left == 0 && sim->clients[2].diagnostics[ZEGEL_DIAG_WELCOME] == 2);
	sim_destroy(sim);
}

static void what_breaks_the_servers_protocol_is_refused(void)
{
	static const struct span bad[] = {
		{ NULL, 0 }, { (const uint8_t *)"\x84\0", 2 }, { (const uint8_t *)"\x88\0\0\0\0\0", 6 }
	};
	struct sim *sim = meeting_of(1, 5);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(zegel_input(sim->clients[0].z, bad[i].p, bad[i].n, sim->now) ==
		      ERR_MALFORMED);
	CHECK(zegel_input(sim->clients[0].z, (const uint8_t *)"\x90", 1, sim->now) == ERR_NOT_NOW);
	CHECK(zegel_input(sim->clients[0].z, (const uint8_t *)"\x03", 1, sim->now) == ERR_NOT_NOW);
	sim_destroy(sim);
}

/* --- replays --- */

static void what_was_said_once_is_not_heard_twice(void)
{
	struct sim *sim = meeting_of(3, 10);

	sim->tap = record;
	sim_chat(sim, 0, "once");
	sim_run(sim, 3000);
	sim_enter(sim, 3, "Third");
	CHECK(sim_run_until_in(sim, 4, 5000));
	sim_run(sim, 3000);
	sim->tap = NULL;
	for (uint32_t round = 0; round < 3; round++)
		for (size_t i = 0; i < recorded; i++)
			if (sim->clients[tape[i].client].connection != 0 &&
			    tape[i].bytes[0] != FRONT_ERROR && tape[i].bytes[0] != FRONT_GONE)
				sim_server_send(sim, sim->clients[tape[i].client].connection,
				                (struct span){ tape[i].bytes, tape[i].n });
	sim_run(sim, 30000);
	CHECK(sim_agree(sim, 4));
	for (uint32_t i = 0; i < 3; i++)
		CHECK(sim->clients[i].chat_count == 1 && sim->clients[i].in_count == 1);
	tape_clear();
	sim_destroy(sim);
}

/* A server that plays an old knock again has nobody thrown out by it. */
static void an_old_knock_puts_nobody_out(void)
{
	struct sim *sim = meeting_of(2, 11);
	uint64_t epoch;

	sim->tap = record;
	sim_enter(sim, 2, "Third");
	CHECK(sim_run_until_in(sim, 3, 5000));
	sim_run(sim, 10000);
	sim->tap = NULL;
	epoch = zegel_epoch(sim->clients[0].z);
	for (size_t i = 0; i < recorded; i++)
		if (tape[i].bytes[0] == FRONT_KNOCKED)
			sim_server_broadcast(sim, (struct span){ tape[i].bytes, tape[i].n });
	sim_run(sim, 10000);
	CHECK(sim_agree(sim, 3) && zegel_epoch(sim->clients[0].z) == epoch);
	CHECK(sim->clients[2].in_count == 1);
	tape_clear();
	sim_destroy(sim);
}

/* Nor somebody who has been silent for a while, and whose turn to go has not come yet. */
static void an_old_knock_puts_nobody_out_who_is_silent(void)
{
	struct sim *sim = meeting_of(2, 13);
	uint64_t epoch;

	sim->tap = record;
	sim_enter(sim, 2, "Third");
	CHECK(sim_run_until_in(sim, 3, 5000));
	sim_run(sim, 10000);
	sim->tap = NULL;
	epoch = zegel_epoch(sim->clients[0].z);
	sim_freeze(sim, 2);
	sim_run(sim, 9000);
	for (size_t i = 0; i < recorded; i++)
		if (tape[i].bytes[0] == FRONT_KNOCKED)
			sim_server_broadcast(sim, (struct span){ tape[i].bytes, tape[i].n });
	sim_run(sim, 3000);
	CHECK(zegel_epoch(sim->clients[0].z) == epoch);
	tape_clear();
	sim_destroy(sim);
}

/* T22: a welcome of the meeting before, with the same link. */
static void a_welcome_of_an_earlier_meeting_opens_nothing(void)
{
	struct sim *sim = meeting_of(1, 12);
	uint32_t welcomes = 0;

	sim->tap = record;
	sim_enter(sim, 1, "Guest");
	CHECK(sim_run_until_in(sim, 2, 5000));
	sim->tap = NULL;
	sim_leave(sim, 0);
	sim_run(sim, 3000);
	sim_leave(sim, 1);
	sim_run(sim, 3000);
	sim_enter(sim, 2, "New");
	CHECK(sim_run_until_in(sim, 1, 5000));
	sim_enter(sim, 1, "Guest");
	sim_run(sim, 100);
	for (size_t i = 0; i < recorded; i++)
		if (tape[i].bytes[0] == FRONT_WELCOME && ++welcomes)
			sim_server_send(sim, sim->clients[1].connection,
			                (struct span){ tape[i].bytes, tape[i].n });
	CHECK(welcomes != 0 && sim_run_until_in(sim, 2, 10000));
	CHECK(sim->clients[1].diagnostics[ZEGEL_DIAG_WELCOME] == welcomes);
	tape_clear();
	sim_destroy(sim);
}

/* --- withholding --- */

struct withheld {
	uint32_t client;
	unsigned type;
	uint32_t left;
};

static bool withhold(struct sim *sim, uint32_t client, uint8_t *m, size_t n)
{
	struct withheld *w = sim->arg;

	(void)n;
	if (client != w->client || m[0] != w->type || w->left == 0)
		return true;
	w->left--;
	return false;
}

static void a_withheld_commit_is_fetched_by_a_new_connection(void)
{
	struct sim *sim = meeting_of(4, 20);
	struct withheld w = { 1, FRONT_LOG, 1 };

	sim->tap = withhold;
	sim->arg = &w;
	sim_enter(sim, 4, "Fifth");
	CHECK(sim_run_until_in(sim, 5, 2 * NOBODY_HEARD_MS + 5000));
	CHECK(w.left == 0 && sim->clients[1].reconnects != 0);
	sim_destroy(sim);
}

static void a_lost_answer_to_a_commit_is_read_from_the_log(void)
{
	struct sim *sim = meeting_of(1, 21);
	struct withheld w = { 0, FRONT_POSTED, 1 };

	sim->tap = withhold;
	sim->arg = &w;
	sim_enter(sim, 1, "Second");
	CHECK(sim_run_until_in(sim, 2, 30000));
	CHECK(w.left == 0 && sim->clients[0].in_count == 2);
	CHECK(zegel_epoch(sim->clients[0].z) <= 3);
	sim_destroy(sim);
}

/* The author of a commit told the server a wrong pass: a new commit heals it in time. */
static void a_lie_about_the_pass_puts_nobody_out(void)
{
	struct sim *sim = meeting_of(4, 22);
	uint64_t length = sim_server_log_length(sim);

	sim_enter(sim, 4, "Fifth");
	while (sim_server_log_length(sim) == length)
		sim_run(sim, 1);
	sim_server_spoil_pass(sim);
	sim_run(sim, 40000);
	CHECK(sim_agree(sim, 5));
	for (uint32_t i = 0; i < 4; i++)
		CHECK(sim->clients[i].in_count == 1);
	CHECK(sim->clients[0].diagnostics[ZEGEL_DIAG_PASS] +
	              sim->clients[1].diagnostics[ZEGEL_DIAG_PASS] != 0);
	sim_destroy(sim);
}

/* --- what the server sees --- */

static bool has_seen(const struct sim *sim, const void *p, size_t n)
{
	struct span seen = sim_server_seen(sim);

	return memmem(seen.p, seen.n, p, n) != NULL;
}

static void the_server_sees_no_name_no_word_and_no_secret(void)
{
	struct sim *sim = meeting_of(1, 30);
	static const char name[] = "Konstantina Recognisable", word[] = "a most secret word";

	sim_enter(sim, 1, name);
	CHECK(sim_run_until_in(sim, 2, 5000));
	sim_chat(sim, 1, word);
	sim_run(sim, 30000);
	sim_leave(sim, 1);
	sim_run(sim, 5000);
	CHECK(!has_seen(sim, name, 8) && !has_seen(sim, word, 8));
	CHECK(!has_seen(sim, link_.wrap, 8) && !has_seen(sim, link_.knock, 8) &&
	      !has_seen(sim, link_.psk, 8));
	CHECK(has_seen(sim, link_.room_id, ROOM_ID_LEN));

	struct zegel_person p;

	CHECK(zegel_roster_get(sim->clients[0].z, 0, &p) == OK);
	CHECK(!has_seen(sim, p.signature_key, 8));
	sim_destroy(sim);
}

/* Beats, changes of state, goodbyes and short chat lines look alike. */
static void what_members_tell_each_other_has_one_size(void)
{
	struct sim *sim = meeting_of(2, 31);
	uint64_t bytes = sim->clients[0].sent_bytes, n = sim->clients[0].sent_of[FRONT_SEND];
	uint64_t all = sim->clients[0].sent_messages;

	sim_set_state(sim, 0, 3);
	for (uint32_t i = 0; i < 20; i++) {
		sim_chat(sim, 0, i % 2 ? "no" : "a line of chat that is a good deal longer");
		sim_run(sim, 1000);
	}
	n = sim->clients[0].sent_of[FRONT_SEND] - n;
	CHECK(sim->clients[0].sent_messages - all == n);
	CHECK(sim->clients[0].sent_bytes - bytes == n * (1 + 2 + 512));
	sim_destroy(sim);
}

/* --- faults of our own side --- */

/* Any call of the provider fails, once: nobody crashes, nobody stays with a group that is not
 * the others'. Whoever it hit ends, saying so, or tries again. */
static void after_a_failure_of_the_provider_all_agree_or_are_out(void)
{
	uint32_t out = 0;

	for (uint64_t at = 0; at < 3000; at += at < 300 ? 1 : 37) {
		struct sim *sim = sim_create(40);
		uint32_t here = 0;

		sim->crypto.calls = 0;
		sim->crypto.fail_at = at;
		for (uint32_t i = 0; i < 3; i++) {
			sim_try_enter(sim, i, "Anna");
			sim_run(sim, 2000);
		}
		sim_run(sim, 30000);
		for (uint32_t i = 0; i < 3; i++)
			here += sim->clients[i].z != NULL && sim->clients[i].status != ZEGEL_OUT;
		out += 3 - here;
		CHECK(sim_run_until_in(sim, here, 60000));
		sim_destroy(sim);
	}
	CHECK(out != 0);
}

int main(void)
{
	nonsense_in_the_log_is_skipped_by_all_alike();
	nonsense_among_members_is_dropped_and_told();
	a_knock_with_a_bad_key_package_keeps_nobody_else_out();
	a_spoilt_welcome_is_made_good_by_the_next_knock();
	what_breaks_the_servers_protocol_is_refused();
	what_was_said_once_is_not_heard_twice();
	an_old_knock_puts_nobody_out();
	an_old_knock_puts_nobody_out_who_is_silent();
	a_welcome_of_an_earlier_meeting_opens_nothing();
	a_withheld_commit_is_fetched_by_a_new_connection();
	a_lost_answer_to_a_commit_is_read_from_the_log();
	a_lie_about_the_pass_puts_nobody_out();
	the_server_sees_no_name_no_word_and_no_secret();
	what_members_tell_each_other_has_one_size();
	after_a_failure_of_the_provider_all_agree_or_are_out();
	return check_report("meeting_hostile");
}
