/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/quota.h"

#include "tests/support/check.h"
#include "transport/timer.h"

enum { BURST = 5 };
static const uint64_t period = TIME_MS(100);

static unsigned taken(struct quota *quota, uint64_t now)
{
	unsigned n = 0;

	while (n < 1000 && quota_take(quota, now, period, BURST))
		n++;
	return n;
}

static void a_burst_then_one_in_a_period(void)
{
	struct quota quota = { 0 };
	uint64_t now = TIME_S(7);

	CHECK(taken(&quota, now) == BURST);
	CHECK(taken(&quota, now + period - 1) == 0);
	CHECK(taken(&quota, now + period) == 1);
	CHECK(taken(&quota, now + 4 * period) == 3);
}

static void a_long_pause_gives_one_burst_only(void)
{
	struct quota quota = { 0 };

	CHECK(taken(&quota, 0) == BURST);
	CHECK(taken(&quota, TIME_S(1000)) == BURST);
}

/* Asking does not delay what is due, however often it is done. */
static void who_asks_all_the_time_gets_the_same(void)
{
	struct quota quota = { 0 };
	unsigned n = 0;

	for (uint64_t now = 0; now < TIME_S(10); now += 10)
		n += quota_take(&quota, now, period, BURST);
	CHECK(n == BURST + 99);
}

int main(void)
{
	a_burst_then_one_in_a_period();
	a_long_pause_gives_one_burst_only();
	who_asks_all_the_time_gets_the_same();
	return check_report("quota");
}
