/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "sealed/meeting/blob.h"
#include "sealed/meeting/front.h"
#include "tests/sim/sim.h"
#include "tests/support/provider.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A participant in a meeting of three; the server is hostile, and has the link. The input is
 * its script: what to say, what of the real meeting to say again, bent or not, what to
 * seal, when to wait and when to break the connection.
 *
 * Properties: nobody joins or leaves a group by it but through the group's own messages, so
 * the epoch never falls, the roster is one that the real meeting had, nobody chats but
 * with what was really said, and that once. */

enum { tape_max = 512, room = 1 << 19, script_max = 4096 };

struct recorded {
	uint8_t *bytes;
	size_t n;
};

static struct sim *sim;
static struct recorded tape[tape_max];
static size_t recorded, block_size;
static uint8_t *snapshot, memory[room], message[room];
static struct link link_;
static struct sim_client *victim;

static void must(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static bool record(struct sim *s, uint32_t client, uint8_t *bytes, size_t n)
{
	(void)s;
	if (client == 0 && recorded < tape_max) {
		tape[recorded] = (struct recorded){ malloc(n), n };
		must(tape[recorded].bytes != NULL);
		memcpy(tape[recorded++].bytes, bytes, n);
	}
	return true;
}

/* A snapshot after two have come; the tape goes on with what is said, with a third who
 * comes, and with one who goes. The participant lives in one block, so that a copy of it
 * put back is the participant as it was. */
static void set_up(void)
{
	enum err err;

	sim = sim_create(7);
	sim->members = 4;
	must(link_read(&link_, provider(), sim->token, sizeof(sim->token), &err) ==
	     ZEGEL_LINK_GOOD);
	victim = &sim->clients[0];
	sim->tap = record;
	sim_enter(sim, 0, "Victim");
	sim_run(sim, 1000);
	sim_enter(sim, 1, "Friend");
	must(sim_run_until_in(sim, 2, 5000));
	sim_run(sim, 6000);
	block_size = zegel_size(sim->members);
	snapshot = malloc(block_size);
	must(snapshot != NULL);
	memcpy(snapshot, victim->block, block_size);
	sim_chat(sim, 1, "said once");
	sim_run(sim, 1000);
	sim_enter(sim, 2, "Third");
	must(sim_run_until_in(sim, 3, 5000));
	sim_run(sim, 6000);
	sim_chat(sim, 2, "said once");
	sim_leave(sim, 1);
	must(sim_run_until_in(sim, 2, 5000));
	sim_run(sim, 3000);
}

struct play {
	struct rd script;
	uint64_t now, epoch;
	uint32_t chats;
};

static void look(struct play *p)
{
	struct zegel *z = victim->z;
	uint32_t people = zegel_roster_size(z);

	for (struct zegel_event event; zegel_poll(z, &event);) {
		if (event.type != ZEGEL_EVENT_CHAT)
			continue;
		p->chats++;
		must(event.data_n == 9 && memcmp(event.data, "said once", 9) == 0);
	}
	/* Alone again, and anew, it may be; then the epochs start anew. */
	if (people == 0 || zegel_epoch(z) == 1)
		p->epoch = 0;
	must(people <= 3 && (people == 0 || zegel_epoch(z) >= p->epoch));
	must(p->chats <= 2);
	p->epoch = zegel_epoch(z);
	zegel_tick(z, p->now);
}

static void say(struct play *p, const uint8_t *bytes, size_t n)
{
	enum err err = zegel_input(victim->z, bytes, n, p->now);

	must(err == OK || err == ERR_MALFORMED || err == ERR_NOT_NOW);
	look(p);
}

static void say_again(struct play *p, bool bent)
{
	const struct recorded *r = &tape[rd_uint(&p->script, 2) % recorded];

	memcpy(message, r->bytes, r->n);
	if (bent) {
		size_t at = rd_uint(&p->script, 2) % r->n;

		message[at] ^= (uint8_t)rd_uint(&p->script, 1);
	}
	say(p, message, r->n);
}

/* With the link, in any lane: type || number || blob<V>. */
static void say_sealed(struct play *p)
{
	static const uint8_t types[] = { FRONT_LOG, FRONT_BROADCAST, FRONT_KNOCKED, FRONT_WELCOME };
	static const uint8_t widths[] = { 8, 0, 4, 8 };
	unsigned lane = (unsigned)rd_uint(&p->script, 1) % 4;
	uint64_t number = rd_uint(&p->script, 1);
	struct span content = rd_vec(&p->script), blob, out;
	struct arena arena = arena_into(memory, sizeof(memory));
	struct wr w = wr_into(message, sizeof(message));

	must(blob_seal(&link_, provider(), (enum lane)(lane + 1), content, &arena, &blob) == OK);
	wr_uint(&w, 1, types[lane]);
	if (widths[lane] != 0)
		wr_uint(&w, widths[lane], number);
	wr_vec(&w, blob);
	must(wr_end(&w, &out) == OK);
	say(p, out.p, out.n);
}

static void play(struct play *p)
{
	switch (rd_uint(&p->script, 1) % 8) {
	case 0: {
		struct span raw = rd_vec(&p->script);

		say(p, raw.p, raw.n);
		return;
	}
	case 1:
		say_again(p, true);
		return;
	case 2:
		say_sealed(p);
		return;
	case 3:
		p->now += rd_uint(&p->script, 2);
		look(p);
		return;
	case 4:
		zegel_disconnected(victim->z, p->now);
		zegel_connected(victim->z, p->now);
		look(p);
		return;
	case 5: {
		struct span frame = rd_vec(&p->script);
		uint8_t out[64];
		uint32_t leaf;
		size_t n;

		must(frame.n > sizeof(out) ||
		     zegel_open(victim->z, 1 + p->now % 4, frame.p, frame.n, out, sizeof(out), &n,
		                &leaf, p->now) != OK);
		return;
	}
	default:
		say_again(p, false);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (sim == NULL)
		set_up();
	if (size > script_max)
		return 0;

	struct play p = { .script = rd_from((struct span){ data, size }), .now = sim->now };

	memcpy(victim->block, snapshot, block_size);
	look(&p);
	while (rd_more(&p.script))
		play(&p);
	return 0;
}
