/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_MEDIA_LINK_H
#define ZEGEL_FRONT_MEDIA_LINK_H

#include "server/front/options.h"
#include "server/ipc.h"

/* The media worker as the front sees it: a child process that was given a UDP socket and one
 * end of a SOCK_SEQPACKET pair, and needs nothing else. If it dies it is started again, after
 * a pause that grows. */
struct media_link;

/* Binds the UDP socket, starts the worker. NULL: not possible (why, is logged). `program`
 * lives as long as the link. */
struct media_link *media_link_create(const struct options *o, const char *program);
void media_link_destroy(struct media_link **lp); /* ends the worker */

int media_link_fd(const struct media_link *l); /* to be polled; changes with a restart; -1: none */

/* The addresses for clients, encoded as in MEDIA_OFFER. */
struct span media_link_addresses(const struct media_link *l);

/* False: there is no worker at the moment. */
bool media_link_send(struct media_link *l, const struct ipc_message *m);

/* One message, if there is one. The message borrows from `buf`. ERR_NOT_NOW: none;
 * ERR_TRUNCATED: the worker is gone; ERR_MALFORMED: not a message. */
MUST_USE enum err media_link_receive(struct media_link *l, uint8_t buf[IPC_MESSAGE_MAX],
                                     struct ipc_message *m);

/* Starts a dead worker again when it is time. True: there is a new one. */
bool media_link_tick(struct media_link *l, uint64_t now);

#endif
