/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/media_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/filter.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/front/log.h"

/* Where the worker finds what it was given (docs/protocol.md section 4). */
enum { WORKER_IPC_FD = 3, WORKER_UDP_FD = 4, WORKER_TAP_FD = 5 };
enum { restart_first = 250, restart_longest = 10000, udp_buffer = 4 << 20 };
enum { addresses_max = (OPTIONS_ADDRESSES_MAX + 1) * 19 };

struct media_link {
	const char *program;
	bool is_dumpable;
	int udp, ipc;
	pid_t worker; /* 0: none */
	bool is_restart_due;
	uint64_t restart_at, restart_delay;
	size_t addresses_n;
	uint8_t addresses[addresses_max];
};

static void add_address(struct media_link *l, const char *host, uint16_t port)
{
	struct wr w = wr_into(l->addresses + l->addresses_n,
	                      sizeof(l->addresses) - l->addresses_n);
	uint8_t bytes[16];
	struct span out;

	if (inet_pton(AF_INET, host, bytes) == 1) {
		wr_uint(&w, 1, 4);
		wr_bytes(&w, (struct span){ bytes, 4 });
	} else if (inet_pton(AF_INET6, host, bytes) == 1) {
		wr_uint(&w, 1, 6);
		wr_bytes(&w, (struct span){ bytes, 16 });
	} else {
		return;
	}
	wr_uint(&w, 2, port);
	if (wr_end(&w, &out) == OK)
		l->addresses_n += out.n;
}

/* This machine's first address that is not loopback's: Firefox pairs no loopback candidates. */
static bool own_address(char host[INET_ADDRSTRLEN])
{
	struct ifaddrs *all = NULL;
	bool found = false;

	if (getifaddrs(&all) != 0)
		return false;
	for (struct ifaddrs *a = all; a != NULL && !found; a = a->ifa_next) {
		if (a->ifa_addr == NULL || a->ifa_addr->sa_family != AF_INET ||
		    (a->ifa_flags & IFF_LOOPBACK) != 0 || (a->ifa_flags & IFF_UP) == 0)
			continue;
		found = inet_ntop(AF_INET, &((struct sockaddr_in *)(void *)a->ifa_addr)->sin_addr,
		                  host, INET_ADDRSTRLEN) != NULL;
	}
	freeifaddrs(all);
	return found;
}

static bool bind_to(int fd, const char *host, uint16_t port)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };

	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1)
		return bind(fd, (struct sockaddr *)&v4, sizeof(v4)) == 0;
	return inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 &&
	       bind(fd, (struct sockaddr *)&v6, sizeof(v6)) == 0;
}

/* Lets the kernel drop what does not come from this machine: the source has to be 127.0.0.0/8
 * or our own address, which no packet from outside can have (it would be a martian). */
static bool accept_local_only(int fd, struct in_addr own)
{
	enum { source = SKF_NET_OFF + 12 };
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)source),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ntohl(own.s_addr), 2, 0),
		BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 24),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 127, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { ARRAY_LEN(code), code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) == 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &(int){ 1 }, sizeof(int)) == 0;
}

/* On loopback the socket takes this machine's own address too, so that a browser that pairs no
 * loopback candidates (Firefox) reaches it as well; nobody else does. */
static bool bind_loopback(struct media_link *l, const struct options *o)
{
	char own[INET_ADDRSTRLEN];
	struct in_addr address;

	add_address(l, o->media_host, o->media_port);
	if (strcmp(o->media_host, "127.0.0.1") == 0 && own_address(own) &&
	    inet_pton(AF_INET, own, &address) == 1 && accept_local_only(l->udp, address) &&
	    bind_to(l->udp, "0.0.0.0", o->media_port)) {
		add_address(l, own, o->media_port);
		return true;
	}
	return bind_to(l->udp, o->media_host, o->media_port);
}

static bool bind_public(struct media_link *l, const struct options *o)
{
	for (unsigned i = 0; i < o->media_address_count; i++)
		add_address(l, o->media_address[i], o->media_port);
	if (o->media_address_count == 0)
		add_address(l, o->media_host, o->media_port);
	return bind_to(l->udp, o->media_host, o->media_port);
}

