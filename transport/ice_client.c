/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/ice_client.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#include "sealed/wire/wipe.h"

enum { TRANSACTIONS = 4 };
/* As for a peer-reflexive candidate, RFC 8445 5.1.2: of one only, so any would do. */
static const uint32_t priority = 110u << 24 | 65535u << 8 | 255u;
#define FIRST_INTERVAL    TIME_MS(100)
#define CONSENT_INTERVAL  TIME_S(5) /* RFC 7675 5.1 */
#define CHECKING_DEADLINE TIME_S(15)

enum err ice_client_init(struct ice_client *ice, uint64_t now, const struct addr *server,
                         struct span remote_ufrag, struct span remote_pwd)
{
	if (!ice_is_credential(remote_ufrag, 4, ICE_UFRAG_MAX) ||
	    !ice_is_credential(remote_pwd, 22, ICE_PWD_MAX))
		return ERR_MALFORMED;
	*ice = (struct ice_client){ .server = *server,
		                    .next = now,
		                    .interval = FIRST_INTERVAL,
		                    .deadline = now + CHECKING_DEADLINE };
	memcpy(ice->remote_ufrag, remote_ufrag.p, remote_ufrag.n);
	memcpy(ice->remote_pwd, remote_pwd.p, remote_pwd.n);
	if (RAND_bytes((uint8_t *)&ice->tie_breaker, sizeof(ice->tie_breaker)) != 1)
		return ERR_PROVIDER;
	return ice_credentials_make(&ice->local);
}

void ice_client_clear(struct ice_client *ice)
{
	wipe(ice, sizeof(*ice));
}

static struct span password(const struct ice_client *ice)
{
	return (struct span){ (const uint8_t *)ice->remote_pwd, strlen(ice->remote_pwd) };
}

static enum err check_write(struct ice_client *ice, uint8_t out[STUN_MESSAGE_MAX], size_t *n)
{
	char name[ICE_UFRAG_MAX + 1 + ICE_UFRAG + 1];
	struct wr w = wr_into(out, STUN_MESSAGE_MAX);
	struct stun_message m = { .class = STUN_REQUEST,
		                  .method = STUN_BINDING,
		                  .has_priority = true,
		                  .priority = priority,
		                  .use_candidate = true,
		                  .role = STUN_CONTROLLING,
		                  .tie_breaker = ice->tie_breaker };
	int len = snprintf(name, sizeof(name), "%s:%s", ice->remote_ufrag, ice->local.ufrag);

	m.username = (struct span){ (const uint8_t *)name, (size_t)len };
	if (RAND_bytes(m.transaction, STUN_TRANSACTION) != 1)
		return ERR_PROVIDER;
	TRY(stun_write(&m, password(ice), &w));
	memcpy(ice->transactions[ice->sent++ % TRANSACTIONS], m.transaction, STUN_TRANSACTION);
	*n = w.n;
	return OK;
}

enum err ice_client_poll(struct ice_client *ice, uint64_t now, uint8_t out[STUN_MESSAGE_MAX],
                         size_t *n)
{
	if (now >= ice->deadline)
		ice->state = ICE_FAILED;
	if (ice->state == ICE_FAILED || now < ice->next) {
		*n = 0;
		return OK;
	}
	TRY(check_write(ice, out, n));
	ice->next = now + ice->interval;
	if (ice->state == ICE_CHECKING && ice->interval < TIME_S(1))
		ice->interval *= 2;
	return OK;
}

uint64_t ice_client_next(const struct ice_client *ice)
{
	if (ice->state == ICE_FAILED)
		return TIME_NEVER;
	return ice->next < ice->deadline ? ice->next : ice->deadline;
}

/* The check that this answers, or NULL. */
static uint8_t *find_transaction(struct ice_client *ice, const uint8_t id[STUN_TRANSACTION])
{
	for (unsigned i = 0; i < TRANSACTIONS && i < ice->sent; i++)
		if (memcmp(ice->transactions[i], id, STUN_TRANSACTION) == 0)
			return ice->transactions[i];
	return NULL;
}

enum err ice_client_input(struct ice_client *ice, uint64_t now, const struct addr *from,
                          struct span datagram)
{
	struct stun_message m;

	if (ice->state == ICE_FAILED)
		return ERR_NOT_NOW;
	/* RFC 8445 7.2.5.2.1: an answer comes from where the check went. */
	if (!addr_is_equal(from, &ice->server))
		return ERR_AUTH;
	TRY(stun_read(datagram, &m));
	if (m.class != STUN_SUCCESS || m.method != STUN_BINDING || m.mapped.family == 0)
		return ERR_MALFORMED;

	uint8_t *transaction = find_transaction(ice, m.transaction);

	if (transaction == NULL)
		return ERR_AUTH;
	TRY(stun_check(&m, password(ice)));
	/* An answer counts once: a copy sent again later is no consent. */
	memset(transaction, 0, STUN_TRANSACTION);
	ice->mapped = m.mapped;
	ice->deadline = now + ICE_CONSENT;
	if (ice->state == ICE_CHECKING) {
		ice->state = ICE_CONNECTED;
		ice->interval = CONSENT_INTERVAL;
		ice->next = now + CONSENT_INTERVAL;
	}
	return OK;
}

enum err ice_client_answer(struct ice_client *ice, const struct addr *from,
                           struct span datagram, uint8_t out[STUN_MESSAGE_MAX], size_t *n)
{
	struct span pwd = { (const uint8_t *)ice->local.pwd, ICE_PWD };
	struct wr w = wr_into(out, STUN_MESSAGE_MAX);
	struct stun_message m;

	if (!addr_is_equal(from, &ice->server))
		return ERR_AUTH;
	TRY(stun_read(datagram, &m));
	if (m.class != STUN_REQUEST || m.method != STUN_BINDING)
		return ERR_MALFORMED;
	TRY(stun_check(&m, pwd));

	struct stun_message answer = { .class = STUN_SUCCESS,
		                       .method = STUN_BINDING,
		                       .mapped = *from };

	memcpy(answer.transaction, m.transaction, STUN_TRANSACTION);
	TRY(stun_write(&answer, pwd, &w));
	*n = w.n;
	return OK;
}
