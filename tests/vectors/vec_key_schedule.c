/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/group_context.h"
#include "sealed/mls/key_schedule.h"
#include "sealed/mls/psk.h"
#include "sealed/mls/transcript.h"
#include "tests/vectors/vec.h"

static void secrets_are_those_of_the_case(const struct epoch_secrets *s, struct json *epoch)
{
	static const char *const names[EPOCH_SECRETS] = {
		[EPOCH_SENDER_DATA] = "sender_data_secret",
		[EPOCH_ENCRYPTION] = "encryption_secret",
		[EPOCH_EXPORTER] = "exporter_secret",
		[EPOCH_EXTERNAL] = "external_secret",
		[EPOCH_CONFIRMATION_KEY] = "confirmation_key",
		[EPOCH_MEMBERSHIP_KEY] = "membership_key",
		[EPOCH_RESUMPTION_PSK] = "resumption_psk",
		[EPOCH_AUTHENTICATOR] = "epoch_authenticator",
		[EPOCH_INIT] = "init_secret",
	};

	for (size_t i = 0; i < EPOCH_SECRETS; i++)
		CHECK(vec_is(epoch, names[i], s->bytes[i]));
}

static void exporter_and_external_key(struct vec *v, const struct epoch_secrets *s,
                                      struct json *epoch)
{
	struct json *exporter = json_get(epoch, "exporter");
	uint8_t out[256], pub[HPKE_PUB_MAX];
	size_t n = json_uint(json_get(exporter, "length"));

	CHECK(external_key_derive(v->crypto, v->suite, s, NULL, pub) == OK);
	CHECK(vec_is(epoch, "external_pub", pub));
	CHECK(n <= sizeof(out));
	CHECK(epoch_export(v->crypto, v->suite, s, vec_text(exporter, "label"),
	                   vec_hex(exporter, "context"), out, n) == OK);
	CHECK(vec_is(exporter, "secret", out));
}

static void epoch_follows(struct vec *v, struct json *test, struct json *epoch, uint64_t number,
                          uint8_t *init)
{
	struct group_context context = {
		.suite = v->suite->id,
		.group_id = vec_hex(test, "group_id"),
		.epoch = number,
		.tree_hash = vec_hex(epoch, "tree_hash"),
		.confirmed_transcript_hash = vec_hex(epoch, "confirmed_transcript_hash"),
	}, again;
	const uint8_t *psk = vec_hex(epoch, "psk_secret").p;
	uint8_t joiner[HASH_MAX], welcome[HASH_MAX];
	struct epoch_secrets s;
	struct span encoded;
	struct rd r;

	CHECK(group_context_encode(&context, &v->arena, &encoded) == OK);
	CHECK(span_is_equal(encoded, vec_hex(epoch, "group_context")));
	r = rd_from(encoded);
	CHECK(group_context_read(&r, &v->arena, &again) == OK && rd_end(&r) == OK);
	CHECK(again.epoch == number && span_is_equal(again.tree_hash, context.tree_hash));

	CHECK(joiner_secret_derive(v->crypto, v->suite, init,
	                           vec_hex(epoch, "commit_secret").p, encoded, joiner) == OK);
	CHECK(vec_is(epoch, "joiner_secret", joiner));
	CHECK(welcome_secret_derive(v->crypto, v->suite, joiner, psk, welcome) == OK);
	CHECK(vec_is(epoch, "welcome_secret", welcome));
	CHECK(epoch_secrets_derive(v->crypto, v->suite, joiner, psk, encoded, &s) == OK);
	secrets_are_those_of_the_case(&s, epoch);
	exporter_and_external_key(v, &s, epoch);
	memcpy(init, s.bytes[EPOCH_INIT], s.n);
}

void vec_key_schedule(struct vec *v, struct json *test)
{
	struct json *epochs = json_get(test, "epochs");
	struct span first = vec_hex(test, "initial_init_secret");
	uint8_t init[HASH_MAX];
	uint64_t number = 0;

	memcpy(init, first.p, first.n);
	for (struct json *e = json_first(epochs); e != NULL; e = json_next(epochs, e))
		epoch_follows(v, test, e, number++, init);
}

void vec_psk_secret(struct vec *v, struct json *test)
{
	struct json *list = json_get(test, "psks");
	struct psk *psks = arena_array(&v->arena, sizeof(*psks), json_len(list));
	uint8_t out[HASH_MAX];
	size_t n = 0;

	for (struct json *p = json_first(list); p != NULL; p = json_next(list, p), n++) {
		psks[n].id.type = PSK_EXTERNAL;
		psks[n].id.id = vec_hex(p, "psk_id");
		psks[n].id.nonce = vec_hex(p, "psk_nonce");
		psks[n].secret = vec_hex(p, "psk");
	}
	CHECK(psk_secret_derive(v->crypto, v->suite, psks, n, &v->arena, out) == OK);
	CHECK(vec_is(test, "psk_secret", out));
}
