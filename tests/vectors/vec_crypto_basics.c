/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/labels.h"
#include "tests/vectors/vec.h"

enum { out_max = 256 };

static void hashes_and_derives(struct vec *v, struct json *test)
{
	struct json *ref = json_get(test, "ref_hash"), *expand = json_get(test, "expand_with_label");
	struct json *derive = json_get(test, "derive_secret");
	struct json *tree = json_get(test, "derive_tree_secret");
	uint8_t out[out_max];

	CHECK(mls_ref_hash(v->crypto, v->suite, vec_text(ref, "label"), vec_hex(ref, "value"),
	                   out) == OK);
	CHECK(vec_is(ref, "out", out));
	CHECK(mls_expand_with_label(v->crypto, v->suite, vec_hex(expand, "secret"),
	                            vec_text(expand, "label"), vec_hex(expand, "context"), out,
	                            json_uint(json_get(expand, "length"))) == OK);
	CHECK(vec_is(expand, "out", out));
	CHECK(mls_derive_secret(v->crypto, v->suite, vec_hex(derive, "secret"),
	                        vec_text(derive, "label"), out) == OK);
	CHECK(vec_is(derive, "out", out));
	CHECK(mls_derive_tree_secret(v->crypto, v->suite, vec_hex(tree, "secret"),
	                             vec_text(tree, "label"),
	                             (uint32_t)json_uint(json_get(tree, "generation")), out,
	                             json_uint(json_get(tree, "length"))) == OK);
	CHECK(vec_is(tree, "out", out));
}

static void signs_and_verifies(struct vec *v, struct json *test)
{
	struct span pub = vec_hex(test, "pub"), label = vec_text(test, "label");
	struct span content = vec_hex(test, "content"), sig = vec_hex(test, "signature");
	uint8_t own[SIG_MAX];
	size_t own_len;

	CHECK(mls_verify_with_label(v->crypto, v->suite, pub, label, content, sig,
	                            &v->arena) == OK);
	CHECK(mls_verify_with_label(v->crypto, v->suite, pub, SPAN_STR("other"), content, sig,
	                            &v->arena) == ERR_AUTH);
	CHECK(mls_sign_with_label(v->crypto, v->suite, vec_hex(test, "priv").p, label, content,
	                          &v->arena, own, &own_len) == OK);
	CHECK(mls_verify_with_label(v->crypto, v->suite, pub, label, content,
	                            (struct span){ own, own_len }, &v->arena) == OK);
}

static void encrypts_and_decrypts(struct vec *v, struct json *test)
{
	const uint8_t *priv = vec_hex(test, "priv").p;
	struct span pub = vec_hex(test, "pub"), label = vec_text(test, "label");
	struct span context = vec_hex(test, "context"), plain = vec_hex(test, "plaintext");
	struct span enc = vec_hex(test, "kem_output"), sealed = vec_hex(test, "ciphertext");
	uint8_t own_enc[HPKE_ENC_MAX], own[out_max], out[out_max];

	CHECK(mls_decrypt_with_label(v->crypto, v->suite, priv, pub, label, context, enc,
	                             sealed, &v->arena, out) == OK);
	CHECK(vec_is(test, "plaintext", out));
	CHECK(mls_decrypt_with_label(v->crypto, v->suite, priv, pub, SPAN_STR("other"), context,
	                             enc, sealed, &v->arena, out) == ERR_AUTH);
	CHECK(mls_encrypt_with_label(v->crypto, v->suite, pub, label, context, plain, &v->arena,
	                             own_enc, own) == OK);
	enc = (struct span){ own_enc, hpke_enc_len(v->suite->hpke.kem) };
	sealed = (struct span){ own, plain.n + AEAD_TAG };
	memset(out, 0, sizeof(out));
	CHECK(mls_decrypt_with_label(v->crypto, v->suite, priv, pub, label, context, enc,
	                             sealed, &v->arena, out) == OK);
	CHECK(vec_is(test, "plaintext", out));
}

void vec_crypto_basics(struct vec *v, struct json *test)
{
	hashes_and_derives(v, test);
	signs_and_verifies(v, json_get(test, "sign_with_label"));
	encrypts_and_decrypts(v, json_get(test, "encrypt_with_label"));
}
