/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/crypto/crypto_openssl_pkey.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

#include "sealed/crypto/secret.h"

struct curve {
	int nid;
	const char *name;
	size_t scalar_len, point_len;
};

static const struct curve p256 = { NID_X9_62_prime256v1, "P-256", 32, 65 };
static const struct curve p384 = { NID_secp384r1, "P-384", 48, 97 };
static const struct curve p521 = { NID_secp521r1, "P-521", 66, 133 };

/* NULL: X25519. */
static const struct curve *dh_curve(enum dh_alg alg)
{
	static const struct curve *const curves[DH_ALGS] = { NULL, &p256, &p384, &p521 };

	return curves[alg];
}

/* NULL: Ed25519. */
static const struct curve *sig_curve(enum sig_alg alg)
{
	static const struct curve *const curves[SIG_ALGS] = { NULL, &p256, &p384, &p521 };

	return curves[alg];
}

static const EVP_MD *sig_md(enum sig_alg alg)
{
	switch (alg) {
	case SIG_P256_SHA256:
		return EVP_sha256();
	case SIG_P384_SHA384:
		return EVP_sha384();
	case SIG_P521_SHA512:
		return EVP_sha512();
	default:
		return NULL; /* Ed25519 hashes by itself */
	}
}

/* The public point of a scalar; refuses 0 and what is not below the order. */
static enum err ec_public(const struct curve *curve, const uint8_t *priv, uint8_t *pub)
{
	EC_GROUP *group = EC_GROUP_new_by_curve_name(curve->nid);
	EC_POINT *point = group != NULL ? EC_POINT_new(group) : NULL;
	BIGNUM *scalar = BN_secure_new();
	enum err err = ERR_PROVIDER;

	if (group == NULL || point == NULL || scalar == NULL ||
	    BN_bin2bn(priv, (int)curve->scalar_len, scalar) == NULL)
		goto out;
	BN_set_flags(scalar, BN_FLG_CONSTTIME);
	if (BN_is_zero(scalar) || BN_cmp(scalar, EC_GROUP_get0_order(group)) >= 0) {
		err = ERR_MALFORMED;
		goto out;
	}
	if (EC_POINT_mul(group, point, scalar, NULL, NULL, NULL) == 1 &&
	    EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, pub,
	                       curve->point_len, NULL) == curve->point_len)
		err = OK;
out:
	BN_clear_free(scalar);
	EC_POINT_free(point);
	EC_GROUP_free(group);
	return err;
}

static EVP_PKEY *ec_from_params(const OSSL_PARAM *params, int selection)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, selection, (OSSL_PARAM *)params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* priv may be NULL for a public key. OpenSSL checks that the point is on the curve. */
static EVP_PKEY *ec_key(const struct curve *curve, const uint8_t *priv, const uint8_t *pub)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	BIGNUM *scalar = priv != NULL ? BN_secure_new() : NULL;
	EVP_PKEY *key = NULL;
	int ok = build != NULL &&
	         OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, curve->name,
	                                         0) == 1 &&
	         OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, pub,
	                                          curve->point_len) == 1;

	if (ok && priv != NULL)
		ok = scalar != NULL &&
		     BN_bin2bn(priv, (int)curve->scalar_len, scalar) != NULL &&
		     OSSL_PARAM_BLD_push_BN_pad(build, OSSL_PKEY_PARAM_PRIV_KEY, scalar,
		                                curve->scalar_len) == 1;
	if (ok)
		params = OSSL_PARAM_BLD_to_param(build);
	if (params != NULL)
		key = ec_from_params(params, priv != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_clear_free(scalar);
	return key;
}

static EVP_PKEY *ec_private(const struct curve *curve, const uint8_t *priv)
{
	uint8_t pub[DH_PUB_MAX];

	return ec_public(curve, priv, pub) == OK ? ec_key(curve, priv, pub) : NULL;
}

/* Only the uncompressed form of full length: one key, one encoding. */
static EVP_PKEY *ec_public_key(const struct curve *curve, struct span pub)
{
	if (pub.n != curve->point_len || pub.p[0] != POINT_CONVERSION_UNCOMPRESSED)
		return NULL;
	return ec_key(curve, NULL, pub.p);
}

