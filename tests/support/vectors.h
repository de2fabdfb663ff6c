/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_VECTORS_H
#define ZEGEL_TESTS_VECTORS_H

#include "tests/support/json.h"

/* The folder of published test vectors: $ZEGEL_VECTORS, else $ZEGEL_SOURCE/../shared/vectors,
 * else ../shared/vectors. NULL: none of them exists. */
const char *vectors_folder(void);

/* Where there is no such folder: says so and exits with 77, which the build counts as
 * skipped. main() of a vector test calls it first. */
void vectors_or_skip(void);

/* `name` as in "hpke/rfc9180-test-vectors.json". Ends the program if it is not there. */
struct json *vectors_read(const char *name);

#endif
