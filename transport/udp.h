/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_UDP_H
#define ZEGEL_TRANSPORT_UDP_H

#include "transport/addr.h"

/* Datagrams in batches: one system call reads up to UDP_RX_BATCH of them, and one sends
 * many runs. A run is what the kernel sends to one address as one message (UDP_SEGMENT,
 * "GSO"): packets of one size, but for a shorter last one. Passing the kernel's stack is 3/4
 * of the cost of a forwarded packet, and a run passes it once; so write all packets for one
 * receiver one after the other.
 *
 * Not thread-safe: one worker owns its socket and its batches. All memory is taken by
 * create. */
enum {
	UDP_RX_BATCH = 32,
	UDP_PACKET_MAX = 1500, /* an Ethernet frame's payload; longer ones are dropped unread */
};

/* A non-blocking, close-on-exec socket. An IPv6 address gives a dual-stack socket. */
MUST_USE enum err udp_bind(const struct addr *local, int *fd);
MUST_USE enum err udp_local(int fd, struct addr *out); /* what it was bound to */

/* Asks for socket buffers of `bytes`; the kernel may give less. Says what it gave for
 * reading (as the kernel counts: twice the payload). */
size_t udp_buffers(int fd, size_t bytes);

/* Receiving: read, then look at packets 0 to n - 1 before the next read. They may be changed
 * in place (decrypted); `p` has room for UDP_PACKET_MAX bytes. */
struct udp_packet {
	struct addr from;
	uint8_t *p;
	size_t n;
};
struct udp_rx;
struct udp_rx *udp_rx_create(void); /* NULL: no memory */
void udp_rx_destroy(struct udp_rx **rxp);
/* 0: nothing is waiting, or some hundreds in a row were too long and are dropped: come again
 * when the socket is said to be readable. */
size_t udp_rx_read(struct udp_rx *rx, int fd);
struct udp_packet *udp_rx_packet(struct udp_rx *rx, size_t i);

/* Sending: take room for one packet, write (and seal) it there, say how long it became. What
 * does not fit is sent at once. A packet that the kernel does not take (its buffer is full,
 * no route) is dropped and counted, as a network would.
 *
 *	uint8_t *p = udp_tx_get(tx, &to);
 *	...
 *	udp_tx_put(tx, n);      n = 0: nothing, after all
 *	udp_tx_flush(tx);       at the end of each turn of the loop */
struct udp_tx;
struct udp_tx *udp_tx_create(int fd); /* NULL: no memory. Borrows the fd. */
void udp_tx_destroy(struct udp_tx **txp);
uint8_t *udp_tx_get(struct udp_tx *tx,
                    const struct addr *to); /* UDP_PACKET_MAX bytes; never NULL */
void udp_tx_put(struct udp_tx *tx, size_t n);
void udp_tx_send(struct udp_tx *tx, const struct addr *to, struct span packet); /* copies */
void udp_tx_flush(struct udp_tx *tx);

struct udp_tx_stats {
	uint64_t packets, bytes, messages, calls, dropped;
};
const struct udp_tx_stats *udp_tx_stats(const struct udp_tx *tx);

#endif
