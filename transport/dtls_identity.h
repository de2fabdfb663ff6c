/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_DTLS_IDENTITY_H
#define ZEGEL_TRANSPORT_DTLS_IDENTITY_H

#include <openssl/ssl.h>

#include "transport/dtls.h"

/* For dtls.c only: what all connections of a process share. */
struct dtls_identity {
	SSL_CTX *ctx;
	BIO_METHOD *bio;
	uint8_t fingerprint[DTLS_FINGERPRINT];
};

/* Both are in dtls.c. Compares the peer's certificate with the fingerprint that was named. */
int dtls_verify(X509_STORE_CTX *store, void *arg);
BIO_METHOD *dtls_bio_create(void); /* NULL: no memory */

/* SHA-256 of the certificate as it came. */
MUST_USE enum err dtls_fingerprint(const X509 *cert, uint8_t out[DTLS_FINGERPRINT]);

#endif
