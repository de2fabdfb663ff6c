/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/extension.h"

#include "sealed/mls/capabilities.h"

/* Counts first, so that the array is as long as what is really there. */
static size_t extensions_count(struct rd list)
{
	size_t n = 0;

	while (rd_more(&list)) {
		rd_uint(&list, 2);
		rd_vec(&list);
		n += list.err == OK;
	}
	return n;
}

enum err extension_list_read(struct rd *r, struct arena *a, struct extension_list *out)
{
	struct rd list = rd_child(r);
	size_t count = extensions_count(list), n = 0;

	if (count > MLS_EXTENSIONS_MAX)
		rd_fail(r, ERR_LIMIT);
	if (r->err != OK)
		return r->err;

	struct mls_extension *items = arena_array(a, sizeof(*items), count);

	if (items == NULL) {
		rd_fail(r, ERR_SPACE);
		return ERR_SPACE;
	}
	while (rd_more(&list) && n < count) {
		struct mls_extension e;

		e.type = (uint16_t)rd_uint(&list, 2);
		e.data = rd_vec(&list);
		/* RFC 9420 13.4: not more than one extension of any type. */
		if (extension_list_find((struct extension_list){ items, n }, e.type, NULL))
			rd_fail(&list, ERR_MALFORMED);
		items[n++] = e;
	}
	rd_join(r, &list);
	if (r->err != OK)
		return r->err;
	*out = (struct extension_list){ items, n };
	return OK;
}

void extension_list_write(struct wr *w, struct extension_list list)
{
	size_t opened = wr_open(w);

	for (size_t i = 0; i < list.count; i++) {
		wr_uint(w, 2, list.items[i].type);
		wr_vec(w, list.items[i].data);
	}
	wr_close(w, opened);
}

bool extension_list_find(struct extension_list list, uint16_t type, struct span *data)
{
	for (size_t i = 0; i < list.count; i++) {
		if (list.items[i].type != type)
			continue;
		if (data != NULL)
			*data = list.items[i].data;
		return true;
	}
	return false;
}

enum err extension_list_copy(struct arena *a, struct extension_list list,
                             struct extension_list *out)
{
	struct mls_extension *items = arena_array(a, sizeof(*items), list.count);

	if (items == NULL)
		return ERR_SPACE;
	for (size_t i = 0; i < list.count; i++) {
		items[i].type = list.items[i].type;
		TRY(arena_dup(a, list.items[i].data, &items[i].data));
	}
	*out = (struct extension_list){ items, list.count };
	return OK;
}

bool extension_type_is_default(uint16_t type)
{
	return type >= MLS_EXTENSION_APPLICATION_ID && type <= MLS_EXTENSION_EXTERNAL_SENDERS;
}

bool proposal_type_is_default(uint16_t type)
{
	return type >= 1 && type <= 7; /* add to group_context_extensions */
}

uint16_t mls_grease(unsigned which)
{
	return (uint16_t)(0x0a0a + 0x1010 * (which % 15));
}

enum err required_capabilities_read(struct span data, struct required_capabilities *out)
{
	struct rd r = rd_from(data);
	struct required_capabilities required;

	required.extensions = u16_list_read(&r);
	required.proposals = u16_list_read(&r);
	required.credentials = u16_list_read(&r);
	/* The extension's body is whole: what is missing in it will not come. */
	if (rd_end(&r) != OK)
		return ERR_MALFORMED;
	*out = required;
	return OK;
}

static enum err external_sender_read(struct rd *r, struct external_sender *out)
{
	struct external_sender sender;

	sender.signature_key = rd_vec(r);
	TRY(credential_read(r, &sender.credential));
	*out = sender;
	return OK;
}

enum err external_senders_check(struct span data)
{
	struct rd r = rd_from(data), list = rd_child(&r);
	struct external_sender sender;

	while (rd_more(&list))
		if (external_sender_read(&list, &sender) != OK)
			return ERR_MALFORMED;
	rd_join(&r, &list);
	return rd_end(&r) == OK ? OK : ERR_MALFORMED;
}

enum err external_senders_find(struct span data, uint32_t index, struct external_sender *out)
{
	TRY(external_senders_check(data));

	struct rd r = rd_from(data), list = rd_child(&r);
	struct external_sender sender;

	for (uint32_t i = 0; rd_more(&list); i++) {
		TRY(external_sender_read(&list, &sender));
		if (i == index) {
			*out = sender;
			return OK;
		}
	}
	return ERR_AUTH;
}

enum err group_extensions_check(struct extension_list list)
{
	struct required_capabilities required;
	struct span data;

	if (extension_list_find(list, MLS_EXTENSION_REQUIRED_CAPABILITIES, &data))
		TRY(required_capabilities_read(data, &required));
	if (extension_list_find(list, MLS_EXTENSION_EXTERNAL_SENDERS, &data))
		TRY(external_senders_check(data));
	return OK;
}
