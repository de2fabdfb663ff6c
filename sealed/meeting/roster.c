/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/roster.h"

#include <string.h>

#include "sealed/meeting/text.h"
#include "sealed/wire/wipe.h"

enum err roster_judge(const struct mls_member *member, struct span *name)
{
	if (member->credential_type != MLS_CREDENTIAL_BASIC || member->credential.n != 0)
		return ERR_AUTH;
	for (size_t i = 0; i < member->extension_count; i++) {
		if (member->extensions[i].type != ROSTER_NAME_EXTENSION)
			continue;
		if (!text_is_name(member->extensions[i].data))
			return ERR_AUTH;
		*name = member->extensions[i].data;
		return OK;
	}
	return ERR_AUTH;
}

enum err roster_init(struct roster *roster, uint32_t members, struct arena *memory)
{
	*roster = (struct roster){ .seats_max = members };
	roster->seats = arena_array(memory, sizeof(*roster->seats), members);
	return roster->seats == NULL ? ERR_SPACE : OK;
}

void roster_clear(struct roster *roster)
{
	wipe(roster->seats, roster->seats_max * sizeof(*roster->seats));
	roster->width = 0;
	roster->size = 0;
}

static bool is_same(const struct seat *seat, const struct mls_member *member)
{
	const struct span key = { seat->signature_key, seat->signature_key_n };

	return seat->taken && span_is_equal(key, member->signature_key);
}

static enum err take(struct roster *roster, struct seat *seat,
                     const struct mls_member *member, uint64_t epoch, uint64_t now)
{
	if (member->signature_key.n > sizeof(seat->signature_key))
		return ERR_LIMIT;
	*seat = (struct seat){ .taken = true,
		               .heard_at = now,
		               .joined = ++roster->next_joined,
		               .since = epoch,
		               .reached = epoch,
		               .signature_key_n = (uint8_t)member->signature_key.n };
	memcpy(seat->signature_key, member->signature_key.p, member->signature_key.n);
	return OK;
}

enum err roster_update(struct roster *roster, const struct mls_group *group, uint64_t now,
                       bool *changed)
{
	uint32_t width = mls_group_leaf_width(group);
	uint32_t size = 0;

	for (uint32_t leaf = 0; leaf < width || leaf < roster->width; leaf++) {
		struct mls_member member;
		bool taken = leaf < width && mls_group_member(group, leaf, &member);

		if (leaf >= roster->seats_max) {
			if (taken)
				return ERR_LIMIT;
			continue;
		}

		struct seat *seat = &roster->seats[leaf];
		bool was_taken = seat->taken;

		size += taken;
		if (taken && is_same(seat, &member))
			continue;
		wipe(seat, sizeof(*seat));
		if (taken)
			TRY(take(roster, seat, &member, mls_group_epoch(group), now));
		changed[leaf] = taken || was_taken;
	}
	roster->width = width < roster->seats_max ? width : roster->seats_max;
	roster->size = size;
	return OK;
}

void roster_vacate(struct roster *roster, struct span signature_key)
{
	uint32_t leaf = roster_leaf_of_key(roster, signature_key);

	/* Taken still, by nobody: the update sees a change of occupant. */
	if (leaf != ZEGEL_NOBODY)
		roster->seats[leaf].signature_key_n = 0;
}

struct seat *roster_seat(const struct roster *roster, uint32_t leaf)
{
	if (leaf >= roster->width || !roster->seats[leaf].taken)
		return NULL;
	return &roster->seats[leaf];
}

uint32_t roster_leaf_of_handle(const struct roster *roster, uint32_t handle)
{
	for (uint32_t leaf = 0; handle != 0 && leaf < roster->width; leaf++)
		if (roster->seats[leaf].taken && roster->seats[leaf].handle == handle)
			return leaf;
	return ZEGEL_NOBODY;
}

uint32_t roster_leaf_of_key(const struct roster *roster, struct span signature_key)
{
	for (uint32_t leaf = 0; leaf < roster->width; leaf++) {
		const struct seat *seat = &roster->seats[leaf];
		const struct span key = { seat->signature_key, seat->signature_key_n };

		if (seat->taken && span_is_equal(key, signature_key))
			return leaf;
	}
	return ZEGEL_NOBODY;
}

uint32_t roster_place(const struct roster *roster, uint32_t leaf)
{
	uint32_t place = 0;

	for (uint32_t i = 0; i < leaf && i < roster->width; i++)
		place += roster->seats[i].taken;
	return place;
}

bool roster_has_reached(const struct roster *roster, uint32_t own, uint64_t epoch)
{
	for (uint32_t leaf = 0; leaf < roster->width; leaf++) {
		const struct seat *seat = &roster->seats[leaf];

		if (leaf != own && seat->taken && !seat->is_gone && !seat->is_leaving &&
		    seat->reached < epoch)
			return false;
	}
	return true;
}
