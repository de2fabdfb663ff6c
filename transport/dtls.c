/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/dtls.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "sealed/wire/wipe.h"
#include "transport/dtls_identity.h"

/*	            certificate is the one named,
 *	            SRTP profile agreed, Finished
 *	HANDSHAKE -------------------------------> DONE
 *	    |  anything else, 15 s, 64 KiB           |  goodbye
 *	    v                                        v
 *	  FAILED                                   CLOSED          */

enum {
	OUTPUT_MAX = 8,           /* datagrams; a flight is one or two */
	FIRST_RESEND_US = 200000, /* RFC 6347 4.2.4.1 says 1 s; real round trips are shorter */
	LONGEST_RESEND_US = 1600000,
};

struct datagram {
	size_t n;
	uint8_t bytes[DTLS_MTU];
};

struct dtls {
	SSL *ssl;
	enum dtls_state state;
	const char *reason;
	uint8_t peer_fingerprint[DTLS_FINGERPRINT];
	bool peer_is_known;        /* its certificate was compared, and is the one */
	uint64_t deadline, resend; /* TIME_NEVER: nothing to send again */
	size_t taken;              /* bytes of input so far */
	struct span in;            /* the datagram in hand  */
	size_t first, queued;      /* output, a ring        */
	struct datagram out[OUTPUT_MAX];
};

/* OpenSSL reads and writes through a BIO of ours in which one call is one datagram. */
static int bio_read(BIO *bio, char *out, int cap)
{
	struct dtls *dtls = BIO_get_data(bio);
	size_t n = dtls->in.n;

	BIO_clear_retry_flags(bio);
	if (n == 0 || cap <= 0) {
		BIO_set_retry_read(bio);
		return -1;
	}
	if (n > (size_t)cap)
		n = (size_t)cap;
	memcpy(out, dtls->in.p, n);
	dtls->in = (struct span){ 0 };
	return (int)n;
}

/* When the queue is full a datagram is lost, as on any network. */
static int bio_write(BIO *bio, const char *in, int n)
{
	struct dtls *dtls = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (n > 0 && n <= DTLS_MTU && dtls->queued < OUTPUT_MAX) {
		struct datagram *d = &dtls->out[(dtls->first + dtls->queued++) % OUTPUT_MAX];

		d->n = (size_t)n;
		memcpy(d->bytes, in, d->n);
	}
	return n;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
	(void)bio, (void)number, (void)pointer;
	switch (command) {
	case BIO_CTRL_FLUSH:
		return 1;
	case BIO_CTRL_DGRAM_QUERY_MTU:
	case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
		return DTLS_MTU;
	default:
		return 0;
	}
}

static int bio_create(BIO *bio)
{
	BIO_set_init(bio, 1);
	return 1;
}

BIO_METHOD *dtls_bio_create(void)
{
	int type = BIO_get_new_index();
	BIO_METHOD *method =
	    type < 0 ? NULL : BIO_meth_new(type | BIO_TYPE_SOURCE_SINK, "datagrams");

	if (method == NULL)
		return NULL;
	if (BIO_meth_set_read(method, bio_read) == 1 &&
	    BIO_meth_set_write(method, bio_write) == 1 &&
	    BIO_meth_set_ctrl(method, bio_ctrl) == 1 &&
	    BIO_meth_set_create(method, bio_create) == 1)
		return method;
	BIO_meth_free(method);
	return NULL;
}

static bool is_named(const struct dtls *dtls, const X509 *cert)
{
	uint8_t fingerprint[DTLS_FINGERPRINT];

	return cert != NULL && dtls_fingerprint(cert, fingerprint) == OK &&
	       CRYPTO_memcmp(fingerprint, dtls->peer_fingerprint, DTLS_FINGERPRINT) == 0;
}

/* RFC 8122 5: the certificate must match the fingerprint. Called within the handshake, before
 * the Finished messages, so that with another one the handshake cannot end well. */
int dtls_verify(X509_STORE_CTX *store, void *arg)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct dtls *dtls = ssl ? SSL_get_app_data(ssl) : NULL;

	(void)arg;
	if (dtls != NULL && is_named(dtls, X509_STORE_CTX_get0_cert(store))) {
		dtls->peer_is_known = true;
		return 1;
	}
	X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
	return 0;
}

