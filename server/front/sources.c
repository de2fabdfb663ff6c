/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/sources.h"

#include <string.h>

#include "sealed/wire/wipe.h"

_Static_assert(FRONT_SOURCE_FORGET * FRONT_SOURCE_NEW_RATE >= FRONT_SOURCE_NEW_BURST * 1000,
               "whom we forget must have a full bucket, or coming back would pay");

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff }; /* RFC 4291 2.5.5.2 */
static const uint8_t loopback6[16] = { [15] = 1 };

/* IPv4 in its IPv6 form, whole; of IPv6 the network. False: no address. */
static bool key_from(struct span address, uint8_t key[SOURCE_KEY_LEN])
{
	memset(key, 0, SOURCE_KEY_LEN);
	if (address.n == 4) {
		memcpy(key, mapped, sizeof(mapped));
		memcpy(key + sizeof(mapped), address.p, 4);
	} else if (address.n != 16) {
		return false;
	} else if (memcmp(address.p, mapped, sizeof(mapped)) == 0 ||
	           memcmp(address.p, loopback6, sizeof(loopback6)) == 0) {
		memcpy(key, address.p, 16);
	} else {
		memcpy(key, address.p, 8);
	}
	return true;
}

static bool is_loopback(const uint8_t key[SOURCE_KEY_LEN])
{
	return memcmp(key, loopback6, sizeof(loopback6)) == 0 ||
	       (memcmp(key, mapped, sizeof(mapped)) == 0 && key[sizeof(mapped)] == 127);
}

/* Nothing is lost by forgetting it: no connections, and its bucket is full again. */
static bool is_idle(const struct source *s, uint64_t now)
{
	return s->sockets == 0 && now - s->fresh.filled_at >= FRONT_SOURCE_FORGET;
}

/* The address's entry, or a new one; NULL: the table is full. A scan, once in a connection,
 * over a table that fits a cache: no hash whose collisions somebody outside could choose. */
static struct source *find(struct sources *s, const uint8_t key[SOURCE_KEY_LEN], uint64_t now)
{
	struct source *unused = NULL;

	for (size_t i = 0; i < FRONT_SOURCES_MAX; i++) {
		struct source *at = &s->source[i];

		if (at->is_used && memcmp(at->key, key, SOURCE_KEY_LEN) == 0)
			return at;
		if (unused == NULL && (!at->is_used || is_idle(at, now)))
			unused = at;
	}
	if (unused == NULL)
		return NULL;
	*unused = (struct source){ .is_used = true,
		                   .is_exempt = is_loopback(key),
		                   .fresh = bucket_full(FRONT_SOURCE_NEW_BURST, now) };
	memcpy(unused->key, key, SOURCE_KEY_LEN);
	return unused;
}

void sources_init(struct sources *s)
{
	memset(s, 0, sizeof(*s));
}

static struct source *with_room(struct sources *s, struct span address, uint64_t now)
{
	uint8_t key[SOURCE_KEY_LEN];
	struct source *at = key_from(address, key) ? find(s, key, now) : NULL;

	return at == NULL || at->is_exempt || at->sockets < FRONT_SOURCE_SOCKETS ? at : NULL;
}

bool sources_has_room(struct sources *s, struct span address, uint64_t now)
{
	return with_room(s, address, now) != NULL;
}

bool sources_enter(struct sources *s, struct span address, uint64_t now, uint32_t *entry)
{
	struct source *at = with_room(s, address, now);

	if (at == NULL)
		return false;
	at->sockets++;
	*entry = (uint32_t)(at - s->source);
	return true;
}

void sources_exit(struct sources *s, uint32_t entry)
{
	s->source[entry].sockets--;
}

bool sources_take(struct sources *s, uint32_t entry, uint64_t now)
{
	struct source *at = &s->source[entry];

	if (!at->is_exempt &&
	    (at->count >= FRONT_SOURCE_CONNECTIONS ||
	     !bucket_take(&at->fresh, FRONT_SOURCE_NEW_RATE, FRONT_SOURCE_NEW_BURST, 1, now)))
		return false;
	at->count++;
	return true;
}

void sources_give_back(struct sources *s, uint32_t entry)
{
	s->source[entry].count--;
}

bool sources_hold(struct sources *s, uint32_t entry, size_t n)
{
	struct source *at = &s->source[entry];

	if (!at->is_exempt && n > FRONT_SOURCE_BYTES_MAX - at->bytes)
		return false;
	at->bytes += n;
	return true;
}

void sources_release(struct sources *s, uint32_t entry, size_t n)
{
	s->source[entry].bytes -= n;
}

void sources_tick(struct sources *s, uint64_t now)
{
	for (size_t i = 0; i < FRONT_SOURCES_MAX; i++)
		if (s->source[i].is_used && is_idle(&s->source[i], now))
			wipe(&s->source[i], sizeof(s->source[i]));
}
