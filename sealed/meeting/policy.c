/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/policy.h"

#include <string.h>

#include "sealed/meeting/limits.h"
#include "sealed/meeting/link.h"
#include "sealed/meeting/text.h"
#include "sealed/mls/mls.h"

/* The extension's data, docs/protocol.md section 8:
 *
 *   body<V> || signer's key [32] || signature [64]
 *
 *   body: form | version | mode | locked | rights | level | label<V> | members | suite |
 *         credential | hosts<V>, each: key [32] | granter | grant [64]                     */
enum { form = 1, rights_known = POLICY_SHARE_SCREEN | POLICY_CHAT | POLICY_UNMUTE };
enum { signed_max = POLICY_LEN_MAX + 512, group_id_max = 255 };

/* Typed, and bound to the group: what was signed in one meeting is nothing in another. */
static enum err signed_write(struct span what, struct span group_id, struct span content,
                             uint8_t buf[signed_max], struct span *out)
{
	struct wr w = wr_into(buf, signed_max);

	if (group_id.n > group_id_max)
		return ERR_LIMIT;
	wr_vec(&w, what);
	wr_vec(&w, group_id);
	wr_vec(&w, content);
	return wr_end(&w, out);
}

enum err policy_sign(const struct crypto *c, const uint8_t *priv, struct span what,
                     struct span group_id, struct span content,
                     uint8_t signature[POLICY_SIGNATURE_LEN])
{
	uint8_t buf[signed_max], sig[SIG_MAX];
	struct span message;
	size_t n;

	TRY(signed_write(what, group_id, content, buf, &message));
	TRY(c->sign(c->ctx, SIG_ED25519, priv, message, sig, &n));
	if (n != POLICY_SIGNATURE_LEN)
		return ERR_PROVIDER;
	memcpy(signature, sig, n);
	return OK;
}

enum err policy_verify(const struct crypto *c, const uint8_t key[POLICY_KEY_LEN],
                       struct span what, struct span group_id, struct span content,
                       const uint8_t signature[POLICY_SIGNATURE_LEN])
{
	uint8_t buf[signed_max];
	struct span message;

	TRY(signed_write(what, group_id, content, buf, &message));
	return c->verify(c->ctx, SIG_ED25519, (struct span){ key, POLICY_KEY_LEN }, message,
	                 (struct span){ signature, POLICY_SIGNATURE_LEN });
}

size_t policy_host_find(const struct policy *policy, struct span key)
{
	for (size_t i = 0; i < policy->host_count; i++)
		if (span_is_equal(SPAN(policy->hosts[i].key), key))
			return i;
	return POLICY_HOSTS_MAX;
}

enum err policy_add_host(struct policy *policy, const struct crypto *c, struct span group_id,
                         size_t granter, const uint8_t *priv,
                         const uint8_t key[POLICY_KEY_LEN])
{
	struct policy_host *host = &policy->hosts[policy->host_count];
	const struct span span = { key, POLICY_KEY_LEN };

	if (policy->host_count == POLICY_HOSTS_MAX || granter >= policy->host_count ||
	    policy_host_find(policy, span) != POLICY_HOSTS_MAX)
		return ERR_LIMIT;
	TRY(policy_sign(c, priv, SPAN_STR("zegel host 1"), group_id, span, host->grant));
	host->granter = (uint8_t)granter;
	memcpy(host->key, key, POLICY_KEY_LEN);
	policy->host_count++;
	return OK;
}

/* Every bound that a field has by itself. */
static bool is_sound(const struct policy *p)
{
	const struct span label = { p->label, p->label_n };

	return p->version != 0 && (p->mode == POLICY_OPEN || p->mode == POLICY_LOBBY) &&
	       (p->rights & ~(unsigned)rights_known) == 0 && p->level <= POLICY_LEVEL_MAX &&
	       (label.n == 0 || text_is_name(label)) && p->members_max != 0 &&
	       p->members_max <= ZEGEL_MEMBERS_MAX &&
	       (p->credential == MLS_CREDENTIAL_BASIC ||
	        p->credential == MLS_CREDENTIAL_X509) &&
	       p->host_count != 0;
}

static void body_write(struct wr *w, const struct policy *p)
{
	wr_uint(w, 1, form);
	wr_uint(w, 8, p->version);
	wr_uint(w, 1, p->mode);
	wr_uint(w, 1, p->is_locked);
	wr_uint(w, 1, p->rights);
	wr_uint(w, 1, p->level);
	wr_vec(w, (struct span){ p->label, p->label_n });
	wr_uint(w, 2, p->members_max);
	wr_uint(w, 2, p->suite);
	wr_uint(w, 2, p->credential);

	size_t opened = wr_open(w);

	for (size_t i = 0; i < p->host_count; i++) {
		wr_bytes(w, SPAN(p->hosts[i].key));
		wr_uint(w, 1, p->hosts[i].granter);
		wr_bytes(w, SPAN(p->hosts[i].grant));
	}
	wr_close(w, opened);
}

