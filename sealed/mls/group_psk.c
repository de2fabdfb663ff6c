/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/group_state.h"

/* Where the pre-shared keys of a commit or a Welcome come from, RFC 9420 section 8.4. */

bool group_resumption(const struct mls_group *g, struct span group_id, uint64_t epoch,
                      struct span *psk)
{
	const struct resumption *r = &g->resumptions[epoch % RESUMPTIONS_KEPT];

	if (g->current == NULL || !span_is_equal(group_id, g->current->context.group_id) ||
	    !r->is_there || r->epoch != epoch)
		return false;
	*psk = (struct span){ r->psk, hash_len(g->suite->hash) };
	return true;
}

static enum err psk_find(struct mls_group *g, const struct psk_id *id, struct span *secret)
{
	const struct mls_judge *judge = &g->config.judge;

	if (id->type == PSK_EXTERNAL)
		return judge->psk == NULL ? ERR_AUTH : judge->psk(judge->arg, id->id, secret);
	if (id->usage == PSK_APPLICATION &&
	    group_resumption(g, id->group_id, id->epoch, secret))
		return OK;
	if (g->old != NULL && group_resumption(g->old, id->group_id, id->epoch, secret))
		return OK;
	return ERR_AUTH;
}

enum err group_psk_secret(struct mls_group *g, const struct mls_suite *suite,
                          const struct psk_id *const *ids, size_t count, uint8_t *out)
{
	struct psk psks[PSKS_MAX];

	if (count > PSKS_MAX)
		return ERR_LIMIT;
	for (size_t i = 0; i < count; i++) {
		psks[i].id = *ids[i];
		TRY(psk_find(g, ids[i], &psks[i].secret));
	}
	return psk_secret_derive(g->config.crypto, suite, psks, count, &g->scratch, out);
}
