/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_BASE64URL_H
#define ZEGEL_MEETING_BASE64URL_H

#include "sealed/wire/err.h"
#include "sealed/wire/span.h"

/* RFC 4648 section 5, without padding, for the secrets in a link: no table is indexed by
 * a secret. One value has one text: unused low bits of the last letter must be zero. */

size_t base64url_len(size_t bytes);

/* out: base64url_len(in.n) characters. */
void base64url_write(struct span in, char *out);

/* text: base64url_len(n) characters. ERR_MALFORMED: a foreign letter, or unused bits. */
MUST_USE enum err base64url_read(const char *text, uint8_t *out, size_t n);

#endif
