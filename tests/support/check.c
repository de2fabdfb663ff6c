/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "tests/support/check.h"

int checks_passed, checks_failed;

int check_report(const char *name)
{
	printf("%s: %d checks passed, %d failed\n", name, checks_passed, checks_failed);
	return checks_failed != 0 || checks_passed == 0;
}
