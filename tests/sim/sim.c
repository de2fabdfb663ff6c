/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "tests/sim/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sealed/meeting/front.h"
#include "tests/sim/sim_queue.h"
#include "tests/support/provider.h"

enum { start_ms = 1000000, wall_s = 1800000000, default_members = 64 };

static uint32_t next_connection;
/* The latest arrival per connection, direction and lane: what makes a lane ordered. */
enum { lanes = 4, connections = 4096 };
static uint64_t arrivals[connections][2][lanes];

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t sim_random(struct sim *sim)
{
	uint64_t z = sim->seed += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

uint32_t sim_below(struct sim *sim, uint32_t n)
{
	return n ? (uint32_t)(sim_random(sim) % n) : 0;
}

struct sim *sim_create(uint64_t seed)
{
	struct sim *sim = calloc(1, sizeof(*sim));

	if (sim == NULL)
		abort();
	sim->now = start_ms;
	sim->seed = seed;
	sim->members = default_members;
	sim->network = (struct sim_network){ .delay_ms = 20, .jitter_ms = 10,
		                             .reconnect_ms = 500 };
	crypto_fake_init(&sim->crypto, provider(), seed);
	sim->crypto.fail_at = CRYPTO_FAKE_NEVER;
	sim->server = sim_server_create();
	sim->queue = sim_queue_create();
	next_connection = 0;
	memset(arrivals, 0, sizeof(arrivals));
	if (zegel_link_create(&sim->crypto.table, 0, sim->token, sim->host_token) != OK)
		abort();
	return sim;
}

static void client_free(struct sim_client *c)
{
	zegel_destroy(c->z);
	free(c->block);
	c->z = NULL;
	c->block = NULL;
}

void sim_destroy(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->used; i++)
		client_free(&sim->clients[i]);
	sim_queue_destroy(sim->queue);
	sim_server_destroy(sim->server);
	free(sim);
}

/* --- the network --- */

static unsigned lane_of(const struct sim *sim, bool to_server, struct span message)
{
	if (!sim->network.lanes_overtake || to_server)
		return 0;
	switch (message.p[0]) {
	case FRONT_LOG:
	case FRONT_POSTED:
	case FRONT_MEMBER:
		return 1;
	case FRONT_BROADCAST:
		return 2;
	default:
		return 3;
	}
}

static void put(struct sim *sim, struct sim_packet packet, struct span bytes)
{
	unsigned lane = bytes.n ? lane_of(sim, packet.to_server, bytes) : 0;
	uint64_t *last = &arrivals[packet.connection][packet.to_server][lane];

	packet.at = sim->now + sim->network.delay_ms + sim_below(sim, sim->network.jitter_ms);
	if (packet.at < *last)
		packet.at = *last;
	*last = packet.at;
	sim_queue_put(sim->queue, packet, bytes);
}

void sim_deliver(struct sim *sim, uint32_t client, uint32_t connection, struct span message)
{
	uint8_t *copy = malloc(message.n + 1);
	const struct span bytes = { copy, message.n };
	struct sim_packet packet = { .client = client, .connection = connection };

	if (copy == NULL)
		abort();
	memcpy(copy, message.p, message.n);
	if (sim->tap == NULL || sim->tap(sim, client, copy, message.n)) {
		put(sim, packet, bytes);
		if (sim_below(sim, 1000) < sim->network.duplicate_permille)
			put(sim, packet, bytes);
	}
	free(copy);
}

static void connect(struct sim *sim, uint32_t i)
{
	struct sim_client *c = &sim->clients[i];

	c->connection = ++next_connection;
	c->reconnect_at = ZEGEL_NEVER;
	sim_server_open(sim, c->connection, i);
	zegel_connected(c->z, sim->now);
	sim_settle(sim, i);
}

static void disconnect(struct sim *sim, uint32_t i)
{
	struct sim_client *c = &sim->clients[i];
	struct sim_packet end = { .client = i, .connection = c->connection, .to_server = true,
		                  .is_end = true };

	if (c->connection == 0)
		return;
	put(sim, end, (struct span){ 0 });
	c->connection = 0;
}

void sim_cut(struct sim *sim, uint32_t i)
{
	struct sim_client *c = &sim->clients[i];

	disconnect(sim, i);
	if (c->z == NULL)
		return;
	zegel_disconnected(c->z, sim->now);
	c->reconnect_at = c->is_held ? ZEGEL_NEVER
	                             : sim->now + sim->network.reconnect_ms +
	                                       sim_below(sim, sim->network.reconnect_ms);
	sim_settle(sim, i);
}

/* --- participants --- */

static void take_chat(struct sim_client *c, const struct zegel_event *event)
{
	struct sim_chat *chat = &c->chats[c->chat_count++ % SIM_CHATS];

	chat->leaf = event->leaf;
	snprintf(chat->text, sizeof(chat->text), "%.*s", (int)event->data_n,
	         (const char *)event->data);
}

