/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_POLICY_H
#define ZEGEL_MEETING_POLICY_H

#include "sealed/crypto/crypto.h"
#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

/* What a meeting allows: docs/protocol.md section 8. An extension of the group's context,
 * so that it is in every epoch's key schedule: who believes another policy is in another
 * group. Signed by a host; who the hosts are goes back, grant by grant, to the one host
 * whose key's hash is in the link. So it can be judged by itself, by somebody who just
 * came, and in its turn, by those who had the version before. */

/* Private use, RFC 9420 17.3. */
enum { POLICY_EXTENSION = 0xf0a2 };

enum {
	POLICY_HOSTS_MAX = 8, /* each one costs every client a signature check a version */
	POLICY_LABEL_MAX = 64,
	POLICY_LEVEL_MAX = 3,
	POLICY_KEY_LEN = 32,
	POLICY_SIGNATURE_LEN = 64,
	POLICY_LEN_MAX = 1024, /* written; with all hosts and a label it has 961 */
};

enum policy_mode { POLICY_OPEN = 1, POLICY_LOBBY };

enum policy_right { POLICY_SHARE_SCREEN = 1, POLICY_CHAT = 2, POLICY_UNMUTE = 4 };

/* The first one is the link's own; each other one was made a host by one before it. */
struct policy_host {
	uint8_t key[POLICY_KEY_LEN]; /* Ed25519 */
	uint8_t granter;             /* place in the list, below its own; the first one's: 0 */
	uint8_t grant[POLICY_SIGNATURE_LEN]; /* the granter's signature; the first one's: zeros */
};

struct policy {
	uint64_t version; /* from 1 on, by one */
	enum policy_mode mode;
	bool is_locked;    /* nobody new comes in, with a ticket or without */
	unsigned rights;   /* what those who are no hosts may do */
	unsigned level;    /* of secrecy, 0 to 3: what it is called says the label */
	uint8_t label[POLICY_LABEL_MAX];
	size_t label_n;
	uint32_t members_max; /* 1 to ZEGEL_MEMBERS_MAX */
	uint16_t suite;       /* the group's cipher suite */
	uint16_t credential;  /* the kind that every member has, RFC 9420 5.3 */
	struct policy_host hosts[POLICY_HOSTS_MAX];
	size_t host_count;
};

/* What every client knows of the meeting, whatever it is told. */
struct policy_place {
	struct span group_id;
	struct span host_hash; /* from the link */
	uint16_t suite;
};

/* `key` becomes a host by the grant of hosts[granter], whose private key is given. ERR_LIMIT:
 * it is one already, or there is no room. */
MUST_USE enum err policy_add_host(struct policy *policy, const struct crypto *c,
                                  struct span group_id, size_t granter, const uint8_t *priv,
                                  const uint8_t key[POLICY_KEY_LEN]);

/* The extension's data, signed by hosts[signer]. ERR_LIMIT: a field out of its bounds. */
MUST_USE enum err policy_write(const struct policy *policy, const struct crypto *c,
                               struct span group_id, size_t signer, const uint8_t *priv,
                               struct wr *w);

/* Reads and judges what can be judged without the version before. signer: the key that has
 * signed it, one of its own hosts. ERR_MALFORMED: breaks the
 * grammar or a bound. ERR_AUTH: a signature, a grant, or the link's host does not fit. */
MUST_USE enum err policy_read(struct span data, const struct crypto *c,
                              const struct policy_place *place, struct policy *policy,
                              uint8_t signer[POLICY_KEY_LEN]);

/* May `next`, signed by that key, follow `old`? ERR_AUTH: no. */
MUST_USE enum err policy_follows(const struct policy *old, const struct policy *next,
                                 const uint8_t signer[POLICY_KEY_LEN]);

/* What a host signs, whatever it is: typed by `what`, and bound to the group. content: at
 * most POLICY_LEN_MAX bytes. ERR_AUTH: not signed by that key. */
MUST_USE enum err policy_sign(const struct crypto *c, const uint8_t *priv, struct span what,
                              struct span group_id, struct span content,
                              uint8_t signature[POLICY_SIGNATURE_LEN]);
MUST_USE enum err policy_verify(const struct crypto *c, const uint8_t key[POLICY_KEY_LEN],
                                struct span what, struct span group_id, struct span content,
                                const uint8_t signature[POLICY_SIGNATURE_LEN]);

/* The place among the hosts, or POLICY_HOSTS_MAX. */
size_t policy_host_find(const struct policy *policy, struct span key);

#endif
