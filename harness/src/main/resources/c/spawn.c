// SPDX-License-Identifier: Apache-2.0
/*
 * A process that starts another, which does nothing, and waits for its end, again and again: a fork, an exec and an exit.
 * Usage: spawn MILLISECONDS. Prints
 *   processes nanoseconds p50 p90 p99 max
 * the last four in nanoseconds of one process.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST (1 << 16)

static uint64_t times[MOST];

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void fail(const char *what)
{
	fprintf(stderr, "spawn: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void start_one(const char *self)
{
	int status;
	pid_t child = vfork();

	if (child < 0)
		fail("vfork");
	if (!child) {
		execl(self, self, (char *)0);
		_exit(127);
	}
	if (waitpid(child, &status, 0) != child || status)
		fail("the other process");
}

int main(int argc, char **argv)
{
	uint64_t length, start, last, processes = 0, kept;

	if (argc < 2)	/* one of those that are started */
		return 0;
	length = strtoull(argv[1], 0, 10) * 1000000;
	start = last = now();
	while (last - start < length) {
		uint64_t end;

		start_one(argv[0]);
		end = now();
		times[processes++ & (MOST - 1)] = end - last;
		last = end;
	}
	kept = processes < MOST ? processes : MOST;
	qsort(times, kept, sizeof(*times), ascending);
	printf("%llu %llu %llu %llu %llu %llu\n", (unsigned long long)processes,
	       (unsigned long long)(last - start), (unsigned long long)times[kept / 2],
	       (unsigned long long)times[kept * 9 / 10], (unsigned long long)times[kept * 99 / 100],
	       (unsigned long long)times[kept - 1]);
	return 0;
}
