/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_TICKET_H
#define ZEGEL_MEETING_TICKET_H

#include "sealed/meeting/policy.h"

/* A host's signed yes to one KeyPackage, docs/protocol.md section 8. It travels in the
 * authenticated data of the commit that adds, so that every member can hold the addition
 * against it before anything is applied.
 *
 * It is good in one epoch, and the addition ends that epoch: so it is used once, and nobody
 * needs to remember which were. If another commit comes first, the host signs anew. */

enum {
	TICKET_LEN = 1 + POLICY_SIGNATURE_LEN,
	WELCOME_TICKET_LEN = POLICY_KEY_LEN + TICKET_LEN,
};

struct ticket {
	uint8_t host; /* place in the policy of the epoch */
	uint8_t signature[POLICY_SIGNATURE_LEN];
};

/* Whom it is for. */
struct ticket_subject {
	struct span group_id;
	uint64_t epoch; /* in which the commit is made */
	struct span signature_key;
	struct span key_package_hash; /* SHA-256 of the KeyPackage, without MLSMessage around it */
};

MUST_USE enum err ticket_issue(const struct crypto *c, const struct ticket_subject *subject,
                               uint8_t host, const uint8_t *priv, struct ticket *ticket);

/* ERR_AUTH: not by a host of this policy, or for somebody, somewhere, or some time else. */
MUST_USE enum err ticket_verify(const struct crypto *c, const struct policy *policy,
                                const struct ticket_subject *subject,
                                const struct ticket *ticket);

/* A host's signed no, final for that signature key in this group. */
MUST_USE enum err refusal_issue(const struct crypto *c, struct span group_id,
                                struct span signature_key, uint8_t host, const uint8_t *priv,
                                struct ticket *refusal);
MUST_USE enum err refusal_verify(const struct crypto *c, const struct policy *policy,
                                 struct span group_id, struct span signature_key,
                                 const struct ticket *refusal);

void ticket_write(struct wr *w, const struct ticket *ticket);
void ticket_read(struct rd *r, struct ticket *ticket);

#endif
