/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* The rooms, by messages in and messages out: who gets what, and who does not. */
#include "server/front/rooms_state.h"
#include "tests/front/world.h"

static void the_first_of_two_creators_wins(void)
{
	struct world *w = world_create();
	uint32_t a = guest(w, 7), b = guest(w, 7), c = guest(w, 8);

	post(w, a, 0, 1);
	post(w, b, 0, 2);
	post(w, c, 0, 3);
	CHECK(got(w, a, MSG_POSTED) && got(w, a, MSG_MEMBER));
	CHECK(got_error(w, b, MSG_ERR_CONFLICT) && !got(w, b, MSG_MEMBER));
	CHECK(got(w, c, MSG_MEMBER));
	show(w, b, 2, 0); /* the loser's pass was not taken */
	CHECK(got_error(w, b, MSG_ERR_NOT_MEMBER));
	world_destroy(w);
}

static void hello_answers_alike_whether_there_is_a_room_or_not(void)
{
	struct world *w = world_create();
	uint32_t a = guest(w, 7), b, c;

	post(w, a, 0, 1);
	b = guest(w, 7);
	c = guest(w, 9);
	CHECK(w->inbox[b].count == 1 && w->inbox[c].count == 1);
	CHECK(w->inbox[b].got[0].n == w->inbox[c].got[0].n);
	CHECK(w->inbox[b].got[0].bytes[0] == MSG_HELLO_OK);
	world_destroy(w);
}

static void an_index_is_given_once(void)
{
	struct world *w = world_create();
	uint32_t a, b;

	two_members(w, &a, &b);
	forget_inboxes(w);
	post(w, a, 1, 2);
	post(w, b, 1, 3);
	CHECK(got(w, a, MSG_POSTED) && !got(w, a, MSG_LOG));
	CHECK(got(w, b, MSG_LOG) && got_error(w, b, MSG_ERR_CONFLICT));
	show(w, b, 2, 2);
	post(w, b, 2, 3);
	CHECK(got(w, b, MSG_POSTED) && got(w, a, MSG_LOG));
	world_destroy(w);
}

static void who_shows_no_pass_gets_nothing_and_may_only_knock(void)
{
	struct world *w = world_create();
	uint32_t a, b, stranger, elsewhere;
	uint8_t whisper[] = { MSG_WHISPER, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 'x' };
	uint8_t join[] = { MSG_MEDIA_JOIN, 12, 1 };

	two_members(w, &a, &b);
	stranger = guest(w, 7);
	elsewhere = guest(w, 8);
	forget_inboxes(w);
	lane(w, a, MSG_SEND);
	post(w, a, 1, 2);
	lane(w, elsewhere, MSG_KNOCK);
	CHECK(got(w, b, MSG_BROADCAST) && got(w, b, MSG_LOG));
	CHECK(w->inbox[stranger].count == 0 && w->inbox[elsewhere].count == 0);
	CHECK(!got(w, a, MSG_KNOCKED) && !got(w, b, MSG_KNOCKED));

	forget_inboxes(w);
	lane(w, stranger, MSG_SEND);
	say(w, stranger, whisper, sizeof(whisper));
	say(w, stranger, join, sizeof(join));
	post(w, stranger, 2, 9);
	show(w, stranger, 77, 0);
	CHECK(w->inbox[a].count == 0 && w->inbox[b].count == 0 && w->media_count == 0);
	CHECK(got_count(w, stranger, MSG_ERROR) == 5);
	lane(w, stranger, MSG_KNOCK);
	CHECK(got(w, a, MSG_KNOCKED) && got(w, b, MSG_KNOCKED));
	world_destroy(w);
}

static void a_whisper_reaches_its_knocker_only(void)
{
	struct world *w = world_create();
	uint32_t a, b, knocker, other, far;
	uint8_t m[] = { MSG_WHISPER, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 'h', 'i' };

	two_members(w, &a, &b);
	knocker = guest(w, 7);
	other = guest(w, 7);
	far = guest(w, 8);
	memcpy(m + 1, w->inbox[knocker].got[0].bytes + 2, 4);
	forget_inboxes(w);
	say(w, a, m, sizeof(m));
	CHECK(got(w, knocker, MSG_WELCOME) && w->inbox[knocker].got[0].bytes[8] == 5);
	CHECK(w->inbox[other].count == 0 && w->inbox[b].count == 0);

	/* Not into another room, and not to a member. */
	memset(m + 1, 0, 4);
	forget_inboxes(w);
	say(w, a, m, sizeof(m));
	CHECK(w->inbox[far].count == 0 && w->inbox[a].count == 0);
	world_destroy(w);
}

