/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/credential.h"

#include "sealed/mls/mls.h"

struct span credential_certificate(struct rd *data)
{
	return rd_vec(data);
}

enum err credential_read(struct rd *r, struct credential *out)
{
	uint16_t type = (uint16_t)rd_uint(r, 2);
	struct span data = rd_vec(r);

	if (type == MLS_CREDENTIAL_X509 && r->err == OK) {
		struct rd certs = rd_from(data);

		/* RFC 9420 5.3: the first certificate is the member's; none is no chain. */
		do {
			if (credential_certificate(&certs).n == 0)
				rd_fail(&certs, ERR_MALFORMED);
		} while (rd_more(&certs));
		/* An inner length that runs past the chain is a lie, not a short read. */
		if (certs.err != OK)
			rd_fail(r, ERR_MALFORMED);
	}
	if (r->err != OK)
		return r->err;
	*out = (struct credential){ type, data };
	return OK;
}

void credential_write(struct wr *w, const struct credential *credential)
{
	wr_uint(w, 2, credential->type);
	wr_vec(w, credential->data);
}
