/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* After confine(), nothing can be written, and nobody called. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/front/confine.h"
#include "tests/support/check.h"

enum { SKIP = 77 };

static char folder[] = "/tmp/zegel-confine-XXXXXX";
static char old_file[64], new_file[64];

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		                     .sin_port = htons(port),
		                     .sin_addr = { htonl(INADDR_LOOPBACK) } };
}

static bool can_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* EACCES is the confinement's; a port that nobody listens on refuses otherwise. */
static bool can_call(void)
{
	struct sockaddr_in to = loopback(1);
	int s = socket(AF_INET, SOCK_STREAM, 0);
	bool can = connect(s, (struct sockaddr *)&to, sizeof(to)) == 0 || errno != EACCES;

	close(s);
	return can;
}

static void before_it_everything_works(void)
{
	CHECK(can_write(old_file));
	CHECK(can_call());
}

static void no_file_is_made_changed_or_removed(void)
{
	CHECK(!can_write(old_file));
	CHECK(!can_write(new_file));
	CHECK(mkdir(new_file, 0700) != 0 && errno == EACCES);
	CHECK(mkfifo(new_file, 0600) != 0 && errno == EACCES);
	CHECK(symlink("x", new_file) != 0 && errno == EACCES);
	CHECK(unlink(old_file) != 0 && errno == EACCES);
	CHECK(rename(old_file, new_file) != 0);
}

static void files_are_read_still(void)
{
	int fd = open(old_file, O_RDONLY);

	CHECK(fd >= 0);
	close(fd);
}

static void what_is_open_stays_open(int fd)
{
	CHECK(write(fd, "x", 1) == 1);
}

static void nothing_is_connected_to(void)
{
	CHECK(!can_call());
}

/* In a process of its own: somebody has to be left who can remove the folder. */
_Noreturn static void confined(int open_before)
{
	enum { abi_with_tcp = 4 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	CHECK(confine() == (abi >= 1));
	if (abi < 1) {
		puts("SKIPPED: this kernel has no Landlock");
		exit(SKIP);
	}
	no_file_is_made_changed_or_removed();
	files_are_read_still();
	what_is_open_stays_open(open_before);
	if (abi >= abi_with_tcp)
		nothing_is_connected_to();
	exit(check_report("confine"));
}

int main(void)
{
	int status = 1, open_before;
	pid_t child;

	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(old_file, sizeof(old_file), "%s/old", folder);
	snprintf(new_file, sizeof(new_file), "%s/new", folder);
	before_it_everything_works();
	open_before = open(old_file, O_WRONLY);
	child = fork();
	if (child == 0)
		confined(open_before);
	waitpid(child, &status, 0);
	close(open_before);
	unlink(old_file);
	rmdir(folder);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
