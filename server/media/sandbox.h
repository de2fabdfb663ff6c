/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_SANDBOX_H
#define ZEGEL_MEDIA_SANDBOX_H

#include <stdbool.h>

/* Gives up, for good, all that a worker does not need once it runs: it can open no file and no
 * socket, start no program, make no memory executable. What remains is reading and writing
 * the descriptors that it has, waiting, memory, and time. Anything else ends the process.
 *
 * False: the kernel would not; then the process must not go on. */
bool sandbox_enter(void);

#endif
