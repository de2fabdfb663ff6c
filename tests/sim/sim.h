/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_SIM_H
#define ZEGEL_TESTS_SIM_H

#include "sealed/sealed.h"
#include "tests/support/crypto_fake.h"

/* A meeting in a test: participants, a server as docs/protocol.md section 3 has it, and the
 * network between them, on a simulated clock, with seeded random. Nothing sleeps; the
 * same seed gives the same run. Calls end the program where memory ends. */

enum { SIM_CLIENTS = 512, SIM_ROOMS = 2, SIM_CHATS = 256, SIM_DIAGNOSTICS = 16 };

struct sim_network {
	uint32_t delay_ms, jitter_ms;  /* one way */
	uint32_t duplicate_permille;   /* of what the server sends to members      */
	bool lanes_overtake;           /* log, broadcasts, the rest: each its own way */
	uint32_t cut_every_ms;         /* a connection ends about so often; 0: never */
	uint32_t reconnect_ms;
};

struct sim_chat {
	uint32_t leaf;
	char text[64];
};

struct sim_client {
	struct zegel *z; /* NULL: not made, or dead */
	void *block;
	uint32_t connection; /* 0: none */
	uint64_t reconnect_at, tick_at;
	bool is_mute; /* its device is frozen: nothing comes in, nothing goes out */
	bool is_held; /* does not reconnect by itself */

	uint32_t status, reason;
	uint64_t in_at; /* when it last became IN */
	uint32_t out_count, in_count;
	uint32_t chat_count, keys_events, doors, reconnects;
	struct sim_chat chats[SIM_CHATS];
	uint32_t diagnostics[SIM_DIAGNOSTICS], diagnostic_leaf;
	uint64_t sent_bytes, sent_messages, got_bytes, got_messages;
	uint64_t sent_of[256]; /* by type */
	double cpu_s;          /* real time of this machine, for bench/ */
};

struct sim;

/* What is on its way from the server to a client. Returns false to have it dropped; may
 * change it in place, or send more with sim_server_send. */
typedef bool (*sim_tap)(struct sim *sim, uint32_t client, uint8_t *message, size_t n);

struct sim_server;

struct sim {
	uint64_t now, seed;
	struct crypto_fake crypto;
	struct sim_network network;
	struct sim_client clients[SIM_CLIENTS];
	uint32_t used; /* of them, the first so many */
	struct sim_server *server;
	struct sim_queue *queue;
	sim_tap tap;
	void *arg;
	char token[ZEGEL_TOKEN_LEN], host_token[ZEGEL_HOST_TOKEN_LEN];
	uint32_t members; /* that blocks are made for */
};

struct sim *sim_create(uint64_t seed); /* with a new open meeting's link */
void sim_destroy(struct sim *sim);

uint64_t sim_random(struct sim *sim);
uint32_t sim_below(struct sim *sim, uint32_t n);

/* A participant who enters and connects. */
void sim_enter(struct sim *sim, uint32_t client, const char *name);
enum err sim_try_enter(struct sim *sim, uint32_t client, const char *name);
void sim_enter_as_host(struct sim *sim, uint32_t client, const char *name);
void sim_leave(struct sim *sim, uint32_t client);
void sim_kill(struct sim *sim, uint32_t client);  /* its process ends: the server notices */
void sim_freeze(struct sim *sim, uint32_t client); /* nobody notices */
void sim_thaw(struct sim *sim, uint32_t client);
void sim_cut(struct sim *sim, uint32_t client);   /* its connection ends */
void sim_chat(struct sim *sim, uint32_t client, const char *text);
void sim_set_state(struct sim *sim, uint32_t client, uint32_t bits);

/* Polls and ticks; after a call into a client that is not one of these. */
void sim_settle(struct sim *sim, uint32_t client);

void sim_run(struct sim *sim, uint64_t ms);
/* True as soon as `count` participants are IN, one epoch, one roster of that size. */
bool sim_run_until_in(struct sim *sim, uint32_t count, uint64_t ms);

/* All who are IN agree: epoch, roster, code; and there are `count` of them. */
bool sim_agree(struct sim *sim, uint32_t count);

/* --- the server --- */

struct sim_server *sim_server_create(void);
void sim_server_destroy(struct sim_server *server);
void sim_server_open(struct sim *sim, uint32_t connection, uint32_t client);
void sim_server_close(struct sim *sim, uint32_t connection);
void sim_server_input(struct sim *sim, uint32_t connection, struct span message);
uint64_t sim_server_next(const struct sim *sim);
void sim_server_tick(struct sim *sim);
void sim_server_send(struct sim *sim, uint32_t connection, struct span message);
uint64_t sim_server_log_length(const struct sim *sim);
/* Forgets all rooms and drops all connections. */
void sim_server_restart(struct sim *sim);
/* An entry that nobody's group made, from nobody. */
void sim_server_append(struct sim *sim, struct span blob);
/* The last entry's pass was a lie. */
void sim_server_spoil_pass(struct sim *sim);
/* To all members, as if somebody had sent it. */
void sim_server_broadcast(struct sim *sim, struct span message);
/* Everything that the server was ever told, in one row of bytes. */
struct span sim_server_seen(const struct sim *sim);

/* --- used by the server --- */
void sim_deliver(struct sim *sim, uint32_t client, uint32_t connection, struct span message);

#endif
