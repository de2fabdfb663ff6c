/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_COMMIT_H
#define ZEGEL_MLS_COMMIT_H

#include "sealed/mls/proposal.h"
#include "sealed/mls/treekem.h"

/* What begins a new epoch, RFC 9420 section 12.4. Spans borrow the bytes read. */
enum { PROPOSAL_BY_VALUE = 1, PROPOSAL_BY_REFERENCE = 2 };

struct proposal_or_ref {
	bool is_ref;
	struct span ref;          /* ProposalRef, a hash   */
	struct proposal proposal; /* else                  */
};

struct commit {
	const struct proposal_or_ref *proposals;
	size_t count;
	bool has_path;
	struct update_path path;
};

/* More in one commit than one block of memory could hold; bounds the search for
 * proposals that contradict each other. */
enum { COMMIT_PROPOSALS_MAX = 4096 };

MUST_USE enum err commit_read(struct rd *r, struct arena *a, struct commit *out);

/* One entry of the vector of proposals. */
void proposal_or_ref_write(struct wr *w, const struct proposal_or_ref *item);

#endif
