/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */

/* What a forwarded packet costs the media worker: a real worker process behind its sandbox,
 * real sockets, real SRTP. Receivers throw everything away in a socket filter, as a network
 * would take it, so that their cost is not counted. Beside it stands a floor that no design can
 * undercut here: sealing and sending the same packets in the same runs, and nothing else.
 *
 *	bench_sfu [seconds per line]                                                      */
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/media/participant.h"
#include "transport/loop.h"

struct scenario {
	const char *name;
	size_t publishers, receivers;
	bool is_video;
	size_t burst, bytes;   /* packets of a frame, payload of one */
	size_t out_per_second; /* how fast: packets to receivers, in all */
};

static const struct scenario scenarios[] = {
	{ "video 1x1, single", 1, 1, true, 1, 1100, 2000 },
	{ "video 1x9, frames of 4", 1, 9, true, 4, 1100, 9000 },
	{ "video 1x20, frames of 8", 1, 20, true, 8, 1100, 30000 },
	{ "video 4x10, frames of 4", 4, 10, true, 4, 1100, 30000 },
	{ "video 4x10, frames of 8", 4, 10, true, 8, 1100, 30000 },
	{ "video 1x49, frames of 8", 1, 49, true, 8, 1100, 49000 },
	{ "sound 1x49", 1, 49, false, 1, 150, 4900 },
	{ "sound 4x49", 4, 49, false, 1, 150, 19600 },
	{ "sound 10x49, as it is", 10, 49, false, 1, 150, 24500 },
};

enum { PEOPLE_MAX = 64 };
static struct participant people[PEOPLE_MAX];
static struct stream streams[PEOPLE_MAX];
static struct office office;

static uint64_t cpu_of(clockid_t clock)
{
	struct timespec ts = { 0 };

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* In clock ticks: time in user mode and in the kernel. */
static void ticks_of(pid_t pid, unsigned long ticks[2])
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	if (f == NULL || fscanf(f,
	                        "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u "
	                        "%*u %lu %lu",
	                        &ticks[0], &ticks[1]) != 2)
		ticks[0] = ticks[1] = 0;
	if (f != NULL)
		fclose(f);
}

static void become_sink(int fd)
{
	struct sock_filter nothing[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	struct sock_fprog program = { 1, nothing };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) != 0)
		perror("SO_ATTACH_FILTER");
}

static bool set_up(const struct scenario *s)
{
	size_t n = s->publishers + s->receivers;
	struct ipc_slot slots[PEOPLE_MAX];

	if (!office_open(&office, true))
		return false;
	for (size_t i = 0; i < s->publishers; i++) {
		slots[i] = (struct ipc_slot){ (uint8_t)i, (uint32_t)i + 1, s->is_video * 720 };
		streams[i] = (struct stream){ .kind = s->is_video ? KIND_CAMERA : KIND_AUDIO,
			                      .mid = s->is_video ? "uc" : "ua",
			                      .rid = s->is_video ? "h" : NULL,
			                      .ssrc = 100 + (uint32_t)i };
	}
	for (size_t i = 0; i < n; i++)
		if (!participant_join(&people[i], &office, 1, (uint32_t)i + 1,
		                      (uint8_t)s->publishers, 0))
			return false;
	if (!participants_connect(people, n))
		return false;
	for (size_t i = 0; i < s->publishers; i++)
		stream_send(&streams[i], &people[i], true, s->burst, s->bytes, 0);
	participants_run(people, n, TIME_MS(50));
	for (size_t i = s->publishers; i < n; i++)
		if (!office_slots(&office, people[i].transport, slots, s->publishers))
			return false;
	participants_run(people, n, TIME_MS(100));
	for (size_t i = 0; i < s->publishers; i++)
		stream_send(&streams[i], &people[i], true, s->burst, s->bytes, 0);
	participants_run(people, n, TIME_MS(100));
	for (size_t i = s->publishers; i < n; i++)
		become_sink(people[i].fd);
	return true;
}

static void tear_down(const struct scenario *s)
{
	for (size_t i = 0; i < s->publishers + s->receivers; i++)
		participant_leave(&people[i]);
	office_close(&office);
}

