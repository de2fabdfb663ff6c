/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_FRONT_WEB_STATE_H
#define ZEGEL_FRONT_WEB_STATE_H

#include <libwebsockets.h>

#include "server/front/limits.h"
#include "server/front/sources.h"
#include "server/front/web.h"

/* What web.c, web_http.c and web_socket.c share. */

struct connection;

enum { WEB_HEADERS = 12 }; /* on each answer, of the library's own too */

struct web {
	struct lws_context *context;
	struct lws_vhost *vhost;
	const struct static_files *files;
	const struct web_events *events;
	bool is_tls;
	lws_sorted_usec_list_t timer;
	struct sources sources;
	size_t in_bytes; /* of messages that have not arrived whole */
	struct lws_protocol_vhost_options headers[WEB_HEADERS];
	struct connection *connections[FRONT_CLIENTS_MAX];
};

struct web *web_of(struct lws *wsi);
uint64_t web_now(void); /* monotonic milliseconds */

/* A socket of some address is offered (not 0: there are enough; refused later than here, the
 * library would forget to close it), begins, and ends; and whose it is. */
int web_filter(struct lws *listening, lws_sockfd_type fd);
int web_arrived(struct lws *wsi);
void web_departed(struct lws *wsi);
bool web_source(struct lws *wsi, uint32_t *entry);

const struct lws_protocol_vhost_options *web_http_headers(struct web *w);
int web_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n);
int web_socket(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
               size_t n);
size_t web_http_session_size(void);
size_t web_socket_session_size(void);

#endif
