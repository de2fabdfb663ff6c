/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_WIRE_WR_H
#define ZEGEL_WIRE_WR_H

#include "sealed/wire/err.h"
#include "sealed/wire/span.h"

/* The bounded writer, the reader's mirror: it writes into the caller's buffer, the
 * first write that does not fit latches ERR_SPACE, later ones do nothing. */
struct wr {
	uint8_t *buf;
	size_t n, cap;
	enum err err;
};

struct wr wr_into(uint8_t *buf, size_t cap);

void wr_uint(struct wr *w, size_t width, uint64_t v); /* big-endian, 1 to 8 bytes */
void wr_bytes(struct wr *w, struct span in);
void wr_zero(struct wr *w, size_t n);
void wr_varint(struct wr *w, uint64_t v); /* RFC 9420 2.1.2, shortest form, < 2^30 */
void wr_vec(struct wr *w, struct span in); /* varint length, then the bytes */

/* A vector whose length is not known beforehand: what is written between open and
 * close becomes its body. close moves the body to make room for the length. */
size_t wr_open(struct wr *w);
void wr_close(struct wr *w, size_t opened);

/* Room for n bytes that the caller fills itself; NULL after an error. */
uint8_t *wr_reserve(struct wr *w, size_t n);

void wr_fail(struct wr *w, enum err err);

/* What was written; borrows the caller's buffer. Set only on OK. */
MUST_USE enum err wr_end(const struct wr *w, struct span *out);

size_t varint_len(uint64_t v); /* 1, 2 or 4 */

#endif
