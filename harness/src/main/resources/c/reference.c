// SPDX-License-Identifier: Apache-2.0
/*
 * The loop of MapsBenchmark in C: what the same map call costs without a JVM around it.
 *
 * Needs neither libbpf's headers nor its -dev package: libbpf.so.1 is opened at run time.
 *
 *   reference OPERATION PATH TYPE FLAGS KEY_BYTES VALUE_BYTES CPUS ENTRIES \
 *             BATCH WARMUP_MS ITERATION_MS ITERATIONS IDLE_THREAD
 *
 * OPERATION is lookup, update or delete; PATH is libbpf or syscall; CPUS is the number of possible
 * CPUs for a per-CPU map, else 1; IDLE_THREAD 1 starts a second thread that sleeps.
 * stdin, native 32-bit words: how many keys to fill in, how long the key sequence is, those keys,
 * that sequence. Both come from the caller, so that C and Java use the very same ones.
 * stdout: one line of JSON, nanoseconds per operation. A turn is a millisecond of batches; "median"
 * and "iterations" are medians of turns, "mean" is the turns' mean, which holds waits for a CPU.
 * Any wrong result ends it with status 1.
 *
 * Compiled as a library (-shared -fPIC) it gives the same loop to a process that has a map already:
 * reference_use and reference_batch.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The part of bpf_attr that the element commands read; libbpf passes the same size. */
#define ELEM_ATTR_BYTES 32

#define TURN_NANOS 1e6

static int fd, batch;
static uint32_t filled, length, *keys, *sequence;
static unsigned char *key, *value;
static uint64_t *first, *last;
static union bpf_attr attr, delete_attr; /* fields a command does not know must be zero */

/* Nanoseconds per operation. */
static struct times {
	double *of;
	int count, room;
} batches, turns;

static int (*libbpf_lookup)(int, const void *, void *);
static int (*libbpf_update)(int, const void *, const void *, unsigned long long);
static int (*libbpf_delete)(int, const void *);

static void die(const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, strerror(error));
	exit(1);
}

static int bpf(int command, union bpf_attr *prepared)
{
	return syscall(SYS_bpf, command, prepared, ELEM_ATTR_BYTES);
}

static int syscall_lookup(void) { return bpf(BPF_MAP_LOOKUP_ELEM, &attr); }
static int syscall_update(void) { return bpf(BPF_MAP_UPDATE_ELEM, &attr); }
static int syscall_delete(void) { return bpf(BPF_MAP_DELETE_ELEM, &delete_attr); }
static int library_lookup(void) { return libbpf_lookup(fd, key, value); }
static int library_update(void) { return libbpf_update(fd, key, value, attr.flags); }
static int library_delete(void) { return libbpf_delete(fd, key); }

static int (*lookup)(void), (*update)(void), (*delete)(void);

