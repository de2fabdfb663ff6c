/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/transcript.h"

#include "sealed/crypto/secret.h"
#include "sealed/wire/wr.h"

enum err transcript_confirmed(const struct crypto *c, const struct mls_suite *suite,
                              struct span interim_before, struct span input, uint8_t *out)
{
	const struct span parts[] = { interim_before, input };

	return crypto_hash_parts(c, suite->hash, parts, ARRAY_LEN(parts), out);
}

/* struct { MAC confirmation_tag; } InterimTranscriptHashInput; a MAC is opaque<V>. */
enum err transcript_interim(const struct crypto *c, const struct mls_suite *suite,
                            struct span confirmed, struct span confirmation_tag, uint8_t *out)
{
	uint8_t len_bytes[4];
	struct wr w = wr_into(len_bytes, sizeof(len_bytes));
	struct span len;

	wr_varint(&w, confirmation_tag.n);
	TRY(wr_end(&w, &len));

	const struct span parts[] = { confirmed, len, confirmation_tag };

	return crypto_hash_parts(c, suite->hash, parts, ARRAY_LEN(parts), out);
}

enum err confirmation_tag_derive(const struct crypto *c, const struct mls_suite *suite,
                                 struct span confirmation_key, struct span confirmed,
                                 uint8_t *tag)
{
	return crypto_hmac(c, suite->hash, confirmation_key, confirmed, tag);
}

enum err confirmation_tag_verify(const struct crypto *c, const struct mls_suite *suite,
                                 struct span confirmation_key, struct span confirmed,
                                 struct span tag)
{
	uint8_t own[HASH_MAX];

	TRY(confirmation_tag_derive(c, suite, confirmation_key, confirmed, own));
	if (!secret_is_equal(tag, (struct span){ own, hash_len(suite->hash) }))
		return ERR_AUTH;
	return OK;
}