/* Sends at an even pace; what its publishers send comes from this process's other core. */
static void publish_for(const struct scenario *s, uint64_t duration)
{
	uint64_t began = clock_now(), frames = 0;
	double frames_per_us = (double)s->out_per_second / 1e6 / (double)s->receivers /
	                       (double)s->publishers / (double)s->burst;

	for (uint64_t at = 0; at < duration; at = clock_now() - began) {
		for (; (double)frames < (double)at * frames_per_us; frames++)
			for (size_t i = 0; i < s->publishers; i++)
				stream_send(&streams[i], &people[i], false, s->burst, s->bytes,
				            0);
		for (size_t i = 0; i < s->publishers; i++)
			participant_poll(&people[i]);
		usleep(200);
	}
}

/* CPU nanoseconds of sealing and sending one packet, for the same receivers, in runs of what
 * all publishers send of one frame. */
static double floor_of(const struct scenario *s)
{
	static uint8_t packet[UDP_PACKET_MAX] = { 0x80, 96 };
	struct addr to[PEOPLE_MAX];
	struct addr any;
	struct udp_tx *tx;
	size_t run = s->burst * (s->is_video ? 1 : s->publishers), packets = 0;
	uint64_t began, spent;
	int fd;

	for (size_t i = 0; i < s->receivers; i++)
		if (udp_local(people[s->publishers + i].fd, &to[i]) != OK)
			return 0;
	if (addr_from_text("127.0.0.1:0", &any) != OK || udp_bind(&any, &fd) != OK ||
	    (tx = udp_tx_create(fd)) == NULL)
		return 0;
	began = cpu_of(CLOCK_PROCESS_CPUTIME_ID);
	for (uint16_t seq = 1; packets < 100000; seq++) {
		for (size_t i = 0; i < s->receivers; i++)
			for (size_t k = 0; k < run; k++, packets++) {
				struct participant *p = &people[s->publishers + i];
				size_t n = s->bytes + 30;
				uint8_t *at = udp_tx_get(tx, &to[i]);

				memcpy(at, packet, n);
				at[2] = (uint8_t)(seq >> 8);
				at[3] = (uint8_t)seq;
				at[11] = (uint8_t)k;
				if (srtp_seal_rtp(p->srtp_out, at, &n, UDP_PACKET_MAX) == OK)
					udp_tx_put(tx, n);
			}
		udp_tx_flush(tx);
	}
	spent = cpu_of(CLOCK_PROCESS_CPUTIME_ID) - began;
	udp_tx_destroy(&tx);
	close(fd);
	return (double)spent / (double)packets;
}

static void measure(const struct scenario *s, unsigned seconds)
{
	uint64_t before[IPC_STATS_N], cpu, out, in;
	unsigned long ticks[2], ticks_after[2];
	clockid_t clock;

	if (!set_up(s) || clock_getcpuclockid(office.worker, &clock) != 0) {
		printf("%-26s could not be set up\n", s->name);
		return;
	}
	publish_for(s, TIME_MS(300));
	office_stats(&office);
	memcpy(before, office.stats, sizeof(before));
	ticks_of(office.worker, ticks);
	cpu = cpu_of(clock);
	publish_for(s, TIME_S(seconds));
	cpu = cpu_of(clock) - cpu;
	ticks_of(office.worker, ticks_after);
	usleep(1100000);
	office_stats(&office);
	out = office.stats[IPC_STAT_FORWARDED] - before[IPC_STAT_FORWARDED];
	in = office.stats[IPC_STAT_PACKETS_IN] - before[IPC_STAT_PACKETS_IN];

	double floor_ns = floor_of(s), user = (double)(ticks_after[0] - ticks[0]);
	double kernel = (double)(ticks_after[1] - ticks[1]);

	printf("%-26s %8.0f %8.0f %6.1f %% %9.2f %6.0f %% %9.2f %7.2f\n", s->name,
	       (double)in / seconds, (double)out / seconds, (double)cpu / seconds / 1e7,
	       (double)cpu / (double)out / 1000, 100 * kernel / (user + kernel + 1e-9),
	       floor_ns / 1000, (double)cpu / (double)out / floor_ns);
	fflush(stdout);
	tear_down(s);
}

int main(int argc, char **argv)
{
	unsigned seconds = argc > 1 ? (unsigned)atoi(argv[1]) : 4;

	printf("%-26s %8s %8s %8s %9s %8s %9s %7s\n", "publishers x receivers", "in/s", "out/s",
	       "a core", "us/packet", "kernel", "floor us", "ratio");
	for (size_t i = 0; i < ARRAY_LEN(scenarios); i++)
		measure(&scenarios[i], seconds ? seconds : 1);
	return 0;
}
