/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_PSK_H
#define ZEGEL_MLS_PSK_H

#include "sealed/mls/suite.h"
#include "sealed/wire/arena.h"
#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

/* Pre-shared keys in the key schedule, RFC 9420 section 8.4. */
enum psk_type { PSK_EXTERNAL = 1, PSK_RESUMPTION = 2 };
enum psk_usage { PSK_APPLICATION = 1, PSK_REINIT = 2, PSK_BRANCH = 3 };

/* More in one commit than anybody has a use for; bounds the search for duplicates. */
enum { PSKS_MAX = 64 };

struct psk_id {
	enum psk_type type;
	struct span id;       /* external   */
	enum psk_usage usage; /* resumption */
	struct span group_id;
	uint64_t epoch;
	struct span nonce;
};

/* ERR_MALFORMED: an unknown type or usage: what is to be mixed in is not known. */
MUST_USE enum err psk_id_read(struct rd *r, struct psk_id *out);
void psk_id_write(struct wr *w, const struct psk_id *id);

/* The same key, whatever the nonce? */
bool psk_id_is_same_key(const struct psk_id *a, const struct psk_id *b);
/* All fields. */
bool psk_id_is_equal(const struct psk_id *a, const struct psk_id *b);

struct psk {
	struct psk_id id;
	struct span secret;
};

/* Mixes them in their order; none: all zero. out: a hash long. */
MUST_USE enum err psk_secret_derive(const struct crypto *c, const struct mls_suite *suite,
                                    const struct psk *psks, size_t count,
                                    struct arena *scratch, uint8_t *out);

#endif
