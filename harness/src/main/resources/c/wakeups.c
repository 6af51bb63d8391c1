// SPDX-License-Identifier: Apache-2.0
/*
 * How late a thread runs after its timer: a thread that sleeps a millisecond at a time, beside whatever load there
 * is. Usage: wakeups MILLISECONDS. Prints
 *   wakeups nanoseconds p50 p95 p99 max mean
 * the last five in nanoseconds by which it ran too late.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MOST (1 << 20)
#define PERIOD_NS 1000000

static uint64_t late[MOST];

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	uint64_t begin = now(), at = begin, end, sum = 0;
	long n = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: wakeups MILLISECONDS\n");
		return 2;
	}
	end = begin + strtoull(argv[1], NULL, 10) * 1000000ull;
	while (at < end && n < MOST) {
		uint64_t due = at + PERIOD_NS;
		struct timespec t = { .tv_sec = due / 1000000000, .tv_nsec = due % 1000000000 };

		while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
			;
		at = now();
		late[n] = at > due ? at - due : 0;
		sum += late[n++];
	}
	if (!n)
		return 1;
	qsort(late, n, sizeof(late[0]), ascending);
	printf("%ld %llu %llu %llu %llu %llu %llu\n", n, (unsigned long long)(at - begin),
	       (unsigned long long)late[n / 2], (unsigned long long)late[n * 95 / 100],
	       (unsigned long long)late[n * 99 / 100], (unsigned long long)late[n - 1],
	       (unsigned long long)(sum / n));
	return 0;
}
