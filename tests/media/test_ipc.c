/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "server/ipc.h"
#include "tests/support/check.h"

static const uint8_t fingerprint[IPC_FINGERPRINT] = { 1, 2, 3 };

/* One of each. */
static size_t messages_make(struct ipc_message *m)
{
	size_t n = 0;

	m[n++] = (struct ipc_message){ .type = IPC_OPEN,
		                       .transport = 7,
		                       .open = { 0x01020304, 9, IPC_PERSON_SLOTS, 4 } };
	m[n] = (struct ipc_message){ .type = IPC_ANSWER, .transport = 0xffffffff };
	m[n].credentials.ufrag = SPAN_STR("abcd");
	m[n].credentials.pwd = SPAN_STR("0123456789012345678901");
	m[n++].credentials.fingerprint = SPAN(fingerprint);
	m[n] = m[n - 1];
	m[n++].type = IPC_OPENED;
	m[n] = (struct ipc_message){ .type = IPC_SLOTS, .transport = 8 };
	m[n].slots.n = 3;
	m[n].slots.slot[0] = (struct ipc_slot){ 64, 5, 1080 };
	m[n].slots.slot[1] = (struct ipc_slot){ 48, 6, 0 };
	m[n++].slots.slot[2] = (struct ipc_slot){ 0, 0, 0xffff };
	m[n++] = (struct ipc_message){ .type = IPC_CLOSE, .transport = 1 };
	m[n++] =
	    (struct ipc_message){ .type = IPC_STATE, .transport = 2, .state = IPC_CONNECTED };
	m[n++] = (struct ipc_message){ .type = IPC_STATE, .transport = 2, .state = IPC_ENDED };
	m[n] = (struct ipc_message){ .type = IPC_STATS };
	m[n].stats[0] = 1;
	m[n++].stats[IPC_STATS_N - 1] = UINT64_MAX;
	m[n++] = (struct ipc_message){ .type = IPC_REFUSED, .transport = 3 };
	return n;
}

static void every_message_survives_writing_and_reading(void)
{
	struct ipc_message m[16], back;
	size_t count = messages_make(m);
	uint8_t wire[IPC_MESSAGE_MAX], again[IPC_MESSAGE_MAX];

	for (size_t i = 0; i < count; i++) {
		size_t n = 0, k = 0;

		CHECK(ipc_write(&m[i], wire, &n) == OK);
		CHECK(ipc_read((struct span){ wire, n }, &back) == OK);
		CHECK(back.type == m[i].type && back.transport == m[i].transport);
		CHECK(ipc_write(&back, again, &k) == OK);
		CHECK(k == n && memcmp(wire, again, n) == 0);
	}
	CHECK(ipc_write(&m[3], wire, &(size_t){ 0 }) == OK);
	CHECK(ipc_read((struct span){ wire, 1 + 4 + 1 + 21 }, &back) == OK);
	CHECK(back.slots.n == 3 && back.slots.slot[0].slot == 64);
	CHECK(back.slots.slot[0].source == 5 && back.slots.slot[0].height == 1080);
}

static void every_prefix_and_every_tail_is_refused(void)
{
	struct ipc_message m[16], back = { .transport = 99 };
	size_t count = messages_make(m);
	uint8_t wire[IPC_MESSAGE_MAX];

	for (size_t i = 0; i < count; i++) {
		size_t n = 0;

		CHECK(ipc_write(&m[i], wire, &n) == OK);
		for (size_t k = 0; k < n; k++)
			CHECK(ipc_read((struct span){ wire, k }, &back) != OK);
		wire[n] = 0;
		CHECK(ipc_read((struct span){ wire, n + 1 }, &back) == ERR_MALFORMED);
	}
	CHECK(back.transport == 99);
}

static void wrong_forms_are_refused(void)
{
	static const uint8_t unknown[] = { 0x05, 0, 0, 0, 1 };
	static const uint8_t state[] = { IPC_STATE, 0, 0, 0, 1, 3 };
	static const uint8_t nobody[] = { IPC_OPEN, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1 };
	static const uint8_t many[] = { IPC_OPEN, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 50, 1 };
	static const uint8_t screens[] = { IPC_OPEN, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 5 };
	static const uint8_t slot[] = { IPC_SLOTS, 0, 0, 0, 1, 7, 49, 0, 0, 0, 1, 0, 0 };
	static const uint8_t twice[] = { IPC_SLOTS, 0, 0, 0, 1, 14, 3, 0, 0, 0,
		                         1,         0, 0, 3, 0, 0,  0, 2, 0, 0 };
	struct ipc_message m;

	CHECK(ipc_read(SPAN(unknown), &m) == ERR_MALFORMED);
	CHECK(ipc_read(SPAN(state), &m) == ERR_MALFORMED);
	CHECK(ipc_read(SPAN(nobody), &m) == ERR_MALFORMED);
	CHECK(ipc_read(SPAN(many), &m) == ERR_MALFORMED);
	CHECK(ipc_read(SPAN(screens), &m) == ERR_MALFORMED);
	CHECK(ipc_read(SPAN(slot), &m) == ERR_MALFORMED);
	CHECK(ipc_read(SPAN(twice), &m) == ERR_MALFORMED);
}

static void a_credential_above_its_bound_is_refused(void)
{
	uint8_t long_text[IPC_CREDENTIAL_MAX + 1] = { 0 }, wire[IPC_MESSAGE_MAX];
	struct ipc_message m = { .type = IPC_ANSWER }, back;
	size_t n = 0;

	m.credentials.ufrag = SPAN(long_text);
	m.credentials.pwd = SPAN_STR("p");
	m.credentials.fingerprint = SPAN(fingerprint);
	CHECK(ipc_write(&m, wire, &n) == OK);
	CHECK(ipc_read((struct span){ wire, n }, &back) == ERR_LIMIT);
}

static void every_counter_has_a_name(void)
{
	for (size_t i = 0; i < IPC_STATS_N; i++)
		CHECK(ipc_stat_names[i] != NULL);
}

int main(void)
{
	every_message_survives_writing_and_reading();
	every_prefix_and_every_tail_is_refused();
	wrong_forms_are_refused();
	a_credential_above_its_bound_is_refused();
	every_counter_has_a_name();
	return check_report("ipc");
}
