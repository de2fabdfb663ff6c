/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_MLS_CLIENT_H
#define ZEGEL_TESTS_MLS_CLIENT_H

#include "sealed/mls/mls.h"

/* People with keys and groups of their own, for tests: nothing of one is shared with
 * another but the messages that a test hands over. Memory is from malloc, one block a
 * client, which ends with it. */
enum { CLIENT_BLOCK = 1 << 20, CLIENT_NOW = 1700000000, CLIENT_LIFETIME = 7 * 24 * 3600 };

struct mls_client {
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

void mls_client_init(struct mls_client *client, const struct crypto *c, enum mls_suite_id suite,
                     size_t block, const char *name);
void mls_client_clear(struct mls_client *client);

/* Another group of the same person, in memory of its own. */
struct mls_group *mls_client_group(struct mls_client *client);

/* A fresh key package; its secrets stay with the client. */
struct span mls_client_key_package(struct mls_client *client);

/* Creates a group of that id, with itself alone. */
enum err mls_client_create(struct mls_client *client, const char *id);

/* `by` adds the others, whose groups are joined; members hear the commit. What goes wrong
 * is returned, whoever it is that refuses. */
enum err mls_client_add(struct mls_client *by, struct mls_client *const *members,
                        size_t member_count, struct mls_client *const *added,
                        size_t added_count);

/* Hands a message to all of them; a commit's own author is to be left out. */
enum err mls_client_deliver(struct mls_client *const *to, size_t count, struct span message);

/* A commit of `by` with these options, applied by it and delivered to the others. */
enum err mls_client_commit(struct mls_client *by, struct mls_client *const *others,
                           size_t count, const struct mls_commit_options *options);

/* Same epoch, authenticator, transcript, and exported secret. */
bool mls_client_agree(struct mls_client *const *clients, size_t count);

/* What `from` seals, each of `to` opens, and once only. */
bool mls_client_talk(struct mls_client *from, struct mls_client *const *to, size_t count);

#endif
