/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/ice_lite.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sealed/wire/wipe.h"

enum { PROBES_MAX = 6 }; /* over 3 s; the next check begins anew */
static const uint32_t probe_priority = 126u << 24 | 65535u << 8 | 255u; /* RFC 8445 5.1.2 */
#define FIRST_PROBE_AGAIN TIME_MS(50)

struct ice_table {
	uint64_t seed;
	size_t mask;
	struct ice_lite **by_ufrag; /* chains through ice_lite.next */
	struct ice_path **by_addr;  /* chains through ice_path.next */
};

static const char ice_chars[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static enum err text_make(char *out, size_t n)
{
	uint8_t bytes[ICE_PWD];
	bool good = n <= sizeof(bytes) && RAND_bytes(bytes, (int)n) == 1;

	for (size_t i = 0; good && i < n; i++)
		out[i] = ice_chars[bytes[i] % 64]; /* 64 characters: no bias */
	out[good ? n : 0] = 0;
	wipe(bytes, sizeof(bytes));
	return good ? OK : ERR_PROVIDER;
}

enum err ice_credentials_make(struct ice_credentials *out)
{
	TRY(text_make(out->ufrag, ICE_UFRAG));
	return text_make(out->pwd, ICE_PWD);
}

bool ice_is_credential(struct span text, size_t min, size_t max)
{
	if (text.n < min || text.n > max)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == 0 || strchr(ice_chars, text.p[i]) == NULL)
			return false;
	return true;
}

struct ice_table *ice_table_create(size_t transports)
{
	struct ice_table *table = calloc(1, sizeof(*table));
	size_t size = 64;

	if (table == NULL)
		return NULL;
	while (size < 2 * transports && size < SIZE_MAX / 4 / sizeof(void *))
		size *= 2;
	table->mask = size - 1;
	table->by_ufrag = calloc(size, sizeof(table->by_ufrag[0]));
	table->by_addr = calloc(size, sizeof(table->by_addr[0]));
	if (table->by_ufrag == NULL || table->by_addr == NULL ||
	    RAND_bytes((uint8_t *)&table->seed, sizeof(table->seed)) != 1)
		ice_table_destroy(&table);
	return table;
}

void ice_table_destroy(struct ice_table **tablep)
{
	struct ice_table *table = *tablep;

	*tablep = NULL;
	if (table == NULL)
		return;
	free(table->by_ufrag);
	free(table->by_addr);
	free(table);
}

/* Our user names are random and of one length, so their first bytes are hash enough. */
static struct ice_lite **ufrag_bucket(struct ice_table *table, const char *ufrag)
{
	uint64_t h;

	memcpy(&h, ufrag, sizeof(h));
	return &table->by_ufrag[(h * 0x9e3779b97f4a7c15) >> 32 & table->mask];
}

static struct ice_path **addr_bucket(struct ice_table *table, const struct addr *addr)
{
	return &table->by_addr[addr_hash(addr, table->seed) & table->mask];
}

static struct ice_path *path_find(struct ice_table *table, const struct addr *addr)
{
	struct ice_path *path = *addr_bucket(table, addr);

	while (path != NULL && !addr_is_equal(&path->addr, addr))
		path = path->next;
	return path;
}

static void path_drop(struct ice_table *table, struct ice_path *path)
{
	struct ice_path **at = addr_bucket(table, &path->addr);

	while (*at != path)
		at = &(*at)->next;
	*at = path->next;
	if (path->ice->target == path)
		path->ice->target = NULL;
	if (path->ice->wanted == path)
		path->ice->wanted = NULL;
	*path = (struct ice_path){ 0 };
}

enum err ice_lite_init(struct ice_lite *ice, struct ice_table *table, void *owner)
{
	*ice = (struct ice_lite){ .owner = owner };
	TRY(ice_credentials_make(&ice->local));

	struct ice_lite **bucket = ufrag_bucket(table, ice->local.ufrag);

	ice->next = *bucket;
	*bucket = ice;
	return OK;
}

void ice_lite_clear(struct ice_lite *ice, struct ice_table *table)
{
	struct ice_lite **at = ufrag_bucket(table, ice->local.ufrag);

	for (size_t i = 0; i < ICE_PATHS; i++)
		if (ice->paths[i].ice != NULL)
			path_drop(table, &ice->paths[i]);
	while (*at != NULL && *at != ice)
		at = &(*at)->next;
	if (*at != NULL)
		*at = ice->next;
	wipe(ice, sizeof(*ice));
}

enum err ice_lite_set_remote(struct ice_lite *ice, struct span ufrag)
{
	if (!ice_is_credential(ufrag, 4, ICE_UFRAG_MAX))
		return ERR_MALFORMED;
	memcpy(ice->remote_ufrag, ufrag.p, ufrag.n);
	ice->remote_ufrag[ufrag.n] = 0;
	return OK;
}

