/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sealed/mls/mls.h"
#include "tests/support/provider.h"

/* One member of an MLS group, driven over lines: a command with words in hex on standard
 * input, one line of answer on standard output, `ok ...` or `error CODE`. The other side
 * of the conversation is another implementation's member (interop.mjs).
 *
 *	new SUITE NAME                      who we are; a fresh signature key
 *	psk ID SECRET                       an external PSK that we hold
 *	keypackage                          -> MESSAGE
 *	create GROUP_ID                     a group of one
 *	join WELCOME TREE                   TREE may be - (it is in the Welcome)
 *	commit OPTION...                    -> MESSAGE WELCOME; then apply or drop
 *	       add=MESSAGE remove=LEAF psk=ID public path tree
 *	apply, drop
 *	update                              a proposal; -> MESSAGE
 *	propose-add MESSAGE, propose-remove LEAF
 *	input MESSAGE                       -> application|proposal|commit|removed SENDER DATA
 *	seal DATA                           -> MESSAGE
 *	groupinfo                           -> MESSAGE
 *	external GROUPINFO resync|new       -> MESSAGE; then apply or drop
 *	export LABEL CONTEXT N              -> SECRET
 *	state                               -> EPOCH AUTHENTICATOR OWN_LEAF MEMBERS        */

enum { block_size = 1 << 20, line_max = 1 << 20, words_max = 64, psks_max = 8 };
enum { day = 24 * 3600 };

struct psk {
	struct span id, secret;
};

struct peer {
	struct arena kept;  /* identity, PSKs, key packages */
	struct arena call;  /* words of a command and what it makes */
	struct mls_identity identity;
	struct mls_config config;
	struct mls_group *group;
	void *group_block;
	struct span key_package;
	struct mls_key_package_secrets secrets;
	struct psk psks[psks_max];
	size_t psk_count;
};

struct command {
	char *words[words_max];
	size_t count;
};

/* The other implementation looks at the real clock. */
static uint64_t now(void)
{
	return (uint64_t)time(NULL);
}

