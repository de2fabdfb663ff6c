/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/parcel.h"

#include <stdlib.h>

#include "sealed/wire/wipe.h"

struct parcel *parcel_create(size_t cap, struct wr *w)
{
	struct parcel *p = malloc(sizeof(*p) + PARCEL_HEADROOM + cap);

	if (p == NULL)
		return NULL;
	p->count = 1;
	p->n = cap;
	*w = wr_into(p->bytes + PARCEL_HEADROOM, cap);
	return p;
}

struct parcel *parcel_seal(struct parcel *p, const struct wr *w)
{
	struct span out;

	if (wr_end(w, &out) != OK) {
		parcel_put(p);
		return NULL;
	}
	p->n = out.n;
	return p;
}

struct parcel *parcel_get(struct parcel *p)
{
	p->count++;
	return p;
}

void parcel_put(struct parcel *p)
{
	if (p == NULL || --p->count > 0)
		return;
	wipe(p->bytes, PARCEL_HEADROOM + p->n);
	free(p);
}
