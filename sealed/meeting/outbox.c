/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/outbox.h"

#include <string.h>

#include "sealed/meeting/limits.h"
#include "sealed/wire/wipe.h"

struct record {
	size_t size; /* with this header, rounded up */
	struct zegel_event event;
};

static size_t record_size(size_t n)
{
	return (sizeof(struct record) + n + 15) & ~(size_t)15;
}

enum err outbox_init(struct outbox *o, size_t cap, struct arena *memory)
{
	*o = (struct outbox){ .cap = cap, .buf = arena_alloc(memory, cap) };
	return o->buf == NULL ? ERR_SPACE : OK;
}

void outbox_clear(struct outbox *o)
{
	wipe(o->buf, o->tail);
	o->head = o->tail = o->lent = 0;
	o->diagnostics = 0;
}

void outbox_release(struct outbox *o)
{
	wipe(o->buf + o->head, o->lent);
	o->head += o->lent;
	o->lent = 0;
	if (o->head == o->tail)
		o->head = o->tail = 0;
}

/* To the front of the buffer, where the room behind is too small. */
static void compact(struct outbox *o)
{
	size_t n = o->tail - o->head;

	memmove(o->buf, o->buf + o->head, n);
	wipe(o->buf + n, o->tail - n);
	o->head = 0;
	o->tail = n;
}

uint8_t *outbox_reserve(struct outbox *o, const struct zegel_event *event, size_t n)
{
	struct record record = { .event = *event };
	uint8_t *at;

	outbox_release(o);
	if (n > o->cap || record_size(n) > o->cap - (o->tail - o->head)) {
		o->has_overflowed = true;
		return NULL;
	}
	if (record_size(n) > o->cap - o->tail)
		compact(o);
	at = o->buf + o->tail;
	record.size = record_size(n);
	record.event.data = NULL; /* buffers move: made up when it is polled */
	record.event.data_n = n;
	memcpy(at, &record, sizeof(record));
	o->tail += record.size;
	return at + sizeof(record);
}

void outbox_put(struct outbox *o, const struct zegel_event *event, struct span data)
{
	uint8_t *at;

	if (event->type == ZEGEL_EVENT_DIAGNOSTIC && o->diagnostics++ >= DIAGNOSTICS_WAITING)
		return;
	at = outbox_reserve(o, event, data.n);
	if (at != NULL && data.n != 0)
		memcpy(at, data.p, data.n);
}

bool outbox_take(struct outbox *o, struct zegel_event *event)
{
	outbox_release(o);
	while (o->head < o->tail) {
		struct record record;

		memcpy(&record, o->buf + o->head, sizeof(record));
		o->lent = record.size;
		if (record.event.type == ZEGEL_EVENT_NONE) {
			outbox_release(o);
			continue;
		}
		*event = record.event;
		event->data = o->buf + o->head + sizeof(record);
		return true;
	}
	o->diagnostics = 0;
	return false;
}

void outbox_drop_sends(struct outbox *o)
{
	outbox_release(o);
	for (size_t at = o->head; at < o->tail;) {
		struct record record;

		memcpy(&record, o->buf + at, sizeof(record));
		if (record.event.type == ZEGEL_EVENT_SEND) {
			record.event.type = ZEGEL_EVENT_NONE;
			memcpy(o->buf + at, &record, sizeof(record));
		}
		at += record.size;
	}
	o->has_overflowed = false;
}
