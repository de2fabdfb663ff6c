/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/udp.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/udp.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103 /* linux/udp.h, since Linux 4.18 */
#endif

enum {
	TX_MESSAGES = 64,
	TX_BYTES = 128 * 1024,
	RX_BATCHES_DROPPED = 8,
	RUN_SEGMENTS = 48,     /* the kernel takes 64                          */
	RUN_BYTES = 60 * 1024, /* an IP packet is at most 65535 bytes, with headers */
};

enum err udp_bind(const struct addr *local, int *fd)
{
	int family = local->family == 6 ? AF_INET6 : AF_INET, zero = 0;
	struct sockaddr_storage sa;
	socklen_t n = addr_into_sockaddr(local, family, &sa);
	int s = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (s < 0)
		return ERR_SPACE;
	if (family == AF_INET6)
		(void)setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	if (n == 0 || bind(s, (struct sockaddr *)&sa, n) != 0) {
		close(s);
		return ERR_NOT_NOW;
	}
	*fd = s;
	return OK;
}

enum err udp_local(int fd, struct addr *out)
{
	struct sockaddr_storage sa;
	socklen_t n = sizeof(sa);

	if (getsockname(fd, (struct sockaddr *)&sa, &n) != 0)
		return ERR_NOT_NOW;
	return addr_from_sockaddr((struct sockaddr *)&sa, n, out);
}

size_t udp_buffers(int fd, size_t bytes)
{
	int want = (int)bytes, got = 0;
	socklen_t n = sizeof(got);

	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &want, sizeof(want));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &want, sizeof(want));
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &n) != 0 || got < 0)
		return 0;
	return (size_t)got;
}

struct udp_rx {
	struct mmsghdr messages[UDP_RX_BATCH];
	struct iovec iov[UDP_RX_BATCH];
	struct sockaddr_storage names[UDP_RX_BATCH];
	struct udp_packet packets[UDP_RX_BATCH];
	uint8_t bytes[UDP_RX_BATCH][UDP_PACKET_MAX];
};

struct udp_rx *udp_rx_create(void)
{
	struct udp_rx *rx = calloc(1, sizeof(*rx));

	if (rx == NULL)
		return NULL;
	for (size_t i = 0; i < UDP_RX_BATCH; i++) {
		rx->iov[i] = (struct iovec){ rx->bytes[i], UDP_PACKET_MAX };
		rx->messages[i].msg_hdr = (struct msghdr){ .msg_name = &rx->names[i],
			                                   .msg_iov = &rx->iov[i],
			                                   .msg_iovlen = 1 };
	}
	return rx;
}

void udp_rx_destroy(struct udp_rx **rxp)
{
	free(*rxp);
	*rxp = NULL;
}

size_t udp_rx_read(struct udp_rx *rx, int fd)
{
	unsigned batches = RX_BATCHES_DROPPED;
	size_t kept;
	int n;

	/* A batch that is dropped whole (all too long) is not "nothing is waiting". But a
	 * flood of them may not keep us here. */
	do {
		for (size_t i = 0; i < UDP_RX_BATCH; i++)
			rx->messages[i].msg_hdr.msg_namelen = sizeof(rx->names[i]);
		do {
			n = recvmmsg(fd, rx->messages, UDP_RX_BATCH, MSG_DONTWAIT, NULL);
		} while (n < 0 && errno == EINTR);

		kept = 0;
		for (int i = 0; i < n; i++) {
			const struct msghdr *h = &rx->messages[i].msg_hdr;
			struct udp_packet *packet = &rx->packets[kept];

			packet->p = rx->bytes[i];
			packet->n = rx->messages[i].msg_len;
			if (!(h->msg_flags & MSG_TRUNC) &&
			    addr_from_sockaddr(h->msg_name, h->msg_namelen, &packet->from) ==
			        OK)
				kept++;
		}
	} while (n > 0 && kept == 0 && --batches > 0);
	return kept;
}

struct udp_packet *udp_rx_packet(struct udp_rx *rx, size_t i)
{
	return &rx->packets[i];
}

/* A message is a run of packets that lie one after the other in the arena. */
struct run {
	struct addr to;
	uint8_t *p;
	size_t n, segment, segments;
};

struct segment_control {
	alignas(struct cmsghdr) char bytes[CMSG_SPACE(sizeof(uint16_t))];
};

struct udp_tx {
	int fd, family;
	bool no_gso; /* the kernel or the device refused it */
	size_t used, runs_n;
	struct addr to; /* of the packet that is being written */
	struct run runs[TX_MESSAGES];
	struct mmsghdr messages[TX_MESSAGES];
	struct iovec iov[TX_MESSAGES];
	struct sockaddr_storage names[TX_MESSAGES];
	struct segment_control controls[TX_MESSAGES];
	struct udp_tx_stats stats;
	uint8_t bytes[TX_BYTES];
};

struct udp_tx *udp_tx_create(int fd)
{
	struct udp_tx *tx = calloc(1, sizeof(*tx));
	struct sockaddr_storage sa;
	socklen_t n = sizeof(sa);

	if (tx == NULL)
		return NULL;
	tx->fd = fd;
	tx->family = AF_INET;
	if (getsockname(fd, (struct sockaddr *)&sa, &n) == 0)
		tx->family = sa.ss_family;
	return tx;
}