enum err ice_lite_demand_proof(struct ice_lite *ice, struct span pwd)
{
	if (!ice_is_credential(pwd, 22, ICE_PWD_MAX))
		return ERR_MALFORMED;
	memcpy(ice->remote_pwd, pwd.p, pwd.n);
	ice->remote_pwd[pwd.n] = 0;
	ice->wanted = ice->target;
	ice->target = NULL;
	return OK;
}

static bool path_is_fresh(const struct ice_path *path, uint64_t now)
{
	return now - path->fresh < ICE_CONSENT;
}

/* Nobody else may have this address. */
static bool path_is_held(const struct ice_path *path, uint64_t now)
{
	return path_is_fresh(path, now) && (path->proven || now - path->since < ICE_CLAIM);
}

/* RFC 8445 7.2.2: the user name of a check is ours, a colon, theirs. */
static struct ice_lite *find_by_username(struct ice_table *table, struct span username)
{
	if (username.n <= ICE_UFRAG || username.p[ICE_UFRAG] != ':')
		return NULL;

	struct span ours = { username.p, ICE_UFRAG };
	struct span theirs = { username.p + ICE_UFRAG + 1, username.n - ICE_UFRAG - 1 };
	struct ice_lite *ice = *ufrag_bucket(table, (const char *)ours.p);

	while (ice != NULL && memcmp(ice->local.ufrag, ours.p, ICE_UFRAG) != 0)
		ice = ice->next;
	if (ice == NULL)
		return NULL;

	size_t n = strlen(ice->remote_ufrag);

	if (n != 0 && !span_is_equal(theirs, (struct span){ (uint8_t *)ice->remote_ufrag, n }))
		return NULL;
	return ice;
}

/* A free place, else the one that has been silent for longest and is not sent to. */
static struct ice_path *path_room(struct ice_table *table, struct ice_lite *ice)
{
	struct ice_path *oldest = NULL;

	for (size_t i = 0; i < ICE_PATHS; i++) {
		struct ice_path *path = &ice->paths[i];

		if (path->ice == NULL)
			return path;
		if (path != ice->target && path != ice->wanted &&
		    (oldest == NULL || path->fresh < oldest->fresh))
			oldest = path;
	}
	path_drop(table, oldest);
	return oldest;
}

/* The path of an authenticated check. NULL: the address is another transport's that is alive.
 * It stays with that one: else a member could take another's media away with one packet that
 * bears a forged source address. Nor may he keep others out by forging theirs first: a claim
 * that is not proven is over soon, however often it is made. */
static struct ice_path *path_touch(struct ice_table *table, uint64_t now, struct ice_lite *ice,
                                   const struct addr *from)
{
	struct ice_path *path = path_find(table, from);

	if (path != NULL && path->ice != ice) {
		if (path_is_held(path, now))
			return NULL;
		path_drop(table, path);
		path = NULL;
	}
	if (path != NULL && !path_is_fresh(path, now)) {
		/* Somebody else may have got the address meanwhile. */
		path->proven = false;
		path->probes = 0;
	}
	if (path == NULL) {
		struct ice_path **bucket = addr_bucket(table, from);

		path = path_room(table, ice);
		path->addr = *from;
		path->ice = ice;
		path->since = now;
		path->next = *bucket;
		*bucket = path;
	}
	path->fresh = now;
	return path;
}

/* What to answer to an authenticated check; 0: success. */
static uint16_t error_of(const struct stun_message *m)
{
	if (m->unknown_n != 0)
		return STUN_UNKNOWN_ATTRIBUTE;
	/* RFC 8445 6.1.1: towards a full agent a lite one is always the controlled one. */
	return m->role == STUN_CONTROLLED ? STUN_ROLE_CONFLICT : 0;
}

/* An authenticated check came by this path. The peer chooses by nominating; until then the
 * first path serves. */
static void path_choose(struct ice_lite *ice, struct ice_path *path, bool nominated)
{
	if (!nominated && (ice->target != NULL || ice->wanted != NULL))
		return;
	if (ice->remote_pwd[0] == 0 || path->proven) {
		ice->target = path;
		ice->wanted = NULL;
		return;
	}
	ice->wanted = path;
	if (path->probes == PROBES_MAX)
		path->probes = 0;
}