static void a_member_without_the_new_pass_is_out_after_15_seconds(void)
{
	struct world *w = world_create();
	uint32_t a, b, c;

	two_members(w, &a, &b);
	c = guest(w, 7);
	show(w, c, 1, 1);
	post(w, a, 1, 2);
	post(w, a, 2, 3);
	show(w, c, 3, 0);
	forget_inboxes(w);
	pass_time(w, FRONT_PASS_GRACE + 1);
	CHECK(got_error(w, b, MSG_ERR_NOT_MEMBER) && w->inbox[c].count == 1);
	CHECK(got(w, c, MSG_GONE) && !got_error(w, c, MSG_ERR_NOT_MEMBER));
	CHECK(!got_error(w, a, MSG_ERR_NOT_MEMBER));
	forget_inboxes(w);
	lane(w, a, MSG_SEND);
	CHECK(!got(w, b, MSG_BROADCAST) && got(w, c, MSG_BROADCAST));
	world_destroy(w);
}

static void only_the_last_four_passes_count(void)
{
	struct world *w = world_create();
	uint32_t a = guest(w, 7), late = guest(w, 7);

	for (uint8_t i = 0; i < 5; i++)
		post(w, a, i, 10 + i);
	show(w, late, 10, 0);
	CHECK(got_error(w, late, MSG_ERR_NOT_MEMBER) && !got(w, late, MSG_MEMBER));
	show(w, late, 11, 2);
	CHECK(got(w, late, MSG_MEMBER) && got_count(w, late, MSG_LOG) == 3);
	/* An old pass is good for catching up only. */
	forget_inboxes(w);
	pass_time(w, FRONT_PASS_GRACE + 1);
	CHECK(got_error(w, late, MSG_ERR_NOT_MEMBER));
	world_destroy(w);
}

static void a_room_is_forgotten_a_minute_after_its_last_member(void)
{
	struct world *w = world_create();
	uint32_t a = guest(w, 7), b;

	post(w, a, 0, 1);
	rooms_client_gone(w->rooms, a, w->now);
	pass_time(w, FRONT_ROOM_FORGET - 1000);
	b = guest(w, 7);
	show(w, b, 1, 0);
	CHECK(got(w, b, MSG_MEMBER));
	rooms_client_gone(w->rooms, b, w->now);
	pass_time(w, FRONT_ROOM_FORGET + 1000);
	CHECK(rooms_count(w->rooms).rooms == 0);
	b = guest(w, 7);
	show(w, b, 1, 0);
	CHECK(got_error(w, b, MSG_ERR_NOT_MEMBER));
	post(w, b, 0, 2);
	CHECK(got(w, b, MSG_MEMBER));
	world_destroy(w);
}

static void the_last_goodbye_ends_the_room_at_once(void)
{
	struct world *w = world_create();
	uint32_t a, b;
	uint8_t leave[] = { MSG_LEAVE };

	two_members(w, &a, &b);
	say(w, a, leave, 1);
	CHECK(w->inbox[a].is_closed && got(w, b, MSG_GONE));
	CHECK(rooms_count(w->rooms).rooms == 1);
	say(w, b, leave, 1);
	CHECK(rooms_count(w->rooms).rooms == 0);
	world_destroy(w);
}

static void too_fast_is_told_to_the_one_who_was(void)
{
	struct world *w = world_create();
	uint32_t a, b;

	two_members(w, &a, &b);
	for (int i = 0; i < FRONT_MESSAGES_BURST + 10; i++)
		lane(w, a, MSG_SEND);
	CHECK(got_error(w, a, MSG_ERR_TOO_FAST) && !got(w, b, MSG_ERROR));
	forget_inboxes(w);
	pass_time(w, 1000);
	lane(w, a, MSG_SEND);
	CHECK(got(w, b, MSG_BROADCAST) && !got_error(w, a, MSG_ERR_TOO_FAST));
	world_destroy(w);
}

