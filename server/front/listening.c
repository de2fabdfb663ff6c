/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/listening.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "server/front/options.h"

/* As text, in the one form that inet_ntop writes. */
static bool canonical(const char *host, char out[INET6_ADDRSTRLEN])
{
	struct in6_addr bytes;
	int family = strchr(host, ':') != NULL ? AF_INET6 : AF_INET;

	return inet_pton(family, host, &bytes) == 1 &&
	       inet_ntop(family, &bytes, out, INET6_ADDRSTRLEN) != NULL;
}

static bool is_listening(int fd, char host[INET6_ADDRSTRLEN])
{
	struct sockaddr_storage at = { 0 };
	socklen_t at_n = sizeof(at), n = sizeof(int);
	int is_accepting = 0;
	const void *bytes = &((struct sockaddr_in *)(void *)&at)->sin_addr;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_accepting, &n) != 0 || !is_accepting ||
	    getsockname(fd, (struct sockaddr *)&at, &at_n) != 0)
		return false;
	if (at.ss_family == AF_INET6)
		bytes = &((struct sockaddr_in6 *)(void *)&at)->sin6_addr;
	return (at.ss_family == AF_INET || at.ss_family == AF_INET6) &&
	       inet_ntop(at.ss_family, bytes, host, INET6_ADDRSTRLEN) != NULL;
}

bool listening_is_only_on(const char *host)
{
	char wanted[INET6_ADDRSTRLEN], found[INET6_ADDRSTRLEN];
	DIR *fds = opendir("/proc/self/fd");
	bool is_there = false, is_elsewhere = fds == NULL || !canonical(host, wanted);

	for (struct dirent *e; !is_elsewhere && (e = readdir(fds)) != NULL;) {
		if (!is_listening(atoi(e->d_name), found))
			continue;
		if (strcmp(found, wanted) == 0)
			is_there = true;
		else if (!options_is_loopback(wanted) || !options_is_loopback(found))
			is_elsewhere = true;
	}
	if (fds != NULL)
		closedir(fds);
	return is_there && !is_elsewhere;
}
