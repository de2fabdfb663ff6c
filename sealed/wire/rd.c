/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/wire/rd.h"

#include <string.h>

struct rd rd_from(struct span in)
{
	/* A null pointer with length zero must not enter pointer arithmetic. */
	static const uint8_t nothing[1];
	const uint8_t *p = in.n == 0 ? nothing : in.p;

	return (struct rd){ p, p + in.n, OK };
}

size_t rd_left(const struct rd *r)
{
	return (size_t)(r->end - r->p);
}

bool rd_more(const struct rd *r)
{
	return r->err == OK && r->p < r->end;
}

void rd_fail(struct rd *r, enum err err)
{
	if (r->err != OK)
		return;
	r->err = err;
	r->p = r->end;
}

struct span rd_bytes(struct rd *r, size_t n)
{
	struct span out = { r->p, n };

	if (n > rd_left(r))
		rd_fail(r, ERR_TRUNCATED);
	if (r->err != OK)
		return (struct span){ r->end, 0 };
	r->p += n;
	return out;
}

void rd_copy(struct rd *r, uint8_t *out, size_t n)
{
	struct span in = rd_bytes(r, n);

	if (in.n == n)
		memcpy(out, in.p, n);
	else
		memset(out, 0, n);
}

uint64_t rd_uint(struct rd *r, size_t width)
{
	struct span in = rd_bytes(r, width);
	uint64_t v = 0;

	for (size_t i = 0; i < in.n; i++)
		v = v << 8 | in.p[i];
	return v;
}

uint64_t rd_varint(struct rd *r)
{
	uint64_t first = rd_uint(r, 1);
	unsigned prefix = (unsigned)(first >> 6);
	uint64_t v = first & 0x3f;

	if (prefix == 3) {
		rd_fail(r, ERR_MALFORMED);
		return 0;
	}
	if (prefix != 0)
		v = v << (prefix == 1 ? 8 : 24) | rd_uint(r, prefix == 1 ? 1 : 3);

	/* RFC 9420 2.1.2: the minimum number of bytes must be used, so that a
	 * structure has one encoding and its hash one value. */
	if ((prefix == 1 && v < 0x40) || (prefix == 2 && v < 0x4000))
		rd_fail(r, ERR_MALFORMED);
	return r->err == OK ? v : 0;
}

struct span rd_vec(struct rd *r)
{
	return rd_bytes(r, (size_t)rd_varint(r));
}

struct rd rd_sub(struct rd *r, size_t n)
{
	struct rd child = rd_from(rd_bytes(r, n));

	child.err = r->err;
	return child;
}

struct rd rd_child(struct rd *r)
{
	return rd_sub(r, (size_t)rd_varint(r));
}

void rd_join(struct rd *r, const struct rd *child)
{
	if (child->err != OK)
		rd_fail(r, child->err);
	else if (child->p != child->end)
		rd_fail(r, ERR_MALFORMED);
}

enum err rd_end(const struct rd *r)
{
	if (r->err != OK)
		return r->err;
	return r->p == r->end ? OK : ERR_MALFORMED;
}
