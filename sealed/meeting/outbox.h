/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_OUTBOX_H
#define ZEGEL_MEETING_OUTBOX_H

#include "sealed/sealed.h"
#include "sealed/wire/arena.h"

/* Events with a content that wait to be polled, in order. What is polled stays in place until
 * the next call, then it is wiped. */
struct outbox {
	uint8_t *buf;
	size_t cap, head, tail;
	size_t lent; /* bytes at head that the last poll gave away */
	unsigned diagnostics;
	bool has_overflowed; /* something was lost: the connection has to start anew */
};

MUST_USE enum err outbox_init(struct outbox *o, size_t cap, struct arena *memory);
void outbox_clear(struct outbox *o);

/* Room for an event's n bytes; NULL: full. Of the event, data is not looked at. */
uint8_t *outbox_reserve(struct outbox *o, const struct zegel_event *event, size_t n);
void outbox_put(struct outbox *o, const struct zegel_event *event, struct span data);

void outbox_release(struct outbox *o); /* what the last poll gave away */
bool outbox_take(struct outbox *o, struct zegel_event *event);

/* What was meant for a connection that has ended. */
void outbox_drop_sends(struct outbox *o);

#endif
