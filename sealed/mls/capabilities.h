/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_CAPABILITIES_H
#define ZEGEL_MLS_CAPABILITIES_H

#include "sealed/mls/extension.h"

/* What a client can do, RFC 9420 section 7.2. Each list is kept as it came: big-endian
 * uint16 values in a row; unknown ones are ignored by never being asked for. */
struct capabilities {
	struct span versions, cipher_suites, extensions, proposals, credentials;
};

MUST_USE enum err capabilities_read(struct rd *r, struct capabilities *out);

/* A vector of uint16, of even length. */
struct span u16_list_read(struct rd *r);
bool u16_list_has(struct span list, uint16_t value);

/* Listed, or one of the defaults. */
bool capabilities_has_extension(const struct capabilities *c, uint16_t type);
bool capabilities_has_proposal(const struct capabilities *c, uint16_t type);
bool capabilities_has_credential(const struct capabilities *c, uint16_t type);

/* All that a required_capabilities extension asks for? */
bool capabilities_meet(const struct capabilities *c, const struct required_capabilities *r);

#endif
