/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "sealed/wire/wipe.h"
#include "server/front/web_state.h"

_Static_assert(PARCEL_HEADROOM >= LWS_PRE, "the library writes its header in front");

enum { quiet_us = 250000 };

struct connection {
	struct lws *wsi;
	uint32_t client, source;
	bool is_open, is_closing, is_too_big, is_partial;
	bool is_waiting, is_talking, is_quiet; /* after the last words: whether it still talks */
	/* What arrives, until the message is whole: grows with what has arrived. */
	uint8_t *in;
	size_t in_n, in_cap;
	/* What is to be sent: a ring of shared parcels. */
	struct parcel **queue;
	size_t head, count, size, bytes;
};

size_t web_socket_session_size(void)
{
	return sizeof(struct connection);
}

/* Another site's page must not speak to us with this browser: the origin's host has to be the
 * one that was asked for. Absent, it is no browser of ours. */
static bool is_own_origin(struct lws *wsi)
{
	char origin[256], host[256];
	const char *after;

	if (lws_hdr_copy(wsi, origin, sizeof(origin), WSI_TOKEN_ORIGIN) <= 0 ||
	    lws_hdr_copy(wsi, host, sizeof(host), WSI_TOKEN_HOST) <= 0)
		return false;
	after = strstr(origin, "://");
	if (after == NULL || strcmp(after + 3, host) != 0)
		return false;
	return strncmp(origin, web_of(wsi)->is_tls ? "https://" : "http://", 7) == 0;
}

static int filter(struct lws *wsi)
{
	char path[16];

	if (lws_hdr_copy(wsi, path, sizeof(path), WSI_TOKEN_GET_URI) > 0 &&
	    strcmp(path, "/ws") == 0 && is_own_origin(wsi))
		return 0;
	lws_return_http_status(wsi, HTTP_STATUS_FORBIDDEN, NULL);
	return 1;
}

static int established(struct lws *wsi, struct connection *c)
{
	struct web *w = web_of(wsi);

	c->wsi = wsi;
	if (!web_source(wsi, &c->source) || !sources_take(&w->sources, c->source, web_now()))
		return -1;
	if (!w->events->opened(w->events->arg, &c->client)) {
		sources_give_back(&w->sources, c->source);
		return -1;
	}
	c->is_open = true;
	w->connections[c->client] = c;
	return 0;
}

static void input_free(struct web *w, struct connection *c)
{
	if (c->in != NULL)
		wipe(c->in, c->in_cap);
	free(c->in);
	w->in_bytes -= c->in_cap;
	sources_release(&w->sources, c->source, c->in_cap);
	c->in = NULL;
	c->in_n = c->in_cap = 0;
}

/* The oldest of what is to be sent; the caller puts it. */
static struct parcel *queue_take(struct web *w, struct connection *c)
{
	struct parcel *p = c->queue[c->head];

	c->head = (c->head + 1) % c->size;
	c->count--;
	c->bytes -= p->n;
	sources_release(&w->sources, c->source, p->n);
	return p;
}

static void ended(struct lws *wsi, struct connection *c)
{
	struct web *w = web_of(wsi);

	if (!c->is_open)
		return;
	c->is_open = false;
	w->connections[c->client] = NULL;
	while (c->count > 0)
		parcel_put(queue_take(w, c));
	free(c->queue);
	input_free(w, c);
	sources_give_back(&w->sources, c->source);
	c->queue = NULL;
	w->events->closed(w->events->arg, c->client);
}

/* True: the piece was taken. The buffer follows what has arrived, never what was announced. */
static bool gather(struct web *w, struct connection *c, struct span piece)
{
	size_t need = c->in_n + piece.n;
	size_t cap = c->in_cap == 0 ? 1024 : c->in_cap;
	uint8_t *in;

	if (need > w->events->input_max(w->events->arg, c->client))
		return false;
	while (cap < need)
		cap *= 2;
	if (cap != c->in_cap) {
		size_t more = cap - c->in_cap;

		if (more > FRONT_INPUT_BYTES_MAX - w->in_bytes ||
		    !sources_hold(&w->sources, c->source, more))
			return false;
		in = realloc(c->in, cap);
		if (in == NULL) {
			sources_release(&w->sources, c->source, more);
			return false;
		}
		w->in_bytes += more;
		c->in = in;
		c->in_cap = cap;
	}
	if (piece.n > 0)
		memcpy(c->in + c->in_n, piece.p, piece.n);
	c->in_n = need;
	return true;
}

/* A large message is rare: its buffer is not kept for the next small ones. */
static void release_input(struct web *w, struct connection *c)
{
	if (c->in_cap > 4 << 10)
		input_free(w, c);
	c->in_n = 0;
}

