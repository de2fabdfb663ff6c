/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/sframe/sframe_kid.h"

static bool is_kind(uint64_t kind)
{
	return kind >= SFRAME_AUDIO && kind <= SFRAME_SCREEN_AUDIO;
}

enum err sframe_kid_pack(const struct sframe_kid *parts, uint64_t *kid)
{
	if (!is_kind(parts->kind) || parts->instance >= SFRAME_INSTANCES ||
	    parts->leaf >= SFRAME_LEAVES || parts->epoch >= SFRAME_EPOCHS)
		return ERR_LIMIT;
	*kid = (uint64_t)parts->kind << 26 | (uint64_t)parts->instance << 14 |
	       (uint64_t)parts->leaf << 4 | parts->epoch;
	return OK;
}

enum err sframe_kid_unpack(uint64_t kid, struct sframe_kid *parts)
{
	if (!is_kind(kid >> 26))
		return ERR_MALFORMED;
	*parts = (struct sframe_kid){
		.kind = (enum sframe_kind)(kid >> 26),
		.instance = (uint32_t)(kid >> 14) % SFRAME_INSTANCES,
		.leaf = (uint32_t)(kid >> 4) % SFRAME_LEAVES,
		.epoch = (uint32_t)kid % SFRAME_EPOCHS,
	};
	return OK;
}
