/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "server/front/web_state.h"

enum { chunk = 16384 };

struct http_session {
	struct span left; /* of the body                       */
	bool is_last;     /* the connection ends with this answer */
};

size_t web_http_session_size(void)
{
	return sizeof(struct http_session);
}

/* docs/architecture.md: no script but our own files, no worker from elsewhere, no host but this
 * one; only one Trusted Types policy, by name. The last one is for TLS only. */
static const struct {
	const char *name, *value;
} headers[WEB_HEADERS] = {
	{ "content-security-policy:",
	  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' "
	  "blob: data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; font-src 'self'; "
	  "manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
	  "require-trusted-types-for 'script'; trusted-types zegel" },
	{ "cross-origin-opener-policy:", "same-origin" },
	{ "cross-origin-embedder-policy:", "require-corp" },
	{ "cross-origin-resource-policy:", "same-origin" },
	{ "permissions-policy:",
	  "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), "
	  "screen-wake-lock=(self), speaker-selection=(self), fullscreen=(self), geolocation=(), "
	  "usb=(), serial=(), hid=(), payment=(), midi=(), accelerometer=(), "
	  "gyroscope=(), magnetometer=()" },
	{ "integrity-policy:", "blocked-destinations=(script)" },
	{ "referrer-policy:", "no-referrer" },
	{ "x-content-type-options:", "nosniff" },
	{ "x-frame-options:", "DENY" },
	{ "cache-control:", "no-cache" },
	{ "vary:", "accept-encoding" },
	{ "strict-transport-security:", "max-age=63072000" },
};

const struct lws_protocol_vhost_options *web_http_headers(struct web *w)
{
	size_t n = w->is_tls ? WEB_HEADERS : WEB_HEADERS - 1;

	for (size_t i = 0; i < n; i++)
		w->headers[i] = (struct lws_protocol_vhost_options){
			.next = i + 1 < n ? &w->headers[i + 1] : NULL,
			.name = headers[i].name,
			.value = headers[i].value,
		};
	return w->headers;
}

struct head {
	uint8_t buf[LWS_PRE + 4096];
	uint8_t *p, *end;
	bool ok;
};

static void head_add(struct lws *wsi, struct head *h, const char *name, const char *value)
{
	h->ok = h->ok && lws_add_http_header_by_name(wsi, (const uint8_t *)name,
	                                             (const uint8_t *)value, (int)strlen(value),
	                                             &h->p, h->end) == 0;
}

static int head_send(struct lws *wsi, unsigned status, const char *type, size_t length,
                     const char *encoding, const char *etag)
{
	struct head h = { .ok = true };

	h.p = h.buf + LWS_PRE;
	h.end = h.buf + sizeof(h.buf) - 1;
	if (lws_add_http_common_headers(wsi, status, type, length, &h.p, h.end))
		return 1;
	if (encoding != NULL)
		head_add(wsi, &h, "content-encoding:", encoding);
	if (etag != NULL)
		head_add(wsi, &h, "etag:", etag);
	return !h.ok || lws_finalize_write_http_header(wsi, h.buf + LWS_PRE, &h.p, h.end) != 0;
}

static bool header_has(struct lws *wsi, enum lws_token_indexes token, const char *word)
{
	char value[256];

	return lws_hdr_copy(wsi, value, sizeof(value), token) > 0 && strstr(value, word) != NULL;
}

static enum static_encoding encoding_for(struct lws *wsi, const struct static_file *file)
{
	if (file->body[STATIC_BROTLI].n > 0 &&
	    header_has(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, "br"))
		return STATIC_BROTLI;
	if (file->body[STATIC_GZIP].n > 0 &&
	    header_has(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, "gzip"))
		return STATIC_GZIP;
	return STATIC_PLAIN;
}

static int send_text(struct lws *wsi, struct http_session *s, unsigned status, const char *text)
{
	s->left = (struct span){ (const uint8_t *)text, strlen(text) };
	if (head_send(wsi, status, "text/plain; charset=utf-8", s->left.n, NULL, NULL))
		return 1;
	lws_callback_on_writable(wsi);
	return 0;
}

static int send_file(struct lws *wsi, struct http_session *s, const struct static_file *file)
{
	static const char *const names[STATIC_ENCODINGS] = { NULL, "gzip", "br" };
	enum static_encoding encoding = encoding_for(wsi, file);

	if (header_has(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, file->etag)) {
		if (head_send(wsi, HTTP_STATUS_NOT_MODIFIED, file->type, 0, NULL, file->etag))
			return 1;
		return lws_http_transaction_completed(wsi);
	}
	s->left = file->body[encoding];
	if (head_send(wsi, HTTP_STATUS_OK, file->type, s->left.n, names[encoding], file->etag))
		return 1;
	if (lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0)
		return lws_http_transaction_completed(wsi);
	lws_callback_on_writable(wsi);
	return 0;
}

static int request(struct lws *wsi, struct http_session *s, const char *path)
{
	const struct static_file *file;

	if (lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) <= 0 &&
	    lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) <= 0) {
		/* And its body, if there is one, is not waited for. */
		s->is_last = true;
		return send_text(wsi, s, HTTP_STATUS_METHOD_NOT_ALLOWED, "GET only\n");
	}
	if (strcmp(path, "/healthz") == 0)
		return send_text(wsi, s, HTTP_STATUS_OK, "ok\n");
	file = static_files_find(web_of(wsi)->files, path);
	if (file == NULL)
		return send_text(wsi, s, HTTP_STATUS_NOT_FOUND, "There is nothing here.\n");
	return send_file(wsi, s, file);
}

/* In this callback the library ends a connection on negative values only. */
static int body_send(struct lws *wsi, struct http_session *s)
{
	uint8_t buf[LWS_PRE + chunk];
	size_t n = s->left.n < chunk ? s->left.n : chunk;
	bool is_last = n == s->left.n;

	memcpy(buf + LWS_PRE, s->left.p, n);
	if (lws_write(wsi, buf + LWS_PRE, n, is_last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) !=
	    (int)n)
		return -1;
	s->left.p += n;
	s->left.n -= n;
	if (is_last)
		return s->is_last || lws_http_transaction_completed(wsi) ? -1 : 0;
	lws_callback_on_writable(wsi);
	return 0;
}

int web_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t n)
{
	struct http_session *s = user;

	switch (reason) {
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		return web_filter(wsi, (lws_sockfd_type)(intptr_t)in);
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
		return web_arrived(wsi);
	case LWS_CALLBACK_WSI_DESTROY:
		web_departed(wsi);
		return 0;
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		/* A WebSocket that names no protocol, or "http": none of ours. */
		lws_return_http_status(wsi, HTTP_STATUS_FORBIDDEN, NULL);
		return 1;
	case LWS_CALLBACK_HTTP:
		return request(wsi, s, in);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return s->left.n == 0 ? 0 : body_send(wsi, s);
	case LWS_CALLBACK_HTTP_BODY:
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return 0; /* the answer is on its way */
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, n);
	}
}
