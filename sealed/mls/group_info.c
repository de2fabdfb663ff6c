/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/group_info.h"

#include "sealed/mls/labels.h"

#define TBS_LABEL SPAN_STR("GroupInfoTBS")

/* struct {
 *     GroupContext group_context;
 *     Extension extensions<V>;
 *     MAC confirmation_tag;
 *     uint32 signer;
 *     opaque signature<V>; over all of the above
 * } GroupInfo; */
enum err group_info_read(struct rd *r, struct arena *a, struct group_info *out)
{
	const uint8_t *start = r->p;
	struct group_info info;

	TRY(group_context_read(r, a, &info.context));
	TRY(extension_list_read(r, a, &info.extensions));
	info.confirmation_tag = rd_vec(r);
	info.signer = (uint32_t)rd_uint(r, 4);
	info.signed_len = (size_t)(r->p - start);
	info.signature = rd_vec(r);
	TRY(r->err);
	info.raw = (struct span){ start, (size_t)(r->p - start) };
	*out = info;
	return OK;
}

static size_t extensions_max(struct extension_list list)
{
	size_t n = 4;

	for (size_t i = 0; i < list.count; i++)
		n += 2 + 4 + list.items[i].data.n;
	return n;
}

static size_t encoded_max(const struct group_info *info, struct span context)
{
	return context.n + extensions_max(info->extensions) + 4 + info->confirmation_tag.n + 4 +
	       4 + SIG_MAX;
}

enum err group_info_sign(const struct crypto *c, const struct mls_suite *suite,
                         const uint8_t *sig_priv, const struct group_info *info,
                         struct arena *scratch, struct arena *out, struct span *encoded)
{
	uint8_t sig[SIG_MAX];
	size_t sig_len, cap;
	struct span context, tbs;
	uint8_t *buf;

	TRY(group_context_encode(&info->context, scratch, &context));
	cap = encoded_max(info, context);
	buf = arena_alloc(out, cap);
	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, cap);

	wr_bytes(&w, context);
	extension_list_write(&w, info->extensions);
	wr_vec(&w, info->confirmation_tag);
	wr_uint(&w, 4, info->signer);
	TRY(wr_end(&w, &tbs));
	TRY(mls_sign_with_label(c, suite, sig_priv, TBS_LABEL, tbs, scratch, sig, &sig_len));
	wr_vec(&w, (struct span){ sig, sig_len });
	return wr_end(&w, encoded);
}

enum err group_info_verify(const struct crypto *c, const struct mls_suite *suite,
                           struct span sig_pub, const struct group_info *info,
                           struct arena *scratch)
{
	struct span tbs = { info->raw.p, info->signed_len };

	return mls_verify_with_label(c, suite, sig_pub, TBS_LABEL, tbs, info->signature,
	                             scratch);
}