static void knocks_are_rare(void)
{
	struct world *w = world_create();
	uint32_t a, b, c;

	two_members(w, &a, &b);
	c = guest(w, 7);
	for (int i = 0; i < 5; i++)
		lane(w, c, MSG_KNOCK);
	CHECK(got_count(w, a, MSG_KNOCKED) == FRONT_KNOCK_BURST);
	CHECK(got_error(w, c, MSG_ERR_TOO_FAST));
	pass_time(w, FRONT_KNOCK_EVERY);
	lane(w, c, MSG_KNOCK);
	lane(w, c, MSG_KNOCK);
	CHECK(got_count(w, a, MSG_KNOCKED) == FRONT_KNOCK_BURST + 1);
	world_destroy(w);
}

static void what_breaks_the_grammar_ends_that_connection_only(void)
{
	struct world *w = world_create();
	uint32_t a, b;
	static const uint8_t whole[] = { MSG_WHISPER, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 5, 2, 'h', 'i' };

	for (size_t n = 0; n < sizeof(whole); n++) {
		two_members(w, &a, &b);
		say(w, a, whole, n);
		CHECK(w->inbox[a].is_closed && !w->inbox[b].is_closed);
		CHECK(got_error(w, a, MSG_ERR_MALFORMED));
		rooms_client_gone(w->rooms, a, w->now);
		rooms_client_gone(w->rooms, b, w->now);
		pass_time(w, FRONT_ROOM_FORGET + 1000);
	}
	world_destroy(w);
}

static void unknown_types_and_wrong_states_are_told(void)
{
	struct world *w = world_create();
	uint32_t a, b, c = connect_one(w);
	uint8_t unknown[] = { 0x44, 1 }, old[18] = { MSG_HELLO, 2 };

	two_members(w, &a, &b);
	say(w, a, unknown, sizeof(unknown));
	CHECK(got_error(w, a, MSG_ERR_UNKNOWN_TYPE) && !w->inbox[a].is_closed);
	lane(w, c, MSG_SEND);
	CHECK(w->inbox[c].is_closed);
	c = connect_one(w);
	say(w, c, old, sizeof(old));
	CHECK(got_error(w, c, MSG_ERR_VERSION) && w->inbox[c].is_closed);
	c = connect_one(w);
	pass_time(w, FRONT_HELLO_TIMEOUT + 1);
	CHECK(w->inbox[c].is_closed);
	world_destroy(w);
}

static void too_big_a_blob_is_refused_and_the_connection_lives(void)
{
	struct world *w = world_create();
	uint32_t a, b;
	static uint8_t m[5 + FRONT_SEND_MAX + 1] = { MSG_SEND, 0x80, 0, 0x40, 0x01 };

	two_members(w, &a, &b);
	forget_inboxes(w);
	say(w, a, m, sizeof(m));
	CHECK(got_error(w, a, MSG_ERR_TOO_BIG) && !w->inbox[a].is_closed);
	CHECK(w->inbox[b].count == 0);
	world_destroy(w);
}

static void media_is_for_members_and_ends_with_membership(void)
{
	struct world *w = world_create();
	uint32_t a, b, transport;
	uint8_t join[] = { MSG_MEDIA_JOIN, 12, 1 }, print[32] = { 0 };
	struct ipc_message opened = { .type = IPC_OPENED };

	two_members(w, &a, &b);
	say(w, b, join, sizeof(join));
	CHECK(w->media_count == 1 && w->media[0].type == IPC_OPEN);
	transport = opened.transport = w->media[0].transport;
	opened.credentials.ufrag = SPAN_STR("ufrag");
	opened.credentials.pwd = SPAN_STR("password");
	opened.credentials.fingerprint = SPAN(print);
	rooms_media(w->rooms, &opened, SPAN_STR("addresses"));
	CHECK(got(w, b, MSG_MEDIA_OFFER) && !got(w, a, MSG_MEDIA_OFFER));

	/* An answer about a transport that is not there any more comes to nothing. */
	say(w, b, join, sizeof(join));
	CHECK(w->media[1].type == IPC_CLOSE && w->media[1].transport == transport);
	CHECK(w->media[2].type == IPC_OPEN && w->media[2].transport != transport);
	forget_inboxes(w);
	rooms_media(w->rooms, &opened, SPAN_STR("addresses"));
	CHECK(w->inbox[b].count == 0);

	post(w, a, 1, 2);
	pass_time(w, FRONT_PASS_GRACE + 1);
	CHECK(w->media[3].type == IPC_CLOSE);
	world_destroy(w);
}