/* What every element holds: a function of its key, so that a lookup can check its value. */
static uint64_t value_of(uint32_t k)
{
	return (k + 1ull) * 0x9E3779B97F4A7C15ull;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

/* Time this thread had a CPU: what is missing to the wall clock's, others had. */
static double own_cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static int put(uint32_t k)
{
	memcpy(key, &k, sizeof(k));
	*first = *last = value_of(k);
	return update();
}

static int lookup_batch(const uint32_t *from)
{
	int wrong = 0;

	for (int i = 0; i < batch; i++) {
		uint32_t k = from[i];

		memcpy(key, &k, sizeof(k));
		wrong += lookup() != 0 || *first != value_of(k) || *last != value_of(k);
	}
	return wrong;
}

static int update_batch(const uint32_t *from)
{
	int wrong = 0;

	for (int i = 0; i < batch; i++)
		wrong += put(from[i]) != 0;
	return wrong;
}

static int delete_batch(const uint32_t *from)
{
	int wrong = 0;

	for (int i = 0; i < batch; i++) {
		memcpy(key, &from[i], sizeof(*from));
		wrong += delete() != 0;
	}
	return wrong;
}

static int (*measured)(const uint32_t *);

static void record(struct times *times, double nanos_per_op)
{
	if (times->count == times->room) {
		times->room = times->room ? 2 * times->room : 65536;
		times->of = realloc(times->of, times->room * sizeof(*times->of));
		if (!times->of)
			die("memory for the times", ENOMEM);
	}
	times->of[times->count++] = nanos_per_op;
}

/* One iteration of whole turns. What delete takes away is put back outside the timing. */
static void iterate(int millis, uint64_t *operations)
{
	static uint32_t at;
	double start = now(), spent = 0;
	uint64_t done = 0;

	do {
		double began = now(), took;

		if (measured(sequence + at))
			die("an operation gave a wrong result", errno);
		took = now() - began;
		record(&batches, took / batch);
		spent += took;
		done += batch;
		if (spent >= TURN_NANOS) {
			record(&turns, spent / done);
			*operations += done;
			spent = done = 0;
		}
		if (measured == delete_batch && update_batch(sequence + at))
			die("an element could not be put back", errno);
		at = at + 2 * batch > length ? 0 : at + batch;
	} while (done || now() - start < millis * 1e6);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double percentile(double share)
{
	int rank = (int)(share * batches.count);

	return batches.of[rank < batches.count ? rank : batches.count - 1];
}

/* Of the turns from there on, which are sorted by it. */
static double median(int from)
{
	double *of = turns.of + from;
	int count = turns.count - from;

	qsort(of, count, sizeof(*of), ascending);
	return (of[(count - 1) / 2] + of[count / 2]) / 2;
}

static double mean_of_turns(void)
{
	double mean = 0;

	for (int i = 0; i < turns.count; i++)
		mean += turns.of[i] / turns.count;
	return mean;
}

static void *sleep_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void open_library(void)
{
	void *library = dlopen("libbpf.so.1", RTLD_NOW);

	if (!library) {
		fprintf(stderr, "libbpf.so.1: %s\n", dlerror());
		exit(1);
	}
	*(void **)&libbpf_lookup = dlsym(library, "bpf_map_lookup_elem");
	*(void **)&libbpf_update = dlsym(library, "bpf_map_update_elem");
	*(void **)&libbpf_delete = dlsym(library, "bpf_map_delete_elem");
}

static void create_map(int type, int flags, int key_bytes, int value_bytes, uint32_t entries)
{
	union bpf_attr create;

	memset(&create, 0, sizeof(create));
	create.map_type = type;
	create.map_flags = flags;
	create.key_size = key_bytes;
	create.value_size = value_bytes;
	create.max_entries = entries;
	fd = syscall(SYS_bpf, BPF_MAP_CREATE, &create, sizeof(create));
	if (fd < 0)
		die("bpf(BPF_MAP_CREATE)", errno);
}

static void allocate(int key_bytes, int value_bytes, int cpus)
{
	size_t stride = cpus == 1 ? value_bytes : (value_bytes + 7) / 8 * 8;

	key = calloc(1, key_bytes);
	value = calloc(cpus, stride < 8 ? 8 : stride);
	if (!key || !value)
		die("memory for key and value", ENOMEM);
	first = (uint64_t *)value;
	last = (uint64_t *)(value + (cpus - 1) * stride);
}

static uint32_t *words_from_stdin(uint32_t count)
{
	uint32_t *words = malloc(count * sizeof(*words));

	if (!words || fread(words, sizeof(*words), count, stdin) != count)
		die("keys from stdin", words ? EIO : ENOMEM);
	return words;
}

static void choose(const char *operation, const char *path)
{
	int library = !strcmp(path, "libbpf");

	open_library();
	lookup = library ? library_lookup : syscall_lookup;
	update = library ? library_update : syscall_update;
	delete = library ? library_delete : syscall_delete;
	measured = !strcmp(operation, "lookup") ? lookup_batch
		 : !strcmp(operation, "update") ? update_batch : delete_batch;
}

static void prepare(int key_bytes, int value_bytes, int cpus)
{
	allocate(key_bytes, value_bytes, cpus);
	attr.map_fd = delete_attr.map_fd = fd;
	attr.key = delete_attr.key = (uintptr_t)key;
	attr.value = (uintptr_t)value;
	attr.flags = BPF_ANY;
}

/* Binds the loop to a map of the caller's, filled as this program fills its own. */
void reference_use(int map, const char *operation, const char *path, int key_bytes, int value_bytes,
		   int cpus, int operations)
{
	choose(operation, path);
	fd = map;
	batch = operations;
	prepare(key_bytes, value_bytes, cpus);
	if (measured == update_batch)
		attr.flags = BPF_EXIST;
}

/* One batch over the keys from here on; gives the number of wrong results. */
int reference_batch(const uint32_t *from)
{
	return measured(from);
}

int main(int argc, char **argv)
{
	int warmup, millis, iterations;
	uint64_t operations = 0, ignored = 0;
	double cpu, wall;
	pthread_t idle;

	if (argc != 14) {
		fprintf(stderr, "13 arguments expected, see the head of reference.c\n");
		return 2;
	}
	batch = atoi(argv[9]);
	warmup = atoi(argv[10]);
	millis = atoi(argv[11]);
	iterations = atoi(argv[12]);
	choose(argv[1], argv[2]);
	create_map(atoi(argv[3]), atoi(argv[4]), atoi(argv[5]), atoi(argv[6]),
		   strtoul(argv[8], NULL, 10));
	prepare(atoi(argv[5]), atoi(argv[6]), atoi(argv[7]));
	if (atoi(argv[13]) && pthread_create(&idle, NULL, sleep_for_ever, NULL))
		die("pthread_create", errno);

	filled = *words_from_stdin(1);
	length = *words_from_stdin(1);
	keys = words_from_stdin(filled);
	sequence = words_from_stdin(length);
	for (uint32_t i = 0; i < filled; i++)
		if (put(keys[i]))
			die("filling the map", errno);
	if (measured == update_batch)
		attr.flags = BPF_EXIST;

	iterate(warmup, &ignored);
	batches.count = turns.count = 0;
	cpu = own_cpu();
	wall = now();
	printf("{\"iterations\":[");
	for (int i = 0; i < iterations; i++) {
		int from = turns.count;

		iterate(millis, &operations);
		printf("%s%.4f", i ? "," : "", median(from));
	}
	cpu = (own_cpu() - cpu) / (now() - wall);
	qsort(batches.of, batches.count, sizeof(*batches.of), ascending);
	printf("],\"median\":%.4f,\"mean\":%.4f,\"turns\":%d,\"operations\":%llu,\"batch\":%d,"
	       "\"batches\":%d,\"p50\":%.4f,\"p90\":%.4f,\"p99\":%.4f,\"max\":%.4f,"
	       "\"own_cpu\":%.4f}\n",
	       median(0), mean_of_turns(), turns.count, (unsigned long long)operations, batch,
	       batches.count, percentile(.5), percentile(.9), percentile(.99),
	       batches.of[batches.count - 1], cpu < 1 ? cpu : 1);
	return 0;
}
