/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* zegeld: the front. Joins the options, the static files, the web loop, the rooms and the media
 * worker; holds no logic of its own. */
#include <libgen.h>
#include <limits.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "server/front/confine.h"
#include "server/front/limits.h"
#include "server/front/log.h"
#include "server/front/media_link.h"
#include "server/front/options.h"
#include "server/front/rooms.h"
#include "server/front/static_files.h"
#include "server/front/web.h"

struct front {
	struct options options;
	char media_program[PATH_MAX], web_folder[PATH_MAX];
	struct static_files files;
	struct rooms *rooms;
	struct media_link *media;
	struct web *web;
};

static volatile sig_atomic_t stopping;

static void on_stop(int signal_number)
{
	(void)signal_number;
	stopping = 1;
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- rooms to web and media ---- */

static void rooms_send(void *arg, uint32_t client, struct parcel *p)
{
	web_send(((struct front *)arg)->web, client, p);
}

static bool rooms_is_ready(void *arg, uint32_t client)
{
	return web_is_ready(((struct front *)arg)->web, client);
}

static void rooms_close(void *arg, uint32_t client)
{
	web_close(((struct front *)arg)->web, client);
}

static void rooms_to_media(void *arg, const struct ipc_message *m)
{
	struct front *f = arg;
	struct ipc_message refused = { .type = IPC_REFUSED, .transport = m->transport };

	if (!media_link_send(f->media, m) && m->type == IPC_OPEN)
		rooms_media(f->rooms, &refused, (struct span){ 0 });
}

static void rooms_random(void *arg, uint8_t *out, size_t n)
{
	(void)arg;
	if (RAND_bytes(out, (int)n) != 1) {
		/* Without randomness no handle is safe to give. Not reachable by input. */
		log_error("no randomness");
		exit(1);
	}
}

/* ---- web to rooms ---- */

static bool web_opened(void *arg, uint32_t *client)
{
	return rooms_client_add(((struct front *)arg)->rooms, now_ms(), client) == OK;
}

static void web_received(void *arg, uint32_t client, struct span message)
{
	rooms_input(((struct front *)arg)->rooms, client, message, now_ms());
}

static size_t web_input_max(void *arg, uint32_t client)
{
	return rooms_input_max(((struct front *)arg)->rooms, client);
}

static void web_drained(void *arg, uint32_t client)
{
	rooms_drained(((struct front *)arg)->rooms, client);
}

static void web_too_big(void *arg, uint32_t client, uint8_t first_byte)
{
	rooms_input_too_big(((struct front *)arg)->rooms, client, first_byte);
}

static void web_closed(void *arg, uint32_t client)
{
	rooms_client_gone(((struct front *)arg)->rooms, client, now_ms());
}

static bool media_readable(void *arg)
{
	struct front *f = arg;
	uint8_t buf[IPC_MESSAGE_MAX];
	struct ipc_message m;

	/* The rest next time: a worker that talks without end must not have us to itself. */
	for (int i = 0; i < 256; i++)
		switch (media_link_receive(f->media, buf, &m)) {
		case OK:
			rooms_media(f->rooms, &m, media_link_addresses(f->media));
			break;
		case ERR_MALFORMED:
			break;
		case ERR_TRUNCATED:
			log_error("media: the worker ended; starting it again");
			rooms_media_lost(f->rooms);
			return false;
		default:
			return true;
		}
	return true;
}

static void web_tick(void *arg)
{
	struct front *f = arg;

	rooms_tick(f->rooms, now_ms());
	if (media_link_tick(f->media, now_ms()))
		(void)web_watch(f->web, media_link_fd(f->media));
}

/* ---- start and end ---- */

static void harden(const struct options *o)
{
	static const struct rlimit no_core = { 0, 0 };

	/* Room for all clients, up to what we may have. */
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		if (files.rlim_cur > FRONT_FILES_MAX)
			files.rlim_cur = FRONT_FILES_MAX;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (o->is_dumpable)
		return;
	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* Programs and pages lie beside this program, wherever it was installed. */
static void find_neighbours(struct front *f)
{
	char self[PATH_MAX] = "";
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *folder = n > 0 ? dirname(self) : ".";

	snprintf(f->media_program, sizeof(f->media_program), "%.4000s/zegel-media", folder);
	snprintf(f->web_folder, sizeof(f->web_folder), "%.4000s/../share/zegel", folder);
	if (access(f->web_folder, R_OK) != 0) /* not installed: it runs where it was built */
		snprintf(f->web_folder, sizeof(f->web_folder), "%.4000s/../../web/dist", folder);
	if (f->options.media_worker != NULL)
		snprintf(f->media_program, sizeof(f->media_program), "%s", f->options.media_worker);
	if (f->options.web_folder != NULL)
		snprintf(f->web_folder, sizeof(f->web_folder), "%s", f->options.web_folder);
}

static void announce(const struct options *o)
{
	bool is_named = options_is_loopback(o->listen_host);
	bool is_v6 = strchr(o->listen_host, ':') != NULL && !is_named;

	printf("Open %s://%s%s%s:%u/\n", o->certificate != NULL ? "https" : "http",
	       is_v6 ? "[" : "", is_named ? "localhost" : o->listen_host, is_v6 ? "]" : "",
	       o->listen_port);
	fflush(stdout);
}

static void serve(struct front *f)
{
	announce(&f->options);
	while (!stopping && web_step(f->web))
		;
	rooms_closing(f->rooms);
	/* The last words get a moment to leave. */
	for (uint64_t end = now_ms() + 300; now_ms() < end && web_step(f->web);)
		;
}

static bool begin(struct front *f)
{
	static struct web_events events = { .opened = web_opened,
		                            .received = web_received,
		                            .input_max = web_input_max,
		                            .too_big = web_too_big,
		                            .drained = web_drained,
		                            .closed = web_closed,
		                            .readable = media_readable,
		                            .tick = web_tick };
	struct rooms_sink sink = { f,           rooms_send,     rooms_is_ready,
		                   rooms_close, rooms_to_media, rooms_random };

	events.arg = f;
	if (!static_files_load(&f->files, f->web_folder)) {
		log_error("the web client is not there: %s", f->web_folder);
		return false;
	}
	f->rooms = rooms_create(&sink);
	f->web = web_create(&f->options, &f->files, &events);
	if (f->rooms == NULL || f->web == NULL)
		return false;
	/* Before the first worker: what one can't do without would be missed now, not later. */
	if (!f->options.is_dumpable && !confine())
		log_info("this kernel has no Landlock: only its users and modes guard files");
	f->media = media_link_create(&f->options, f->media_program);
	return f->media != NULL && web_watch(f->web, media_link_fd(f->media));
}

int main(int argc, char **argv)
{
	static struct front f;
	struct sigaction stop = { .sa_handler = on_stop }; /* no SA_RESTART: wakes the loop */
	int code = options_read(&f.options, argc, argv);
	bool ok;

	if (code != -1)
		return code;
	harden(&f.options);
	find_neighbours(&f);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	signal(SIGPIPE, SIG_IGN);
	ok = begin(&f);
	if (ok && !f.options.is_check)
		serve(&f);
	web_destroy(&f.web);
	media_link_destroy(&f.media);
	rooms_destroy(&f.rooms);
	static_files_clear(&f.files);
	return ok ? 0 : 1;
}