static int nibble(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* A word's bytes; `-` and what is no hex are empty. */
static struct span hex(struct peer *p, const char *word)
{
	size_t n = word == NULL ? 0 : strlen(word) / 2;
	uint8_t *out = arena_alloc(&p->call, n);

	for (size_t i = 0; out != NULL && i < n; i++) {
		int high = nibble(word[2 * i]), low = nibble(word[2 * i + 1]);

		if (high < 0 || low < 0)
			return (struct span){ 0 };
		out[i] = (uint8_t)(high << 4 | low);
	}
	return (struct span){ out, out == NULL ? 0 : n };
}

static void put(struct span bytes)
{
	putchar(' ');
	if (bytes.n == 0)
		putchar('-');
	for (size_t i = 0; i < bytes.n; i++)
		printf("%02x", bytes.p[i]);
}

static enum err keep(struct peer *p, struct span in, struct span *out)
{
	return arena_dup(&p->kept, in, out);
}

static enum err psk_find(void *arg, struct span id, struct span *secret)
{
	struct peer *p = arg;

	for (size_t i = 0; i < p->psk_count; i++)
		if (span_is_equal(p->psks[i].id, id)) {
			*secret = p->psks[i].secret;
			return OK;
		}
	return ERR_AUTH;
}

static enum err do_new(struct peer *p, const struct command *c)
{
	static const uint16_t none[1];
	unsigned suite = (unsigned)atoi(c->words[1]);
	const struct mls_suite *s = mls_suite_from((uint16_t)suite);
	uint8_t *priv = arena_alloc(&p->kept, SIG_PRIV_MAX);
	uint8_t *pub = arena_alloc(&p->kept, SIG_PUB_MAX);

	if (s == NULL || priv == NULL || pub == NULL)
		return ERR_MALFORMED;
	TRY(sig_generate(provider(), s->sig, priv, pub));
	p->identity = (struct mls_identity){
		.suite = (enum mls_suite_id)suite,
		.sig_priv = priv,
		.sig_pub = { pub, sig_pub_len(s->sig) },
		.credential_type = MLS_CREDENTIAL_BASIC,
		.extension_types = none,
	};
	TRY(keep(p, hex(p, c->words[2]), &p->identity.credential));
	p->config = (struct mls_config){
		.crypto = provider(),
		.identity = &p->identity,
		.judge = { .arg = p, .psk = psk_find },
	};

	size_t size = (MLS_EPOCHS_KEPT + 2) * (size_t)block_size;
	struct arena memory;

	p->group_block = malloc(size);
	if (p->group_block == NULL)
		return ERR_SPACE;
	memory = arena_into(p->group_block, size);
	p->group = mls_group_init(&memory, block_size, &p->config);
	return p->group == NULL ? ERR_SPACE : OK;
}

static enum err do_psk(struct peer *p, const struct command *c)
{
	struct psk *psk = &p->psks[p->psk_count];

	if (p->psk_count == psks_max)
		return ERR_LIMIT;
	TRY(keep(p, hex(p, c->words[1]), &psk->id));
	TRY(keep(p, hex(p, c->words[2]), &psk->secret));
	p->psk_count++;
	return OK;
}

static enum err do_key_package(struct peer *p, const struct command *c)
{
	(void)c;
	TRY(mls_key_package_create(&p->config, now() - day, now() + 20 * day, &p->call, &p->kept,
	                           &p->key_package, &p->secrets));
	printf("ok");
	put(p->key_package);
	return OK;
}

static enum err do_create(struct peer *p, const struct command *c)
{
	return mls_group_create(p->group, hex(p, c->words[1]), NULL, 0, now());
}

static enum err do_join(struct peer *p, const struct command *c)
{
	return mls_group_join(p->group, hex(p, c->words[1]), p->key_package,
	                      hex(p, c->words[2]), &p->secrets, now());
}

static enum err do_commit(struct peer *p, const struct command *c)
{
	struct span adds[words_max], psks[words_max], message, welcome = { 0 };
	uint32_t removes[words_max];
	struct mls_commit_options options = {
		.adds = adds, .removes = removes, .psk_ids = psks
	};

	for (size_t i = 1; i < c->count; i++) {
		const char *word = c->words[i];

		if (strncmp(word, "add=", 4) == 0)
			adds[options.add_count++] = hex(p, word + 4);
		else if (strncmp(word, "remove=", 7) == 0)
			removes[options.remove_count++] = (uint32_t)atoi(word + 7);
		else if (strncmp(word, "psk=", 4) == 0)
			psks[options.psk_count++] = hex(p, word + 4);
		options.public_message |= strcmp(word, "public") == 0;
		options.force_path |= strcmp(word, "path") == 0;
		options.with_tree |= strcmp(word, "tree") == 0;
	}
	TRY(mls_group_commit(p->group, &options, now(), &message, &welcome));
	printf("ok");
	put(message);
	put(welcome);
	return OK;
}

static enum err do_apply(struct peer *p, const struct command *c)
{
	(void)c;
	return mls_group_commit_apply(p->group);
}

static enum err do_drop(struct peer *p, const struct command *c)
{
	(void)c;
	mls_group_commit_drop(p->group);
	return OK;
}

static enum err propose(struct peer *p, const struct mls_proposal *proposal)
{
	const struct mls_send_options options = { .padding = 0 };
	struct span message;

	TRY(mls_group_propose(p->group, proposal, &options, &p->call, &message));
	printf("ok");
	put(message);
	return OK;
}

static enum err do_update(struct peer *p, const struct command *c)
{
	(void)c;
	return propose(p, &(struct mls_proposal){ .type = MLS_UPDATE });
}

static enum err do_propose_add(struct peer *p, const struct command *c)
{
	return propose(p, &(struct mls_proposal){ .type = MLS_ADD,
	                                          .key_package = hex(p, c->words[1]) });
}

static enum err do_propose_remove(struct peer *p, const struct command *c)
{
	return propose(p, &(struct mls_proposal){ .type = MLS_REMOVE,
	                                          .removed = (uint32_t)atoi(c->words[1]) });
}

static enum err do_input(struct peer *p, const struct command *c)
{
	static const char *const kinds[] = {
		[MLS_GOT_APPLICATION] = "application",
		[MLS_GOT_PROPOSAL] = "proposal",
		[MLS_GOT_COMMIT] = "commit",
	};
	struct mls_received got;

	TRY(mls_group_input(p->group, hex(p, c->words[1]), now(), &got));
	printf("ok %s %u", got.removed_us ? "removed" : kinds[got.kind], got.sender);
	put(got.data);
	return OK;
}

static enum err do_seal(struct peer *p, const struct command *c)
{
	struct span message;

	TRY(mls_group_seal(p->group, hex(p, c->words[1]), (struct span){ 0 }, 32, &p->call,
	                   &message));
	printf("ok");
	put(message);
	return OK;
}

static enum err do_group_info(struct peer *p, const struct command *c)
{
	struct span message;

	(void)c;
	TRY(mls_group_info(p->group, true, &p->call, &message));
	printf("ok");
	put(message);
	return OK;
}

static enum err do_external(struct peer *p, const struct command *c)
{
	const struct mls_external_options options = {
		.resync = c->words[2] != NULL && strcmp(c->words[2], "resync") == 0,
	};
	struct span message;

	TRY(mls_group_join_external(p->group, hex(p, c->words[1]), (struct span){ 0 }, &options,
	                            now(), &message));
	printf("ok");
	put(message);
	return OK;
}

static enum err do_export(struct peer *p, const struct command *c)
{
	size_t n = (size_t)atoi(c->words[3]);
	uint8_t *out = arena_alloc(&p->call, n);

	if (out == NULL)
		return ERR_SPACE;
	TRY(mls_group_export(p->group, hex(p, c->words[1]), hex(p, c->words[2]), out, n));
	printf("ok");
	put((struct span){ out, n });
	return OK;
}

static enum err do_state(struct peer *p, const struct command *c)
{
	unsigned members = 0;
	struct mls_member member;

	(void)c;
	for (uint32_t i = 0; i < mls_group_leaf_width(p->group); i++)
		members += mls_group_member(p->group, i, &member);
	printf("ok %llu", (unsigned long long)mls_group_epoch(p->group));
	put(mls_group_epoch_authenticator(p->group));
	printf(" %u %u", mls_group_own_leaf(p->group), members);
	return OK;
}

static const struct verb {
	const char *name;
	size_t words; /* at least, with the name */
	bool silent;  /* prints no answer of its own */
	enum err (*run)(struct peer *p, const struct command *c);
} verbs[] = {
	{ "new", 3, true, do_new },
	{ "psk", 3, true, do_psk },
	{ "keypackage", 1, false, do_key_package },
	{ "create", 2, true, do_create },
	{ "join", 3, true, do_join },
	{ "commit", 1, false, do_commit },
	{ "apply", 1, true, do_apply },
	{ "drop", 1, true, do_drop },
	{ "update", 1, false, do_update },
	{ "propose-add", 2, false, do_propose_add },
	{ "propose-remove", 2, false, do_propose_remove },
	{ "input", 2, false, do_input },
	{ "seal", 2, false, do_seal },
	{ "groupinfo", 1, false, do_group_info },
	{ "external", 3, false, do_external },
	{ "export", 4, false, do_export },
	{ "state", 1, false, do_state },
};

static void run(struct peer *p, char *line)
{
	struct command c = { .count = 0 };
	enum err err = ERR_MALFORMED;

	for (char *w = strtok(line, " \n"); w != NULL && c.count < words_max - 1;
	     w = strtok(NULL, " \n"))
		c.words[c.count++] = w;
	for (size_t i = 0; c.count > 0 && i < ARRAY_LEN(verbs); i++) {
		const struct verb *verb = &verbs[i];

		if (strcmp(verb->name, c.words[0]) != 0 || c.count < verb->words)
			continue;
		err = verb->run(p, &c);
		if (err == OK && verb->silent)
			printf("ok");
	}
	if (err != OK)
		printf("error %d", err);
	printf("\n");
	fflush(stdout);
	arena_clear(&p->call);
}

int main(void)
{
	static struct peer p;
	size_t size = 4 << 20;
	uint8_t *memory = malloc(2 * size);
	char *line = malloc(line_max);

	if (memory == NULL || line == NULL)
		return 1;
	p.kept = arena_into(memory, size);
	p.call = arena_into(memory + size, size);
	while (fgets(line, line_max, stdin) != NULL)
		run(&p, line);
	free(p.group_block);
	free(memory);
	free(line);
	return 0;
}
