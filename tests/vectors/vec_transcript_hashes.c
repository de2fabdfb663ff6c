/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/framing.h"
#include "sealed/mls/transcript.h"
#include "tests/vectors/vec.h"

void vec_transcript_hashes(struct vec *v, struct json *test)
{
	struct span whole = vec_hex(test, "authenticated_content"), input;
	struct span confirmation_key = vec_hex(test, "confirmation_key");
	struct rd r = rd_from(whole);
	uint64_t format = rd_uint(&r, 2);
	uint8_t out[HASH_MAX], other[HASH_MAX] = { 0 };
	struct span confirmed = { out, hash_len(v->suite->hash) };
	struct framed_content framed;
	struct content_auth auth;

	CHECK(format == WIRE_PUBLIC_MESSAGE || format == WIRE_PRIVATE_MESSAGE);
	CHECK(framed_content_read(&r, &v->arena, &framed) == OK);
	CHECK(framed.content.type == CONTENT_COMMIT);
	CHECK(content_auth_read(&r, CONTENT_COMMIT, &auth) == OK && rd_end(&r) == OK);

	/* All of it but the confirmation tag, which is a vector at its end. */
	input = whole;
	input.n -= auth.confirmation_tag.n + varint_len(auth.confirmation_tag.n);
	CHECK(transcript_confirmed(v->crypto, v->suite,
	                           vec_hex(test, "interim_transcript_hash_before"), input,
	                           out) == OK);
	CHECK(vec_is(test, "confirmed_transcript_hash_after", out));
	CHECK(confirmation_tag_verify(v->crypto, v->suite, confirmation_key, confirmed,
	                              auth.confirmation_tag) == OK);
	CHECK(confirmation_tag_verify(v->crypto, v->suite, confirmation_key, SPAN(other),
	                              auth.confirmation_tag) == ERR_AUTH);
	CHECK(transcript_interim(v->crypto, v->suite, confirmed, auth.confirmation_tag,
	                         other) == OK);
	CHECK(vec_is(test, "interim_transcript_hash_after", other));
}
