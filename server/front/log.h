/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_LOG_H
#define ZEGEL_FRONT_LOG_H

/* Lines to standard error: what the server does, never for whom. There is no way to pass a
 * string that came from outside: formats are literals, and arguments are numbers or strings
 * that the operator gave. No names, no addresses, no room ids. */

#define LOG_FORMAT __attribute__((format(printf, 1, 2)))

void log_error(const char *format, ...) LOG_FORMAT;
void log_info(const char *format, ...) LOG_FORMAT;

#endif
