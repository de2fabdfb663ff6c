/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/dtls_identity.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdlib.h>

enum { CERT_LIST_MAX = 16 * 1024 }; /* a browser's certificate has 300 bytes */

enum err dtls_fingerprint(const X509 *cert, uint8_t out[DTLS_FINGERPRINT])
{
	unsigned n = 0;

	if (X509_digest(cert, EVP_sha256(), out, &n) != 1 || n != DTLS_FINGERPRINT)
		return ERR_PROVIDER;
	return OK;
}

/* Nobody reads its names and dates, for the fingerprint says all. They tell nothing of the
 * host, and a day's difference of clocks does no harm. */
static X509 *certificate_make(EVP_PKEY *key)
{
	X509 *cert = X509_new();
	uint64_t serial;

	if (cert == NULL || RAND_bytes((uint8_t *)&serial, sizeof(serial)) != 1)
		goto fail;

	X509_NAME *name = X509_get_subject_name(cert);

	if (X509_set_version(cert, X509_VERSION_3) != 1 ||
	    ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1) != 1 ||
	    X509_gmtime_adj(X509_getm_notBefore(cert), -24 * 3600) == NULL ||
	    X509_time_adj_ex(X509_getm_notAfter(cert), 3650, 0, NULL) == NULL ||
	    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"zegel", -1,
	                               -1, 0) != 1 ||
	    X509_set_issuer_name(cert, name) != 1 || X509_set_pubkey(cert, key) != 1 ||
	    X509_sign(cert, key, EVP_sha256()) == 0)
		goto fail;
	return cert;
fail:
	X509_free(cert);
	return NULL;
}

/* RFC 8827 6.5 wants less than this; nothing older or weaker is spoken to. */
static bool ctx_configure(SSL_CTX *ctx)
{
	SSL_CTX_set_options(ctx, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET |
	                             SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
	                             SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_cert_list(ctx, CERT_LIST_MAX);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, dtls_verify, NULL);
	return SSL_CTX_set_min_proto_version(ctx, DTLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_max_proto_version(ctx, DTLS1_2_VERSION) == 1 &&
	       SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES128-GCM-SHA256:"
	                                    "ECDHE-ECDSA-AES256-GCM-SHA384:"
	                                    "ECDHE-ECDSA-CHACHA20-POLY1305") == 1 &&
	       SSL_CTX_set1_groups_list(ctx, "X25519:P-256") == 1 &&
	       SSL_CTX_set1_sigalgs_list(ctx, "ECDSA+SHA256:ECDSA+SHA384") == 1 &&
	       /* 0 is success here. */
	       SSL_CTX_set_tlsext_use_srtp(ctx, "SRTP_AEAD_AES_128_GCM") == 0;
}

struct dtls_identity *dtls_identity_create(void)
{
	struct dtls_identity *identity = calloc(1, sizeof(*identity));
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = key ? certificate_make(key) : NULL;
	bool good = false;

	if (identity == NULL || cert == NULL)
		goto out;
	identity->ctx = SSL_CTX_new(DTLS_method());
	identity->bio = dtls_bio_create();
	good = identity->ctx != NULL && identity->bio != NULL && ctx_configure(identity->ctx) &&
	       SSL_CTX_use_certificate(identity->ctx, cert) == 1 &&
	       SSL_CTX_use_PrivateKey(identity->ctx, key) == 1 &&
	       dtls_fingerprint(cert, identity->fingerprint) == OK;
out:
	X509_free(cert);
	EVP_PKEY_free(key);
	if (!good)
		dtls_identity_destroy(&identity);
	return identity;
}

void dtls_identity_destroy(struct dtls_identity **identityp)
{
	struct dtls_identity *identity = *identityp;

	*identityp = NULL;
	if (identity == NULL)
		return;
	SSL_CTX_free(identity->ctx);
	BIO_meth_free(identity->bio);
	free(identity);
}

const uint8_t *dtls_identity_fingerprint(const struct dtls_identity *identity)
{
	return identity->fingerprint;
}