static void take_status(struct sim *sim, struct sim_client *c, const struct zegel_event *event)
{
	c->status = event->code;
	c->reason = event->reason;
	c->in_count += event->code == ZEGEL_IN;
	c->out_count += event->code == ZEGEL_OUT;
	if (event->code == ZEGEL_IN)
		c->in_at = sim->now;
}

static bool take_event(struct sim *sim, uint32_t i, const struct zegel_event *event)
{
	struct sim_client *c = &sim->clients[i];
	const struct span bytes = { event->data, event->data_n };

	switch (event->type) {
	case ZEGEL_EVENT_SEND:
		c->sent_bytes += bytes.n;
		c->sent_messages++;
		c->sent_of[bytes.p[0]]++;
		if (c->connection != 0)
			put(sim, (struct sim_packet){ .client = i, .connection = c->connection,
			                              .to_server = true }, bytes);
		return false;
	case ZEGEL_EVENT_RECONNECT:
		c->reconnects++;
		return true;
	case ZEGEL_EVENT_STATUS:
		take_status(sim, c, event);
		return false;
	case ZEGEL_EVENT_CHAT:
		take_chat(c, event);
		return false;
	case ZEGEL_EVENT_KEYS:
		c->keys_events++;
		return false;
	case ZEGEL_EVENT_DOOR:
		c->doors++;
		return false;
	case ZEGEL_EVENT_DIAGNOSTIC:
		c->diagnostics[event->code]++;
		c->diagnostic_leaf = event->leaf;
		return false;
	default:
		return false;
	}
}

void sim_settle(struct sim *sim, uint32_t i)
{
	struct sim_client *c = &sim->clients[i];
	bool wants_reconnect = false;

	if (c->z == NULL || c->is_mute)
		return;
	for (int round = 0; round < 2; round++) {
		struct zegel_event event;

		while (zegel_poll(c->z, &event))
			wants_reconnect |= take_event(sim, i, &event);
		c->tick_at = zegel_tick(c->z, sim->now);
	}
	if (wants_reconnect && c->connection != 0)
		sim_cut(sim, i);
}

static enum err enter(struct sim *sim, uint32_t i, struct span token, const char *name)
{
	struct sim_client *c = &sim->clients[i];
	size_t size = zegel_size(sim->members);
	enum err err;

	client_free(c);
	if (sim->used <= i)
		sim->used = i + 1;
	*c = (struct sim_client){ .tick_at = ZEGEL_NEVER, .reconnect_at = ZEGEL_NEVER };
	c->block = malloc(size);
	if (c->block == NULL)
		abort();
	c->z = zegel_create(c->block, size, sim->members, &sim->crypto.table);
	if (c->z == NULL)
		abort();
	err = zegel_enter(c->z, (const char *)token.p, token.n, name, strlen(name), wall_s,
	                  sim->now);
	if (err != OK)
		client_free(c);
	else
		connect(sim, i);
	return err;
}

enum err sim_try_enter(struct sim *sim, uint32_t i, const char *name)
{
	return enter(sim, i, (struct span){ (const uint8_t *)sim->token, sizeof(sim->token) },
	             name);
}

void sim_enter_as_host(struct sim *sim, uint32_t i, const char *name)
{
	const struct span token = { (const uint8_t *)sim->host_token, sizeof(sim->host_token) };

	if (enter(sim, i, token, name) != OK)
		abort();
}

void sim_enter(struct sim *sim, uint32_t i, const char *name)
{
	if (sim_try_enter(sim, i, name) != OK)
		abort();
}

void sim_leave(struct sim *sim, uint32_t i)
{
	zegel_leave(sim->clients[i].z, sim->now);
	sim_settle(sim, i);
	disconnect(sim, i);
}

void sim_kill(struct sim *sim, uint32_t i)
{
	disconnect(sim, i);
	client_free(&sim->clients[i]);
	sim->clients[i].status = ZEGEL_OUT;
}

void sim_freeze(struct sim *sim, uint32_t i)
{
	sim->clients[i].is_mute = true;
}

void sim_thaw(struct sim *sim, uint32_t i)
{
	sim->clients[i].is_mute = false;
	sim_settle(sim, i);
}

void sim_chat(struct sim *sim, uint32_t i, const char *text)
{
	if (zegel_chat(sim->clients[i].z, text, strlen(text), sim->now) != OK)
		return;
	sim_settle(sim, i);
}

void sim_set_state(struct sim *sim, uint32_t i, uint32_t bits)
{
	zegel_state(sim->clients[i].z, bits, sim->now);
	sim_settle(sim, i);
}

/* --- time --- */

