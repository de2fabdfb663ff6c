/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* Properties: what reads, written anew, reads the same; and a server that has a transport
 * answers nothing that was made without its password. */
#include <string.h>

#include "transport/ice_lite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_same(const struct stun_message *a, const struct stun_message *b)
{
	return a->class == b->class && a->method == b->method &&
	       memcmp(a->transaction, b->transaction, STUN_TRANSACTION) == 0 &&
	       (a->username.p == NULL) == (b->username.p == NULL) &&
	       span_is_equal(a->username, b->username) &&
	       addr_is_equal(&a->mapped, &b->mapped) && a->has_priority == b->has_priority &&
	       a->priority == b->priority && a->use_candidate == b->use_candidate &&
	       a->role == b->role && a->tie_breaker == b->tie_breaker && a->error == b->error;
}

/* Half of the inputs that are to reach beyond the user name get ours. */
static void name_put(uint8_t *p, size_t n, const struct ice_lite *ice)
{
	for (size_t i = STUN_HEADER; i + 4 + ICE_UFRAG < n; i += 4)
		if (p[i] == 0 && p[i + 1] == 6 && p[i + 2] == 0 && p[i + 3] > ICE_UFRAG) {
			memcpy(p + i + 4, ice->local.ufrag, ICE_UFRAG);
			p[i + 4 + ICE_UFRAG] = ':';
		}
}

static void answers_nothing(struct span in)
{
	static struct ice_table *table;
	static struct ice_lite ice;
	static const struct addr from = { 4, 1, { 1 } };
	struct ice_reply reply;
	uint8_t copy[2000];

	if (table == NULL) {
		table = ice_table_create(1);
		if (table == NULL || ice_lite_init(&ice, table, NULL) != OK)
			__builtin_trap();
	}
	if (ice_table_input(table, 1, &from, in, &reply) == OK)
		__builtin_trap();
	if (in.n > sizeof(copy))
		return;
	memcpy(copy, in.p, in.n);
	name_put(copy, in.n, &ice);
	if (ice_table_input(table, 1, &from, (struct span){ copy, in.n }, &reply) == OK ||
	    ice_table_find(table, 1, &from) != NULL)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct span password = SPAN_STR("VOkJxbRl1RmTxUk/WvJxBt");
	uint8_t buf[2000];
	struct wr w = wr_into(buf, sizeof(buf));
	struct span in = { data, size };
	struct stun_message m, again;

	if (size > 0)
		answers_nothing(in);
	if (stun_read(in, &m) != OK)
		return 0;
	if (stun_check(&m, password) == OK && m.mac.p == NULL)
		__builtin_trap();
	if (stun_write(&m, password, &w) != OK ||
	    stun_read((struct span){ buf, w.n }, &again) != OK || !is_same(&m, &again) ||
	    stun_check(&again, password) != OK || !again.has_fingerprint)
		__builtin_trap();
	return 0;
}
