/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/meeting/participant.h"
#include "sealed/mls/key_package.h"
#include "sealed/wire/wipe.h"

/* The policy of a meeting, and its door: docs/protocol.md section 8. */

bool lobby_is_wanted(const struct zegel *z)
{
	return z->link.flags & ZEGEL_FLAG_LOBBY;
}

static bool is_host_key(const struct zegel *z, struct span signature_key)
{
	uint8_t hash[HASH_MAX];

	return crypto_hash(z->crypto, HASH_SHA256, signature_key, hash) == OK &&
	       memcmp(hash, z->link.host_hash, HOST_HASH_LEN) == 0;
}

/* --- the policy --- */

enum err lobby_create_policy(struct zegel *z, struct span group_id, struct wr *w)
{
	struct policy p = {
		.version = 1,
		.mode = POLICY_LOBBY,
		.rights = POLICY_SHARE_SCREEN | POLICY_CHAT | POLICY_UNMUTE,
		.members_max = ZEGEL_MEMBERS_MAX,
		.suite = z->identity.suite,
		.credential = z->identity.credential_type,
		.host_count = 1,
	};

	memcpy(p.hosts[0].key, z->sig_pub, POLICY_KEY_LEN);
	return policy_write(&p, z->crypto, group_id, 0, z->link.host_seed, w);
}

static enum err read_policy(const struct zegel *z, struct span data, struct policy *policy,
                            uint8_t signer[POLICY_KEY_LEN])
{
	const struct policy_place place = { mls_group_id(z->group), SPAN(z->link.host_hash),
		                            (uint16_t)z->identity.suite };

	return policy_read(data, z->crypto, &place, policy, signer);
}

/* ERR_AUTH: the group is not what the link says. A member got here by commits that were
 * judged; it is who joins that finds out. */
enum err lobby_take_policy(struct zegel *z)
{
	uint8_t signer[POLICY_KEY_LEN];
	struct span data;
	bool has = mls_group_extension(z->group, POLICY_EXTENSION, &data);

	if (has != lobby_is_wanted(z))
		return ERR_AUTH;
	if (!has || span_is_equal(data, (struct span){ z->policy_data, z->policy_data_n }))
		return OK;
	TRY(read_policy(z, data, &z->policy, signer));
	memcpy(z->policy_data, data.p, data.n);
	z->policy_data_n = data.n;
	z->has_policy = true;
	return OK;
}

void lobby_forget(struct zegel *z)
{
	z->tell_door |= z->has_policy;
	z->has_policy = false;
	z->policy_data_n = 0;
	z->refused_count = 0;
	wipe(&z->policy, sizeof(z->policy));
}

/* The one change to the group's context that there is: the next version of its policy. */
enum err lobby_judge_change(struct zegel *z, const struct mls_proposal_view *p)
{
	uint8_t signer[POLICY_KEY_LEN];
	struct policy next;

	if (!z->has_policy || p->extension_count != 1 ||
	    p->extensions[0].type != POLICY_EXTENSION)
		return ERR_AUTH;
	if (read_policy(z, p->extensions[0].data, &next, signer) != OK)
		return ERR_AUTH;
	return policy_follows(&z->policy, &next, signer);
}

/* --- who may come in --- */

static struct ticket_subject subject_of(const struct zegel *z, struct span signature_key,
                                        struct span package_hash)
{
	return (struct ticket_subject){ mls_group_id(z->group), mls_group_epoch(z->group),
		                        signature_key, package_hash };
}

/* Members who come back, by the key that only they have, were let in before; and the host
 * is who the link says. All others need a ticket while there is a lobby. */
static bool needs_ticket(const struct zegel *z, struct span key)
{
	return z->has_policy && z->policy.mode == POLICY_LOBBY && !is_host_key(z, key) &&
	       roster_leaf_of_key(&z->roster, key) == ZEGEL_NOBODY;
}

static bool is_locked_out(const struct zegel *z, struct span key)
{
	return z->has_policy && z->policy.is_locked && !is_host_key(z, key) &&
	       roster_leaf_of_key(&z->roster, key) == ZEGEL_NOBODY;
}

enum err lobby_judge_add(struct zegel *z, const struct mls_proposal_view *p,
                         struct rd *tickets)
{
	uint8_t hash[HASH_MAX];
	struct ticket_subject subject;
	struct ticket ticket;

