/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_LOOP_H
#define ZEGEL_TRANSPORT_LOOP_H

#include "transport/timer.h"

/* One thread's event loop: file descriptors and timers. Level-triggered. A worker has one,
 * and nothing in it is shared. */
enum {
	LOOP_READ = 1,
	LOOP_WRITE = 2,
	LOOP_HANGUP = 4, /* told unasked: the other side is gone, or an error waits */
	LOOP_FDS_MAX = 1024,
};

typedef void (*loop_fn)(void *arg, unsigned events);

struct loop;
struct loop *loop_create(size_t timers_cap); /* NULL: no memory or no descriptor */
void loop_destroy(struct loop **loopp);      /* closes no descriptor of the caller's */

/* Adds or changes. A callback may add and remove any descriptor, its own too. */
MUST_USE enum err loop_watch(struct loop *loop, int fd, unsigned events, loop_fn fn, void *arg);
void loop_forget(struct loop *loop, int fd); /* before close(fd) */

struct timers *loop_timers(struct loop *loop);
uint64_t loop_now(const struct loop *loop); /* when this turn began */

/* After the events of each turn, before it waits: the place to flush what was gathered. */
void loop_after(struct loop *loop, timer_fn fn, void *arg);

/* One turn: waits for the first event or timer, `wait_max` microseconds at most. */
MUST_USE enum err loop_step(struct loop *loop, uint64_t wait_max);
MUST_USE enum err loop_run(struct loop *loop); /* until loop_stop() */
void loop_stop(struct loop *loop);

uint64_t clock_now(void); /* monotonic microseconds: the one clock of transport/ */

#endif
