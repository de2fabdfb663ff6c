/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdio.h>
#include <stdlib.h>

#include "sealed/meeting/front.h"
#include "sealed/meeting/heartbeat.h"
#include "tests/sim/sim.h"

/* What it costs a meeting of N that one more comes, and that nothing happens: whole
 * participants, on a simulated server, network and clock (tests/sim/); only the time that
 * they compute is real. Bytes are those of WebSocket messages. */

enum { beat_s_min = 100 };

struct sum {
	double cpu_s, sent, got;
};

static struct sum sum_of(const struct sim *sim, uint32_t from, uint32_t to)
{
	struct sum s = { 0 };

	for (uint32_t i = from; i < to; i++) {
		s.cpu_s += sim->clients[i].cpu_s;
		s.sent += (double)sim->clients[i].sent_bytes;
		s.got += (double)sim->clients[i].got_bytes;
	}
	return s;
}

static struct sum less(struct sum a, struct sum b, double by)
{
	return (struct sum){ (a.cpu_s - b.cpu_s) / by, (a.sent - b.sent) / by,
		             (a.got - b.got) / by };
}

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	printf("%s\n", what);
	exit(1);
}

/* The commit's author has done more than the others. */
static double most_cpu(const struct sim *sim, const double *before, uint32_t members)
{
	double most = 0;

	for (uint32_t i = 0; i < members; i++)
		if (sim->clients[i].cpu_s - before[i] > most)
			most = sim->clients[i].cpu_s - before[i];
	return most;
}

static void measure(uint32_t members)
{
	static double before_each[SIM_CLIENTS];
	struct sim *sim = sim_create(members);
	uint32_t beat_s = heartbeat_period(members) / 1000 < 20 ? beat_s_min : 20;
	struct sum before, join, beats;
	uint64_t began;

	sim->members = members + 8;
	for (uint32_t i = 0; i < members; i++)
		sim_enter(sim, i, "Somebody with a name");
	must(sim_run_until_in(sim, members, 600000), "they do not come together");
	sim_run(sim, 10000);

	before = sum_of(sim, 0, members);
	sim_run(sim, beat_s * (uint64_t)1000);
	beats = less(sum_of(sim, 0, members), before, (double)members * beat_s);

	before = sum_of(sim, 0, members);
	for (uint32_t i = 0; i < members; i++)
		before_each[i] = sim->clients[i].cpu_s;
	began = sim->now;
	sim_enter(sim, members, "The one who joins");
	must(sim_run_until_in(sim, members + 1, 60000), "who joins is not let in");
	join = less(sum_of(sim, 0, members), before, members);

	const struct sim_client *c = &sim->clients[members];

	printf("%7u %8.0f %8.0f %8.1f %8.0f %8.0f %8.2f %8.1f %8.0f %8.0f %8.2f %8.1f\n", members,
	       (double)c->sent_bytes, (double)c->got_bytes, c->cpu_s * 1e3,
	       (double)(c->in_at - began), join.got, join.cpu_s * 1e3,
	       most_cpu(sim, before_each, members) * 1e3, beats.got, beats.sent,
	       beats.cpu_s * 1e3, (double)zegel_size(sim->members) / 1e6);
	sim_destroy(sim);
}

int main(void)
{
	printf("        |--- who joins ------------------| |- a member -----| committer "
	       "|- beats, each ----------| block\n"
	       "members     sent      got   cpu ms   sim ms      got   cpu ms   cpu ms "
	       "   got/s   sent/s  cpu ms/s       MB\n");
	measure(2);
	measure(50);
	measure(500);
	return 0;
}
