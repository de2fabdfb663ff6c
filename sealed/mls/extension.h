/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_EXTENSION_H
#define ZEGEL_MLS_EXTENSION_H

#include "sealed/mls/credential.h"
#include "sealed/mls/mls.h"
#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

/* Lists of extensions (RFC 9420 sections 7.2 and 13.4), and the bodies of those that the
 * RFC defines itself. Spans borrow the bytes that were read. */

enum mls_extension_type {
	MLS_EXTENSION_APPLICATION_ID = 1,
	MLS_EXTENSION_RATCHET_TREE = 2,
	MLS_EXTENSION_REQUIRED_CAPABILITIES = 3,
	MLS_EXTENSION_EXTERNAL_PUB = 4,
	MLS_EXTENSION_EXTERNAL_SENDERS = 5,
};

/* More in one list than anybody has a use for; bounds the search for duplicates. */
enum { MLS_EXTENSIONS_MAX = 64 };

struct extension_list {
	const struct mls_extension *items;
	size_t count;
};

/* `Extension extensions<V>`; the array goes into the arena. ERR_MALFORMED: two of one
 * type (13.4); ERR_LIMIT: more than MLS_EXTENSIONS_MAX. */
MUST_USE enum err extension_list_read(struct rd *r, struct arena *a,
                                      struct extension_list *out);
void extension_list_write(struct wr *w, struct extension_list list);
/* data may be NULL. */
bool extension_list_find(struct extension_list list, uint16_t type, struct span *data);
/* The same list with arrays and data in the arena. */
MUST_USE enum err extension_list_copy(struct arena *a, struct extension_list list,
                                      struct extension_list *out);

/* RFC 9420 7.2: types that every client knows and nobody lists as a capability. */
bool extension_type_is_default(uint16_t type);
bool proposal_type_is_default(uint16_t type);

/* RFC 9420 13.5: the values that are sent only to be ignored; of 0 to 14. */
uint16_t mls_grease(unsigned which);

/* Section 11.1. Lists of big-endian uint16, see capabilities.h. */
struct required_capabilities {
	struct span extensions, proposals, credentials;
};
MUST_USE enum err required_capabilities_read(struct span data,
                                             struct required_capabilities *out);

/* Section 12.1.8.1. The list is read whole each time: it is short and rarely needed. */
struct external_sender {
	struct span signature_key;
	struct credential credential;
};
/* ERR_MALFORMED where the list is; ERR_AUTH: no sender of that index. */
MUST_USE enum err external_senders_find(struct span data, uint32_t index,
                                        struct external_sender *out);
MUST_USE enum err external_senders_check(struct span data);

/* ERR_MALFORMED: an extension that is defined for this place does not have its form. */
MUST_USE enum err group_extensions_check(struct extension_list list);

#endif