static unsigned resend_after(SSL *ssl, unsigned last)
{
	(void)ssl;
	if (last == 0)
		return FIRST_RESEND_US;
	return last >= LONGEST_RESEND_US ? (unsigned)LONGEST_RESEND_US : 2 * last;
}

static void fail(struct dtls *dtls, const char *reason)
{
	dtls->state = DTLS_FAILED;
	dtls->reason = reason;
	dtls->resend = TIME_NEVER;
}

/* OpenSSL says that the handshake is over. Everything that the keys rest on is looked at again
 * here: this is the one way to DTLS_DONE. */
static void finish(struct dtls *dtls)
{
	const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(dtls->ssl);

	if (!dtls->peer_is_known || !is_named(dtls, SSL_get0_peer_certificate(dtls->ssl)))
		fail(dtls, "certificate is not the one named");
	else if (profile == NULL || profile->id != SRTP_AEAD_AES_128_GCM)
		fail(dtls, "no common SRTP profile");
	else if (SSL_get_extms_support(dtls->ssl) != 1)
		fail(dtls, "no extended master secret"); /* RFC 7627 */
	else if (SSL_version(dtls->ssl) != DTLS1_2_VERSION)
		fail(dtls, "not DTLS 1.2");
	else
		dtls->state = DTLS_DONE;
}

/* OpenSSL's error queue is the thread's: it is emptied before a call that is judged by it,
 * and after. */
static void handshake(struct dtls *dtls)
{
	ERR_clear_error();

	int r = SSL_do_handshake(dtls->ssl);
	int why = SSL_get_error(dtls->ssl, r);

	ERR_clear_error();
	if (r == 1)
		finish(dtls);
	else if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
		fail(dtls, "handshake refused");
}

/* After the handshake come copies of its last flight (which OpenSSL answers with ours), and a
 * goodbye. Nothing else is spoken: what is, is dropped. */
static void drain(struct dtls *dtls)
{
	uint8_t nothing[512];
	int r;

	ERR_clear_error();
	do {
		r = SSL_read(dtls->ssl, nothing, sizeof(nothing));
	} while (r > 0);

	int why = SSL_get_error(dtls->ssl, r);

	ERR_clear_error();
	if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
		dtls->state = DTLS_CLOSED;
}

/* OpenSSL keeps its resend timer by the clock on the wall; we ask how much is left. */
static void resend_plan(struct dtls *dtls, uint64_t now)
{
	struct timeval left;

	dtls->resend = TIME_NEVER;
	if (dtls->state == DTLS_HANDSHAKE && DTLSv1_get_timeout(dtls->ssl, &left) == 1)
		dtls->resend = now + TIME_S(left.tv_sec) + (uint64_t)left.tv_usec;
}

struct dtls *dtls_create(const struct dtls_identity *identity, enum dtls_role role,
                         const uint8_t peer_fingerprint[DTLS_FINGERPRINT], uint64_t now)
{
	struct dtls *dtls = calloc(1, sizeof(*dtls));
	BIO *bio = BIO_new(identity->bio);

	if (dtls != NULL)
		dtls->ssl = SSL_new(identity->ctx);
	if (dtls == NULL || bio == NULL || dtls->ssl == NULL) {
		BIO_free(bio);
		dtls_destroy(&dtls);
		return NULL;
	}
	memcpy(dtls->peer_fingerprint, peer_fingerprint, DTLS_FINGERPRINT);
	dtls->deadline = now + DTLS_DEADLINE;
	dtls->resend = TIME_NEVER;
	BIO_set_data(bio, dtls);
	SSL_set_bio(dtls->ssl, bio, bio); /* takes the BIO */
	SSL_set_app_data(dtls->ssl, dtls);
	SSL_set_mtu(dtls->ssl, DTLS_MTU);
	DTLS_set_timer_cb(dtls->ssl, resend_after);
	if (role == DTLS_SERVER) {
		SSL_set_accept_state(dtls->ssl);
	} else {
		SSL_set_connect_state(dtls->ssl);
		handshake(dtls);
		resend_plan(dtls, now);
	}
	return dtls;
}

