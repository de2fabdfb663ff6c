/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/confine.h"

#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Not in the headers of Linux 6.1, which is Debian 12's. */
enum { FS_TRUNCATE = 1 << 14, NET_BIND_TCP = 1 << 0, NET_CONNECT_TCP = 1 << 1 };
enum { ABI_WITH_TRUNCATE = 3, ABI_WITH_NET = 4 };

/* What is handled and named by no rule is refused; there are no rules. */
struct handled {
	uint64_t fs, net;
};

static const uint64_t any_change =
	LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
	LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
	LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
	LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
	LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

bool confine(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct handled what = { .fs = any_change };
	size_t size = offsetof(struct handled, net);
	long ruleset;
	bool ok;

	if (abi < 1)
		return false;
	if (abi >= ABI_WITH_TRUNCATE)
		what.fs |= FS_TRUNCATE;
	if (abi >= ABI_WITH_NET) {
		what.net = NET_BIND_TCP | NET_CONNECT_TCP;
		size = sizeof(what);
	}
	ruleset = syscall(SYS_landlock_create_ruleset, &what, size, 0);
	if (ruleset < 0)
		return false;
	ok = syscall(SYS_landlock_restrict_self, (int)ruleset, 0) == 0;
	close((int)ruleset);
	return ok;
}
