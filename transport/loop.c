/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_MAX = 64 };

/* `born` tells a descriptor that was closed and opened again within one turn from the one
 * that an event in hand was meant for. */
struct watch {
	loop_fn fn; /* NULL: not watched */
	void *arg;
	uint32_t born;
};

struct loop {
	int epoll;
	bool stopped;
	uint32_t births;
	uint64_t now;
	struct timers *timers;
	timer_fn after;
	void *after_arg;
	struct watch watches[LOOP_FDS_MAX]; /* by descriptor */
};

uint64_t clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

struct loop *loop_create(size_t timers_cap)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (loop == NULL)
		return NULL;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->timers = timers_create(timers_cap);
	loop->now = clock_now();
	if (loop->epoll < 0 || loop->timers == NULL)
		loop_destroy(&loop);
	return loop;
}

void loop_destroy(struct loop **loopp)
{
	struct loop *loop = *loopp;

	*loopp = NULL;
	if (loop == NULL)
		return;
	timers_destroy(&loop->timers);
	if (loop->epoll >= 0)
		close(loop->epoll);
	free(loop);
}

static uint32_t epoll_events(unsigned events)
{
	return (events & LOOP_READ ? EPOLLIN : 0u) | (events & LOOP_WRITE ? EPOLLOUT : 0u);
}

static unsigned loop_events(uint32_t events)
{
	return (events & EPOLLIN ? (unsigned)LOOP_READ : 0u) |
	       (events & EPOLLOUT ? (unsigned)LOOP_WRITE : 0u) |
	       (events & (EPOLLHUP | EPOLLERR) ? (unsigned)LOOP_HANGUP : 0u);
}

enum err loop_watch(struct loop *loop, int fd, unsigned events, loop_fn fn, void *arg)
{
	if (fd < 0 || fd >= LOOP_FDS_MAX)
		return ERR_SPACE;

	struct watch *watch = &loop->watches[fd];
	bool is_new = watch->fn == NULL;
	uint32_t born = is_new ? ++loop->births : watch->born;
	struct epoll_event ev = { .events = epoll_events(events),
		                  .data.u64 = (uint64_t)born << 32 | (uint32_t)fd };

	if (epoll_ctl(loop->epoll, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &ev) != 0)
		return ERR_SPACE;
	*watch = (struct watch){ fn, arg, born };
	return OK;
}

void loop_forget(struct loop *loop, int fd)
{
	if (fd < 0 || fd >= LOOP_FDS_MAX || loop->watches[fd].fn == NULL)
		return;
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
	loop->watches[fd] = (struct watch){ 0 };
}

struct timers *loop_timers(struct loop *loop)
{
	return loop->timers;
}

uint64_t loop_now(const struct loop *loop)
{
	return loop->now;
}

void loop_after(struct loop *loop, timer_fn fn, void *arg)
{
	loop->after = fn;
	loop->after_arg = arg;
}

/* Rounded up: waking before the timer is due would spin until it is. */
static int wait_ms(const struct loop *loop, uint64_t wait_max)
{
	uint64_t now = clock_now(), next = timers_next(loop->timers);
	uint64_t wait = next <= now ? 0 : next - now;

	if (wait > wait_max)
		wait = wait_max;
	return wait > TIME_S(3600) ? 3600 * 1000 : (int)((wait + 999) / 1000);
}

enum err loop_step(struct loop *loop, uint64_t wait_max)
{
	struct epoll_event events[EVENTS_MAX];
	int n = epoll_wait(loop->epoll, events, EVENTS_MAX, wait_ms(loop, wait_max));

	if (n < 0 && errno != EINTR)
		return ERR_PROVIDER;
	loop->now = clock_now();
	for (int i = 0; i < n; i++) {
		const struct watch watch = loop->watches[(uint32_t)events[i].data.u64];

		if (watch.fn != NULL && watch.born == events[i].data.u64 >> 32)
			watch.fn(watch.arg, loop_events(events[i].events));
	}
	timers_run(loop->timers, loop->now);
	if (loop->after != NULL)
		loop->after(loop->after_arg, loop->now);
	return OK;
}

enum err loop_run(struct loop *loop)
{
	for (loop->stopped = false; !loop->stopped;)
		TRY(loop_step(loop, TIME_NEVER));
	return OK;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
