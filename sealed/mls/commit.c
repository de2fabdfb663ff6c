/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/commit.h"

/* struct {
 *     ProposalOrRefType type;
 *     select (ProposalOrRef.type) {
 *         case proposal:  Proposal proposal;
 *         case reference: ProposalRef reference;
 *     };
 * } ProposalOrRef; */
static enum err proposal_or_ref_read(struct rd *r, struct arena *a,
                                     struct proposal_or_ref *out)
{
	uint64_t type = rd_uint(r, 1);

	out->is_ref = type == PROPOSAL_BY_REFERENCE;
	if (type == PROPOSAL_BY_VALUE)
		return proposal_read(r, a, &out->proposal);
	if (!out->is_ref)
		rd_fail(r, ERR_MALFORMED);
	out->ref = rd_vec(r);
	return r->err;
}

void proposal_or_ref_write(struct wr *w, const struct proposal_or_ref *item)
{
	wr_uint(w, 1, item->is_ref ? PROPOSAL_BY_REFERENCE : PROPOSAL_BY_VALUE);
	if (item->is_ref)
		wr_vec(w, item->ref);
	else
		wr_bytes(w, item->proposal.raw);
}

/* Reads them once only to count, so that the array is as long as what is there. */
static enum err proposals_count(struct rd list, struct arena *a, size_t *count)
{
	size_t mark = arena_mark(a), n = 0;
	enum err err = OK;

	while (rd_more(&list) && err == OK) {
		struct proposal_or_ref item;

		err = proposal_or_ref_read(&list, a, &item);
		n++;
		if (err == OK && n > COMMIT_PROPOSALS_MAX)
			err = ERR_LIMIT;
	}
	arena_release(a, mark);
	*count = n;
	return err;
}

static enum err proposals_read(struct rd *r, struct arena *a, struct commit *out)
{
	struct rd list = rd_child(r);
	size_t n;

	TRY(list.err);
	TRY(proposals_count(list, a, &n));

	struct proposal_or_ref *items = arena_array(a, sizeof(*items), n);

	if (items == NULL)
		return ERR_SPACE;
	for (size_t i = 0; i < n && rd_more(&list); i++)
		TRY(proposal_or_ref_read(&list, a, &items[i]));
	rd_join(r, &list);
	out->proposals = items;
	out->count = n;
	return r->err;
}

/* struct {
 *     ProposalOrRef proposals<V>;
 *     optional<UpdatePath> path;
 * } Commit; */
enum err commit_read(struct rd *r, struct arena *a, struct commit *out)
{
	struct commit c = { 0 };

	TRY(proposals_read(r, a, &c));

	uint64_t present = rd_uint(r, 1);

	if (present > 1)
		rd_fail(r, ERR_MALFORMED);
	TRY(r->err);
	c.has_path = present == 1;
	if (c.has_path)
		TRY(update_path_read(r, a, &c.path));
	*out = c;
	return OK;
}
