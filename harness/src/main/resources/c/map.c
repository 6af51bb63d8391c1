// SPDX-License-Identifier: Apache-2.0
/*
 * Two threads of one process that map memory, write to each of its pages and unmap it: pages are taken and given back,
 * and the threads wait for the process's memory map. Usage: map MILLISECONDS. Prints
 *   turns nanoseconds p50 p90 p99 max
 * the last four in nanoseconds of one turn of the first thread.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MOST (1 << 20)
#define PAGES 16

static uint64_t times[MOST];
static uint64_t length, page;

struct turns {
	uint64_t count;
	uint64_t *times;
};

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void fail(const char *what, int error)
{
	fprintf(stderr, "map: %s: %s\n", what, strerror(error));
	exit(1);
}

static void *turn(void *argument)
{
	struct turns *turns = argument;
	uint64_t start = now(), last = start, end;

	while (last - start < length) {
		char *memory = mmap(0, PAGES * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (memory == MAP_FAILED)
			fail("mmap", errno);
		for (int i = 0; i < PAGES; i++)
			memory[i * page] = 1;
		if (munmap(memory, PAGES * page))
			fail("munmap", errno);
		end = now();
		if (turns->times)
			turns->times[turns->count & (MOST - 1)] = end - last;
		turns->count++;
		last = end;
	}
	return 0;
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	struct turns own = { .times = times }, other = { 0 };
	uint64_t start, took, kept;
	pthread_t thread;
	int error;

	length = argc > 1 ? strtoull(argv[1], 0, 10) * 1000000 : 1000000000;
	page = sysconf(_SC_PAGESIZE);
	start = now();
	error = pthread_create(&thread, 0, turn, &other);
	if (error)
		fail("pthread_create", error);
	turn(&own);
	error = pthread_join(thread, 0);
	if (error)
		fail("pthread_join", error);
	took = now() - start;
	kept = own.count < MOST ? own.count : MOST;
	qsort(times, kept, sizeof(*times), ascending);
	printf("%llu %llu %llu %llu %llu %llu\n", (unsigned long long)(own.count + other.count),
	       (unsigned long long)took, (unsigned long long)times[kept / 2],
	       (unsigned long long)times[kept * 9 / 10], (unsigned long long)times[kept * 99 / 100],
	       (unsigned long long)times[kept - 1]);
	return 0;
}
