/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* Who stays a member, and who may append, when somebody is removed or lies. */
#include "tests/front/world.h"

enum { A, B, C, M, PEOPLE };

/* Four members; the newest pass is 1, at index 0. */
static void four_members(struct world *w, uint32_t who[PEOPLE])
{
	two_members(w, &who[A], &who[B]);
	for (int i = C; i <= M; i++) {
		who[i] = guest(w, 7);
		show(w, who[i], 1, 1);
		CHECK(got(w, who[i], MSG_MEMBER));
	}
	forget_inboxes(w);
}

/* A's commit at index 1 removes M: the others show the new pass, M can't. */
static void remove_m(struct world *w, const uint32_t who[PEOPLE])
{
	post(w, who[A], 1, 2);
	CHECK(got(w, who[A], MSG_POSTED));
	show(w, who[B], 2, 2);
	show(w, who[C], 2, 2);
}

static void who_was_removed_does_not_stay_by_the_pass_before(void)
{
	struct world *w = world_create();
	uint32_t who[PEOPLE];

	four_members(w, who);
	remove_m(w, who);
	show(w, who[M], 1, 2);
	pass_time(w, FRONT_PASS_GRACE + 1);
	CHECK(got_error(w, who[M], MSG_ERR_NOT_MEMBER));
	CHECK(got(w, who[A], MSG_GONE) && rooms_count(w->rooms).members == 3);
	forget_inboxes(w);
	lane(w, who[A], MSG_SEND);
	CHECK(got(w, who[B], MSG_BROADCAST) && w->inbox[who[M]].count == 0);
	world_destroy(w);
}

static void who_was_removed_appends_nothing(void)
{
	struct world *w = world_create();
	uint32_t who[PEOPLE];

	four_members(w, who);
	remove_m(w, who);
	forget_inboxes(w);
	post(w, who[M], 2, 66);
	CHECK(got_error(w, who[M], MSG_ERR_NOT_MEMBER) && !got(w, who[M], MSG_POSTED));
	CHECK(w->inbox[who[A]].count == 0 && w->inbox[who[B]].count == 0);
	show(w, who[M], 66, 2);
	pass_time(w, FRONT_PASS_GRACE + 1);
	CHECK(got_error(w, who[M], MSG_ERR_NOT_MEMBER));
	world_destroy(w);
}

static void who_comes_too_late_for_an_index_is_told_of_the_conflict(void)
{
	struct world *w = world_create();
	uint32_t who[PEOPLE];

	four_members(w, who);
	remove_m(w, who);
	forget_inboxes(w);
	post(w, who[M], 1, 3);
	CHECK(got_error(w, who[M], MSG_ERR_CONFLICT) && !got_error(w, who[M], MSG_ERR_NOT_MEMBER));
	world_destroy(w);
}

static void an_old_pass_opens_for_a_minute_only(void)
{
	struct world *w = world_create();
	uint32_t who[PEOPLE];

	four_members(w, who);
	remove_m(w, who);
	pass_time(w, FRONT_PASS_OLD - FRONT_PASS_GRACE);
	show(w, who[M], 1, 2); /* dropped, and back to catch up, as one whose network broke */
	CHECK(got(w, who[M], MSG_MEMBER));
	pass_time(w, FRONT_PASS_GRACE + 1);
	CHECK(got_error(w, who[M], MSG_ERR_NOT_MEMBER));
	forget_inboxes(w);
	show(w, who[M], 1, 2);
	CHECK(got_error(w, who[M], MSG_ERR_NOT_MEMBER) && !got(w, who[M], MSG_MEMBER));
	/* The newest one is good for ever. */
	rooms_client_gone(w->rooms, who[B], w->now);
	pass_time(w, 3600 * 1000);
	who[B] = guest(w, 7);
	show(w, who[B], 2, 2);
	CHECK(got(w, who[B], MSG_MEMBER));
	world_destroy(w);
}

/* A member's post whose hash is nobody's: the others stay long enough to outvote it. */
static void a_lie_about_the_pass_is_healed_by_the_others(void)
{
	struct world *w = world_create();
	uint32_t who[PEOPLE];

	four_members(w, who);
	post(w, who[M], 1, 66);
	forget_inboxes(w);
	post(w, who[A], 2, 3);
	CHECK(got(w, who[A], MSG_POSTED));
	show(w, who[B], 3, 3);
	show(w, who[C], 3, 3);
	show(w, who[M], 66, 3); /* a pass that only the liar knows */
	pass_time(w, FRONT_PASS_GRACE + 1);
	CHECK(got_error(w, who[M], MSG_ERR_NOT_MEMBER));
	CHECK(rooms_count(w->rooms).members == 3);
	world_destroy(w);
}

static void dropped_by_a_lie_the_others_come_back_by_the_pass_before(void)
{
	struct world *w = world_create();
	uint32_t who[PEOPLE];

	four_members(w, who);
	post(w, who[M], 1, 66);
	pass_time(w, FRONT_PASS_OLD + FRONT_PASS_GRACE);
	CHECK(rooms_count(w->rooms).members == 1);
	forget_inboxes(w);
	show(w, who[A], 1, 2);
	CHECK(got(w, who[A], MSG_MEMBER));
	post(w, who[A], 2, 3);
	CHECK(got(w, who[A], MSG_POSTED));
	world_destroy(w);
}

static void a_pass_of_an_epoch_between_moves_the_time_on(void)
{
	struct world *w = world_create();
	uint32_t who[PEOPLE];

	four_members(w, who);
	post(w, who[A], 1, 2);
	pass_time(w, 10 * 1000);
	post(w, who[A], 2, 3);
	show(w, who[B], 2, 2); /* on its way when the next post came */
	pass_time(w, 10 * 1000);
	CHECK(!got_error(w, who[B], MSG_ERR_NOT_MEMBER));
	CHECK(got_error(w, who[C], MSG_ERR_NOT_MEMBER));
	show(w, who[B], 3, 3);
	pass_time(w, FRONT_PASS_GRACE);
	CHECK(!got_error(w, who[B], MSG_ERR_NOT_MEMBER));
	world_destroy(w);
}

static void only_who_knocked_is_said_to_be_gone(void)
{
	struct world *w = world_create();
	uint32_t a, b, knocker, silent;
	uint8_t leave[] = { MSG_LEAVE };

	two_members(w, &a, &b);
	knocker = guest(w, 7);
	silent = guest(w, 7);
	lane(w, knocker, MSG_KNOCK);
	forget_inboxes(w);
	rooms_client_gone(w->rooms, silent, w->now);
	CHECK(w->inbox[a].count == 0 && w->inbox[b].count == 0);
	say(w, knocker, leave, 1);
	CHECK(got_count(w, a, MSG_GONE) == 1 && got_count(w, b, MSG_GONE) == 1);
	rooms_client_gone(w->rooms, knocker, w->now);
	CHECK(got_count(w, a, MSG_GONE) == 1);
	world_destroy(w);
}

int main(void)
{
	who_was_removed_does_not_stay_by_the_pass_before();
	who_was_removed_appends_nothing();
	who_comes_too_late_for_an_index_is_told_of_the_conflict();
	an_old_pass_opens_for_a_minute_only();
	a_lie_about_the_pass_is_healed_by_the_others();
	dropped_by_a_lie_the_others_come_back_by_the_pass_before();
	a_pass_of_an_epoch_between_moves_the_time_on();
	only_who_knocked_is_said_to_be_gone();
	return check_report("rooms_passes");
}
