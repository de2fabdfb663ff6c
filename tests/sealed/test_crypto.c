/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/provider.h"
#include "tests/support/vectors.h"

/* What the table of crypto.h promises, of whichever provider this program is built with:
 * round trips on every algorithm, and Project Wycheproof's vectors. */

enum { text_max = 1 << 16 };

static void two_sides_agree_on_a_secret_on_every_curve(void)
{
	const struct crypto *c = provider();

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

static void a_signature_holds_for_its_message_only(void)
{
	const struct crypto *c = provider();

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

static void a_sealed_text_opens_unless_a_bit_is_turned(void)
{
	const struct crypto *c = provider();
	uint8_t key[AEAD_KEY_MAX] = { 1 }, nonce[AEAD_NONCE] = { 2 }, out[64], back[64];

	for (enum aead_alg alg = 0; alg < AEAD_ALGS; alg++)
		for (size_t n = 0; n <= 5; n += 5) {
			struct span plain = { (const uint8_t *)"plain", n };

			CHECK(crypto_seal(c, alg, key, nonce, SPAN_STR("aad"), plain, out) ==
			      OK);
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
			                  (struct span){ out, AEAD_TAG - 1 },
			                  back) == ERR_AUTH);
		}
}

static void a_scalar_out_of_range_is_refused(void)
{
	const struct crypto *c = provider();
	uint8_t priv[DH_PRIV_MAX], pub[DH_PUB_MAX];

	for (enum dh_alg alg = DH_P256; alg < DH_ALGS; alg++) {
		memset(priv, 0, sizeof(priv));
		CHECK(c->dh_public(c->ctx, alg, priv, pub) == ERR_MALFORMED);
		memset(priv, 0xff, sizeof(priv));
		CHECK(c->dh_public(c->ctx, alg, priv, pub) == ERR_MALFORMED);
	}
}

static void an_all_zero_x25519_secret_is_refused(void)
{
	const struct crypto *c = provider();
	uint8_t priv[32] = { 9 }, zero[32] = { 0 }, shared[32];

	CHECK(c->dh(c->ctx, DH_X25519, priv, SPAN(zero), shared) == ERR_AUTH);
}

static bool is_bytes(const uint8_t *p, const char *hex)
{
	for (; hex[0] != 0; hex += 2, p++) {
		unsigned v = 0;

		for (int i = 0; i < 2; i++)
			v = v << 4 |
			    (unsigned)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
		if (*p != v)
			return false;
	}
	return true;
}

