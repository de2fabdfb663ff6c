/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/crypto/crypto_openssl.h"
#include "tests/support/check.h"

static void two_sides_agree_on_a_secret_on_every_curve(const struct crypto *c)
{
	for (enum dh_alg alg = 0; alg < DH_ALGS; alg++) {
		uint8_t a[DH_PRIV_MAX], A[DH_PUB_MAX], b[DH_PRIV_MAX], B[DH_PUB_MAX];
		uint8_t ab[DH_SHARED_MAX], ba[DH_SHARED_MAX];

		CHECK(dh_generate(c, alg, a, A) == OK);
		CHECK(dh_generate(c, alg, b, B) == OK);
		CHECK(c->dh(c->ctx, alg, a, (struct span){ B, dh_pub_len(alg) }, ab) == OK);
		CHECK(c->dh(c->ctx, alg, b, (struct span){ A, dh_pub_len(alg) }, ba) == OK);
		CHECK(memcmp(ab, ba, dh_shared_len(alg)) == 0);
		A[1] ^= 1;
		if (alg != DH_X25519)
			CHECK(c->dh(c->ctx, alg, b, (struct span){ A, dh_pub_len(alg) }, ba) !=
			      OK);
	}
}

static void a_signature_holds_for_its_message_only(const struct crypto *c)
{
	for (enum sig_alg alg = 0; alg < SIG_ALGS; alg++) {
		uint8_t priv[SIG_PRIV_MAX], pub[SIG_PUB_MAX], sig[SIG_MAX];
		struct span key = { pub, sig_pub_len(alg) };
		size_t n = 0;

		CHECK(sig_generate(c, alg, priv, pub) == OK);
		CHECK(c->sign(c->ctx, alg, priv, SPAN_STR("message"), sig, &n) == OK);
		CHECK(n <= SIG_MAX);
		CHECK(c->verify(c->ctx, alg, key, SPAN_STR("message"),
		                (struct span){ sig, n }) == OK);
		CHECK(c->verify(c->ctx, alg, key, SPAN_STR("massage"),
		                (struct span){ sig, n }) == ERR_AUTH);
		sig[n / 2] ^= 4;
		CHECK(c->verify(c->ctx, alg, key, SPAN_STR("message"),
		                (struct span){ sig, n }) == ERR_AUTH);
	}
}

static void a_sealed_text_opens_unless_a_bit_is_turned(const struct crypto *c)
{
	uint8_t key[AEAD_KEY_MAX] = { 1 }, nonce[AEAD_NONCE] = { 2 }, out[64], back[64];

	for (enum aead_alg alg = 0; alg < AEAD_ALGS; alg++)
		for (size_t n = 0; n <= 5; n += 5) {
			struct span plain = { (const uint8_t *)"plain", n };

			CHECK(crypto_seal(c, alg, key, nonce, SPAN_STR("aad"), plain, out) == OK);
			struct span sealed = { out, n + AEAD_TAG };

			CHECK(crypto_open(c, alg, key, nonce, SPAN_STR("aad"), sealed, back) ==
			      OK);
			CHECK(span_is_equal((struct span){ back, n }, plain));
			for (size_t bit = 0; bit < sealed.n * 8; bit++) {
				out[bit / 8] ^= (uint8_t)(1 << bit % 8);
				CHECK(crypto_open(c, alg, key, nonce, SPAN_STR("aad"), sealed,
				                  back) == ERR_AUTH);
				out[bit / 8] ^= (uint8_t)(1 << bit % 8);
			}
			CHECK(crypto_open(c, alg, key, nonce, SPAN_STR("aad"),
			                  (struct span){ out, AEAD_TAG - 1 }, back) == ERR_AUTH);
		}
}

static void a_scalar_out_of_range_is_refused(const struct crypto *c)
{
	uint8_t priv[DH_PRIV_MAX], pub[DH_PUB_MAX];

	for (enum dh_alg alg = DH_P256; alg < DH_ALGS; alg++) {
		memset(priv, 0, sizeof(priv));
		CHECK(c->dh_public(c->ctx, alg, priv, pub) == ERR_MALFORMED);
		memset(priv, 0xff, sizeof(priv));
		CHECK(c->dh_public(c->ctx, alg, priv, pub) == ERR_MALFORMED);
	}
}

static void an_all_zero_x25519_secret_is_refused(const struct crypto *c)
{
	uint8_t priv[32] = { 9 }, zero[32] = { 0 }, shared[32];

	CHECK(c->dh(c->ctx, DH_X25519, priv, SPAN(zero), shared) == ERR_AUTH);
}

int main(void)
{
	const struct crypto *c = crypto_openssl();

	two_sides_agree_on_a_secret_on_every_curve(c);
	a_signature_holds_for_its_message_only(c);
	a_sealed_text_opens_unless_a_bit_is_turned(c);
	a_scalar_out_of_range_is_refused(c);
	an_all_zero_x25519_secret_is_refused(c);
	return check_report("crypto_openssl");
}
