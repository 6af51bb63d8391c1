// SPDX-License-Identifier: Apache-2.0
/*
 * Two processes on one CPU that hand a byte to and fro through pipes: two context switches a round
 * trip and nothing else. Usage: pair MILLISECONDS. Prints
 *   round_trips nanoseconds p50 p90 p99 max
 * the last four in nanoseconds of one round trip.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST (1 << 20)

static uint64_t times[MOST];

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void fail(const char *what)
{
	fprintf(stderr, "pair: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The last CPU this process may use: the first one has most of the machine's interrupts. */
static void stay(void)
{
	cpu_set_t allowed, one;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		fail("sched_getaffinity");
	for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--) {
		if (!CPU_ISSET(cpu, &allowed))
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (sched_setaffinity(0, sizeof(one), &one))
			fail("sched_setaffinity");
		return;
	}
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	uint64_t length = argc > 1 ? strtoull(argv[1], 0, 10) * 1000000 : 1000000000;
	uint64_t start, last, trips = 0, kept;
	int there[2], back[2];
	char byte = 0;
	pid_t child;

	if (pipe(there) || pipe(back))
		fail("pipe");
	stay();
	child = fork();
	if (child < 0)
		fail("fork");
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(there[1]);
		while (read(there[0], &byte, 1) == 1)
			if (write(back[1], &byte, 1) != 1)
				break;
		_exit(0);
	}
	close(there[0]);
	start = last = now();
	while (last - start < length) {
		uint64_t end;

		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			fail("pipe");
		end = now();
		times[trips++ & (MOST - 1)] = end - last;
		last = end;
	}
	close(there[1]);
	if (waitpid(child, 0, 0) != child)
		fail("waitpid");
	kept = trips < MOST ? trips : MOST;
	qsort(times, kept, sizeof(*times), ascending);
	printf("%llu %llu %llu %llu %llu %llu\n", (unsigned long long)trips,
	       (unsigned long long)(last - start), (unsigned long long)times[kept / 2],
	       (unsigned long long)times[kept * 9 / 10], (unsigned long long)times[kept * 99 / 100],
	       (unsigned long long)times[kept - 1]);
	return 0;
}
