/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/labels.h"

#include <string.h>

#include "sealed/crypto/hkdf.h"
#include "sealed/wire/wipe.h"
#include "sealed/wire/wr.h"

static const struct span version = { (const uint8_t *)"MLS 1.0 ", 8 };

/* The length of a vector, as a part of what is hashed. */
struct vec_len {
	uint8_t bytes[4];
	struct span span;
};

static enum err vec_len_init(struct vec_len *len, size_t n)
{
	struct wr w = wr_into(len->bytes, sizeof(len->bytes));

	wr_varint(&w, n);
	return wr_end(&w, &len->span);
}

enum err mls_ref_hash(const struct crypto *c, const struct mls_suite *suite,
                      struct span label, struct span value, uint8_t *out)
{
	struct vec_len label_len, value_len;

	TRY(vec_len_init(&label_len, label.n));
	TRY(vec_len_init(&value_len, value.n));

	const struct span parts[] = { label_len.span, label, value_len.span, value };

	return crypto_hash_parts(c, suite->hash, parts, ARRAY_LEN(parts), out);
}

/* RFC 9420 8:
 *   struct {
 *       uint16 length = Length;
 *       opaque label<V> = "MLS 1.0 " + Label;
 *       opaque context<V> = Context;
 *   } KDFLabel; */
enum err mls_expand_with_label(const struct crypto *c, const struct mls_suite *suite,
                               struct span secret, struct span label, struct span context,
                               uint8_t *out, size_t n)
{
	struct vec_len label_len, context_len;
	const uint8_t length[2] = { (uint8_t)(n >> 8), (uint8_t)n };

	if (n > UINT16_MAX)
		return ERR_LIMIT;
	TRY(vec_len_init(&label_len, version.n + label.n));
	TRY(vec_len_init(&context_len, context.n));

	const struct span info[] = { SPAN(length), label_len.span,   version,
		                     label,        context_len.span, context };

	return hkdf_expand(c, suite->hash, secret, info, ARRAY_LEN(info), out, n);
}

enum err mls_derive_secret(const struct crypto *c, const struct mls_suite *suite,
                           struct span secret, struct span label, uint8_t *out)
{
	uint8_t derived[HASH_MAX];
	size_t n = hash_len(suite->hash);
	enum err err;

	err = mls_expand_with_label(c, suite, secret, label, (struct span){ 0 }, derived, n);
	if (err == OK)
		memcpy(out, derived, n);
	wipe(derived, sizeof(derived));
	return err;
}

enum err mls_derive_tree_secret(const struct crypto *c, const struct mls_suite *suite,
                                struct span secret, struct span label, uint32_t generation,
                                uint8_t *out, size_t n)
{
	const uint8_t context[4] = { (uint8_t)(generation >> 24), (uint8_t)(generation >> 16),
		                     (uint8_t)(generation >> 8), (uint8_t)generation };

	return mls_expand_with_label(c, suite, secret, label, SPAN(context), out, n);
}

/* SignContent (5.1.2) and EncryptContext (5.1.3) have one form:
 *   opaque label<V> = "MLS 1.0 " + Label; opaque content<V>; */
static enum err labelled_write(struct arena *scratch, struct span label, struct span content,
                               struct span *out)
{
	size_t room = 2 * sizeof(uint32_t) + version.n + label.n + content.n;
	uint8_t *buf = arena_alloc(scratch, room);

	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, room);

	wr_varint(&w, version.n + label.n);
	wr_bytes(&w, version);
	wr_bytes(&w, label);
	wr_vec(&w, content);
	return wr_end(&w, out);
}

enum err mls_sign_with_label(const struct crypto *c, const struct mls_suite *suite,
                             const uint8_t *priv, struct span label, struct span content,
                             struct arena *scratch, uint8_t *sig, size_t *sig_len)
{
	size_t mark = arena_mark(scratch);
	struct span message;
	enum err err = labelled_write(scratch, label, content, &message);

	if (err == OK)
		err = c->sign(c->ctx, suite->sig, priv, message, sig, sig_len);
	arena_release(scratch, mark);
	return err;
}

enum err mls_verify_with_label(const struct crypto *c, const struct mls_suite *suite,
                               struct span pub, struct span label, struct span content,
                               struct span sig, struct arena *scratch)
{
	size_t mark = arena_mark(scratch);
	struct span message;
	enum err err = labelled_write(scratch, label, content, &message);

	if (err == OK)
		err = c->verify(c->ctx, suite->sig, pub, message, sig);
	arena_release(scratch, mark);
	return err;
}

enum err mls_encrypt_with_label(const struct crypto *c, const struct mls_suite *suite,
                                struct span pub, struct span label, struct span context,
                                struct span plain, struct arena *scratch, uint8_t *enc,
                                uint8_t *out)
{
	size_t mark = arena_mark(scratch);
	struct span info;
	enum err err = labelled_write(scratch, label, context, &info);

	if (err == OK)
		err = hpke_seal(c, suite->hpke, pub, info, (struct span){ 0 }, plain, enc, out);
	arena_release(scratch, mark);
	return err;
}

enum err mls_decrypt_with_label(const struct crypto *c, const struct mls_suite *suite,
                                const uint8_t *priv, struct span pub, struct span label,
                                struct span context, struct span enc, struct span sealed,
                                struct arena *scratch, uint8_t *out)
{
	size_t mark = arena_mark(scratch);
	struct span info;
	enum err err = labelled_write(scratch, label, context, &info);

	if (err == OK)
		err = hpke_open(c, suite->hpke, priv, pub, enc, info, (struct span){ 0 },
		                sealed, out);
	arena_release(scratch, mark);
	return err;
}
