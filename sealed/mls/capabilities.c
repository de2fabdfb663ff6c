/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/capabilities.h"

struct span u16_list_read(struct rd *r)
{
	struct span list = rd_vec(r);

	if (list.n % 2 != 0)
		rd_fail(r, ERR_MALFORMED);
	return list;
}

bool u16_list_has(struct span list, uint16_t value)
{
	for (size_t i = 0; i + 1 < list.n; i += 2)
		if ((list.p[i] << 8 | list.p[i + 1]) == value)
			return true;
	return false;
}

enum err capabilities_read(struct rd *r, struct capabilities *out)
{
	struct capabilities c;

	c.versions = u16_list_read(r);
	c.cipher_suites = u16_list_read(r);
	c.extensions = u16_list_read(r);
	c.proposals = u16_list_read(r);
	c.credentials = u16_list_read(r);
	if (r->err != OK)
		return r->err;
	*out = c;
	return OK;
}

bool capabilities_has_extension(const struct capabilities *c, uint16_t type)
{
	return extension_type_is_default(type) || u16_list_has(c->extensions, type);
}

bool capabilities_has_proposal(const struct capabilities *c, uint16_t type)
{
	return proposal_type_is_default(type) || u16_list_has(c->proposals, type);
}

bool capabilities_has_credential(const struct capabilities *c, uint16_t type)
{
	return u16_list_has(c->credentials, type);
}

bool capabilities_meet(const struct capabilities *c, const struct required_capabilities *r)
{
	for (struct rd l = rd_from(r->extensions); rd_more(&l);)
		if (!capabilities_has_extension(c, (uint16_t)rd_uint(&l, 2)))
			return false;
	for (struct rd l = rd_from(r->proposals); rd_more(&l);)
		if (!capabilities_has_proposal(c, (uint16_t)rd_uint(&l, 2)))
			return false;
	for (struct rd l = rd_from(r->credentials); rd_more(&l);)
		if (!capabilities_has_credential(c, (uint16_t)rd_uint(&l, 2)))
			return false;
	return true;
}
