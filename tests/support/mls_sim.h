/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_MLS_SIM_H
#define ZEGEL_TESTS_MLS_SIM_H

#include "sealed/mls/mls.h"

/* People with keys and groups of their own, for tests: nothing of one is shared with
 * another but the messages that a test hands over. Memory is from malloc, one block a
 * client, which ends with it. */
enum { SIM_BLOCK = 1 << 20, SIM_NOW = 1700000000, SIM_LIFETIME = 7 * 24 * 3600 };

struct sim_client {
	char name[32];
	uint8_t sig_priv[SIG_PRIV_MAX], sig_pub[SIG_PUB_MAX];
	struct mls_identity identity;
	struct mls_config config;
	void *memory;
	struct arena arena; /* for key packages and messages; emptied by the test's end */
	size_t block;
	struct mls_group *group;
	struct mls_key_package_secrets secrets;
	struct span key_package; /* the last one that was made */
};

void sim_init(struct sim_client *client, const struct crypto *c, enum mls_suite_id suite,
              size_t block, const char *name);
void sim_clear(struct sim_client *client);

/* Another group of the same person, in memory of its own. */
struct mls_group *sim_group(struct sim_client *client);

/* A fresh key package; its secrets stay with the client. */
struct span sim_key_package(struct sim_client *client);

/* Creates a group of that id, with itself alone. */
enum err sim_create(struct sim_client *client, const char *id);

/* `by` adds the others, whose groups are joined; members hear the commit. What goes wrong
 * is returned, whoever it is that refuses. */
enum err sim_add(struct sim_client *by, struct sim_client *const *members, size_t member_count,
                 struct sim_client *const *added, size_t added_count);

/* Hands a message to all of them; a commit's own author is to be left out. */
enum err sim_deliver(struct sim_client *const *to, size_t count, struct span message);

/* A commit of `by` with these options, applied by it and delivered to the others. */
enum err sim_commit(struct sim_client *by, struct sim_client *const *others, size_t count,
                    const struct mls_commit_options *options);

/* Same epoch, authenticator, transcript, and exported secret. */
bool sim_agree(struct sim_client *const *clients, size_t count);

/* What `from` seals, each of `to` opens, and once only. */
bool sim_talk(struct sim_client *from, struct sim_client *const *to, size_t count);

#endif
