/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_LISTENING_H
#define ZEGEL_FRONT_LISTENING_H

#include <stdbool.h>

/* Asks the kernel: every TCP socket of this process that listens does so on `host` (an address),
 * and there is at least one. If `host` is a loopback address, the other loopback addresses are as
 * good. What a library made of its options is not believed: a server meant for this machine only
 * must not be open to the network by a misunderstanding. */
bool listening_is_only_on(const char *host);

#endif