static void a_lost_worker_is_told_to_those_who_had_media(void)
{
	struct world *w = world_create();
	uint32_t a, b;
	uint8_t join[] = { MSG_MEDIA_JOIN, 12, 1 };

	two_members(w, &a, &b);
	say(w, a, join, sizeof(join));
	rooms_media_lost(w->rooms);
	CHECK(got(w, a, MSG_MEDIA_STATE) && !got(w, b, MSG_MEDIA_STATE));
	CHECK(rooms_count(w->rooms).transports == 0);
	world_destroy(w);
}

static void the_tables_are_bounded(void)
{
	struct world *w = world_create();
	uint32_t client;

	for (uint32_t i = 0; i < FRONT_CLIENTS_MAX; i++)
		if (rooms_client_add(w->rooms, w->now, &client) != OK)
			CHECK(!"a client was refused too early");
	CHECK(rooms_client_add(w->rooms, w->now, &client) == ERR_SPACE);
	world_destroy(w);
}

/* Somebody makes room after room, and leaves each without a goodbye. */
static void fill_with_rooms(struct world *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t client = connect_one(w);
		uint8_t hello[18] = { MSG_HELLO, 1, 0xee, (uint8_t)(i >> 8), (uint8_t)i };

		say(w, client, hello, sizeof(hello));
		post(w, client, 0, 1);
		rooms_client_gone(w->rooms, client, w->now);
	}
}

static void rooms_that_nobody_is_in_keep_nobody_out(void)
{
	struct world *w = world_create();
	uint32_t a, b;

	two_members(w, &a, &b);
	fill_with_rooms(w, FRONT_ROOMS_MAX - 1);
	CHECK(rooms_count(w->rooms).rooms == FRONT_ROOMS_MAX);
	w->now++;
	fill_with_rooms(w, 1);
	b = guest(w, 9);
	post(w, b, 0, 1);
	CHECK(got(w, b, MSG_MEMBER) && rooms_count(w->rooms).rooms == FRONT_ROOMS_MAX);
	CHECK(!w->inbox[a].is_closed && rooms_count(w->rooms).members == 3);
	forget_inboxes(w);
	post(w, a, 1, 2);
	CHECK(got(w, a, MSG_POSTED));
	world_destroy(w);
}

static void post_large(struct world *w, uint32_t client, uint8_t index)
{
	uint8_t m[1 + 8 + 32 + 2 + 300] = { MSG_POST, [8] = index, [41] = 0x41, [42] = 300 - 256 };

	say(w, client, m, sizeof(m));
}

static void who_is_refused_for_want_of_memory_is_told_and_the_others_go_on(void)
{
	struct world *w = world_create();
	uint32_t a, b, g;

	two_members(w, &a, &b);
	w->rooms->parcels.max = w->rooms->parcels.used;
	forget_inboxes(w);
	post_large(w, a, 1);
	CHECK(got_error(w, a, MSG_ERR_FULL));
	g = guest(w, 9);
	CHECK(got(w, g, MSG_HELLO_OK));
	post_large(w, g, 0);
	CHECK(got_error(w, g, MSG_ERR_FULL) && rooms_count(w->rooms).rooms == 1);
	CHECK(!w->inbox[a].is_closed && !w->inbox[b].is_closed && !w->inbox[g].is_closed);
	w->rooms->parcels.max = FRONT_PARCELS_BYTES_MAX;
	post(w, g, 0, 1);
	post(w, a, 1, 2);
	CHECK(got(w, g, MSG_MEMBER) && got(w, b, MSG_LOG));
	world_destroy(w);
}

int main(void)
{
	the_first_of_two_creators_wins();
	hello_answers_alike_whether_there_is_a_room_or_not();
	an_index_is_given_once();
	who_shows_no_pass_gets_nothing_and_may_only_knock();
	a_whisper_reaches_its_knocker_only();
	a_member_without_the_new_pass_is_out_after_15_seconds();
	only_the_last_four_passes_count();
	a_room_is_forgotten_a_minute_after_its_last_member();
	the_last_goodbye_ends_the_room_at_once();
	too_fast_is_told_to_the_one_who_was();
	knocks_are_rare();
	what_breaks_the_grammar_ends_that_connection_only();
	unknown_types_and_wrong_states_are_told();
	too_big_a_blob_is_refused_and_the_connection_lives();
	media_is_for_members_and_ends_with_membership();
	a_lost_worker_is_told_to_those_who_had_media();
	the_tables_are_bounded();
	rooms_that_nobody_is_in_keep_nobody_out();
	who_is_refused_for_want_of_memory_is_told_and_the_others_go_on();
	return check_report("rooms");
}
