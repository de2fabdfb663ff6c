/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_WELCOME_H
#define ZEGEL_MLS_WELCOME_H

#include "sealed/mls/group_info.h"
#include "sealed/mls/key_package.h"
#include "sealed/mls/psk.h"

/* What new members get, RFC 9420 section 12.4.3.1: the GroupInfo, encrypted once, and its
 * secrets encrypted for each of them. Spans borrow the bytes read. */
struct mls_welcome {
	uint16_t suite;
	struct span secrets; /* EncryptedGroupSecrets in a row, well-formed */
	struct span group_info;
};

struct encrypted_group_secrets {
	struct span new_member; /* KeyPackageRef */
	struct span kem_output;
	struct span ciphertext;
};

struct group_secrets {
	struct span joiner_secret;
	bool has_path_secret;
	struct span path_secret;
	const struct psk_id *psks;
	size_t psk_count;
};

MUST_USE enum err mls_welcome_read(struct rd *r, struct mls_welcome *out);
/* The entry for the key package of that reference. ERR_AUTH: it is not for us. */
MUST_USE enum err mls_welcome_find(const struct mls_welcome *welcome,
                                   struct span key_package_ref,
                                   struct encrypted_group_secrets *out);

struct encrypted_group_secrets encrypted_group_secrets_read(struct rd *r);
void encrypted_group_secrets_write(struct wr *w, const struct encrypted_group_secrets *item);

/* The array of PSK ids goes into the arena; ERR_LIMIT: more than PSKS_MAX. */
MUST_USE enum err group_secrets_read(struct rd *r, struct arena *a, struct group_secrets *out);
void group_secrets_write(struct wr *w, const struct group_secrets *secrets);
MUST_USE enum err group_secrets_encode(struct arena *a, const struct group_secrets *secrets,
                                       struct span *out);

#endif
