// SPDX-License-Identifier: Apache-2.0
/*
 * Fibonacci numbers by threads: each number is two threads that compute the two before it, so that waves of
 * short-lived threads start wherever the scheduler puts them. Usage: fibo MILLISECONDS [N]. Prints
 *   rounds nanoseconds p50 p95 p99 max mean
 * the last five in nanoseconds of one round, then a line "counter NAME VALUE" for each hardware counter there is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MOST (1 << 16)
#define STACK_BYTES (64 * 1024)
#define COUNTERS 4

static uint64_t times[MOST];
static pthread_attr_t small;
static const char *const names[COUNTERS] = { "cycles", "instructions", "cache_misses", "branch_misses" };
static const uint64_t configs[COUNTERS] = { PERF_COUNT_HW_CPU_CYCLES, PERF_COUNT_HW_INSTRUCTIONS,
					    PERF_COUNT_HW_CACHE_MISSES, PERF_COUNT_HW_BRANCH_MISSES };
static int counters[COUNTERS];

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void fail(const char *what, int error)
{
	fprintf(stderr, "fibo: %s: %s\n", what, strerror(error));
	exit(1);
}

static void *fibo(void *of)
{
	uintptr_t n = (uintptr_t)of;
	pthread_t one, two;
	void *a, *b;
	int error;

	if (n <= 1)
		return (void *)1;
	if ((error = pthread_create(&one, &small, fibo, (void *)(n - 1))) ||
	    (error = pthread_create(&two, &small, fibo, (void *)(n - 2))))
		fail("pthread_create", error);
	pthread_join(one, &a);
	pthread_join(two, &b);
	return (void *)((uintptr_t)a + (uintptr_t)b);
}

static uintptr_t expected(uintptr_t n)
{
	return n <= 1 ? 1 : expected(n - 1) + expected(n - 2);
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void open_counters(void)
{
	for (int i = 0; i < COUNTERS; i++) {
		struct perf_event_attr attr = {
			.type = PERF_TYPE_HARDWARE, .size = sizeof(attr), .config = configs[i], .inherit = 1,
		};

		counters[i] = syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
	}
}

int main(int argc, char **argv)
{
	uintptr_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : 9;
	uint64_t begin, end, at;
	long rounds = 0, kept;

	if (argc < 2 || n < 1 || n > 15) {
		fprintf(stderr, "usage: fibo MILLISECONDS [N, 1 to 15]\n");
		return 2;
	}
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_BYTES);
	open_counters();
	begin = at = now();
	end = begin + strtoull(argv[1], NULL, 10) * 1000000ull;
	while (at < end) {
		uint64_t before = at;

		if ((uintptr_t)fibo((void *)n) != expected(n)) {
			fprintf(stderr, "fibo: a wrong number\n");
			return 1;
		}
		at = now();
		times[rounds++ % MOST] = at - before;
	}
	kept = rounds < MOST ? rounds : MOST;
	qsort(times, kept, sizeof(times[0]), ascending);
	printf("%ld %llu %llu %llu %llu %llu %llu\n", rounds, (unsigned long long)(at - begin),
	       (unsigned long long)times[kept / 2], (unsigned long long)times[kept * 95 / 100],
	       (unsigned long long)times[kept * 99 / 100], (unsigned long long)times[kept - 1],
	       (unsigned long long)((at - begin) / rounds));
	for (int i = 0; i < COUNTERS; i++) {
		uint64_t value;

		if (counters[i] >= 0 && read(counters[i], &value, sizeof(value)) == sizeof(value))
			printf("counter %s %llu\n", names[i], (unsigned long long)value);
	}
	return 0;
}
