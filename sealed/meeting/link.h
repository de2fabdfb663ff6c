/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_LINK_H
#define ZEGEL_MEETING_LINK_H

#include "sealed/sealed.h"

/* The link is the meeting: docs/protocol.md section 1. What its secret gives is derived
 * with version, flags and host in the derivation, so that whoever changes them in a link
 * gets to another meeting instead of a weaker one. */

enum { LINK_VERSION = 1, LINK_TOKEN_BYTES = 34 };
enum { ROOM_ID_LEN = 16, LINK_KEY_LEN = 32, HOST_HASH_LEN = 16, HOST_SEED_LEN = 32 };

struct link {
	uint8_t flags;
	uint8_t host_hash[HOST_HASH_LEN];
	bool is_host;
	uint8_t host_seed[HOST_SEED_LEN]; /* of an Ed25519 key; only if is_host */

	uint8_t room_id[ROOM_ID_LEN]; /* all of it that the server gets  */
	uint8_t wrap[LINK_KEY_LEN];   /* AES-256-GCM, for every blob     */
	uint8_t knock[LINK_KEY_LEN];  /* authenticates a knock's content */
	uint8_t psk[LINK_KEY_LEN];    /* in every epoch's key schedule   */
};

/* The id of that pre-shared key in MLS. */
#define LINK_PSK_ID SPAN_STR("zegel link")

/* Reads and derives. Sets *link only if the answer is ZEGEL_LINK_GOOD; a token that is good
 * but for the provider is ERR_PROVIDER in *err. Wipe with link_clear. */
enum zegel_link_fault link_read(struct link *link, const struct crypto *c, const char *token,
                                size_t n, enum err *err);
void link_clear(struct link *link);

#endif