/* The one look at a real clock; nothing depends on it. */
static double cpu_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void arrive(struct sim *sim, struct sim_packet *p)
{
	struct sim_client *c = &sim->clients[p->client];

	if (p->to_server) {
		if (p->is_end)
			sim_server_close(sim, p->connection);
		else
			sim_server_input(sim, p->connection, (struct span){ p->bytes, p->n });
		return;
	}
	if (c->z == NULL || c->connection != p->connection || c->is_mute)
		return;
	c->got_bytes += p->n;
	c->got_messages++;

	double began = cpu_now();

	if (zegel_input(c->z, p->bytes, p->n, sim->now) != OK)
		sim_cut(sim, p->client);
	sim_settle(sim, p->client);
	c->cpu_s += cpu_now() - began;
}

static void clients_tick(struct sim *sim)
{
	for (uint32_t i = 0; i < sim->used; i++) {
		struct sim_client *c = &sim->clients[i];

		if (c->z == NULL || c->is_mute)
			continue;
		if (c->reconnect_at <= sim->now && c->connection == 0)
			connect(sim, i);
		if (c->tick_at > sim->now)
			continue;

		double began = cpu_now();

		sim_settle(sim, i);
		c->cpu_s += cpu_now() - began;
	}
}

static uint64_t clients_next(const struct sim *sim)
{
	uint64_t next = ZEGEL_NEVER;

	for (uint32_t i = 0; i < sim->used; i++) {
		const struct sim_client *c = &sim->clients[i];

		if (c->z == NULL || c->is_mute)
			continue;
		next = earlier(next, c->tick_at);
		if (c->connection == 0)
			next = earlier(next, c->reconnect_at);
	}
	return next;
}

/* Connections end at random times, about one in cut_every_ms for each. */
static void cut_some(struct sim *sim, uint64_t passed)
{
	for (uint32_t i = 0; sim->network.cut_every_ms != 0 && i < sim->used; i++)
		if (sim->clients[i].z != NULL && sim->clients[i].connection != 0 &&
		    sim_below(sim, sim->network.cut_every_ms) < passed)
			sim_cut(sim, i);
}

static void step(struct sim *sim, uint64_t until)
{
	uint64_t next = earlier(sim_queue_next(sim->queue), clients_next(sim));
	uint64_t before = sim->now;

	next = earlier(earlier(next, sim_server_next(sim)), until);
	if (next > sim->now)
		sim->now = next;
	cut_some(sim, sim->now - before);
	while (sim_queue_next(sim->queue) <= sim->now) {
		struct sim_packet p = sim_queue_take(sim->queue);

		arrive(sim, &p);
		free(p.bytes);
	}
	sim_server_tick(sim);
	clients_tick(sim);
}

void sim_run(struct sim *sim, uint64_t ms)
{
	uint64_t until = sim->now + ms;
	unsigned still = 0;

	while (sim->now < until) {
		uint64_t before = sim->now;

		step(sim, until);
		still = sim->now == before ? still + 1 : 0;
		if (still > 1000) {
			printf("the clock stands still: somebody's tick is never done\n");
			abort();
		}
	}
}

static bool same_people(struct zegel *a, struct zegel *b)
{
	for (uint32_t i = 0; i < zegel_roster_size(a); i++) {
		struct zegel_person p, q;

		if (zegel_roster_get(a, i, &p) != OK || zegel_roster_get(b, i, &q) != OK ||
		    p.leaf != q.leaf || p.name_n != q.name_n ||
		    memcmp(p.name, q.name, p.name_n) != 0 ||
		    memcmp(p.signature_key, q.signature_key, 32) != 0)
			return false;
	}
	return zegel_roster_size(a) == zegel_roster_size(b);
}

bool sim_agree(struct sim *sim, uint32_t count)
{
	struct zegel *first = NULL;
	char code[ZEGEL_CODE_LEN], other[ZEGEL_CODE_LEN];
	uint32_t found = 0;

	for (uint32_t i = 0; i < sim->used; i++) {
		struct zegel *z = sim->clients[i].z;

		if (z == NULL || sim->clients[i].is_mute || sim->clients[i].status != ZEGEL_IN)
			continue;
		found++;
		if (first == NULL) {
			first = z;
			if (zegel_roster_size(z) != count || zegel_code(z, code) != OK)
				return false;
			continue;
		}
		if (zegel_epoch(z) != zegel_epoch(first) || !same_people(z, first))
			return false;
		/* The rosters agree, and so do the codes: asked of the last one, it is slow. */
		if (found == count && (zegel_code(z, other) != OK ||
		                       memcmp(code, other, sizeof(code)) != 0))
			return false;
	}
	return found == count;
}

bool sim_run_until_in(struct sim *sim, uint32_t count, uint64_t ms)
{
	uint64_t until = sim->now + ms;

	while (sim->now < until) {
		uint32_t in = 0;

		sim_run(sim, earlier(50, until - sim->now));
		for (uint32_t i = 0; i < sim->used; i++)
			in += sim->clients[i].z != NULL && sim->clients[i].status == ZEGEL_IN;
		if (in >= count && sim_agree(sim, count))
			return true;
	}
	return false;
}
