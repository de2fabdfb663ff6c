/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_CRYPTO_FAKE_H
#define ZEGEL_TESTS_CRYPTO_FAKE_H

#include "sealed/crypto/crypto.h"

/* A provider that wraps another one: its random bytes follow from a seed, and one call
 * can be made to fail. The same test again with fail_at = 0, 1, 2, ... walks every error
 * path; it has walked them all when a run leaves has_failed unset. */
struct crypto_fake {
	struct crypto table; /* to be handed to the code under test */
	const struct crypto *inner;
	uint64_t seed, state;
	uint64_t calls;    /* of any function, since the (re)start           */
	uint64_t fail_at;  /* the call that fails; CRYPTO_FAKE_NEVER         */
	bool has_failed;
};

#define CRYPTO_FAKE_NEVER UINT64_MAX

void crypto_fake_init(struct crypto_fake *fake, const struct crypto *inner, uint64_t seed);

/* Same seed, call 0 again. */
void crypto_fake_restart(struct crypto_fake *fake);

#endif
