/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/proposal.h"

/* struct {
 *     opaque group_id<V>;
 *     ProtocolVersion version;
 *     CipherSuite cipher_suite;
 *     Extension extensions<V>;
 * } ReInit; */
static enum err reinit_read(struct rd *r, struct arena *a, struct reinit *out)
{
	out->group_id = rd_vec(r);
	out->version = (uint16_t)rd_uint(r, 2);
	out->suite = (uint16_t)rd_uint(r, 2);
	return extension_list_read(r, a, &out->extensions);
}

static void reinit_write(struct wr *w, const struct reinit *reinit)
{
	wr_vec(w, reinit->group_id);
	wr_uint(w, 2, reinit->version);
	wr_uint(w, 2, reinit->suite);
	extension_list_write(w, reinit->extensions);
}

static enum err body_read(struct rd *r, struct arena *a, struct proposal *p)
{
	switch (p->type) {
	case PROPOSAL_ADD:
		return key_package_read(r, a, &p->add);
	case PROPOSAL_UPDATE:
		return leaf_node_read(r, a, &p->update);
	case PROPOSAL_REMOVE:
		p->remove = (uint32_t)rd_uint(r, 4);
		return r->err;
	case PROPOSAL_PSK:
		return psk_id_read(r, &p->psk);
	case PROPOSAL_REINIT:
		return reinit_read(r, a, &p->reinit);
	case PROPOSAL_EXTERNAL_INIT:
		p->kem_output = rd_vec(r);
		return r->err;
	case PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		return extension_list_read(r, a, &p->extensions);
	}
	rd_fail(r, ERR_MALFORMED);
	return r->err;
}

enum err proposal_read(struct rd *r, struct arena *a, struct proposal *out)
{
	const uint8_t *start = r->p;
	struct proposal p = { .type = (enum proposal_type)rd_uint(r, 2) };

	TRY(body_read(r, a, &p));
	p.raw = (struct span){ start, (size_t)(r->p - start) };
	*out = p;
	return OK;
}

void proposal_write(struct wr *w, const struct proposal *p)
{
	wr_uint(w, 2, p->type);
	switch (p->type) {
	case PROPOSAL_ADD:
		wr_bytes(w, p->add.raw);
		break;
	case PROPOSAL_UPDATE:
		wr_bytes(w, p->update.raw);
		break;
	case PROPOSAL_REMOVE:
		wr_uint(w, 4, p->remove);
		break;
	case PROPOSAL_PSK:
		psk_id_write(w, &p->psk);
		break;
	case PROPOSAL_REINIT:
		reinit_write(w, &p->reinit);
		break;
	case PROPOSAL_EXTERNAL_INIT:
		wr_vec(w, p->kem_output);
		break;
	case PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		extension_list_write(w, p->extensions);
		break;
	}
}

static size_t extensions_max(struct extension_list list)
{
	size_t n = 4;

	for (size_t i = 0; i < list.count; i++)
		n += 2 + 4 + list.items[i].data.n;
	return n;
}

/* An upper bound of what proposal_write() writes. */
static size_t encoded_max(const struct proposal *p)
{
	const size_t fixed = 32; /* type, lengths, numbers: none has more */

	switch (p->type) {
	case PROPOSAL_ADD:
		return fixed + p->add.raw.n;
	case PROPOSAL_UPDATE:
		return fixed + p->update.raw.n;
	case PROPOSAL_PSK:
		return fixed + p->psk.id.n + p->psk.group_id.n + p->psk.nonce.n;
	case PROPOSAL_REINIT:
		return fixed + p->reinit.group_id.n + extensions_max(p->reinit.extensions);
	case PROPOSAL_EXTERNAL_INIT:
		return fixed + p->kem_output.n;
	case PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		return fixed + extensions_max(p->extensions);
	case PROPOSAL_REMOVE:
		break;
	}
	return fixed;
}

enum err proposal_encode(struct arena *a, struct proposal *p)
{
	size_t cap = encoded_max(p);
	uint8_t *buf = arena_alloc(a, cap);

	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, cap);

	proposal_write(&w, p);
	return wr_end(&w, &p->raw);
}

bool proposal_needs_path(enum proposal_type type)
{
	return type != PROPOSAL_ADD && type != PROPOSAL_PSK && type != PROPOSAL_REINIT;
}

bool proposal_may_be_external(enum proposal_type type)
{
	return type == PROPOSAL_ADD || type == PROPOSAL_REMOVE || type == PROPOSAL_PSK ||
	       type == PROPOSAL_REINIT || type == PROPOSAL_GROUP_CONTEXT_EXTENSIONS;
}
