/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_HPKE_HPKE_KEM_H
#define ZEGEL_HPKE_HPKE_KEM_H

#include "sealed/hpke/hpke.h"

/* The KEMs of RFC 9180 section 7.1. Encapsulation is a function of the recipient's key and
 * of random bytes, which is how a post-quantum KEM is defined too. */

enum { HPKE_SHARED_MAX = HASH_MAX, HPKE_RANDOM_MAX = DH_PRIV_MAX };

uint16_t hpke_kem_id(enum hpke_kem kem);
size_t hpke_random_len(enum hpke_kem kem); /* what an encapsulation consumes */
size_t hpke_secret_len(enum hpke_kem kem); /* Nsecret */

/* ERR_MALFORMED or ERR_AUTH: the recipient's key is no key. Anything of `random` in a
 * known or repeated state breaks the secrecy of what is sealed. */
MUST_USE enum err hpke_encap(const struct crypto *c, enum hpke_kem kem, struct span random,
                             struct span pub, uint8_t *enc, uint8_t *shared);

/* Any failure but the provider's is one of ERR_MALFORMED and ERR_AUTH. */
MUST_USE enum err hpke_decap(const struct crypto *c, enum hpke_kem kem, const uint8_t *priv,
                             struct span pub, struct span enc, uint8_t *shared);

#endif
