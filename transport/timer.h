/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TRANSPORT_TIMER_H
#define ZEGEL_TRANSPORT_TIMER_H

#include "sealed/wire/err.h"
#include "sealed/wire/span.h"

/* Timers in a binary heap. Time in all of transport/ is microseconds of a monotonic clock,
 * as uint64_t; who calls says what time it is, so that tests have a clock of their own.
 *
 * A struct timer lives in its owner's memory, all zero at first; it must be cleared with
 * timer_stop() before that memory goes. */
#define TIME_MS(ms) ((uint64_t)(ms)*1000)
#define TIME_S(s)   ((uint64_t)(s)*1000000)
#define TIME_NEVER  UINT64_MAX

typedef void (*timer_fn)(void *arg, uint64_t now);

struct timer {
	timer_fn fn;
	void *arg;
	uint64_t at;
	size_t place; /* 1 + index in the heap; 0: not running */
};

struct timers;
struct timers *timers_create(size_t cap); /* NULL: no memory */
void timers_destroy(struct timers **timersp);

/* Starts it, or moves it if it runs. A running one can always be moved; ERR_SPACE: `cap`
 * timers run already. */
MUST_USE enum err timer_set(struct timers *timers, struct timer *timer, uint64_t at);
void timer_stop(struct timers *timers, struct timer *timer);
bool timer_is_running(const struct timer *timer);

uint64_t timers_next(const struct timers *timers); /* TIME_NEVER: none */

/* Calls what is due, in order of time; a callback may set and stop timers. One that sets its
 * own to `now` again and again cannot hold the run: it makes at most as many calls as there
 * were timers when it began. */
void timers_run(struct timers *timers, uint64_t now);

#endif
