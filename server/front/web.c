/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/web.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "server/front/listening.h"
#include "server/front/log.h"
#include "server/front/web_state.h"

enum { tick_us = 250000, ping_after_s = 20, hang_up_after_s = 45, headers_max = 8192 };

static const lws_retry_bo_t idle = { .secs_since_valid_ping = ping_after_s,
	                             .secs_since_valid_hangup = hang_up_after_s };

struct web *web_of(struct lws *wsi)
{
	return lws_context_user(lws_get_context(wsi));
}

uint64_t web_now(void)
{
	return (uint64_t)lws_now_usecs() / 1000;
}

/* Who it is, as the socket says: headers can claim anything. Empty: unknown. */
static struct span peer_address(lws_sockfd_type fd, struct sockaddr_storage *peer)
{
	const struct in_addr *v4 = &((struct sockaddr_in *)(void *)peer)->sin_addr;
	const struct in6_addr *v6 = &((struct sockaddr_in6 *)(void *)peer)->sin6_addr;
	socklen_t n = sizeof(*peer);

	if (getpeername(fd, (struct sockaddr *)peer, &n) != 0)
		return (struct span){ 0 };
	if (peer->ss_family == AF_INET)
		return (struct span){ (const uint8_t *)v4, sizeof(*v4) };
	if (peer->ss_family == AF_INET6)
		return (struct span){ (const uint8_t *)v6, sizeof(*v6) };
	return (struct span){ 0 };
}

/* The library carries one pointer for us with each socket: the source's entry, plus 1. */
bool web_source(struct lws *wsi, uint32_t *entry)
{
	uintptr_t mark = (uintptr_t)lws_get_opaque_user_data(wsi);

	*entry = (uint32_t)(mark - 1);
	return mark != 0;
}

int web_filter(struct lws *listening, lws_sockfd_type fd)
{
	struct sockaddr_storage peer;

	return !sources_has_room(&web_of(listening)->sources, peer_address(fd, &peer), web_now());
}

int web_arrived(struct lws *wsi)
{
	struct sockaddr_storage peer;
	struct span address = peer_address(lws_get_socket_fd(wsi), &peer);
	uint32_t entry;

	if (!sources_enter(&web_of(wsi)->sources, address, web_now(), &entry))
		return -1;
	lws_set_opaque_user_data(wsi, (void *)((uintptr_t)entry + 1));
	return 0;
}

void web_departed(struct lws *wsi)
{
	uint32_t entry;

	if (!web_source(wsi, &entry))
		return;
	lws_set_opaque_user_data(wsi, NULL);
	sources_exit(&web_of(wsi)->sources, entry);
}

static int web_watched(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                       size_t n)
{
	struct web *w = web_of(wsi);

	(void)user, (void)in, (void)n;
	/* Not a protocol for clients, though they can name it. */
	if (reason == LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION)
		return 1;
	if (reason != LWS_CALLBACK_RAW_RX_FILE)
		return 0;
	/* One that has ended is readable for ever, and would be asked about without pause. */
	return w->events->readable(w->events->arg) ? 0 : -1;
}

static void on_timer(lws_sorted_usec_list_t *timer)
{
	struct web *w = lws_container_of(timer, struct web, timer);

	w->events->tick(w->events->arg);
	sources_tick(&w->sources, web_now());
	lws_sul_schedule(w->context, 0, &w->timer, on_timer, tick_us);
}

/* The library's own log may name addresses: only its errors, without their text. */
static void on_library_log(int level, const char *line)
{
	(void)line;
	if (level == LLL_ERR)
		log_error("libwebsockets reports an error");
}

static struct lws_protocols protocols[] = {
	{ .name = "http", .callback = web_http },
	{ .name = "zegel.1", .callback = web_socket, .rx_buffer_size = 16384 },
	{ .name = "watched", .callback = web_watched },
	{ 0 },
};

/* Told an IPv4 address, the library would open an IPv6 socket to it, and silently get one that
 * listens on all addresses. */
static uint64_t family_options(const char *host)
{
	if (strchr(host, ':') == NULL)
		return LWS_SERVER_OPTION_DISABLE_IPV6;
	if (strcmp(host, "::") == 0)
		return LWS_SERVER_OPTION_IPV6_V6ONLY_MODIFY; /* IPv4, too */
	return LWS_SERVER_OPTION_IPV6_V6ONLY_MODIFY | LWS_SERVER_OPTION_IPV6_V6ONLY_VALUE;
}

/* One more address to listen on. */
static struct lws_vhost *listen_on(struct web *w, const struct lws_context_creation_info *base,
                                   const char *host)
{
	struct lws_context_creation_info info = *base;

	info.iface = host;
	info.vhost_name = host;
	info.options |= family_options(host);
	return lws_create_vhost(w->context, &info);
}

struct web *web_create(const struct options *o, const struct static_files *files,
                       const struct web_events *events)
{
	struct web *w = calloc(1, sizeof(*w));
	struct lws_context_creation_info info = {
		.port = o->listen_port,
		.protocols = protocols,
		.user = w,
		.gid = (gid_t)-1,
		.uid = (uid_t)-1,
		.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND,
		.max_http_header_data = headers_max,
		.pt_serv_buf_size = 16384,
		.timeout_secs = 10,
		.keepalive_timeout = 30,
		.retry_and_idle_policy = &idle,
		.alpn = "http/1.1",
		.server_string = "zegel",
	};

	if (w == NULL)
		return NULL;
	sources_init(&w->sources);
	w->files = files;
	w->events = events;
	protocols[0].per_session_data_size = web_http_session_size();
	protocols[1].per_session_data_size = web_socket_session_size();
	lws_set_log_level(LLL_ERR, on_library_log);
	if (o->certificate != NULL) {
		w->is_tls = true;
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = o->certificate;
		info.ssl_private_key_filepath = o->key;
		info.ssl_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
	}
	info.headers = web_http_headers(w);
	w->context = lws_create_context(&info);
	if (w->context != NULL)
		w->vhost = listen_on(w, &info, o->listen_host);
	/* Browsers try either loopback address for "localhost"; a machine may lack the second. */
	if (w->vhost != NULL && strcmp(o->listen_host, "127.0.0.1") == 0)
		(void)listen_on(w, &info, "::1");
	if (w->vhost != NULL && !listening_is_only_on(o->listen_host)) {
		log_error("the sockets do not listen where they were told to");
		web_destroy(&w);
		return NULL;
	}
	if (w->vhost == NULL) {
		log_error("can't listen on %s port %u (in use, or the certificate is wrong)",
		          o->listen_host, o->listen_port);
		web_destroy(&w);
		return NULL;
	}
	lws_sul_schedule(w->context, 0, &w->timer, on_timer, tick_us);
	return w;
}

void web_destroy(struct web **wp)
{
	struct web *w = *wp;

	if (w == NULL)
		return;
	if (w->context != NULL)
		lws_context_destroy(w->context);
	free(w);
	*wp = NULL;
}

bool web_watch(struct web *w, int fd)
{
	lws_sock_file_fd_type watched = { .filefd = dup(fd) };

	/* A duplicate: the library closes what it was given. */
	return watched.filefd >= 0 &&
	       lws_adopt_descriptor_vhost(w->vhost, LWS_ADOPT_RAW_FILE_DESC, watched, "watched",
	                                  NULL) != NULL;
}

bool web_step(struct web *w)
{
	return lws_service(w->context, 0) >= 0;
}
