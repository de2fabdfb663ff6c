/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_CONFINE_H
#define ZEGEL_FRONT_CONFINE_H

#include <stdbool.h>

/* Gives up for good, for this process and those it starts from now on: to write, make, rename or
 * remove any file, and to connect or bind anything by TCP. What is open stays open. By Landlock,
 * for which nobody has to be root; PR_SET_NO_NEW_PRIVS has to be set before.
 *
 * False: this kernel has none of it (Linux < 5.13, or built without), and nothing was given up. */
bool confine(void);

#endif
