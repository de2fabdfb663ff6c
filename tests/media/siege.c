/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "tests/media/siege.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/check.h"

enum {
	PACKETS = 3, /* of a frame */
	QUIET = 30,  /* frames */
	BURST = 64,
	LOSS_MAX = 5,           /* of a hundred */
	CORPUS_BYTES = 1 << 11, /* of a file: more than a datagram may have */
};

struct siege siege = {
	.camera = { KIND_CAMERA, "uc", "h", 103, 65000, 1, 9, 0, 0, 0, 0 },
	.key_wanted = true,
};

static void b_on_rtp(struct participant *p, struct span packet)
{
	(void)p;
	(void)packet;
	siege.got++;
}

static void a_on_rtcp(struct participant *p, struct span compound)
{
	struct rd r = rd_from(compound);
	struct rtcp packet;

	(void)p;
	while (rd_more(&r) && rtcp_next(&r, &packet) == OK)
		siege.key_wanted |= packet.type == RTCP_PSFB && packet.count == RTCP_PLI;
}

/* A sanitizer keeps what is freed for a while: that would look like growth. */
static void sanitizer_keeps_nothing(void)
{
	const char *options = getenv("ASAN_OPTIONS");
	char all[512];

	snprintf(all, sizeof(all), "%s:quarantine_size_mb=0:thread_local_quarantine_size_kb=0",
	         options != NULL ? options : "");
	setenv("ASAN_OPTIONS", all, 1);
}

static void two_people_speak(void)
{
	struct participant *people = siege.people;

	CHECK(participant_join(&people[A], &siege.office, SIEGE_ROOM, SIEGE_HANDLE_A, 1, 0));
	CHECK(participant_join(&people[B], &siege.office, SIEGE_ROOM, 20, 1, 0));
	people[A].on_rtcp = a_on_rtcp;
	people[B].on_rtp = b_on_rtp;
	CHECK(participants_connect(people, SIEGE_PEOPLE));
	CHECK(office_slots(&siege.office, people[B].transport,
	                   &(struct ipc_slot){ 0, SIEGE_HANDLE_A, 720 }, 1));
	for (unsigned i = 0; i < 200; i++)
		siege_frame();
	CHECK(siege.got > 0);
	siege.sent = siege.got = 0;
}

bool siege_begin(void)
{
	const char *program = getenv("ZEGEL_MEDIA");

	sanitizer_keeps_nothing();
	if (program == NULL || !office_open_program(&siege.office, program)) {
		printf("SKIPPED: ZEGEL_MEDIA does not name the program\n");
		return false;
	}
	siege.server_n = addr_into_sockaddr(&siege.office.server, AF_INET, &siege.server);
	two_people_speak();
	return true;
}

void siege_end(void)
{
	for (size_t i = 0; i < SIEGE_PEOPLE; i++)
		participant_leave(&siege.people[i]);
	CHECK(office_close(&siege.office) == 0);
}

void siege_frame(void)
{
	stream_send(&siege.camera, &siege.people[A], siege.key_wanted, PACKETS, 500, 0);
	siege.key_wanted = false;
	siege.sent += PACKETS;
	participants_run(siege.people, SIEGE_PEOPLE, TIME_MS(3));
}

void siege_throw(int fd, const uint8_t *p, size_t n)
{
	if (sendto(fd, p, n, 0, (struct sockaddr *)&siege.server, siege.server_n) == (ssize_t)n)
		siege.thrown++;
	if (siege.thrown % BURST == 0)
		siege_frame();
}

void siege_holds(const char *against)
{
	size_t lost;

	participants_run(siege.people, SIEGE_PEOPLE, TIME_MS(100));
	lost = siege.sent - siege.got;
	printf("%s: %zu datagrams thrown, %zu of %zu packets of the stream lost\n", against,
	       siege.thrown, lost, siege.sent);
	CHECK(siege.got <= siege.sent && lost * 100 <= siege.sent * LOSS_MAX);
	siege.thrown = siege.sent = siege.got = 0;
	for (unsigned i = 0; i < QUIET; i++)
		siege_frame();
	participants_run(siege.people, SIEGE_PEOPLE, TIME_MS(100));
	CHECK(siege.sent == QUIET * PACKETS && siege.got == siege.sent);
	siege.sent = siege.got = 0;
}

int siege_stranger(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

size_t siege_bytes_answered(int fd)
{
	uint8_t bytes[2048];
	ssize_t n;
	size_t sum = 0;

	while ((n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		sum += (size_t)n;
	return sum;
}

size_t siege_bytes_and_close(int fd)
{
	size_t sum = siege_bytes_answered(fd);

	close(fd);
	return sum;
}

long siege_memory_kb(void)
{
	char path[64];
	long size = 0, resident = 0;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)siege.office.worker);

	FILE *f = fopen(path, "r");

	if (f == NULL)
		return 0;
	if (fscanf(f, "%ld %ld", &size, &resident) != 2)
		resident = 0;
	fclose(f);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void file_give(const char *path, siege_file_fn fn, void *arg)
{
	uint8_t bytes[CORPUS_BYTES];
	FILE *f = fopen(path, "rb");

	if (f == NULL)
		return;
	fn(arg, bytes, fread(bytes, 1, sizeof(bytes), f));
	fclose(f);
}

size_t siege_corpus(const char *folder, siege_file_fn fn, void *arg)
{
	const char *corpora = getenv("ZEGEL_CORPORA");
	char path[1024];
	size_t files = 0;

	snprintf(path, sizeof(path), "%s/%s", corpora != NULL ? corpora : "", folder);

	DIR *dir = corpora != NULL ? opendir(path) : NULL;

	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s/%s", corpora, folder, e->d_name);
		file_give(path, fn, arg);
		files++;
	}
	if (dir != NULL)
		closedir(dir);
	return files;
}
