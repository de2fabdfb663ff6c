/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "tests/support/mls_client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sealed/wire/wipe.h"

enum { messages_size = 4 << 20, groups_max = 4 };

void mls_client_init(struct mls_client *s, const struct crypto *c, enum mls_suite_id suite,
                     size_t block, const char *name)
{
	enum sig_alg alg = mls_suite_from((uint16_t)suite)->sig;
	size_t size = messages_size + groups_max * ((MLS_EPOCHS_KEPT + 2) * block);

	memset(s, 0, sizeof(*s));
	snprintf(s->name, sizeof(s->name), "%s", name);
	s->memory = calloc(1, size);
	if (s->memory == NULL || sig_generate(c, alg, s->sig_priv, s->sig_pub) != OK)
		abort();
	s->identity = (struct mls_identity){
		.suite = suite,
		.sig_priv = s->sig_priv,
		.sig_pub = { s->sig_pub, sig_pub_len(alg) },
		.credential_type = MLS_CREDENTIAL_BASIC,
		.credential = { (const uint8_t *)s->name, strlen(s->name) },
	};
	s->config = (struct mls_config){ .crypto = c, .identity = &s->identity };
	s->arena = arena_into(s->memory, size);
	s->block = block;
	s->group = mls_client_group(s);
}

void mls_client_clear(struct mls_client *s)
{
	if (s->group != NULL)
		mls_group_clear(s->group);
	free(s->memory);
	wipe(s, sizeof(*s));
}

struct mls_group *mls_client_group(struct mls_client *s)
{
	struct mls_group *group = mls_group_init(&s->arena, s->block, &s->config);

	if (group == NULL)
		abort();
	return group;
}

struct span mls_client_key_package(struct mls_client *s)
{
	static uint8_t block[1 << 16];
	struct arena scratch = arena_into(block, sizeof(block));

	if (mls_key_package_create(&s->config, CLIENT_NOW - 1, CLIENT_NOW + CLIENT_LIFETIME,
	                           &scratch, &s->arena, &s->key_package, &s->secrets) != OK)
		s->key_package = (struct span){ 0 };
	return s->key_package;
}

enum err mls_client_create(struct mls_client *s, const char *id)
{
	return mls_group_create(s->group, (struct span){ (const uint8_t *)id, strlen(id) },
	                        NULL, 0, CLIENT_NOW);
}

enum err mls_client_deliver(struct mls_client *const *to, size_t count, struct span message)
{
	struct mls_received got;

	for (size_t i = 0; i < count; i++)
		TRY(mls_group_input(to[i]->group, message, CLIENT_NOW, &got));
	return OK;
}

enum err mls_client_commit(struct mls_client *by, struct mls_client *const *others,
                           size_t count, const struct mls_commit_options *options)
{
	struct span message, welcome;

	TRY(mls_group_commit(by->group, options, CLIENT_NOW, &message, &welcome));
	TRY(mls_client_deliver(others, count, message));
	return mls_group_commit_apply(by->group);
}

enum err mls_client_add(struct mls_client *by, struct mls_client *const *members,
                        size_t member_count, struct mls_client *const *added,
                        size_t added_count)
{
	struct span *packages = calloc(added_count, sizeof(*packages));
	struct mls_commit_options options = { .adds = packages,
		                              .add_count = added_count,
		                              .with_tree = true };
	struct span message, welcome;
	enum err err = packages == NULL ? ERR_SPACE : OK;

	for (size_t i = 0; i < added_count && err == OK; i++)
		packages[i] = mls_client_key_package(added[i]);
	if (err == OK)
		err = mls_group_commit(by->group, &options, CLIENT_NOW, &message, &welcome);
	if (err == OK)
		err = mls_client_deliver(members, member_count, message);
	for (size_t i = 0; i < added_count && err == OK; i++)
		err = mls_group_join(added[i]->group, welcome, packages[i], (struct span){ 0 },
		                     &added[i]->secrets, CLIENT_NOW);
	free(packages);
	return err == OK ? mls_group_commit_apply(by->group) : err;
}

bool mls_client_agree(struct mls_client *const *clients, size_t count)
{
	const struct mls_group *first = clients[0]->group;
	uint8_t want[32], got[32];
	struct span label = SPAN_STR("sim"), context = SPAN_STR("context");

	if (mls_group_export(clients[0]->group, label, context, want, sizeof(want)) != OK)
		return false;
	for (size_t i = 1; i < count; i++) {
		struct mls_group *g = clients[i]->group;

		if (mls_group_epoch(g) != mls_group_epoch(first) ||
		    !span_is_equal(mls_group_epoch_authenticator(g),
		                   mls_group_epoch_authenticator(first)) ||
		    !span_is_equal(mls_group_confirmed_transcript_hash(g),
		                   mls_group_confirmed_transcript_hash(first)) ||
		    mls_group_export(g, label, context, got, sizeof(got)) != OK ||
		    memcmp(want, got, sizeof(got)) != 0)
			return false;
	}
	return true;
}

bool mls_client_talk(struct mls_client *from, struct mls_client *const *to, size_t count)
{
	size_t mark = arena_mark(&from->arena);
	struct span said = SPAN_STR("good morning"), aad = SPAN_STR("aad"), message;
	struct mls_received got;
	bool good;

	good = mls_group_seal(from->group, said, aad, 64, &from->arena, &message) == OK;
	for (size_t i = 0; i < count && good; i++) {
		if (to[i] == from)
			continue;
		good = mls_group_input(to[i]->group, message, CLIENT_NOW, &got) == OK &&
		       got.kind == MLS_GOT_APPLICATION && span_is_equal(got.data, said) &&
		       span_is_equal(got.aad, aad) &&
		       got.sender == mls_group_own_leaf(from->group) &&
		       mls_group_input(to[i]->group, message, CLIENT_NOW, &got) != OK;
	}
	arena_release(&from->arena, mark);
	return good;
}
