/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/participant.h"

#include <string.h>

#include "sealed/meeting/code.h"

/* Between joining and founding there is a group, but nobody in it to speak of. */
static bool has_people(const struct zegel *z)
{
	return z->group != NULL && z->roster.size != 0;
}

uint32_t zegel_roster_size(const struct zegel *z)
{
	return has_people(z) ? z->roster.size : 0;
}

enum err zegel_roster_find(const struct zegel *z, uint32_t leaf, struct zegel_person *person)
{
	const struct seat *seat = roster_seat(&z->roster, leaf);
	struct mls_member member;
	struct span name;

	if (!has_people(z) || seat == NULL || !mls_group_member(z->group, leaf, &member))
		return ERR_NOT_NOW;
	TRY(roster_judge(&member, &name));
	if (seat->signature_key_n > sizeof(person->signature_key))
		return ERR_LIMIT;

	bool is_own = leaf == mls_group_own_leaf(z->group);

	*person = (struct zegel_person){
		.leaf = leaf,
		.is_own = is_own,
		.handle = is_own ? z->handle : seat->handle,
		.bits = is_own ? z->bits : seat->bits,
		.joined = seat->joined,
		.name_n = (uint32_t)name.n,
	};
	memcpy(person->name, name.p, name.n);
	memcpy(person->signature_key, seat->signature_key, seat->signature_key_n);
	return OK;
}

enum err zegel_roster_get(const struct zegel *z, uint32_t index, struct zegel_person *person)
{
	for (uint32_t leaf = 0; leaf < z->roster.width; leaf++)
		if (z->roster.seats[leaf].taken && index-- == 0)
			return zegel_roster_find(z, leaf, person);
	return ERR_NOT_NOW;
}

uint32_t zegel_own_leaf(const struct zegel *z)
{
	return has_people(z) ? mls_group_own_leaf(z->group) : ZEGEL_NOBODY;
}

uint64_t zegel_epoch(const struct zegel *z)
{
	return has_people(z) ? mls_group_epoch(z->group) : 0;
}

enum err zegel_code(struct zegel *z, char digits[ZEGEL_CODE_LEN])
{
	size_t mark = arena_mark(&z->scratch), count = 0;
	struct span *keys;
	enum err err;

	if (!has_people(z))
		return ERR_NOT_NOW;
	keys = arena_array(&z->scratch, sizeof(*keys), z->roster.size);
	if (keys == NULL)
		return ERR_SPACE;
	for (uint32_t leaf = 0; leaf < z->roster.width; leaf++) {
		const struct seat *seat = roster_seat(&z->roster, leaf);

		if (seat != NULL)
			keys[count++] =
				(struct span){ seat->signature_key, seat->signature_key_n };
	}
	err = code_write(z->crypto, mls_group_id(z->group), keys, count, &z->scratch, digits);
	arena_release(&z->scratch, mark);
	return err;
}
