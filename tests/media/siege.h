/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_SIEGE_H
#define ZEGEL_TESTS_SIEGE_H

#include "tests/media/participant.h"

/* The program itself, as the front starts it, on a port that the whole world can send to; A
 * sends a camera and B gets it, while a test throws what it has. One a program. */
enum {
	A,
	B,
	SIEGE_PEOPLE,
	SIEGE_ROOM = 1,
	SIEGE_HANDLE_A = 10,
};

extern struct siege {
	struct office office;
	struct participant people[SIEGE_PEOPLE];
	struct stream camera; /* A's */
	bool key_wanted;
	size_t sent, got; /* packets of the stream, since it was last looked at */
	size_t thrown;    /* datagrams */
	struct sockaddr_storage server;
	socklen_t server_n;
} siege;

/* False: ZEGEL_MEDIA does not name the program, or it cannot be started. */
bool siege_begin(void);
void siege_end(void); /* checks that the program ends well, too */

void siege_frame(void); /* of the stream */

/* Throws a datagram from a socket; between bursts of them, the stream has its turn: the
 * sockets' queues hold a few hundred. */
void siege_throw(int fd, const uint8_t *p, size_t n);

/* Checks that little of the stream was lost (what did not fit these queues), and that of a
 * quiet stretch nothing is. */
void siege_holds(const char *against);

int siege_stranger(void);             /* a socket that the worker has not heard of */
size_t siege_bytes_answered(int fd);  /* what waits there */
size_t siege_bytes_and_close(int fd); /* the same */

long siege_memory_kb(void); /* of the program */

/* Calls `fn` for each file of a folder of ZEGEL_CORPORA. Returns how many; 0: absent. */
typedef void (*siege_file_fn)(void *arg, uint8_t *bytes, size_t n);
size_t siege_corpus(const char *folder, siege_file_fn fn, void *arg);

#endif
