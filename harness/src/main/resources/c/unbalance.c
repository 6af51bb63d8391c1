// SPDX-License-Identifier: Apache-2.0
/*
 * Threads that keep a machine's run queues uneven. Usage: unbalance MODE MILLISECONDS THREADS SEED
 *   bursts    each computes for a while, then sleeps for a while, both at random
 *   nice      the same without sleeping much, at nice levels from 0 to 18
 *   affinity  the same, each moving itself to other random sets of CPUs
 * Prints
 *   bursts nanoseconds p50 p95 p99 max mean
 * the last five in nanoseconds by which a thread ran later than its sleep was over.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MOST (1 << 20)
#define UNIT_TURNS 20000	/* of a burst: some tens of microseconds */

enum mode { BURSTS, NICE, AFFINITY };

static uint64_t late[MOST];
static atomic_ulong bursts, sleeps;
static atomic_bool over;
static enum mode mode;
static cpu_set_t allowed;
static uint64_t seed;

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void fail(const char *what, int error)
{
	fprintf(stderr, "unbalance: %s: %s\n", what, strerror(error));
	exit(1);
}

static uint64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void sleep_for(uint64_t ns)
{
	uint64_t due = now() + ns, at;
	struct timespec t = { .tv_sec = due / 1000000000, .tv_nsec = due % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
	at = now();
	late[atomic_fetch_add(&sleeps, 1) % MOST] = at > due ? at - due : 0;
}

/* To half of the CPUs it may use, at random, one at least. */
static void move(uint64_t *state)
{
	cpu_set_t some;
	int last = -1;

	CPU_ZERO(&some);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &allowed))
			continue;
		last = cpu;
		if (next(state) & 1)
			CPU_SET(cpu, &some);
	}
	if (!CPU_COUNT(&some))
		CPU_SET(last, &some);
	if (sched_setaffinity(0, sizeof(some), &some))
		fail("sched_setaffinity", errno);
}

static void *work(void *number)
{
	uint64_t state = seed * 2654435761u + (uintptr_t)number * 40503 + 1;
	volatile uint64_t sum = 0;

	if (mode == NICE && setpriority(PRIO_PROCESS, syscall(SYS_gettid), (uintptr_t)number * 3 % 19))
		fail("setpriority", errno);
	while (!over) {
		uint64_t units = 1 + next(&state) % 60;

		for (uint64_t i = 0; i < units * UNIT_TURNS && !over; i++)
			sum += i;
		atomic_fetch_add(&bursts, units);
		if (mode != NICE || next(&state) % 8 == 0)
			sleep_for(100000 + next(&state) % 4000000);
		if (mode == AFFINITY && next(&state) % 4 == 0)
			move(&state);
	}
	return NULL;
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	uint64_t begin, took, sum = 0;
	long threads, kept;
	pthread_t *all;

	if (argc != 5)
		goto usage;
	if (!strcmp(argv[1], "bursts"))
		mode = BURSTS;
	else if (!strcmp(argv[1], "nice"))
		mode = NICE;
	else if (!strcmp(argv[1], "affinity"))
		mode = AFFINITY;
	else
		goto usage;
	threads = strtol(argv[3], NULL, 10);
	seed = strtoull(argv[4], NULL, 10);
	if (threads < 1)
		goto usage;
	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		fail("sched_getaffinity", errno);
	all = calloc(threads, sizeof(*all));
	begin = now();
	for (long i = 0; i < threads; i++) {
		int error = pthread_create(&all[i], NULL, work, (void *)(uintptr_t)i);

		if (error)
			fail("pthread_create", error);
	}
	usleep(strtoull(argv[2], NULL, 10) * 1000);
	over = 1;
	took = now() - begin;
	for (long i = 0; i < threads; i++)
		pthread_join(all[i], NULL);
	kept = sleeps < MOST ? sleeps : MOST;
	if (!kept) {
		fprintf(stderr, "unbalance: no thread slept\n");
		return 1;
	}
	for (long i = 0; i < kept; i++)
		sum += late[i];
	qsort(late, kept, sizeof(late[0]), ascending);
	printf("%lu %llu %llu %llu %llu %llu %llu\n", (unsigned long)bursts, (unsigned long long)took,
	       (unsigned long long)late[kept / 2], (unsigned long long)late[kept * 95 / 100],
	       (unsigned long long)late[kept * 99 / 100], (unsigned long long)late[kept - 1],
	       (unsigned long long)(sum / kept));
	return 0;
usage:
	fprintf(stderr, "usage: unbalance bursts|nice|affinity MILLISECONDS THREADS SEED\n");
	return 2;
}
