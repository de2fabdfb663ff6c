/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/timer.h"

#include <stdlib.h>

/* heap[i] is due no later than its children, heap[2i + 1] and heap[2i + 2]. */
struct timers {
	size_t n, cap;
	struct timer *heap[];
};

struct timers *timers_create(size_t cap)
{
	struct timers *timers;

	if (cap > (SIZE_MAX - sizeof(*timers)) / sizeof(timers->heap[0]))
		return NULL;
	timers = malloc(sizeof(*timers) + cap * sizeof(timers->heap[0]));
	if (timers == NULL)
		return NULL;
	timers->n = 0;
	timers->cap = cap;
	return timers;
}

void timers_destroy(struct timers **timersp)
{
	if (*timersp == NULL)
		return;
	for (size_t i = 0; i < (*timersp)->n; i++)
		(*timersp)->heap[i]->place = 0;
	free(*timersp);
	*timersp = NULL;
}

static void put(struct timers *timers, size_t i, struct timer *timer)
{
	timers->heap[i] = timer;
	timer->place = i + 1;
}

static void sift_up(struct timers *timers, size_t i, struct timer *timer)
{
	while (i > 0 && timers->heap[(i - 1) / 2]->at > timer->at) {
		put(timers, i, timers->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	put(timers, i, timer);
}

static void sift_down(struct timers *timers, size_t i, struct timer *timer)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < timers->n &&
		    timers->heap[child + 1]->at < timers->heap[child]->at)
			child++;
		if (child >= timers->n || timers->heap[child]->at >= timer->at)
			break;
		put(timers, i, timers->heap[child]);
		i = child;
	}
	put(timers, i, timer);
}

enum err timer_set(struct timers *timers, struct timer *timer, uint64_t at)
{
	if (timer->place == 0) {
		if (timers->n == timers->cap)
			return ERR_SPACE;
		timer->at = at;
		sift_up(timers, timers->n++, timer);
		return OK;
	}

	bool earlier = at < timer->at;

	timer->at = at;
	if (earlier)
		sift_up(timers, timer->place - 1, timer);
	else
		sift_down(timers, timer->place - 1, timer);
	return OK;
}

void timer_stop(struct timers *timers, struct timer *timer)
{
	if (timer->place == 0)
		return;

	size_t hole = timer->place - 1;
	struct timer *last = timers->heap[--timers->n];

	timer->place = 0;
	if (last == timer)
		return;
	if (hole > 0 && timers->heap[(hole - 1) / 2]->at > last->at)
		sift_up(timers, hole, last);
	else
		sift_down(timers, hole, last);
}

bool timer_is_running(const struct timer *timer)
{
	return timer->place != 0;
}

uint64_t timers_next(const struct timers *timers)
{
	return timers->n ? timers->heap[0]->at : TIME_NEVER;
}

void timers_run(struct timers *timers, uint64_t now)
{
	for (size_t turns = timers->n; turns > 0 && timers_next(timers) <= now; turns--) {
		struct timer *timer = timers->heap[0];

		timer_stop(timers, timer);
		timer->fn(timer->arg, now);
	}
}