static enum err request_input(struct ice_table *table, uint64_t now, const struct addr *from,
                              const struct stun_message *m, struct ice_reply *reply)
{
	struct ice_lite *ice = find_by_username(table, m->username);

	if (ice == NULL)
		return ERR_AUTH;

	struct span password = { (const uint8_t *)ice->local.pwd, ICE_PWD };

	TRY(stun_check(m, password));
	if (m->role == STUN_NO_ROLE)
		return ERR_MALFORMED; /* RFC 8445 7.1.3: not a check of ICE */

	struct stun_message answer = { .class = STUN_ERROR,
		                       .method = STUN_BINDING,
		                       .error = error_of(m) };
	const struct ice_path *target = ice->target;

	memcpy(answer.transaction, m->transaction, STUN_TRANSACTION);
	if (answer.error == STUN_UNKNOWN_ATTRIBUTE) {
		memcpy(answer.unknown, m->unknown, sizeof(answer.unknown));
		answer.unknown_n = m->unknown_n;
	} else if (answer.error == 0) {
		struct ice_path *path = path_touch(table, now, ice, from);

		if (path == NULL)
			return ERR_NOT_NOW;
		answer.class = STUN_SUCCESS;
		answer.mapped = *from;
		path_choose(ice, path, m->use_candidate);
	}

	struct wr w = wr_into(reply->bytes, sizeof(reply->bytes));

	TRY(stun_write(&answer, password, &w));
	reply->ice = ice;
	reply->moved = ice->target != target;
	reply->n = w.n;
	return OK;
}

static struct span remote_pwd(const struct ice_lite *ice)
{
	return (struct span){ (const uint8_t *)ice->remote_pwd, strlen(ice->remote_pwd) };
}

/* The answer to a probe, from where the probe went. It says that the peer is there, for nobody
 * else has its password or saw our transaction. */
static enum err answer_input(struct ice_table *table, const struct addr *from,
                             const struct stun_message *m, struct ice_reply *reply)
{
	struct ice_path *path = path_find(table, from);

	if (path == NULL || path->probes == 0 ||
	    memcmp(path->transaction, m->transaction, STUN_TRANSACTION) != 0)
		return ERR_AUTH;
	TRY(stun_check(m, remote_pwd(path->ice)));
	path->proven = true;
	reply->ice = path->ice;
	reply->moved = path->ice->wanted == path;
	reply->n = 0;
	if (reply->moved) {
		path->ice->target = path;
		path->ice->wanted = NULL;
	}
	return OK;
}

enum err ice_table_input(struct ice_table *table, uint64_t now, const struct addr *from,
                         struct span datagram, struct ice_reply *reply)
{
	struct stun_message m;

	TRY(stun_read(datagram, &m));
	if (m.method != STUN_BINDING || !m.has_fingerprint)
		return ERR_MALFORMED;
	if (m.class == STUN_REQUEST)
		return request_input(table, now, from, &m, reply);
	if (m.class == STUN_SUCCESS)
		return answer_input(table, from, &m, reply);
	return ERR_MALFORMED;
}

uint64_t ice_lite_probe_next(const struct ice_lite *ice)
{
	if (ice->wanted == NULL || ice->wanted->probes == PROBES_MAX)
		return TIME_NEVER;
	return ice->wanted->probes == 0 ? 0 : ice->wanted->probe_at;
}

/* RFC 8445 7.2.2, as the controlled side. One transaction serves all probes of a row, so that a
 * late answer counts. */
enum err ice_lite_probe(struct ice_lite *ice, uint64_t now, struct addr *to,
                        uint8_t out[STUN_MESSAGE_MAX], size_t *n)
{
	struct ice_path *path = ice->wanted;
	char name[ICE_UFRAG_MAX + 1 + ICE_UFRAG + 1];
	struct wr w = wr_into(out, STUN_MESSAGE_MAX);
	struct stun_message m = { .class = STUN_REQUEST,
		                  .method = STUN_BINDING,
		                  .has_priority = true,
		                  .priority = probe_priority,
		                  .role = STUN_CONTROLLED };

	if (now < ice_lite_probe_next(ice)) {
		*n = 0;
		return OK;
	}
	if (path->probes == 0 && RAND_bytes(path->transaction, STUN_TRANSACTION) != 1)
		return ERR_PROVIDER;
	memcpy(m.transaction, path->transaction, STUN_TRANSACTION);
	memcpy(&m.tie_breaker, ice->local.ufrag, sizeof(m.tie_breaker)); /* it is random */
	int len = snprintf(name, sizeof(name), "%s:%s", ice->remote_ufrag, ice->local.ufrag);

	m.username = (struct span){ (const uint8_t *)name, (size_t)len };
	TRY(stun_write(&m, remote_pwd(ice), &w));
	path->probe_at = now + (FIRST_PROBE_AGAIN << path->probes++);
	*to = path->addr;
	*n = w.n;
	return OK;
}

struct ice_lite *ice_table_find(struct ice_table *table, uint64_t now, const struct addr *from)
{
	struct ice_path *path = path_find(table, from);

	return path != NULL && path_is_fresh(path, now) ? path->ice : NULL;
}

const struct addr *ice_lite_target(const struct ice_lite *ice, uint64_t now)
{
	if (ice->target == NULL || !path_is_fresh(ice->target, now))
		return NULL;
	return &ice->target->addr;
}