static bool udp_open(struct media_link *l, const struct options *o)
{
	int size = udp_buffer;
	int family = strchr(o->media_host, ':') != NULL ? AF_INET6 : AF_INET;

	l->udp = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (l->udp < 0)
		return false;
	/* As large as the kernel allows: a burst of key frames must not be lost here. */
	(void)setsockopt(l->udp, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	(void)setsockopt(l->udp, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return options_is_loopback(o->media_host) ? bind_loopback(l, o) : bind_public(l, o);
}

/* In the child: only async-signal-safe calls. */
_Noreturn static void become_worker(const struct media_link *l, int ipc)
{
	static char *const environment[] = { NULL };
	char *const arguments[] = { (char *)(uintptr_t)"zegel-media",
		                    (char *)(uintptr_t)(l->is_dumpable ? "--dumpable" : NULL),
		                    NULL };
	/* Out of the way first: the targets may be in use by the other one. */
	int ipc_high = fcntl(ipc, F_DUPFD, 16), udp_high = fcntl(l->udp, F_DUPFD, 16);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (ipc_high < 0 || udp_high < 0 || dup2(ipc_high, WORKER_IPC_FD) < 0 ||
	    dup2(udp_high, WORKER_UDP_FD) < 0)
		_exit(127);
	/* Nothing else of the front's comes along. A test build's worker writes what it sees
	 * to descriptor 5 (server/media/tap.h). */
	close_range(l->is_dumpable ? WORKER_TAP_FD + 1 : WORKER_TAP_FD, ~0u, 0);
	execve(l->program, arguments, environment);
	_exit(127);
}

static bool worker_start(struct media_link *l)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	l->worker = fork();
	if (l->worker == 0)
		become_worker(l, pair[1]);
	close(pair[1]);
	if (l->worker < 0) {
		close(pair[0]);
		l->worker = 0;
		return false;
	}
	l->ipc = pair[0];
	return true;
}

static void worker_end(struct media_link *l)
{
	if (l->ipc >= 0)
		close(l->ipc);
	l->ipc = -1;
	if (l->worker > 0) {
		/* It has nothing to put in order, and one that was taken over could hold us up. */
		kill(l->worker, SIGKILL);
		waitpid(l->worker, NULL, 0);
	}
	l->worker = 0;
}

struct media_link *media_link_create(const struct options *o, const char *program)
{
	struct media_link *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->program = program;
	l->is_dumpable = o->is_dumpable;
	l->udp = l->ipc = -1;
	l->restart_delay = restart_first;
	if (!udp_open(l, o)) {
		log_error("media: port %u can't be opened: %s", o->media_port, strerror(errno));
		media_link_destroy(&l);
	} else if (access(program, X_OK) != 0 || !worker_start(l)) {
		log_error("media: the worker can't be started: %s", program);
		media_link_destroy(&l);
	}
	return l;
}

void media_link_destroy(struct media_link **lp)
{
	struct media_link *l = *lp;

	if (l == NULL)
		return;
	worker_end(l);
	if (l->udp >= 0)
		close(l->udp);
	free(l);
	*lp = NULL;
}

int media_link_fd(const struct media_link *l)
{
	return l->ipc;
}

struct span media_link_addresses(const struct media_link *l)
{
	return (struct span){ l->addresses, l->addresses_n };
}

bool media_link_send(struct media_link *l, const struct ipc_message *m)
{
	uint8_t buf[IPC_MESSAGE_MAX];
	size_t n;

	if (l->ipc < 0 || ipc_write(m, buf, &n) != OK)
		return false;
	return send(l->ipc, buf, n, MSG_NOSIGNAL) == (ssize_t)n;
}

enum err media_link_receive(struct media_link *l, uint8_t buf[IPC_MESSAGE_MAX],
                            struct ipc_message *m)
{
	ssize_t n = l->ipc < 0 ? -1 : recv(l->ipc, buf, IPC_MESSAGE_MAX, MSG_DONTWAIT);

	if (n < 0 && (l->ipc < 0 || errno == EAGAIN || errno == EINTR))
		return ERR_NOT_NOW;
	if (n <= 0) {
		worker_end(l);
		return ERR_TRUNCATED;
	}
	return ipc_read((struct span){ buf, (size_t)n }, m) == OK ? OK : ERR_MALFORMED;
}

bool media_link_tick(struct media_link *l, uint64_t now)
{
	if (l->worker != 0) {
		/* It has lived for a while: the next fault starts from the shortest pause. */
		if (now > l->restart_at + 60000)
			l->restart_delay = restart_first;
		return false;
	}
	if (!l->is_restart_due) {
		l->is_restart_due = true;
		l->restart_at = now + l->restart_delay;
		if (l->restart_delay < restart_longest)
			l->restart_delay *= 2;
	}
	if (now < l->restart_at)
		return false;
	l->is_restart_due = false;
	return worker_start(l);
}
