/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/options.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
	"zegeld: a meeting server that cannot listen in\n"
	"\n"
	"  --listen HOST:PORT         web pages and WebSocket      [127.0.0.1:8080]\n"
	"  --certificate FILE         TLS certificate chain (PEM); without it plain HTTP,\n"
	"  --key FILE                 and its key             which browsers allow on localhost only\n"
	"  --media-listen HOST:PORT   media, UDP                   [127.0.0.1:8081]\n"
	"  --media-address ADDRESS    address told to clients for media, where it differs from\n"
	"                             the one listened on (behind NAT); up to 4 times\n"
	"  --web FOLDER               the web client               [../share/zegel, or where it was built]\n"
	"  --media-worker FILE        the media worker's program   [zegel-media beside this one]\n"
	"  --dumpable                 allow core dumps (for tests; secrets of no meeting are in\n"
	"                             them, but addresses are)\n"
	"  --check                    check all that is needed to start, and end\n"
	"  --version, --help\n"
	"\n"
	"For people elsewhere, listen on a public address, with a certificate for its name:\n"
	"\n"
	"  zegeld --listen 192.0.2.1:443 --certificate fullchain.pem --key privkey.pem \\\n"
	"         --media-listen 192.0.2.1:8081\n";

enum { OPT_LISTEN = 256, OPT_CERTIFICATE, OPT_KEY, OPT_MEDIA_LISTEN, OPT_MEDIA_ADDRESS, OPT_WEB,
       OPT_MEDIA_WORKER, OPT_DUMPABLE, OPT_CHECK, OPT_VERSION, OPT_HELP };

static const struct option table[] = {
	{ "listen", required_argument, NULL, OPT_LISTEN },
	{ "certificate", required_argument, NULL, OPT_CERTIFICATE },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "media-listen", required_argument, NULL, OPT_MEDIA_LISTEN },
	{ "media-address", required_argument, NULL, OPT_MEDIA_ADDRESS },
	{ "web", required_argument, NULL, OPT_WEB },
	{ "media-worker", required_argument, NULL, OPT_MEDIA_WORKER },
	{ "dumpable", no_argument, NULL, OPT_DUMPABLE },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static bool is_address(const char *host)
{
	struct in6_addr any;

	return inet_pton(AF_INET, host, &any) == 1 || inet_pton(AF_INET6, host, &any) == 1;
}

static bool is_any(const char *host)
{
	return strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
}

bool options_is_loopback(const char *host)
{
	return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

/* HOST:PORT or [HOST]:PORT; HOST is an address, not a name: nothing is looked up. */
static bool endpoint(const char *text, char host[OPTIONS_HOST_MAX], uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	const char *from = text;
	size_t n = colon == NULL ? 0 : (size_t)(colon - text);
	char *end = NULL;
	long value = colon == NULL ? 0 : strtol(colon + 1, &end, 10);

	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		from++;
		n -= 2;
	}
	if (n == 0 || n >= OPTIONS_HOST_MAX || value < 1 || value > 65535 || *end != '\0')
		return false;
	memcpy(host, from, n);
	host[n] = '\0';
	*port = (uint16_t)value;
	return is_address(host);
}

static int wrong(const char *what)
{
	fprintf(stderr, "zegeld: %s; see --help\n", what);
	return 2;
}

static int take(struct options *o, int option)
{
	switch (option) {
	case OPT_LISTEN:
		return endpoint(optarg, o->listen_host, &o->listen_port)
		               ? -1
		               : wrong("--listen takes ADDRESS:PORT");
	case OPT_MEDIA_LISTEN:
		return endpoint(optarg, o->media_host, &o->media_port)
		               ? -1
		               : wrong("--media-listen takes ADDRESS:PORT");
	case OPT_MEDIA_ADDRESS:
		if (o->media_address_count == OPTIONS_ADDRESSES_MAX || !is_address(optarg))
			return wrong("--media-address takes an address, at most 4 times");
		o->media_address[o->media_address_count++] = optarg;
		return -1;
	case OPT_CERTIFICATE:
		o->certificate = optarg;
		return -1;
	case OPT_KEY:
		o->key = optarg;
		return -1;
	case OPT_WEB:
		o->web_folder = optarg;
		return -1;
	case OPT_MEDIA_WORKER:
		o->media_worker = optarg;
		return -1;
	case OPT_DUMPABLE:
		o->is_dumpable = true;
		return -1;
	case OPT_CHECK:
		o->is_check = true;
		return -1;
	case OPT_VERSION:
		puts("zegeld 0.1.0");
		return 0;
	case OPT_HELP:
		fputs(help, stdout);
		return 0;
	default:
		return 2; /* getopt said what */
	}
}

int options_read(struct options *o, int argc, char **argv)
{
	*o = (struct options){ .listen_host = "127.0.0.1",
		               .listen_port = 8080,
		               .media_host = "127.0.0.1",
		               .media_port = 8081 };
	for (int option; (option = getopt_long(argc, argv, "", table, NULL)) != -1;) {
		int code = take(o, option);

		if (code != -1)
			return code;
	}
	if (optind < argc)
		return wrong("something is left over on the command line");
	if ((o->certificate == NULL) != (o->key == NULL))
		return wrong("--certificate and --key go together");
	if (o->certificate == NULL && !options_is_loopback(o->listen_host))
		return wrong("away from loopback a certificate is needed: browsers give neither "
		             "camera nor encryption to plain HTTP");
	if (is_any(o->media_host) && o->media_address_count == 0)
		return wrong("--media-listen on all addresses needs --media-address: clients must "
		             "be told where to send");
	return -1;
}