	if (!z->has_policy)
		return OK;
	if (p->added.credential_type != z->policy.credential ||
	    is_locked_out(z, p->added.signature_key))
		return ERR_AUTH;
	if (!needs_ticket(z, p->added.signature_key))
		return OK;
	ticket_read(tickets, &ticket);
	TRY(tickets->err);
	TRY(crypto_hash(z->crypto, HASH_SHA256, p->key_package, hash));
	subject = subject_of(z, p->added.signature_key,
	                     (struct span){ hash, hash_len(HASH_SHA256) });
	return ticket_verify(z->crypto, &z->policy, &subject, &ticket);
}

/* A member alone with the server could welcome somebody into a group of its own making, where
 * all seem to be and nobody is. So who comes in wants to see a host's signature, too; but
 * for the host itself, and for who was in before. */
enum err lobby_judge_welcome(struct zegel *z, struct span tickets)
{
	const struct span own = z->identity.sig_pub;
	struct rd r = rd_from(tickets);
	struct key_package package;
	uint8_t hash[HASH_MAX];

	if (!z->has_policy || z->policy.mode != POLICY_LOBBY || z->has_been_in ||
	    is_host_key(z, own))
		return OK;
	TRY(key_package_read_message((struct span){ z->key_package, z->key_package_n },
	                             &z->scratch, &package));
	TRY(crypto_hash(z->crypto, HASH_SHA256, package.raw, hash));
	while (rd_more(&r)) {
		struct span key = rd_bytes(&r, POLICY_KEY_LEN);
		struct ticket_subject subject = subject_of(
			z, own, (struct span){ hash, hash_len(HASH_SHA256) });
		struct ticket ticket;

		ticket_read(&r, &ticket);
		subject.epoch--; /* the commit's */
		if (r.err == OK && span_is_equal(key, own))
			return ticket_verify(z->crypto, &z->policy, &subject, &ticket);
	}
	return ERR_AUTH;
}

static struct span key_of(const struct knocker *k)
{
	return (struct span){ k->signature_key, k->signature_key_n };
}

bool lobby_needs_ticket(const struct zegel *z, const struct knocker *k)
{
	return needs_ticket(z, key_of(k));
}

bool lobby_may_enter(const struct zegel *z, const struct knocker *k)
{
	if (is_locked_out(z, key_of(k)))
		return false;
	return !needs_ticket(z, key_of(k)) ||
	       (k->has_ticket && k->ticket_epoch == mls_group_epoch(z->group));
}

/* --- the door --- */

static bool is_refused(const struct zegel *z, struct span key)
{
	for (size_t i = 0; i < z->refused_count && i < REFUSED_MAX; i++)
		if (span_is_equal(SPAN(z->refused[i]), key))
			return true;
	return false;
}

/* What is shown at the door is what will stand in the tree, or the knock is nothing. */
enum err lobby_knocked(struct zegel *z, struct knocker *k)
{
	struct key_package package;
	struct mls_member member;
	struct span name;

	if (!z->has_policy)
		return OK;
	if (is_refused(z, key_of(k)))
		return ERR_NOT_NOW;
	TRY(key_package_read_message((struct span){ k->key_package, k->key_package_n },
	                             &z->scratch, &package));
	member = leaf_node_member(&package.leaf, 0);
	TRY(roster_judge(&member, &name));
	TRY(crypto_hash(z->crypto, HASH_SHA256, package.raw, k->package_hash));
	memcpy(k->name, name.p, name.n);
	k->name_n = name.n;
	z->tell_door = true;
	return OK;
}

static struct knocker *find(struct zegel *z, struct span key)
{
	for (size_t i = 0; i < z->knocker_count; i++)
		if (span_is_equal(key_of(&z->knockers[i]), key))
			return &z->knockers[i];
	return NULL;
}

static void take_ticket(struct zegel *z, const struct member_message *m)
{
	struct knocker *k = find(z, m->key);
	struct ticket_subject subject;

	if (k == NULL)
		return;
	subject = subject_of(z, key_of(k),
	                     (struct span){ k->package_hash, hash_len(HASH_SHA256) });
	if (ticket_verify(z->crypto, &z->policy, &subject, &m->ticket) != OK)
		return;
	/* From now on its batch is waited for. */
	if (!k->has_ticket)
		k->since = z->now;
	k->ticket = m->ticket;
	k->ticket_epoch = subject.epoch;
	k->has_ticket = true;
}

