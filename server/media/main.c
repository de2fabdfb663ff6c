/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* zegel-media: a media worker. The front starts it, with descriptor 3 a socket to the front
 * and descriptor 4 the UDP socket (docs/protocol.md section 4). It ends with the front. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "server/media/sandbox.h"
#include "server/media/worker.h"

enum { FRONT_FD = 3, UDP_FD = 4 };
enum { EXIT_USAGE = 2, EXIT_RESOURCES = 3, EXIT_SANDBOX = 4, EXIT_LOOP = 5 };

static int usage(void)
{
	fputs("zegel-media is started by zegeld: it wants a socket to it as descriptor 3\n"
	      "and a UDP socket as descriptor 4. --dumpable allows core dumps.\n",
	      stderr);
	return EXIT_USAGE;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

/* Memory holds the keys of the hop and what they protect: so it goes to no file. */
static void refuse_cores(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int main(int argc, char **argv)
{
	bool is_dumpable = argc == 2 && strcmp(argv[1], "--dumpable") == 0;

	if ((argc != 1 && !is_dumpable) || !is_open(FRONT_FD) || !is_open(UDP_FD))
		return usage();
	if (!is_dumpable)
		refuse_cores();

	struct worker *worker = worker_create(FRONT_FD, UDP_FD);

	if (worker == NULL)
		return EXIT_RESOURCES;
	if (!sandbox_enter())
		return EXIT_SANDBOX;

	enum err err = worker_run(worker);

	worker_destroy(&worker);
	return err == OK ? 0 : EXIT_LOOP;
}
