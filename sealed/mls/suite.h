/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_SUITE_H
#define ZEGEL_MLS_SUITE_H

#include "sealed/crypto/crypto.h"
#include "sealed/hpke/hpke.h"

enum { MLS_VERSION_10 = 1 }; /* ProtocolVersion mls10, RFC 9420 section 6 */

/* The cipher suites of RFC 9420 section 17.1 that we have all primitives for. The
 * absent ones need X448 and Ed448. */
enum mls_suite_id {
	MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519 = 1,
	MLS_128_DHKEMP256_AES128GCM_SHA256_P256 = 2,
	MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519 = 3,
	MLS_256_DHKEMP521_AES256GCM_SHA512_P521 = 5,
	MLS_256_DHKEMP384_AES256GCM_SHA384_P384 = 7,
};

struct mls_suite {
	uint16_t id;
	struct hpke_suite hpke;
	enum hash_alg hash;
	enum aead_alg aead;
	enum sig_alg sig;
};

/* NULL: not one of ours. */
const struct mls_suite *mls_suite_from(uint16_t id);

#endif
