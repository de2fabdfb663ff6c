/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_PROPOSAL_H
#define ZEGEL_MLS_PROPOSAL_H

#include "sealed/mls/key_package.h"
#include "sealed/mls/psk.h"

/* A wish to change the group, RFC 9420 section 12.1. Spans borrow the bytes read. */
enum proposal_type {
	PROPOSAL_ADD = 1,
	PROPOSAL_UPDATE = 2,
	PROPOSAL_REMOVE = 3,
	PROPOSAL_PSK = 4,
	PROPOSAL_REINIT = 5,
	PROPOSAL_EXTERNAL_INIT = 6,
	PROPOSAL_GROUP_CONTEXT_EXTENSIONS = 7,
};

struct reinit {
	struct span group_id;
	uint16_t version, suite;
	struct extension_list extensions;
};

struct proposal {
	enum proposal_type type;
	struct span raw; /* the Proposal, with its type */
	union {
		struct key_package add;
		struct leaf_node update;
		uint32_t remove;
		struct psk_id psk;
		struct reinit reinit;
		struct span kem_output; /* external init */
		struct extension_list extensions;
	};
};

/* Arrays go into the arena. ERR_MALFORMED: also a type that we do not know. A proposal
 * says nothing of its own length, so nothing after such a one could be read either; our
 * leaf nodes name no type but the default ones, so nobody may send us one (12.2). */
MUST_USE enum err proposal_read(struct rd *r, struct arena *a, struct proposal *out);

/* From the fields: an add, an update from their `raw`; `raw` of the proposal is unused. */
void proposal_write(struct wr *w, const struct proposal *proposal);

/* proposal_write() into the arena, and `raw` set to it. */
MUST_USE enum err proposal_encode(struct arena *a, struct proposal *proposal);

/* Section 12.4: may a commit of it go without a path? */
bool proposal_needs_path(enum proposal_type type);

/* Section 12.1.8: may an external sender send it? */
bool proposal_may_be_external(enum proposal_type type);

#endif
