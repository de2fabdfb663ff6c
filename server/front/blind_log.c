/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/blind_log.h"

#include <stdlib.h>

#include "server/front/limits.h"
#include "server/front/message.h"

enum { ring_first_size = 16 };

void blind_log_init(struct blind_log *log, struct parcel_account *account)
{
	*log = (struct blind_log){ .account = account };
}

static void forget_oldest(struct blind_log *log)
{
	struct parcel **oldest = &log->ring[log->first % log->ring_size];

	log->bytes -= (*oldest)->n;
	parcel_put(*oldest);
	*oldest = NULL;
	log->first++;
}

void blind_log_clear(struct blind_log *log)
{
	while (log->first < log->next)
		forget_oldest(log);
	free(log->ring);
	blind_log_init(log, log->account);
}

/* Doubles the ring up to its bound, so that a small meeting costs little. */
static enum err make_room(struct blind_log *log)
{
	size_t kept = (size_t)(log->next - log->first);
	size_t size = log->ring_size == 0 ? ring_first_size : log->ring_size * 2;

	if (kept < log->ring_size)
		return OK;
	if (size > FRONT_LOG_ENTRIES_MAX) {
		forget_oldest(log);
		return OK;
	}

	struct parcel **ring = calloc(size, sizeof(struct parcel *));

	if (ring == NULL)
		return ERR_SPACE;
	for (uint64_t i = log->first; i < log->next; i++)
		ring[i % size] = log->ring[i % log->ring_size];
	free(log->ring);
	log->ring = ring;
	log->ring_size = size;
	return OK;
}

static struct parcel *entry_create(struct parcel_account *account, uint64_t index,
                                   struct span blob)
{
	struct wr w;
	struct parcel *p = parcel_create(account, 1 + 8 + 4 + blob.n, &w);

	if (p == NULL)
		return NULL;
	wr_uint(&w, 1, MSG_LOG);
	wr_uint(&w, 8, index);
	wr_vec(&w, blob);
	return parcel_seal(p, &w);
}

static size_t bytes_max(const struct blind_log *log)
{
	return log->account->used > log->account->max / 2 ? FRONT_LOG_BYTES_TIGHT
	                                                  : FRONT_LOG_BYTES_MAX;
}

enum err blind_log_append(struct blind_log *log, uint64_t expected, struct span blob,
                          struct parcel **entry)
{
	struct parcel *p;

	if (expected != log->next)
		return ERR_NOT_NOW;
	TRY(make_room(log));
	p = entry_create(log->account, expected, blob);
	if (p == NULL)
		return ERR_SPACE;
	log->ring[log->next++ % log->ring_size] = p;
	log->bytes += p->n;
	while (log->bytes > bytes_max(log) && log->next - log->first > 1)
		forget_oldest(log);
	*entry = p;
	return OK;
}

struct parcel *blind_log_at(const struct blind_log *log, uint64_t index)
{
	if (index < log->first || index >= log->next)
		return NULL;
	return log->ring[index % log->ring_size];
}