static enum err raw_public(int type, const uint8_t *priv, uint8_t *pub)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(type, NULL, priv, 32);
	size_t n = 32;
	int ok = key != NULL && EVP_PKEY_get_raw_public_key(key, pub, &n) == 1;

	EVP_PKEY_free(key);
	return ok ? OK : ERR_PROVIDER;
}

enum err openssl_dh_public(void *ctx, enum dh_alg alg, const uint8_t *priv, uint8_t *pub)
{
	const struct curve *curve = dh_curve(alg);

	(void)ctx;
	return curve != NULL ? ec_public(curve, priv, pub)
	                     : raw_public(EVP_PKEY_X25519, priv, pub);
}

enum err openssl_sig_public(void *ctx, enum sig_alg alg, const uint8_t *priv, uint8_t *pub)
{
	const struct curve *curve = sig_curve(alg);

	(void)ctx;
	return curve != NULL ? ec_public(curve, priv, pub)
	                     : raw_public(EVP_PKEY_ED25519, priv, pub);
}

enum err openssl_dh(void *ctx, enum dh_alg alg, const uint8_t *priv, struct span pub,
                    uint8_t *shared)
{
	const struct curve *curve = dh_curve(alg);
	EVP_PKEY *ours = NULL, *theirs = NULL;
	EVP_PKEY_CTX *derive = NULL;
	enum err err = ERR_PROVIDER;
	size_t n = dh_shared_len(alg);

	(void)ctx;
	if (curve != NULL) {
		theirs = ec_public_key(curve, pub);
		ours = ec_private(curve, priv);
	} else if (pub.n == 32) {
		theirs = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, pub.p, 32);
		ours = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, priv, 32);
	}
	if (theirs == NULL || ours == NULL) {
		err = ERR_MALFORMED;
		goto out;
	}
	derive = EVP_PKEY_CTX_new(ours, NULL);
	if (derive == NULL || EVP_PKEY_derive_init(derive) != 1)
		goto out;
	/* RFC 9180 7.1.4: an all-zero shared secret is refused; OpenSSL does so for
	 * X25519, and for the NIST curves validates the peer's point here. */
	if (EVP_PKEY_derive_set_peer(derive, theirs) != 1)
		err = ERR_MALFORMED;
	else
		err = EVP_PKEY_derive(derive, shared, &n) == 1 ? OK : ERR_AUTH;
out:
	EVP_PKEY_CTX_free(derive);
	EVP_PKEY_free(ours);
	EVP_PKEY_free(theirs);
	return err;
}

enum err openssl_sign(void *ctx, enum sig_alg alg, const uint8_t *priv, struct span msg,
                      uint8_t *sig, size_t *sig_len)
{
	const struct curve *curve = sig_curve(alg);
	EVP_PKEY *key = curve != NULL
	                        ? ec_private(curve, priv)
	                        : EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, priv, 32);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t n = SIG_MAX;
	int ok = key != NULL && md != NULL &&
	         EVP_DigestSignInit(md, NULL, sig_md(alg), NULL, key) == 1 &&
	         EVP_DigestSign(md, sig, &n, msg.p, msg.n) == 1;

	(void)ctx;
	if (ok)
		*sig_len = n;
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return ok ? OK : ERR_PROVIDER;
}

enum err openssl_verify(void *ctx, enum sig_alg alg, struct span pub, struct span msg,
                        struct span sig)
{
	const struct curve *curve = sig_curve(alg);
	EVP_PKEY *key = NULL;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	enum err err = ERR_PROVIDER;

	(void)ctx;
	if (curve != NULL)
		key = ec_public_key(curve, pub);
	else if (pub.n == 32)
		key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, pub.p, 32);
	if (key == NULL)
		err = ERR_AUTH;
	else if (md != NULL && EVP_DigestVerifyInit(md, NULL, sig_md(alg), NULL, key) == 1)
		err = EVP_DigestVerify(md, sig.p, sig.n, msg.p, msg.n) == 1 ? OK : ERR_AUTH;
	EVP_MD_CTX_free(md);
	EVP_PKEY_free(key);
	return err;
}
