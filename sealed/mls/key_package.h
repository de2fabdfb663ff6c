/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_KEY_PACKAGE_H
#define ZEGEL_MLS_KEY_PACKAGE_H

#include "sealed/mls/leaf_node.h"

/* An offer to be added to a group, RFC 9420 section 10. Spans borrow the bytes read. */
struct key_package {
	uint16_t version;
	uint16_t suite;
	struct span init_key;
	struct leaf_node leaf;
	struct extension_list extensions;
	struct span signature;
	struct span raw; /* the KeyPackage, without MLSMessage around it */
	size_t signed_len;
};



MUST_USE enum err key_package_read(struct rd *r, struct arena *a, struct key_package *out);

/* An MLSMessage that carries a key package, and nothing after it. */
MUST_USE enum err key_package_read_message(struct span message, struct arena *a,
                                           struct key_package *out);

/* Section 10.1. ERR_AUTH: a signature or the credential; ERR_MALFORMED: else. */
MUST_USE enum err key_package_validate(const struct leaf_node_rules *rules,
                                       const struct key_package *kp);

/* KeyPackageRef, section 5.2; ref: hash_len(suite->hash) bytes. */
MUST_USE enum err key_package_ref(const struct crypto *c, const struct mls_suite *suite,
                                  const struct key_package *kp, uint8_t *ref);

#endif
