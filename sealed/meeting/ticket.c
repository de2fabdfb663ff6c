/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/ticket.h"

#define TICKET_LABEL  SPAN_STR("zegel ticket 1")
#define REFUSAL_LABEL SPAN_STR("zegel refusal 1")

enum { content_max = 8 + 2 * (2 + SIG_PUB_MAX) };

/* epoch u64 || signature key<V> || KeyPackage's hash<V> */
static enum err content_write(const struct ticket_subject *s, uint8_t buf[content_max],
                              struct span *content)
{
	struct wr w = wr_into(buf, content_max);

	wr_uint(&w, 8, s->epoch);
	wr_vec(&w, s->signature_key);
	wr_vec(&w, s->key_package_hash);
	return wr_end(&w, content);
}

enum err ticket_issue(const struct crypto *c, const struct ticket_subject *subject,
                      uint8_t host, const uint8_t *priv, struct ticket *ticket)
{
	uint8_t buf[content_max];
	struct span content;

	TRY(content_write(subject, buf, &content));
	ticket->host = host;
	return policy_sign(c, priv, TICKET_LABEL, subject->group_id, content,
	                   ticket->signature);
}

enum err ticket_verify(const struct crypto *c, const struct policy *policy,
                       const struct ticket_subject *subject, const struct ticket *ticket)
{
	uint8_t buf[content_max];
	struct span content;

	if (ticket->host >= policy->host_count)
		return ERR_AUTH;
	if (content_write(subject, buf, &content) != OK)
		return ERR_AUTH;
	return policy_verify(c, policy->hosts[ticket->host].key, TICKET_LABEL,
	                     subject->group_id, content, ticket->signature);
}

enum err refusal_issue(const struct crypto *c, struct span group_id, struct span signature_key,
                       uint8_t host, const uint8_t *priv, struct ticket *refusal)
{
	refusal->host = host;
	return policy_sign(c, priv, REFUSAL_LABEL, group_id, signature_key, refusal->signature);
}

enum err refusal_verify(const struct crypto *c, const struct policy *policy,
                        struct span group_id, struct span signature_key,
                        const struct ticket *refusal)
{
	if (refusal->host >= policy->host_count)
		return ERR_AUTH;
	return policy_verify(c, policy->hosts[refusal->host].key, REFUSAL_LABEL, group_id,
	                     signature_key, refusal->signature);
}

void ticket_write(struct wr *w, const struct ticket *ticket)
{
	wr_uint(w, 1, ticket->host);
	wr_bytes(w, SPAN(ticket->signature));
}

void ticket_read(struct rd *r, struct ticket *ticket)
{
	ticket->host = (uint8_t)rd_uint(r, 1);
	rd_copy(r, ticket->signature, sizeof(ticket->signature));
}