static void take_refusal(struct zegel *z, const struct member_message *m)
{
	struct knocker *k = find(z, m->key);

	if (refusal_verify(z->crypto, &z->policy, mls_group_id(z->group), m->key,
	                   &m->ticket) != OK || is_refused(z, m->key))
		return;
	memcpy(z->refused[z->refused_count++ % REFUSED_MAX], m->key.p, POLICY_KEY_LEN);
	if (k != NULL)
		admission_gone(z, k->handle);
}

void lobby_said(struct zegel *z, const struct member_message *m, uint64_t epoch)
{
	if (!z->has_policy)
		return;
	if (m->type == MEMBER_REFUSAL)
		take_refusal(z, m);
	else if (epoch == mls_group_epoch(z->group))
		take_ticket(z, m);
}

/* --- what a host does --- */

static size_t own_host(const struct zegel *z)
{
	return policy_host_find(&z->policy, z->identity.sig_pub);
}

bool zegel_is_host(const struct zegel *z)
{
	return z->state == STEPS_IN && z->has_policy && own_host(z) != POLICY_HOSTS_MAX;
}

static enum err issue(struct zegel *z, struct knocker *k)
{
	struct ticket_subject subject = subject_of(
		z, key_of(k), (struct span){ k->package_hash, hash_len(HASH_SHA256) });
	struct member_message m = { .type = MEMBER_TICKET, .key = key_of(k) };

	TRY(ticket_issue(z->crypto, &subject, (uint8_t)own_host(z), z->sig_priv, &m.ticket));
	if (z->roster.size > 1)
		TRY(presence_say(z, &m));
	take_ticket(z, &m);
	return OK;
}

/* A ticket that could not be said is signed again by the next epoch or knock. */
void lobby_sign_again(struct zegel *z)
{
	if (!zegel_is_host(z))
		return;
	for (size_t i = 0; i < z->knocker_count; i++) {
		struct knocker *k = &z->knockers[i];

		if (k->was_admitted && !lobby_may_enter(z, k) &&
		    !is_locked_out(z, key_of(k)) && issue(z, k) != OK)
			return;
	}
}

uint32_t zegel_waiting_size(const struct zegel *z)
{
	return z->has_policy ? (uint32_t)z->knocker_count : 0;
}

enum err zegel_waiting_get(const struct zegel *z, uint32_t index,
                           struct zegel_waiting *waiting)
{
	const struct knocker *k = &z->knockers[index];

	if (index >= zegel_waiting_size(z))
		return ERR_NOT_NOW;
	*waiting = (struct zegel_waiting){ .is_admitted = k->was_admitted,
		                           .name_n = (uint32_t)k->name_n };
	memcpy(waiting->name, k->name, k->name_n);
	memcpy(waiting->signature_key, k->signature_key, sizeof(waiting->signature_key));
	return OK;
}

enum err zegel_admit(struct zegel *z, const uint8_t key[32], uint64_t now)
{
	struct knocker *k = find(z, (struct span){ key, POLICY_KEY_LEN });

	z->now = now;
	if (!zegel_is_host(z) || k == NULL)
		return ERR_NOT_NOW;
	k->was_admitted = true;
	z->tell_door = true;
	return issue(z, k);
}

enum err zegel_admit_all(struct zegel *z, uint64_t now)
{
	z->now = now;
	if (!zegel_is_host(z))
		return ERR_NOT_NOW;
	for (size_t i = 0; i < z->knocker_count; i++)
		z->knockers[i].was_admitted = true;
	z->tell_door = true;
	lobby_sign_again(z);
	return OK;
}

enum err zegel_refuse(struct zegel *z, const uint8_t key[32], uint64_t now)
{
	const struct knocker *k = find(z, (struct span){ key, POLICY_KEY_LEN });
	struct member_message m = { .type = MEMBER_REFUSAL };
	uint8_t copy[POLICY_KEY_LEN];

	z->now = now;
	if (!zegel_is_host(z) || k == NULL)
		return ERR_NOT_NOW;
	memcpy(copy, key, sizeof(copy)); /* the caller's may be where the knocker is wiped */
	m.key = SPAN(copy);
	TRY(refusal_issue(z->crypto, mls_group_id(z->group), m.key, (uint8_t)own_host(z),
	                  z->sig_priv, &m.ticket));
	if (z->roster.size > 1)
		TRY(presence_say(z, &m));
	take_refusal(z, &m);
	return OK;
}
