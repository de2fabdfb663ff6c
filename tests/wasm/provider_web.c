/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "tests/support/provider.h"

#include "sealed/crypto/crypto_web.h"

const struct crypto *provider(void)
{
	return crypto_web();
}