static int received(struct lws *wsi, struct connection *c, struct span piece)
{
	struct web *w = web_of(wsi);

	c->is_talking = true;
	if (c->is_closing || c->is_too_big)
		return 0;
	if (!lws_frame_is_binary(wsi))
		return -1;
	if (!gather(w, c, piece)) {
		c->is_too_big = true;
		w->events->too_big(w->events->arg, c->client, c->in_n > 0 ? c->in[0] : 0);
		return 0;
	}
	if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi) > 0) {
		if (!c->is_partial)
			lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE,
			                FRONT_INPUT_TIMEOUT / 1000);
		c->is_partial = true;
		return 0;
	}
	if (c->is_partial)
		lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
	c->is_partial = false;
	w->events->received(w->events->arg, c->client, (struct span){ c->in, c->in_n });
	release_input(w, c);
	return 0;
}

/* To close with something unread would reset the connection, and take from the peer the last
 * words that it has not read yet: who still talks is listened to until web_close's time is up. */
static int say_goodbye(struct lws *wsi, struct connection *c)
{
	if (!c->is_quiet) {
		if (!c->is_waiting) {
			lws_set_timer_usecs(wsi, quiet_us);
			c->is_waiting = true;
			c->is_talking = false;
		}
		return 0;
	}
	lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
	return -1;
}

static void listened(struct lws *wsi, struct connection *c)
{
	c->is_quiet = !c->is_talking;
	c->is_waiting = false;
	lws_callback_on_writable(wsi);
}

static int writable(struct lws *wsi, struct connection *c)
{
	struct web *w = web_of(wsi);
	struct parcel *p;
	int sent;

	if (c->count == 0)
		return c->is_closing ? say_goodbye(wsi, c) : 0;
	p = queue_take(w, c);
	sent = lws_write(wsi, p->bytes + PARCEL_HEADROOM, p->n, LWS_WRITE_BINARY);
	if (sent < (int)p->n) {
		parcel_put(p);
		return -1;
	}
	parcel_put(p);
	if (web_is_ready(w, c->client))
		w->events->drained(w->events->arg, c->client);
	if (c->count > 0 || c->is_closing)
		lws_callback_on_writable(wsi);
	return 0;
}

static bool queue_grow(struct connection *c)
{
	size_t size = c->size == 0 ? 16 : c->size * 2;
	struct parcel **queue;

	if (c->count < c->size)
		return true;
	queue = calloc(size, sizeof(struct parcel *));
	if (queue == NULL)
		return false;
	for (size_t i = 0; i < c->count; i++)
		queue[i] = c->queue[(c->head + i) % c->size];
	free(c->queue);
	c->queue = queue;
	c->head = 0;
	c->size = size;
	return true;
}

void web_send(struct web *w, uint32_t client, struct parcel *p)
{
	struct connection *c = w->connections[client];

	if (c == NULL || c->is_closing)
		return;
	if (c->count >= FRONT_QUEUE_MESSAGES_MAX || c->bytes + p->n > FRONT_QUEUE_BYTES_MAX ||
	    !queue_grow(c) || !sources_hold(&w->sources, c->source, p->n)) {
		/* Too slow a reader, or too many of one address; it may come back and catch up
		 * from the log. */
		c->is_closing = true;
		lws_set_timeout(c->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
		return;
	}
	c->queue[(c->head + c->count++) % c->size] = parcel_get(p);
	c->bytes += p->n;
	lws_callback_on_writable(c->wsi);
}

bool web_is_ready(const struct web *w, uint32_t client)
{
	const struct connection *c = w->connections[client];

	return c != NULL && !c->is_closing && c->count < FRONT_QUEUE_MESSAGES_READY &&
	       c->bytes < FRONT_QUEUE_BYTES_READY;
}

void web_close(struct web *w, uint32_t client)
{
	struct connection *c = w->connections[client];

	if (c == NULL)
		return;
	c->is_closing = true;
	/* Whoever does not read the last words is cut off all the same. */
	lws_set_timeout(c->wsi, PENDING_TIMEOUT_USER_REASON_BASE, 3);
	lws_callback_on_writable(c->wsi);
}

int web_socket(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n)
{
	struct connection *c = user;

	switch (reason) {
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		return filter(wsi);
	case LWS_CALLBACK_ESTABLISHED:
		return established(wsi, c);
	case LWS_CALLBACK_CLOSED:
		ended(wsi, c);
		return 0;
	case LWS_CALLBACK_RECEIVE:
		return received(wsi, c, (struct span){ in, n });
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return writable(wsi, c);
	case LWS_CALLBACK_TIMER:
		listened(wsi, c);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		web_departed(wsi);
		return 0;
	default:
		return 0;
	}
}
