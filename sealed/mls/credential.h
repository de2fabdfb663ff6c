/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_CREDENTIAL_H
#define ZEGEL_MLS_CREDENTIAL_H

#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

/* Who a member says it is, RFC 9420 section 5.3. The data is the body of the one vector
 * that follows the type: the identity (basic), the certificates as `opaque<V>` each
 * (x509), or, for a type that we do not know, whatever is in it: carried, so that the
 * judge may refuse it, and never looked into. */
struct credential {
	uint16_t type;
	struct span data;
};

MUST_USE enum err credential_read(struct rd *r, struct credential *out);
void credential_write(struct wr *w, const struct credential *credential);

/* The next certificate (DER) of an x509 credential's data; start with rd_from(data). */
struct span credential_certificate(struct rd *data);

#endif
