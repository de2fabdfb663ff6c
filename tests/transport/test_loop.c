/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/loop.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "transport/demux.h"
#include "transport/pool.h"

enum { TIMERS = 200 };

struct probe {
	struct timer timer;
	uint64_t fired;
};
static uint64_t last_at;

static void probe_fire(void *arg, uint64_t now)
{
	struct probe *p = arg;

	CHECK(p->timer.at <= now && p->timer.at >= last_at);
	last_at = p->timer.at;
	p->fired++;
}

static void timers_fire_in_order_and_once(void)
{
	static struct probe probes[TIMERS];
	struct timers *timers = timers_create(TIMERS);
	struct timer more = { .fn = probe_fire };

	srand(7);
	for (size_t i = 0; i < TIMERS; i++) {
		probes[i].timer = (struct timer){ .fn = probe_fire, .arg = &probes[i] };
		CHECK(timer_set(timers, &probes[i].timer, (uint64_t)rand() % 1000) == OK);
	}
	CHECK(timer_set(timers, &more, 1) == ERR_SPACE && !timer_is_running(&more));
	for (size_t i = 0; i < TIMERS; i += 3)
		CHECK(timer_set(timers, &probes[i].timer, (uint64_t)rand() % 1000) == OK);
	for (size_t i = 0; i < TIMERS; i += 5)
		timer_stop(timers, &probes[i].timer);
	for (size_t i = 0; i < TIMERS; i += 5) /* again, and one that never ran: nothing */
		timer_stop(timers, i % 2 ? &more : &probes[i].timer);
	for (uint64_t now = 0; now < 1000; now += 10)
		timers_run(timers, now);
	timers_run(timers, 1000);
	for (size_t i = 0; i < TIMERS; i++)
		CHECK(probes[i].fired == (i % 5 != 0) && !timer_is_running(&probes[i].timer));
	CHECK(timers_next(timers) == TIME_NEVER);
	timers_destroy(&timers);
}

struct again {
	struct timers *timers;
	struct timer timer;
	unsigned n;
};

static void again_fire(void *arg, uint64_t now)
{
	struct again *a = arg;

	a->n++;
	CHECK(timer_set(a->timers, &a->timer, now) == OK);
}

static void a_timer_that_sets_itself_cannot_hold_the_run(void)
{
	struct again a = { .timers = timers_create(1) };

	a.timer = (struct timer){ .fn = again_fire, .arg = &a };
	CHECK(timer_set(a.timers, &a.timer, 1) == OK);
	timers_run(a.timers, 5);
	CHECK(a.n == 1 && timers_next(a.timers) == 5);
	timers_destroy(&a.timers);
	CHECK(!timer_is_running(&a.timer));
}

struct ends {
	struct loop *loop;
	int fd[2];
	unsigned told, turns;
};

static void end_told(void *arg, unsigned events)
{
	struct ends *e = arg;
	char c;

	CHECK(events & LOOP_READ);
	CHECK(read(e->fd[1], &c, 1) == 1);
	e->told++;
	loop_forget(e->loop, e->fd[1]);
	loop_stop(e->loop);
}

static void turn_ended(void *arg, uint64_t now)
{
	struct ends *e = arg;

	CHECK(now == loop_now(e->loop));
	e->turns++;
}

static void the_loop_tells_of_bytes_and_forgets(void)
{
	struct ends e = { .loop = loop_create(4) };

	CHECK(e.loop != NULL && socketpair(AF_UNIX, SOCK_STREAM, 0, e.fd) == 0);
	CHECK(loop_watch(e.loop, e.fd[1], LOOP_READ, end_told, &e) == OK);
	CHECK(loop_watch(e.loop, -1, LOOP_READ, end_told, &e) == ERR_SPACE);
	CHECK(loop_watch(e.loop, LOOP_FDS_MAX, LOOP_READ, end_told, &e) == ERR_SPACE);
	loop_after(e.loop, turn_ended, &e);
	CHECK(loop_step(e.loop, 0) == OK && e.told == 0);
	CHECK(write(e.fd[0], "xy", 2) == 2);
	CHECK(loop_run(e.loop) == OK);
	CHECK(e.told == 1 && e.turns == 2);
	CHECK(loop_step(e.loop, 0) == OK && e.told == 1); /* a byte waits, but is forgotten */
	close(e.fd[0]);
	close(e.fd[1]);
	loop_destroy(&e.loop);
}

static void a_pool_lends_what_it_has_and_no_more(void)
{
	struct pool *pool = pool_create(3, 5);
	void *objects[5];

	for (size_t i = 0; i < 5; i++) {
		objects[i] = pool_get(pool);
		CHECK(objects[i] != NULL && (uintptr_t)objects[i] % 16 == 0);
		for (size_t k = 0; k < i; k++)
			CHECK(objects[k] != objects[i]);
	}
	CHECK(pool_get(pool) == NULL && pool_left(pool) == 0);
	pool_put(pool, objects[2]);
	CHECK(pool_left(pool) == 1 && pool_get(pool) == objects[2]);
	pool_destroy(&pool);
	CHECK(pool == NULL);
	CHECK(pool_create(SIZE_MAX, 2) == NULL && pool_create(16, SIZE_MAX / 16) == NULL);
}

static void the_first_byte_tells_the_protocol(void)
{
	for (unsigned b = 0; b < 256; b++) {
		uint8_t rtp[2] = { (uint8_t)b, 111 }, rtcp[2] = { (uint8_t)b, 200 };
		enum demux want = b <= 3                 ? DEMUX_STUN
		                  : b >= 20 && b <= 63   ? DEMUX_DTLS
		                  : b >= 128 && b <= 191 ? DEMUX_RTP
		                                         : DEMUX_NONE;

		CHECK(demux(SPAN(rtp)) == want);
		CHECK(demux(SPAN(rtcp)) == (want == DEMUX_RTP ? DEMUX_RTCP : want));
		CHECK(demux((struct span){ rtp, 1 }) == DEMUX_NONE);
	}
	CHECK(demux((struct span){ 0 }) == DEMUX_NONE);
	CHECK(demux(SPAN_STR("\x80\xbf")) == DEMUX_RTP &&
	      demux(SPAN_STR("\x80\xc0")) == DEMUX_RTCP);
	CHECK(demux(SPAN_STR("\x80\xe0")) == DEMUX_RTP &&
	      demux(SPAN_STR("\x80\xdf")) == DEMUX_RTCP);
}

int main(void)
{
	timers_fire_in_order_and_once();
	a_timer_that_sets_itself_cannot_hold_the_run();
	the_loop_tells_of_bytes_and_forgets();
	a_pool_lends_what_it_has_and_no_more();
	the_first_byte_tells_the_protocol();
	return check_report("loop");
}
