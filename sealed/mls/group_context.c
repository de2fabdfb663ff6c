/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/group_context.h"

#include "sealed/mls/key_package.h"

/* RFC 9420 8.1:
 *   struct {
 *       ProtocolVersion version = mls10;
 *       CipherSuite cipher_suite;
 *       opaque group_id<V>;
 *       uint64 epoch;
 *       opaque tree_hash<V>;
 *       opaque confirmed_transcript_hash<V>;
 *       Extension extensions<V>;
 *   } GroupContext; */
enum err group_context_read(struct rd *r, struct arena *a, struct group_context *out)
{
	struct group_context context;

	if (rd_uint(r, 2) != MLS_VERSION_10)
		rd_fail(r, ERR_MALFORMED);
	context.suite = (uint16_t)rd_uint(r, 2);
	context.group_id = rd_vec(r);
	context.epoch = rd_uint(r, 8);
	context.tree_hash = rd_vec(r);
	context.confirmed_transcript_hash = rd_vec(r);
	TRY(extension_list_read(r, a, &context.extensions));
	if (r->err != OK)
		return r->err;
	*out = context;
	return OK;
}

void group_context_write(struct wr *w, const struct group_context *context)
{
	wr_uint(w, 2, MLS_VERSION_10);
	wr_uint(w, 2, context->suite);
	wr_vec(w, context->group_id);
	wr_uint(w, 8, context->epoch);
	wr_vec(w, context->tree_hash);
	wr_vec(w, context->confirmed_transcript_hash);
	extension_list_write(w, context->extensions);
}

static size_t write_bound(const struct group_context *context)
{
	size_t n = 64 + context->group_id.n + context->tree_hash.n +
	           context->confirmed_transcript_hash.n;

	for (size_t i = 0; i < context->extensions.count; i++)
		n += 8 + context->extensions.items[i].data.n;
	return n;
}

enum err group_context_encode(const struct group_context *context, struct arena *a,
                              struct span *out)
{
	size_t room = write_bound(context);
	uint8_t *buf = arena_alloc(a, room);

	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, room);

	group_context_write(&w, context);
	return wr_end(&w, out);
}
