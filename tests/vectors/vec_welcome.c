/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/framing.h"
#include "sealed/mls/key_schedule.h"
#include "sealed/mls/labels.h"
#include "sealed/mls/transcript.h"
#include "sealed/mls/welcome.h"
#include "tests/vectors/vec.h"

static struct group_secrets secrets_open(struct vec *v, struct json *test,
                                         const struct mls_welcome *welcome,
                                         const struct key_package *kp)
{
	struct encrypted_group_secrets sealed = { 0 };
	struct group_secrets secrets = { 0 };
	uint8_t ref[HASH_MAX], other[HASH_MAX] = { 0 };
	struct rd r;

	CHECK(key_package_ref(v->crypto, v->suite, kp, ref) == OK);
	CHECK(mls_welcome_find(welcome, SPAN(other), &sealed) == ERR_AUTH);
	CHECK(mls_welcome_find(welcome, (struct span){ ref, hash_len(v->suite->hash) },
	                   &sealed) == OK);

	uint8_t *plain = arena_alloc(&v->arena, sealed.ciphertext.n);

	CHECK(mls_decrypt_with_label(v->crypto, v->suite, vec_hex(test, "init_priv").p,
	                             kp->init_key, SPAN_STR("Welcome"), welcome->group_info,
	                             sealed.kem_output, sealed.ciphertext, &v->arena,
	                             plain) == OK);
	r = rd_from((struct span){ plain, sealed.ciphertext.n - AEAD_TAG });
	CHECK(group_secrets_read(&r, &v->arena, &secrets) == OK && rd_end(&r) == OK);
	CHECK(secrets.joiner_secret.n == hash_len(v->suite->hash) && secrets.psk_count == 0);
	return secrets;
}

static struct group_info info_open(struct vec *v, const struct mls_welcome *welcome,
                                   const uint8_t *joiner)
{
	uint8_t *plain = arena_alloc(&v->arena, welcome->group_info.n);
	struct group_info info = { 0 };
	struct welcome_key key;
	struct rd r;

	CHECK(welcome_key_derive(v->crypto, v->suite, joiner, NULL, &key) == OK);
	CHECK(crypto_open(v->crypto, v->suite->aead, key.key, key.nonce, (struct span){ 0 },
	                  welcome->group_info, plain) == OK);
	r = rd_from((struct span){ plain, welcome->group_info.n - AEAD_TAG });
	CHECK(group_info_read(&r, &v->arena, &info) == OK && rd_end(&r) == OK);
	return info;
}

void vec_welcome(struct vec *v, struct json *test)
{
	struct rd r = rd_from(vec_hex(test, "welcome"));
	struct epoch_secrets secrets;
	struct group_secrets joining;
	struct mls_welcome welcome;
	struct group_info info;
	struct key_package kp;
	enum wire_format format;
	struct span context;

	CHECK(key_package_read_message(vec_hex(test, "key_package"), &v->arena, &kp) == OK);
	CHECK(mls_message_read(&r, &format) == OK && format == WIRE_WELCOME);
	CHECK(mls_welcome_read(&r, &welcome) == OK && rd_end(&r) == OK);
	CHECK(welcome.suite == v->suite->id);
	joining = secrets_open(v, test, &welcome, &kp);
	info = info_open(v, &welcome, joining.joiner_secret.p);

	CHECK(group_info_verify(v->crypto, v->suite, vec_hex(test, "signer_pub"), &info,
	                        &v->arena) == OK);
	info.signed_len--;
	CHECK(group_info_verify(v->crypto, v->suite, vec_hex(test, "signer_pub"), &info,
	                        &v->arena) == ERR_AUTH);

	CHECK(group_context_encode(&info.context, &v->arena, &context) == OK);
	CHECK(epoch_secrets_derive(v->crypto, v->suite, joining.joiner_secret.p, NULL, context,
	                           &secrets) == OK);
	CHECK(confirmation_tag_verify(v->crypto, v->suite,
	                              epoch_secret(&secrets, EPOCH_CONFIRMATION_KEY),
	                              info.context.confirmed_transcript_hash,
	                              info.confirmation_tag) == OK);
}
