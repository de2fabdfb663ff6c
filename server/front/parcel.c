/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/parcel.h"

#include <stdlib.h>

#include "sealed/wire/wipe.h"
#include "server/front/limits.h"

struct parcel *parcel_create(struct parcel_account *account, size_t cap, struct wr *w)
{
	size_t size = sizeof(struct parcel) + PARCEL_HEADROOM + cap;
	struct parcel *p = NULL;

	if (cap <= FRONT_PARCEL_SMALL || account->used + size <= account->max)
		p = malloc(size);
	if (p == NULL)
		return NULL;
	account->used += size;
	p->account = account;
	p->count = 1;
	p->n = cap;
	p->size = size;
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
	p->account->used -= p->size;
	wipe(p->bytes, p->size - sizeof(*p));
	free(p);
}
