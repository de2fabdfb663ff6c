/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/suite.h"

/* clang-format off */
static const struct mls_suite suites[] = {
	{ 1, { HPKE_DHKEM_X25519, HASH_SHA256, AEAD_AES128GCM },        HASH_SHA256, AEAD_AES128GCM,        SIG_ED25519 },
	{ 2, { HPKE_DHKEM_P256,   HASH_SHA256, AEAD_AES128GCM },        HASH_SHA256, AEAD_AES128GCM,        SIG_P256_SHA256 },
	{ 3, { HPKE_DHKEM_X25519, HASH_SHA256, AEAD_CHACHA20POLY1305 }, HASH_SHA256, AEAD_CHACHA20POLY1305, SIG_ED25519 },
	{ 5, { HPKE_DHKEM_P521,   HASH_SHA512, AEAD_AES256GCM },        HASH_SHA512, AEAD_AES256GCM,        SIG_P521_SHA512 },
	{ 7, { HPKE_DHKEM_P384,   HASH_SHA384, AEAD_AES256GCM },        HASH_SHA384, AEAD_AES256GCM,        SIG_P384_SHA384 },
};
/* clang-format on */

const struct mls_suite *mls_suite_from(uint16_t id)
{
	for (size_t i = 0; i < ARRAY_LEN(suites); i++)
		if (suites[i].id == id)
			return &suites[i];
	return NULL;
}