enum err policy_write(const struct policy *policy, const struct crypto *c,
                      struct span group_id, size_t signer, const uint8_t *priv, struct wr *w)
{
	uint8_t buf[POLICY_LEN_MAX], signature[POLICY_SIGNATURE_LEN];
	struct wr body = wr_into(buf, sizeof(buf));
	struct span out;

	if (!is_sound(policy) || signer >= policy->host_count)
		return ERR_LIMIT;
	body_write(&body, policy);
	TRY(wr_end(&body, &out));
	TRY(policy_sign(c, priv, SPAN_STR("zegel policy 1"), group_id, out, signature));
	wr_vec(w, out);
	wr_bytes(w, SPAN(policy->hosts[signer].key));
	wr_bytes(w, SPAN(signature));
	return w->err;
}

static void hosts_read(struct rd *r, struct policy *p)
{
	struct rd list = rd_child(r);

	while (rd_more(&list)) {
		struct policy_host *host = &p->hosts[p->host_count];
		struct policy_host next;

		rd_copy(&list, next.key, sizeof(next.key));
		next.granter = (uint8_t)rd_uint(&list, 1);
		rd_copy(&list, next.grant, sizeof(next.grant));
		/* Each key once, and a granter before whom it made a host: no circles. */
		if (p->host_count == POLICY_HOSTS_MAX ||
		    (p->host_count == 0 ? next.granter != 0 : next.granter >= p->host_count) ||
		    policy_host_find(p, SPAN(next.key)) != POLICY_HOSTS_MAX) {
			rd_fail(&list, ERR_MALFORMED);
			break;
		}
		*host = next;
		p->host_count++;
	}
	rd_join(r, &list);
}

static enum err body_read(struct span body, struct policy *p)
{
	struct rd r = rd_from(body);
	unsigned got_form = (unsigned)rd_uint(&r, 1), mode, locked;

	p->version = rd_uint(&r, 8);
	mode = (unsigned)rd_uint(&r, 1);
	locked = (unsigned)rd_uint(&r, 1);
	p->mode = (enum policy_mode)mode;
	p->is_locked = locked == 1;
	p->rights = (unsigned)rd_uint(&r, 1);
	p->level = (unsigned)rd_uint(&r, 1);

	struct span label = rd_vec(&r);

	p->members_max = (uint32_t)rd_uint(&r, 2);
	p->suite = (uint16_t)rd_uint(&r, 2);
	p->credential = (uint16_t)rd_uint(&r, 2);
	hosts_read(&r, p);
	TRY(rd_end(&r));
	if (got_form != form || locked > 1 || label.n > POLICY_LABEL_MAX)
		return ERR_MALFORMED;
	if (label.n != 0)
		memcpy(p->label, label.p, label.n);
	p->label_n = label.n;
	return is_sound(p) ? OK : ERR_MALFORMED;
}

static enum err hosts_verify(const struct policy *p, const struct crypto *c,
                             const struct policy_place *place)
{
	static const uint8_t no_grant[POLICY_SIGNATURE_LEN];
	uint8_t hash[HASH_MAX];

	TRY(crypto_hash(c, HASH_SHA256, SPAN(p->hosts[0].key), hash));
	if (!span_is_equal((struct span){ hash, HOST_HASH_LEN }, place->host_hash) ||
	    !span_is_equal(SPAN(p->hosts[0].grant), SPAN(no_grant)))
		return ERR_AUTH;
	for (size_t i = 1; i < p->host_count; i++)
		TRY(policy_verify(c, p->hosts[p->hosts[i].granter].key,
		                  SPAN_STR("zegel host 1"), place->group_id,
		                  SPAN(p->hosts[i].key), p->hosts[i].grant));
	return OK;
}

enum err policy_read(struct span data, const struct crypto *c,
                     const struct policy_place *place, struct policy *policy,
                     uint8_t signer[POLICY_KEY_LEN])
{
	struct policy new = { 0 };
	uint8_t key[POLICY_KEY_LEN], signature[POLICY_SIGNATURE_LEN];
	struct rd r = rd_from(data);
	struct span body = rd_vec(&r);

	rd_copy(&r, key, sizeof(key));
	rd_copy(&r, signature, sizeof(signature));
	if (rd_end(&r) != OK || data.n > POLICY_LEN_MAX || body_read(body, &new) != OK)
		return ERR_MALFORMED;
	if (new.suite != place->suite)
		return ERR_AUTH;
	TRY(hosts_verify(&new, c, place));
	if (policy_host_find(&new, SPAN(key)) == POLICY_HOSTS_MAX)
		return ERR_AUTH;
	TRY(policy_verify(c, key, SPAN_STR("zegel policy 1"), place->group_id, body, signature));
	*policy = new;
	memcpy(signer, key, POLICY_KEY_LEN);
	return OK;
}

enum err policy_follows(const struct policy *old, const struct policy *next,
                        const uint8_t signer[POLICY_KEY_LEN])
{
	const struct span key = { signer, POLICY_KEY_LEN };

	if (next->version != old->version + 1 ||
	    policy_host_find(old, key) == POLICY_HOSTS_MAX)
		return ERR_AUTH;
	/* What the group was made with stays: there is no way to change it for all. */
	return next->suite == old->suite && next->credential == old->credential ? OK : ERR_AUTH;
}
