/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_CHECK_H
#define ZEGEL_TESTS_CHECK_H

#include <stdio.h>

/* A test file's functions are named as the claims that they prove; its main() is the
 * table of contents and returns check_report(). */
extern int checks_passed, checks_failed;

#define CHECK(condition)                                                                 \
	do {                                                                             \
		if (condition) {                                                         \
			checks_passed++;                                                 \
		} else {                                                                 \
			checks_failed++;                                                 \
			printf("%s:%d: %s: not so: %s\n", __FILE__, __LINE__, __func__,  \
			       #condition);                                              \
		}                                                                        \
	} while (0)

/* Prints one line; 0 if all passed and at least one check ran. */
int check_report(const char *name);

#endif