static void hashes_are_those_of_fips_180(void)
{
	const struct crypto *c = provider();
	const struct span parts[] = { SPAN_STR("a"), { NULL, 0 }, SPAN_STR("bc") };
	uint8_t out[HASH_MAX];

	CHECK(crypto_hash_parts(c, HASH_SHA256, parts, 3, out) == OK);
	CHECK(
	    is_bytes(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	CHECK(crypto_hash_parts(c, HASH_SHA384, parts, 3, out) == OK);
	CHECK(is_bytes(out, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	                    "8086072ba1e7cc2358baeca134c825a7"));
	CHECK(crypto_hash_parts(c, HASH_SHA512, parts, 3, out) == OK);
	CHECK(is_bytes(out,
	               "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	               "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"));
	CHECK(crypto_hash(c, HASH_SHA256, (struct span){ NULL, 0 }, out) == OK);
	CHECK(
	    is_bytes(out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
}

/* RFC 4231, test case 2, in parts; and an empty key. */
static void macs_are_those_of_rfc_4231(void)
{
	const struct crypto *c = provider();
	const struct span parts[] = { SPAN_STR("what do ya want "), SPAN_STR("for nothing?") };
	uint8_t out[HASH_MAX];

	CHECK(c->hmac(c->ctx, HASH_SHA256, SPAN_STR("Jefe"), parts, 2, out) == OK);
	CHECK(
	    is_bytes(out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
	CHECK(c->hmac(c->ctx, HASH_SHA384, SPAN_STR("Jefe"), parts, 2, out) == OK);
	CHECK(is_bytes(out, "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
	                    "8e2240ca5e69e2c78b3239ecfab21649"));
	CHECK(c->hmac(c->ctx, HASH_SHA512, SPAN_STR("Jefe"), parts, 2, out) == OK);
	CHECK(is_bytes(out,
	               "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	               "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"));
	CHECK(c->hmac(c->ctx, HASH_SHA256, (struct span){ NULL, 0 }, NULL, 0, out) == OK);
	CHECK(
	    is_bytes(out, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"));
}

/* NIST SP 800-38A F.5.1, in place and cut short. */
static void counter_mode_is_that_of_sp_800_38a(void)
{
	static const uint8_t key[16] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
		                         0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c };
	static const uint8_t plain[32] = { 0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96,
		                           0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a,
		                           0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c,
		                           0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51 };
	static const char sealed[] = "874d6191b620e3261bef6864990db6ce"
	                             "9806f66b7970fdff8617187bb9fffdff";
	const struct crypto *c = provider();
	uint8_t iv[16], buf[32];

	for (size_t i = 0; i < sizeof(iv); i++)
		iv[i] = (uint8_t)(0xf0 + i);
	memcpy(buf, plain, sizeof(buf));
	CHECK(c->aes128_ctr(c->ctx, key, iv, SPAN(buf), buf) == OK);
	CHECK(is_bytes(buf, sealed));
	CHECK(c->aes128_ctr(c->ctx, key, iv, SPAN(buf), buf) == OK);
	CHECK(memcmp(buf, plain, sizeof(buf)) == 0);
	CHECK(c->aes128_ctr(c->ctx, key, iv, (struct span){ plain, 21 }, buf) == OK);
	CHECK(memcmp(buf + 21, plain + 21, 11) == 0);
	CHECK(c->aes128_ctr(c->ctx, key, iv, (struct span){ NULL, 0 }, buf) == OK);
}

/* Calls `run` for every test of a Wycheproof file. */
static void wycheproof(const char *name, unsigned at_least,
                       bool (*run)(struct json *group, struct json *test, bool valid))
{
	char path[128];
	unsigned ran = 0;

	snprintf(path, sizeof(path), "wycheproof/%s_test.json", name);

	struct json *root = vectors_read(path), *groups = json_get(root, "testGroups");

	for (struct json *g = json_first(groups); g != NULL; g = json_next(groups, g)) {
		struct json *tests = json_get(g, "tests");

		for (struct json *t = json_first(tests); t != NULL; t = json_next(tests, t)) {
			const char *result = json_string(json_get(t, "result"));
			int before = checks_failed;

			ran += run(g, t, strcmp(result, "invalid") != 0);
			if (checks_failed != before)
				printf("%s: test %u, %s\n", name,
				       (unsigned)json_uint(json_get(t, "tcId")), result);
		}
	}
	printf("%s: %u vectors\n", name, ran);
	CHECK(ran >= at_least);
	json_free(root);
}

static bool run_aead(enum aead_alg alg, struct json *test, bool valid)
{
	static uint8_t sealed[text_max], out[text_max];
	const struct crypto *c = provider();
	struct span key = json_hex(json_get(test, "key")), iv = json_hex(json_get(test, "iv"));
	struct span aad = json_hex(json_get(test, "aad")),
	            plain = json_hex(json_get(test, "msg"));
	struct span ct = json_hex(json_get(test, "ct")), tag = json_hex(json_get(test, "tag"));

	/* Empty ones have null pointers, as they may in the code. */
	if (aad.n == 0)
		aad.p = NULL;
	if (plain.n == 0)
		plain.p = NULL;
	memcpy(sealed, ct.p, ct.n);
	memcpy(sealed + ct.n, tag.p, tag.n);

	struct span whole = { sealed, ct.n + tag.n };
	enum err err = crypto_open(c, alg, key.p, iv.p, aad, whole, out);

	CHECK(err == (valid ? OK : ERR_AUTH));
	if (!valid)
		return true;
	CHECK(span_is_equal((struct span){ out, plain.n }, plain));
	CHECK(crypto_seal(c, alg, key.p, iv.p, aad, plain, out) == OK);
	CHECK(span_is_equal((struct span){ out, whole.n }, whole));
	/* In place. */
	memcpy(out, plain.n ? plain.p : out, plain.n);
	CHECK(crypto_seal(c, alg, key.p, iv.p, aad, (struct span){ out, plain.n }, out) == OK);
	CHECK(span_is_equal((struct span){ out, whole.n }, whole));
	CHECK(crypto_open(c, alg, key.p, iv.p, aad, (struct span){ out, whole.n }, out) == OK);
	CHECK(span_is_equal((struct span){ out, plain.n }, plain));
	return true;
}

static bool run_gcm(struct json *group, struct json *test, bool valid)
{
	uint64_t bits = json_uint(json_get(group, "keySize"));

	if (json_uint(json_get(group, "ivSize")) != 96 || (bits != 128 && bits != 256))
		return false;
	return run_aead(bits == 128 ? AEAD_AES128GCM : AEAD_AES256GCM, test, valid);
}

static bool run_chacha(struct json *group, struct json *test, bool valid)
{
	if (json_uint(json_get(group, "ivSize")) != 96)
		return false;
	return run_aead(AEAD_CHACHA20POLY1305, test, valid);
}

static bool run_hmac(struct json *group, struct json *test, bool valid)
{
	struct span tag = json_hex(json_get(test, "tag"));
	uint8_t out[HASH_MAX];

	(void)group;
	CHECK(crypto_hmac(provider(), HASH_SHA256, json_hex(json_get(test, "key")),
	                  json_hex(json_get(test, "msg")), out) == OK);
	CHECK(span_is_equal((struct span){ out, tag.n }, tag) == valid);
	return true;
}

/* A low-order point's secret is all zero, and refused (RFC 9180 7.1.4); points on the
 * twist and in other encodings are computed with (RFC 7748 5). */
static bool run_x25519(struct json *group, struct json *test, bool valid)
{
	static const uint8_t zero[32];
	struct span shared = json_hex(json_get(test, "shared"));
	const struct crypto *c = provider();
	uint8_t out[32];
	enum err err = c->dh(c->ctx, DH_X25519, json_hex(json_get(test, "private")).p,
	                     json_hex(json_get(test, "public")), out);

	(void)group;
	CHECK(valid);
	if (span_is_equal(shared, SPAN(zero)))
		CHECK(err == ERR_AUTH);
	else
		CHECK(err == OK && span_is_equal(SPAN(out), shared));
	return true;
}

/* Compressed points are acceptable to Wycheproof, not to us: one key, one encoding. */
static bool run_ecdh(struct json *group, struct json *test, bool valid)
{
	struct span priv = json_hex(json_get(test, "private"));
	struct span pub = json_hex(json_get(test, "public"));
	const struct crypto *c = provider();
	uint8_t scalar[DH_PRIV_MAX] = { 0 }, out[DH_SHARED_MAX];

	(void)group;
	if (priv.n == 33) /* an ASN.1 integer's leading zero */
		priv = (struct span){ priv.p + 1, 32 };
	memcpy(scalar + 32 - priv.n, priv.p, priv.n);

	enum err err = c->dh(c->ctx, DH_P256, scalar, pub, out);

	if (valid && pub.n == 65)
		CHECK(err == OK && span_is_equal((struct span){ out, 32 },
		                                 json_hex(json_get(test, "shared"))));
	else
		CHECK(err == ERR_MALFORMED);
	return true;
}

static bool run_ecdsa(struct json *group, struct json *test, bool valid)
{
	struct json *key = json_get(group, "publicKey");
	const struct crypto *c = provider();
	enum err err =
	    c->verify(c->ctx, SIG_P256_SHA256, json_hex(json_get(key, "uncompressed")),
	              json_hex(json_get(test, "msg")), json_hex(json_get(test, "sig")));

	CHECK(err == (valid ? OK : ERR_AUTH));
	return true;
}

static bool run_ed25519(struct json *group, struct json *test, bool valid)
{
	struct json *key = json_get(group, "publicKey");
	const struct crypto *c = provider();
	enum err err =
	    c->verify(c->ctx, SIG_ED25519, json_hex(json_get(key, "pk")),
	              json_hex(json_get(test, "msg")), json_hex(json_get(test, "sig")));

	CHECK(err == (valid ? OK : ERR_AUTH));
	return true;
}

int main(void)
{
	two_sides_agree_on_a_secret_on_every_curve();
	a_signature_holds_for_its_message_only();
	a_sealed_text_opens_unless_a_bit_is_turned();
	a_scalar_out_of_range_is_refused();
	an_all_zero_x25519_secret_is_refused();
	hashes_are_those_of_fips_180();
	macs_are_those_of_rfc_4231();
	counter_mode_is_that_of_sp_800_38a();
	vectors_or_skip();
	wycheproof("aes_gcm", 130, run_gcm);
	wycheproof("chacha20_poly1305", 290, run_chacha);
	wycheproof("hmac_sha256", 170, run_hmac);
	wycheproof("x25519", 500, run_x25519);
	wycheproof("ecdh_secp256r1_ecpoint", 350, run_ecdh);
	wycheproof("ecdsa_secp256r1_sha256", 480, run_ecdsa);
	wycheproof("ed25519", 150, run_ed25519);
	return check_report("crypto");
}
