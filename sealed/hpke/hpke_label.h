/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_HPKE_HPKE_LABEL_H
#define ZEGEL_HPKE_HPKE_LABEL_H

#include "sealed/crypto/crypto.h"

/* LabeledExtract and LabeledExpand, RFC 9180 section 4: HKDF with the suite's name and a
 * label in every input, so that no two uses of a secret can meet. */
struct hpke_label {
	const struct crypto *c;
	enum hash_alg hash;
	uint8_t id[10]; /* suite_id: "KEM" and 2 bytes, or "HPKE" and 6 */
	size_t id_len;
};

/* prk: hash_len(l->hash) bytes. */
MUST_USE enum err hpke_extract(const struct hpke_label *l, struct span salt, struct span label,
                               struct span ikm, uint8_t *prk);

/* ERR_LIMIT: n above 255 hashes. */
MUST_USE enum err hpke_expand(const struct hpke_label *l, struct span prk, struct span label,
                              struct span info, uint8_t *out, size_t n);

#endif
