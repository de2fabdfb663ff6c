/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_HPKE_HPKE_INTERNAL_H
#define ZEGEL_HPKE_HPKE_INTERNAL_H

#include "sealed/hpke/hpke.h"

/* hpke_seal and hpke_send_export with the ephemeral key's random bytes given, for the
 * published vectors. Nothing but hpke.c and tests may include this: a repeated
 * `random` gives the same key and nonce again. */

MUST_USE enum err hpke_seal_from(const struct crypto *c, struct hpke_suite suite,
                                 struct span random, struct span pub, struct span info,
                                 struct span aad, struct span plain, uint8_t *enc,
                                 uint8_t *out);

MUST_USE enum err hpke_send_export_from(const struct crypto *c, struct hpke_suite suite,
                                        struct span random, struct span pub, struct span info,
                                        struct span context, uint8_t *enc, uint8_t *out,
                                        size_t n);

#endif
