/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/wire/wr.h"

#include <string.h>

struct wr wr_into(uint8_t *buf, size_t cap)
{
	return (struct wr){ buf, 0, cap, OK };
}

void wr_fail(struct wr *w, enum err err)
{
	if (w->err == OK)
		w->err = err;
}

uint8_t *wr_reserve(struct wr *w, size_t n)
{
	if (n > w->cap - w->n)
		wr_fail(w, ERR_SPACE);
	if (w->err != OK)
		return NULL;
	w->n += n;
	return w->buf + w->n - n;
}

void wr_bytes(struct wr *w, struct span in)
{
	uint8_t *to = wr_reserve(w, in.n);

	/* memmove: a caller may write back what lies further on in this buffer. */
	if (to != NULL && in.n != 0)
		memmove(to, in.p, in.n);
}

void wr_zero(struct wr *w, size_t n)
{
	uint8_t *to = wr_reserve(w, n);

	if (to != NULL && n != 0)
		memset(to, 0, n);
}

void wr_uint(struct wr *w, size_t width, uint64_t v)
{
	uint8_t *to = wr_reserve(w, width);

	if (to == NULL)
		return;
	for (size_t i = width; i-- > 0; v >>= 8)
		to[i] = (uint8_t)v;
}

size_t varint_len(uint64_t v)
{
	return v < 0x40 ? 1 : v < 0x4000 ? 2 : 4;
}

void wr_varint(struct wr *w, uint64_t v)
{
	size_t len = varint_len(v);
	uint64_t prefix = len == 1 ? 0 : len == 2 ? 0x4000 : 0x80000000;

	if (v >= (uint64_t)1 << 30)
		wr_fail(w, ERR_LIMIT);
	wr_uint(w, len, prefix | v);
}

void wr_vec(struct wr *w, struct span in)
{
	wr_varint(w, in.n);
	wr_bytes(w, in);
}

size_t wr_open(struct wr *w)
{
	return w->n;
}

void wr_close(struct wr *w, size_t opened)
{
	size_t body = w->n - opened;
	size_t len = varint_len(body);

	if (wr_reserve(w, len) == NULL)
		return;
	memmove(w->buf + opened + len, w->buf + opened, body);
	w->n = opened;
	wr_varint(w, body);
	w->n += body;
}

enum err wr_end(const struct wr *w, struct span *out)
{
	if (w->err != OK)
		return w->err;
	*out = (struct span){ w->buf, w->n };
	return OK;
}
