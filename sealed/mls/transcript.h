/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_TRANSCRIPT_H
#define ZEGEL_MLS_TRANSCRIPT_H

#include "sealed/mls/suite.h"
#include "sealed/wire/span.h"

/* The running hashes over all commits, RFC 9420 section 8.2, and the MAC by which a
 * commit shows that its sender came to the same state (6.1). Outputs: a hash long. */

/* input: ConfirmedTranscriptHashInput, the commit up to and with its signature. */
MUST_USE enum err transcript_confirmed(const struct crypto *c, const struct mls_suite *suite,
                                       struct span interim_before, struct span input,
                                       uint8_t *out);
MUST_USE enum err transcript_interim(const struct crypto *c, const struct mls_suite *suite,
                                     struct span confirmed, struct span confirmation_tag,
                                     uint8_t *out);

MUST_USE enum err confirmation_tag_derive(const struct crypto *c,
                                          const struct mls_suite *suite,
                                          struct span confirmation_key, struct span confirmed,
                                          uint8_t *tag);
/* ERR_AUTH: another tag. */
MUST_USE enum err confirmation_tag_verify(const struct crypto *c,
                                          const struct mls_suite *suite,
                                          struct span confirmation_key, struct span confirmed,
                                          struct span tag);

#endif
