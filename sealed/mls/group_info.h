/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_GROUP_INFO_H
#define ZEGEL_MLS_GROUP_INFO_H

#include "sealed/mls/group_context.h"

/* A member's signed word on the state of a group, for those who join it, RFC 9420 section
 * 12.4.3. Spans borrow the bytes read. */
struct group_info {
	struct group_context context;
	struct extension_list extensions;
	struct span confirmation_tag;
	uint32_t signer; /* leaf */
	struct span signature;
	struct span raw;
	size_t signed_len; /* of raw */
};

MUST_USE enum err group_info_read(struct rd *r, struct arena *a, struct group_info *out);

/* Signs and writes it into `out`, all fields from `info` but the signature. */
MUST_USE enum err group_info_sign(const struct crypto *c, const struct mls_suite *suite,
                                  const uint8_t *sig_priv, const struct group_info *info,
                                  struct arena *scratch, struct arena *out,
                                  struct span *encoded);
/* ERR_AUTH: not signed by that key. */
MUST_USE enum err group_info_verify(const struct crypto *c, const struct mls_suite *suite,
                                    struct span sig_pub, const struct group_info *info,
                                    struct arena *scratch);

#endif
