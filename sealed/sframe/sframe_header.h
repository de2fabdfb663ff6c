/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_SFRAME_SFRAME_HEADER_H
#define ZEGEL_SFRAME_SFRAME_HEADER_H

#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

/* The header that stands in front of every sealed frame, RFC 9605 section 4.3: which key,
 * which counter. It is public, and authenticated with the frame. */
enum { SFRAME_HEADER_MAX = 17 };

struct sframe_header {
	uint64_t kid, counter;
};

/* Sets *h only on OK. ERR_TRUNCATED; ERR_MALFORMED: a field in a longer form than needed. */
MUST_USE enum err sframe_header_read(struct rd *r, struct sframe_header *h);

void sframe_header_write(struct wr *w, const struct sframe_header *h);

#endif
