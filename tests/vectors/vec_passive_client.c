/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/key_package.h"
#include "sealed/mls/mls.h"
#include "tests/vectors/vec.h"

/* We join a group by its Welcome and follow it: everything on the way has to hold, or the
 * epoch's authenticator is another one. */
enum { block_size = 2 << 20 };

struct client {
	struct vec *v;
	struct json *test;
	uint8_t sig_priv[SIG_PRIV_MAX];
	struct mls_key_package_secrets secrets;
	struct mls_identity identity;
	struct mls_config config;
	struct mls_group *group;
};

static enum err psk_find(void *arg, struct span id, struct span *secret)
{
	const struct client *client = arg;
	struct json *psks = json_get(client->test, "external_psks");

	for (struct json *p = json_first(psks); p != NULL; p = json_next(psks, p))
		if (span_is_equal(vec_hex(p, "psk_id"), id)) {
			*secret = vec_hex(p, "psk");
			return OK;
		}
	return ERR_AUTH;
}

static void private_keys_are_those_of(struct client *client, const struct key_package *kp)
{
	const struct crypto *c = client->v->crypto;
	const struct mls_suite *suite = client->v->suite;
	uint8_t pub[HPKE_PUB_MAX];

	CHECK(c->sig_public(c->ctx, suite->sig, client->sig_priv, pub) == OK);
	CHECK(memcmp(pub, kp->leaf.signature_key.p, kp->leaf.signature_key.n) == 0);
	CHECK(hpke_public(c, suite->hpke.kem, client->secrets.init_priv, pub) == OK);
	CHECK(memcmp(pub, kp->init_key.p, kp->init_key.n) == 0);
	CHECK(hpke_public(c, suite->hpke.kem, client->secrets.encryption_priv, pub) == OK);
	CHECK(memcmp(pub, kp->leaf.encryption_key.p, kp->leaf.encryption_key.n) == 0);
}

static void client_init(struct client *client, struct vec *v, struct json *test)
{
	size_t len = hpke_priv_len(v->suite->hpke.kem);
	struct key_package kp = { 0 };

	*client = (struct client){ .v = v, .test = test };
	vec_scalar(test, "signature_priv", client->sig_priv, sig_priv_len(v->suite->sig));
	vec_scalar(test, "init_priv", client->secrets.init_priv, len);
	vec_scalar(test, "encryption_priv", client->secrets.encryption_priv, len);
	CHECK(key_package_read_message(vec_hex(test, "key_package"), &v->arena, &kp) == OK);
	private_keys_are_those_of(client, &kp);
	client->identity = (struct mls_identity){
		.suite = (enum mls_suite_id)v->suite->id,
		.sig_priv = client->sig_priv,
		.sig_pub = kp.leaf.signature_key,
		.credential_type = kp.leaf.credential.type,
		.credential = kp.leaf.credential.data,
	};
	client->config = (struct mls_config){
		.crypto = v->crypto,
		.identity = &client->identity,
		.judge = { .arg = client, .psk = psk_find },
	};
	client->group = mls_group_init(&v->arena, block_size, &client->config);
	CHECK(client->group != NULL);
}

static bool authenticator_is(const struct client *client, struct json *object, const char *key)
{
	return span_is_equal(mls_group_epoch_authenticator(client->group),
	                     vec_hex(object, key));
}

static void epoch_follows(struct client *client, struct json *epoch)
{
	struct json *proposals = json_get(epoch, "proposals");
	uint64_t before = mls_group_epoch(client->group);
	struct mls_received got = { 0 };

	for (struct json *p = json_first(proposals); p != NULL; p = json_next(proposals, p)) {
		CHECK(mls_group_input(client->group, json_hex(p), 0, &got) == OK);
		CHECK(got.kind == MLS_GOT_PROPOSAL);
	}
	CHECK(mls_group_input(client->group, vec_hex(epoch, "commit"), 0, &got) == OK);
	CHECK(got.kind == MLS_GOT_COMMIT && !got.removed_us && got.epoch == before + 1);
	CHECK(mls_group_epoch(client->group) == before + 1);
	CHECK(authenticator_is(client, epoch, "epoch_authenticator"));
	/* It is of the past now. */
	CHECK(mls_group_input(client->group, vec_hex(epoch, "commit"), 0, &got) == ERR_NOT_NOW);
}

void vec_passive_client(struct vec *v, struct json *test)
{
	struct json *tree = json_get(test, "ratchet_tree");
	struct json *epochs = json_get(test, "epochs");
	struct client client;

	client_init(&client, v, test);
	if (client.group == NULL)
		return;
	CHECK(mls_group_join(client.group, vec_hex(test, "welcome"),
	                     vec_hex(test, "key_package"),
	                     json_is_null(tree) ? (struct span){ 0 } : json_hex(tree),
	                     &client.secrets, 0) == OK);
	CHECK(authenticator_is(&client, test, "initial_epoch_authenticator"));
	for (struct json *e = json_first(epochs); e != NULL; e = json_next(epochs, e))
		epoch_follows(&client, e);
	mls_group_clear(client.group);
}
