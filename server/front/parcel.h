/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_PARCEL_H
#define ZEGEL_FRONT_PARCEL_H

#include "sealed/wire/wr.h"

/* One message on its way to any number of clients: written once, shared by count, never
 * changed. Wiped when the last one lets go: nothing of a room is left in the heap. */

/* What all parcels take together, and may. */
struct parcel_account {
	size_t used, max;
};

enum { PARCEL_HEADROOM = 32 }; /* for the WebSocket library's own header (LWS_PRE) */

struct parcel {
	struct parcel_account *account; /* outlives it */
	unsigned count;
	size_t n, size; /* of the message; of the memory */
	uint8_t bytes[]; /* PARCEL_HEADROOM, then the message */
};

/* A parcel of up to `cap` bytes, and a writer into it. NULL: no memory, or the account is
 * used up; which small ones are not refused for, so that who is refused can be told. */
struct parcel *parcel_create(struct parcel_account *account, size_t cap, struct wr *w);

/* Ends writing. NULL (and the parcel is gone) if the writer failed. Takes p. */
struct parcel *parcel_seal(struct parcel *p, const struct wr *w);

struct parcel *parcel_get(struct parcel *p); /* one more holder */
void parcel_put(struct parcel *p);           /* one less; NULL is allowed */

static inline struct span parcel_span(const struct parcel *p)
{
	return (struct span){ p->bytes + PARCEL_HEADROOM, p->n };
}

#endif