void udp_tx_destroy(struct udp_tx **txp)
{
	free(*txp);
	*txp = NULL;
}

uint8_t *udp_tx_get(struct udp_tx *tx, const struct addr *to)
{
	if (TX_BYTES - tx->used < UDP_PACKET_MAX || tx->runs_n == TX_MESSAGES)
		udp_tx_flush(tx);
	tx->to = *to;
	return tx->bytes + tx->used;
}

/* All segments of a run but the last have one size. */
static bool run_takes(const struct udp_tx *tx, const struct run *run, size_t n)
{
	return !tx->no_gso && addr_is_equal(&run->to, &tx->to) && n <= run->segment &&
	       run->n == run->segment * run->segments && run->segments < RUN_SEGMENTS &&
	       run->n + n <= RUN_BYTES;
}

void udp_tx_put(struct udp_tx *tx, size_t n)
{
	struct run *last = tx->runs_n ? &tx->runs[tx->runs_n - 1] : NULL;

	if (n == 0 || n > UDP_PACKET_MAX)
		return;
	if (last != NULL && run_takes(tx, last, n)) {
		last->n += n;
		last->segments++;
	} else {
		tx->runs[tx->runs_n++] = (struct run){ tx->to, tx->bytes + tx->used, n, n, 1 };
	}
	tx->used += n;
}

void udp_tx_send(struct udp_tx *tx, const struct addr *to, struct span packet)
{
	if (packet.n == 0 || packet.n > UDP_PACKET_MAX)
		return;
	memcpy(udp_tx_get(tx, to), packet.p, packet.n);
	udp_tx_put(tx, packet.n);
}

static void message_from_run(struct udp_tx *tx, size_t i)
{
	const struct run *run = &tx->runs[i];
	struct msghdr *h = &tx->messages[i].msg_hdr;

	tx->iov[i] = (struct iovec){ run->p, run->n };
	*h = (struct msghdr){ .msg_name = &tx->names[i],
		              .msg_namelen =
		                  addr_into_sockaddr(&run->to, tx->family, &tx->names[i]),
		              .msg_iov = &tx->iov[i],
		              .msg_iovlen = 1 };
	if (run->segments == 1)
		return;
	h->msg_control = tx->controls[i].bytes;
	h->msg_controllen = sizeof(tx->controls[i].bytes);

	struct cmsghdr *c = CMSG_FIRSTHDR(h);
	uint16_t segment = (uint16_t)run->segment;

	c->cmsg_level = IPPROTO_UDP;
	c->cmsg_type = UDP_SEGMENT;
	c->cmsg_len = CMSG_LEN(sizeof(segment));
	memcpy(CMSG_DATA(c), &segment, sizeof(segment));
}

static void count_run(struct udp_tx *tx, const struct run *run)
{
	tx->stats.messages++;
	tx->stats.packets += run->segments;
	tx->stats.bytes += run->n;
}

/* The slow way, for a run that the kernel does not take as one. */
static void send_singly(struct udp_tx *tx, size_t i)
{
	const struct run *run = &tx->runs[i];
	const struct msghdr *h = &tx->messages[i].msg_hdr;

	for (size_t at = 0; at < run->n; at += run->segment) {
		size_t n = run->n - at < run->segment ? run->n - at : run->segment;

		tx->stats.calls++;
		if (sendto(tx->fd, run->p + at, n, MSG_DONTWAIT, h->msg_name, h->msg_namelen) <
		    0) {
			tx->stats.dropped++;
			continue;
		}
		tx->stats.messages++;
		tx->stats.packets++;
		tx->stats.bytes += n;
	}
}

/* Deals with the run at which sendmmsg stopped. True: the socket is full, so stop. */
static bool send_refused(struct udp_tx *tx, size_t i, int why)
{
	if (why == EAGAIN || why == EWOULDBLOCK || why == ENOBUFS)
		return true;
	/* EIO: no checksum offload. EINVAL: the segment is longer than the path takes. */
	if (tx->runs[i].segments > 1 && (why == EIO || why == EINVAL || why == EOPNOTSUPP)) {
		if (why != EINVAL)
			tx->no_gso = true;
		send_singly(tx, i);
		return false;
	}
	tx->stats.dropped += tx->runs[i].segments;
	return false;
}

void udp_tx_flush(struct udp_tx *tx)
{
	size_t i = 0;

	for (size_t k = 0; k < tx->runs_n; k++)
		message_from_run(tx, k);
	while (i < tx->runs_n) {
		int n = sendmmsg(tx->fd, tx->messages + i, (unsigned)(tx->runs_n - i),
		                 MSG_DONTWAIT);

		tx->stats.calls++;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 && send_refused(tx, i++, errno)) {
			for (i--; i < tx->runs_n; i++)
				tx->stats.dropped += tx->runs[i].segments;
			break;
		}
		for (int k = 0; k < n; k++)
			count_run(tx, &tx->runs[i++]);
	}
	tx->runs_n = 0;
	tx->used = 0;
}

const struct udp_tx_stats *udp_tx_stats(const struct udp_tx *tx)
{
	return &tx->stats;
}
