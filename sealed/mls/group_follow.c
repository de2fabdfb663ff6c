/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/group_state.h"

/* Groups that follow another one, RFC 9420 sections 11.2 and 11.3. The first commit of the
 * new one names the old one by a PSK (group_commit.c); joiners check what that claims
 * (group_join.c). */

enum err mls_group_reinit(struct mls_group *g, const struct mls_group *old, uint64_t now)
{
	const struct epoch *last = old->current;

	if (g->current != NULL || last == NULL || !last->is_over)
		return ERR_NOT_NOW;
	if (last->reinit.suite != g->suite->id || last->reinit.version != MLS_VERSION_10)
		return ERR_MALFORMED;
	TRY(mls_group_create(g, last->reinit.group_id, last->reinit.extensions.items,
	                     last->reinit.extensions.count, now));
	g->old = old;
	g->link = PSK_REINIT;
	return OK;
}

enum err mls_group_branch(struct mls_group *g, const struct mls_group *old,
                          struct span group_id, const struct mls_extension *extensions,
                          size_t count, uint64_t now)
{
	if (g->current != NULL || old->current == NULL || old->current->is_over)
		return ERR_NOT_NOW;
	if (old->suite->id != g->suite->id)
		return ERR_MALFORMED;
	TRY(mls_group_create(g, group_id, extensions, count, now));
	g->old = old;
	g->link = PSK_BRANCH;
	return OK;
}
