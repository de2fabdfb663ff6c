/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_WIRE_RD_H
#define ZEGEL_WIRE_RD_H

#include "sealed/wire/err.h"
#include "sealed/wire/span.h"

/* The bounded reader: every byte that came from outside is read through it.
 *
 * It borrows its input. The first bad read latches an error; later reads give
 * zero and empty spans. A parser is thus a straight list of reads and one check:
 *   1. act on no value before the check;
 *   2. loop with rd_more(), never on a count read from the wire;
 *   3. a nested vector is a reader of its own, joined when it is used up. */
struct rd {
	const uint8_t *p, *end;
	enum err err;
};

struct rd rd_from(struct span in);

uint64_t rd_uint(struct rd *r, size_t width); /* big-endian, 1 to 8 bytes */
struct span rd_bytes(struct rd *r, size_t n); /* borrows from the input    */
void rd_copy(struct rd *r, uint8_t *out, size_t n); /* zeroes `out` on error */

/* Variable-size length, RFC 9420 section 2.1.2: the two top bits give the width
 * (1, 2 or 4 bytes), prefix 11 is refused, the shortest form is required. */
uint64_t rd_varint(struct rd *r);
struct span rd_vec(struct rd *r);  /* varint length, then the body         */
struct rd rd_child(struct rd *r);  /* the same, as a reader over the body  */
struct rd rd_sub(struct rd *r, size_t n); /* a reader over the next n bytes */

bool rd_more(const struct rd *r);  /* bytes are left and nothing failed    */
size_t rd_left(const struct rd *r);
void rd_fail(struct rd *r, enum err err); /* latches, unless latched already */

/* Takes over a child's error; a child with bytes left is malformed. */
void rd_join(struct rd *r, const struct rd *child);

/* OK: nothing failed and nothing is left. */
MUST_USE enum err rd_end(const struct rd *r);

#endif
