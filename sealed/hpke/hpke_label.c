/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/hpke/hpke_label.h"

#include "sealed/crypto/hkdf.h"

static const uint8_t version[] = { 'H', 'P', 'K', 'E', '-', 'v', '1' };

/* RFC 9180 4: labeled_ikm = "HPKE-v1" || suite_id || label || ikm */
enum err hpke_extract(const struct hpke_label *l, struct span salt, struct span label,
                      struct span ikm, uint8_t *prk)
{
	const struct span parts[] = { SPAN(version), { l->id, l->id_len }, label, ikm };

	return hkdf_extract(l->c, l->hash, salt, parts, ARRAY_LEN(parts), prk);
}

/* RFC 9180 4: labeled_info = I2OSP(L, 2) || "HPKE-v1" || suite_id || label || info */
enum err hpke_expand(const struct hpke_label *l, struct span prk, struct span label,
                     struct span info, uint8_t *out, size_t n)
{
	const uint8_t len[2] = { (uint8_t)(n >> 8), (uint8_t)n };
	const struct span parts[] = {
		SPAN(len), SPAN(version), { l->id, l->id_len }, label, info
	};

	return hkdf_expand(l->c, l->hash, prk, parts, ARRAY_LEN(parts), out, n);
}