void dtls_destroy(struct dtls **dtlsp)
{
	struct dtls *dtls = *dtlsp;

	*dtlsp = NULL;
	if (dtls == NULL)
		return;
	SSL_free(dtls->ssl); /* which wipes the secrets */
	wipe(dtls, sizeof(*dtls));
	free(dtls);
}

void dtls_input(struct dtls *dtls, uint64_t now, struct span datagram)
{
	if (dtls->state != DTLS_HANDSHAKE && dtls->state != DTLS_DONE)
		return;
	if (datagram.n > DTLS_INPUT_MAX - dtls->taken) {
		/* Afterwards it is merely deaf: who is done cannot be talked out of it. */
		if (dtls->state == DTLS_HANDSHAKE)
			fail(dtls, "too much input");
		return;
	}
	dtls->taken += datagram.n;
	dtls->in = datagram;
	if (dtls->state == DTLS_HANDSHAKE)
		handshake(dtls);
	else
		drain(dtls);
	dtls->in = (struct span){ 0 };
	resend_plan(dtls, now);
}

void dtls_step(struct dtls *dtls, uint64_t now)
{
	if (dtls->state != DTLS_HANDSHAKE)
		return;
	if (now >= dtls->deadline) {
		fail(dtls, "too late");
		return;
	}
	if (now < dtls->resend)
		return;
	ERR_clear_error();
	if (DTLSv1_handle_timeout(dtls->ssl) < 0)
		fail(dtls, "sent too often");
	ERR_clear_error();
	resend_plan(dtls, now);
}

uint64_t dtls_next(const struct dtls *dtls)
{
	if (dtls->state != DTLS_HANDSHAKE)
		return TIME_NEVER;
	return dtls->resend < dtls->deadline ? dtls->resend : dtls->deadline;
}

bool dtls_output(struct dtls *dtls, struct span *datagram)
{
	if (dtls->queued == 0)
		return false;

	const struct datagram *d = &dtls->out[dtls->first];

	*datagram = (struct span){ d->bytes, d->n };
	dtls->first = (dtls->first + 1) % OUTPUT_MAX;
	dtls->queued--;
	return true;
}

void dtls_close(struct dtls *dtls)
{
	if (dtls->state == DTLS_DONE) {
		ERR_clear_error();
		(void)SSL_shutdown(dtls->ssl);
		ERR_clear_error();
	}
	if (dtls->state != DTLS_FAILED)
		dtls->state = DTLS_CLOSED;
}

enum dtls_state dtls_state(const struct dtls *dtls)
{
	return dtls->state;
}

const char *dtls_reason(const struct dtls *dtls)
{
	return dtls->reason ? dtls->reason : "";
}

/* RFC 5764 4.2: client's key, server's key, client's salt, server's salt. */
enum err dtls_export(struct dtls *dtls, struct dtls_keys *keys)
{
	static const char label[] = "EXTRACTOR-dtls_srtp";
	uint8_t bytes[2 * (SRTP_KEY + SRTP_SALT)];
	struct dtls_keys k;

	if (dtls->state != DTLS_DONE)
		return ERR_NOT_NOW;
	if (SSL_export_keying_material(dtls->ssl, bytes, sizeof(bytes), label,
	                               sizeof(label) - 1, NULL, 0, 0) != 1)
		return ERR_PROVIDER;

	bool is_server = SSL_is_server(dtls->ssl) == 1;
	struct srtp_master *client = is_server ? &k.in : &k.out;
	struct srtp_master *server = is_server ? &k.out : &k.in;

	memcpy(client->key, bytes, SRTP_KEY);
	memcpy(server->key, bytes + SRTP_KEY, SRTP_KEY);
	memcpy(client->salt, bytes + 2 * SRTP_KEY, SRTP_SALT);
	memcpy(server->salt, bytes + 2 * SRTP_KEY + SRTP_SALT, SRTP_SALT);
	*keys = k;
	wipe(bytes, sizeof(bytes));
	wipe(&k, sizeof(k));
	return OK;
}
