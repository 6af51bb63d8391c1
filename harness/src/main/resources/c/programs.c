// SPDX-License-Identifier: Apache-2.0
/*
 * What KernelMapsMeter and HooksMeter do, in C by libbpf: the same BPF objects, the same batches.
 * The times are handed over as they were taken; what follows from them is computed once, in Java.
 *
 * Needs neither libbpf's headers nor its -dev package: libbpf.so.1 is opened at run time.
 *
 *   programs run  PROGRAM EMPTY  TYPE FLAGS KEY_BYTES VALUE_BYTES CPUS ENTRIES FILLED  TIMES
 *   programs hook PROGRAM BODY TRACEPOINT  TIMES
 *
 * TIMES is WARMUP_MS ITERATION_MS ITERATIONS. CPUS is the
 * number of possible CPUs for a per-CPU map, else 1; BODY is of hooks.h; TRACEPOINT is its number in
 * tracefs, or 0 where the program's section says where it hangs.
 * stdin, each behind its length in bytes (native 32 bits): the object; for run the sequence of keys,
 * for hook the object hooks/owner.
 * stdout: one line of JSON, times in nanoseconds per operation. Exit codes: 1 a wrong result, 3 the
 * kernel or libbpf refuses.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { WRONG = 1, USAGE = 2, REFUSED = 3 };

struct bpf_object;
struct bpf_program;
struct bpf_map;
struct bpf_link;
struct btf;

/* As in libbpf's bpf.h; it never changes but at its end. */
struct run_options {
	size_t size;
	const void *data_in;
	void *data_out;
	uint32_t data_size_in, data_size_out;
	const void *context_in;
	void *context_out;
	uint32_t context_size_in, context_size_out;
	uint32_t result;
	int repeat;
	uint32_t duration, flags, cpu, batch_size;
};

#define LIBBPF(F)									\
	F(struct bpf_object *, bpf_object__open_mem, (const void *, size_t, const void *))	\
	F(int, bpf_object__load, (struct bpf_object *))					\
	F(struct btf *, bpf_object__btf, (const struct bpf_object *))			\
	F(struct bpf_program *, bpf_object__find_program_by_name,			\
	  (const struct bpf_object *, const char *))					\
	F(struct bpf_map *, bpf_object__find_map_by_name,				\
	  (const struct bpf_object *, const char *))					\
	F(int, bpf_program__set_autoload, (struct bpf_program *, _Bool))			\
	F(int, bpf_program__fd, (const struct bpf_program *))				\
	F(struct bpf_link *, bpf_program__attach, (const struct bpf_program *))		\
	F(struct bpf_link *, bpf_program__attach_perf_event,				\
	  (const struct bpf_program *, int))						\
	F(int, bpf_link__destroy, (struct bpf_link *))					\
	F(struct bpf_map *, bpf_object__next_map,					\
	  (const struct bpf_object *, const struct bpf_map *))				\
	F(const char *, bpf_map__name, (const struct bpf_map *))				\
	F(int, bpf_map__fd, (const struct bpf_map *))					\
	F(int, bpf_map__set_autocreate, (struct bpf_map *, _Bool))			\
	F(int, bpf_map__set_type, (struct bpf_map *, enum bpf_map_type))			\
	F(int, bpf_map__set_key_size, (struct bpf_map *, uint32_t))			\
	F(int, bpf_map__set_value_size, (struct bpf_map *, uint32_t))			\
	F(int, bpf_map__set_max_entries, (struct bpf_map *, uint32_t))			\
	F(int, bpf_map__set_map_flags, (struct bpf_map *, uint32_t))			\
	F(void *, bpf_map__initial_value, (const struct bpf_map *, size_t *))		\
	F(int, bpf_map_update_elem, (int, const void *, const void *, unsigned long long))	\
	F(int, bpf_prog_test_run_opts, (int, struct run_options *))			\
	F(int, bpf_obj_get_info_by_fd, (int, void *, uint32_t *))			\
	F(int, bpf_enable_stats, (enum bpf_stats_type))					\
	F(int, btf__find_by_name_kind, (const struct btf *, const char *, uint32_t))	\
	F(const struct btf_type *, btf__type_by_id, (const struct btf *, uint32_t))	\
	F(const char *, btf__name_by_offset, (const struct btf *, uint32_t))

#define DECLARE(result, name, arguments) static result (*name) arguments;
LIBBPF(DECLARE)

/*
 * Ends the answer's list of iterations, with the share of a CPU that this thread had of the time in
 * which it wanted one; null where the kernel does not tell.
 */
static void end_answer(void)
{
	FILE *file = fopen("/proc/thread-self/schedstat", "r");
	unsigned long long ran, waited;

	if (file && fscanf(file, "%llu %llu", &ran, &waited) == 2 && ran)
		printf("],\"share\":%.4f}\n", (double)ran / (ran + waited));
	else
		printf("],\"share\":null}\n");
	if (file)
		fclose(file);
}

static void die(int code, const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, strerror(error));
	exit(code);
}

/* libbpf's own errors are negative numbers, or NULL and errno. */
static int require(const char *what, int result)
{
	if (result < 0)
		die(REFUSED, what, -result);
	return result;
}

static void *require_pointer(const char *what, const void *result)
{
	if (!result)
		die(REFUSED, what, errno);
	return (void *)result;
}

static void open_library(void)
{
	void *library = dlopen("libbpf.so.1", RTLD_NOW);

	if (!library) {
		fprintf(stderr, "libbpf.so.1: %s\n", dlerror());
		exit(REFUSED);
	}
#define FIND(result, name, arguments)						\
	*(void **)&name = require_pointer(#name, dlsym(library, #name));
	LIBBPF(FIND)
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void *from_stdin(uint32_t *bytes)
{
	void *data;

	if (fread(bytes, sizeof(*bytes), 1, stdin) != 1)
		die(WRONG, "a length from stdin", EIO);
	data = malloc(*bytes + 1);
	if (!data || fread(data, 1, *bytes, stdin) != *bytes)
		die(WRONG, "what stdin has", data ? EIO : ENOMEM);
	return data;
}

static struct bpf_object *object_from_stdin(const char *name)
{
	/* struct bpf_object_open_opts up to its first two fields */
	struct { size_t size; const char *name; } options = { sizeof(options), name };
	uint32_t bytes;
	void *elf = from_stdin(&bytes);

	return require_pointer("bpf_object__open_mem", bpf_object__open_mem(elf, bytes, &options));
}

static struct bpf_program *program(const struct bpf_object *object, const char *name)
{
	return require_pointer(name, bpf_object__find_program_by_name(object, name));
}

static struct bpf_map *map(const struct bpf_object *object, const char *name)
{
	return require_pointer(name, bpf_object__find_map_by_name(object, name));
}

/* Of a data section: before the load its first values, afterwards the kernel's own memory. */
static void *data(const struct bpf_object *object, const char *section)
{
	struct bpf_map *of = map(object, section);
	size_t bytes;
	void *first = bpf_map__initial_value(of, &bytes), *mapped;

	if (bpf_map__fd(of) < 0)
		return first;
	mapped = mmap(NULL, bytes, PROT_READ, MAP_SHARED, bpf_map__fd(of), 0);
	return mapped == MAP_FAILED ? require_pointer(section, NULL) : mapped;
}

static void *variable(const struct bpf_object *object, const char *section, const char *name)
{
	struct btf *btf = require_pointer("bpf_object__btf", bpf_object__btf(object));
	int id = require(section, btf__find_by_name_kind(btf, section, BTF_KIND_DATASEC));
	const struct btf_type *type = btf__type_by_id(btf, id);
	const struct btf_var_secinfo *slot = (const void *)(type + 1);

	for (uint32_t i = 0; i < BTF_INFO_VLEN(type->info); i++, slot++) {
		const struct btf_type *of = btf__type_by_id(btf, slot->type);

		if (!strcmp(btf__name_by_offset(btf, of->name_off), name))
			return (char *)data(object, section) + slot->offset;
	}
	die(WRONG, name, ENOENT);
	return NULL;
}

static double warmup, millis;
static int iterations;

static void read_times(int argc, char **argv)
{
	if (argc != 3)
		die(USAGE, "arguments, see the head of programs.c", EINVAL);
	warmup = atof(argv[0]);
	millis = atof(argv[1]);
	iterations = atoi(argv[2]);
}

/* All maps but those two; names of global data have a dot. */
static void leave_out_all_but(struct bpf_object *object, const char *one, const char *other)
{
	struct bpf_map *of = NULL;

	while ((of = bpf_object__next_map(object, of))) {
		const char *name = bpf_map__name(of);

		if (!strchr(name, '.') && strcmp(name, one) && strcmp(name, other))
			require(name, bpf_map__set_autocreate(of, 0));
	}
}

/* ---- run: operations on a map inside the kernel ---- */

#define BATCH_NANOS 1e6
#define FEW 64
#define CALIBRATIONS 3
#define MOST_AT_ONCE (1 << 23)
#define SEQUENCE_LENGTH 65536
#define LONGEST_WARMUP_MILLIS 50

struct request {
	uint32_t count, base, mask, from;
	uint64_t nanos, right;
};

/* A packet: an Ethernet header and something, then the request. */
static struct {
	char header[16];
	struct request request;
	char rest[8];
} packet;

static double run(int fd, uint32_t count, uint32_t from)
{
	struct run_options options = {
		.size = sizeof(options), .repeat = 1,
		.data_in = &packet, .data_out = &packet,
		.data_size_in = sizeof(packet), .data_size_out = sizeof(packet),
	};

	packet.request = (struct request){ .count = count, .mask = SEQUENCE_LENGTH - 1, .from = from };
	require("bpf_prog_test_run_opts", bpf_prog_test_run_opts(fd, &options));
	if (packet.request.right != count)
		die(WRONG, "an operation gave a wrong result", EINVAL);
	return packet.request.nanos;
}

static double fastest(int fd, uint32_t count)
{
	double least = run(fd, count, 0);

	for (int i = 1; i < CALIBRATIONS; i++) {
		double nanos = run(fd, count, 0);

		least = nanos < least ? nanos : least;
	}
	return least;
}

static uint32_t calibrated(int fd)
{
	uint32_t count = FEW;

	while (count < MOST_AT_ONCE && fastest(fd, count) < BATCH_NANOS)
		count *= 2;
	return count;
}

/*
 * One iteration: operation, loop, loop, operation … Prints the operation's times, and those of the
 * loop alone in a second pass.
 */
static void iterate(int fd, int empty, uint32_t batch, uint32_t idle, double length, int print)
{
	static double *loops;
	static int room;
	static uint32_t from;
	double end = now() + length * 1e6;
	int count = 0;

	for (; count == 0 || now() < end; count++, from += batch) {
		double nanos;

		if (count == room) {
			room = room ? 2 * room : 1024;
			loops = require_pointer("memory", realloc(loops, room * sizeof(*loops)));
		}
		if (count % 2)
			loops[count] = run(empty, idle, from) / idle;
		nanos = run(fd, batch, from);
		if (count % 2 == 0)
			loops[count] = run(empty, idle, from) / idle;
		if (print)
			printf("%s%.5f", count ? "," : "{\"operation\":[", nanos / batch);
	}
	for (int i = 0; print && i < count; i++)
		printf("%s%.5f", i ? "," : "],\"loop\":[", loops[i]);
	if (print)
		printf("]}");
}

static uint64_t value_of(uint32_t key)
{
	return (key + 1ull) * 0x9E3779B97F4A7C15ull;
}

static void fill(int fd, uint32_t filled, int key_bytes, int value_bytes, int cpus)
{
	size_t stride = cpus == 1 ? value_bytes : (value_bytes + 7) / 8 * 8;
	uint32_t *key = require_pointer("memory", calloc(1, key_bytes));
	char *value = require_pointer("memory", calloc(cpus, stride));

	for (uint32_t k = 0; k < filled; k++) {
		uint64_t word = value_of(k);

		*key = k;
		for (int cpu = 0; cpu < cpus; cpu++)
			memcpy(value + cpu * stride, &word, sizeof(word));
		require("filling the map", bpf_map_update_elem(fd, key, value, BPF_ANY));
	}
}

static int measure_run(int argc, char **argv)
{
	struct bpf_object *object = object_from_stdin("kernel");
	uint32_t bytes, batch, idle;
	void *sequence = from_stdin(&bytes);
	struct bpf_map *subject = map(object, "subject");
	int fd, empty;

	if (argc < 9 || bytes != SEQUENCE_LENGTH * sizeof(uint32_t))
		die(USAGE, "arguments, see the head of programs.c", EINVAL);
	read_times(argc - 9, argv + 9);
	leave_out_all_but(object, "subject", "scratches");
	memcpy(variable(object, ".bss", "sequence"), sequence, bytes);
	require("bpf_map__set_type", bpf_map__set_type(subject, atoi(argv[2])));
	require("bpf_map__set_map_flags", bpf_map__set_map_flags(subject, atoi(argv[3])));
	require("bpf_map__set_key_size", bpf_map__set_key_size(subject, atoi(argv[4])));
	require("bpf_map__set_value_size", bpf_map__set_value_size(subject, atoi(argv[5])));
	require("bpf_map__set_max_entries",
		bpf_map__set_max_entries(subject, strtoul(argv[7], NULL, 10)));
	require(argv[0], bpf_program__set_autoload(program(object, argv[0]), 1));
	require(argv[1], bpf_program__set_autoload(program(object, argv[1]), 1));
	require("bpf_object__load", bpf_object__load(object));
	fill(bpf_map__fd(subject), strtoul(argv[8], NULL, 10), atoi(argv[4]), atoi(argv[5]),
	     atoi(argv[6]));
	fd = bpf_program__fd(program(object, argv[0]));
	empty = bpf_program__fd(program(object, argv[1]));
	batch = calibrated(fd);
	idle = calibrated(empty);
	iterate(fd, empty, batch, idle,
		warmup < LONGEST_WARMUP_MILLIS ? warmup : LONGEST_WARMUP_MILLIS, 0);
	printf("{\"batch\":%u,\"iterations\":[", batch);
	for (int i = 0; i < iterations; i++) {
		printf("%s", i ? "," : "");
		iterate(fd, empty, batch, idle, millis, 1);
	}
	end_answer();
	return 0;
}

/* ---- hook: what a program adds to getppid(2) ---- */

#define TURN_BATCH_NANOS 2.5e5
#define FEWEST_BATCHES 4 /* of a turn: any number of batches is a multiple of it */
#define MOST_BATCHES 32
#define LARGEST_BATCH (1 << 22)
#define SETTLING 100
#define COUNT_CPUS 256

struct run_count {
	uint64_t runs, failed, pad[6];
};

static struct bpf_program *hooked;
static volatile struct run_count *counts; /* NULL where the body does not count */
static long tracepoint;
static uint32_t turn_batch = SETTLING;
static int turn_batches = FEWEST_BATCHES; /* in half of the attached, or detached, time */
static double detached[2 * MOST_BATCHES], attached[2 * MOST_BATCHES];

static void operate(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		getppid();
}

static double timed(void)
{
	double start = now();

	operate(turn_batch);
	return (now() - start) / turn_batch;
}

static uint64_t runs(void)
{
	uint64_t sum = 0;

	for (int i = 0; counts && i < COUNT_CPUS; i++) {
		sum += counts[i].runs;
		if (counts[i].failed)
			die(WRONG, "the kernel refused an update", EINVAL);
	}
	return sum;
}

/* The thread makes some system calls of its own meanwhile. */
static double timed_attached(void)
{
	uint64_t before = runs(), ran;
	double nanos = timed();

	ran = runs() - before;
	if (counts && (ran < turn_batch || ran > turn_batch + turn_batch / 20 + 200)) {
		fprintf(stderr, "the program ran %llu times for %u operations\n",
			(unsigned long long)ran, turn_batch);
		exit(WRONG);
	}
	return nanos;
}

static struct bpf_link *attach(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr), .config = tracepoint
	};
	int fd;

	if (!tracepoint)
		return require_pointer("bpf_program__attach", bpf_program__attach(hooked));
	fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		die(REFUSED, "perf_event_open", errno);
	return require_pointer("bpf_program__attach_perf_event",
			       bpf_program__attach_perf_event(hooked, fd));
}

static void print_times(const char *before, const double *times)
{
	printf("%s", before);
	for (int i = 0; i < 2 * turn_batches; i++)
		printf("%s%.5f", i ? "," : "", times[i]);
}

static void sequence_of_turns(int print)
{
	struct bpf_link *link;

	operate(SETTLING);
	for (int i = 0; i < turn_batches; i++)
		detached[i] = timed();
	link = attach();
	operate(SETTLING);
	for (int i = 0; i < 2 * turn_batches; i++)
		attached[i] = timed_attached();
	require("bpf_link__destroy", bpf_link__destroy(link));
	operate(SETTLING);
	for (int i = 0; i < turn_batches; i++)
		detached[turn_batches + i] = timed();
	if (!print)
		return;
	print_times("{\"detached\":[", detached);
	print_times("],\"attached\":[", attached);
	printf("]}");
}

static double undisturbed(void)
{
	double least = timed_attached();

	for (int i = 1; i < CALIBRATIONS; i++) {
		double nanos = timed_attached();

		least = nanos < least ? nanos : least;
	}
	return least;
}

/* Short batches, and so many in a sequence that attaching takes half of it at most. */
static void calibrate_batches(void)
{
	double start = now(), hung, timing, changing;
	struct bpf_link *link = attach();

	hung = now();
	while (turn_batch < LARGEST_BATCH && undisturbed() * turn_batch < TURN_BATCH_NANOS)
		turn_batch *= 2;
	timing = now() - hung;
	require("bpf_link__destroy", bpf_link__destroy(link));
	changing = (now() - start - timing) / (4 * TURN_BATCH_NANOS);
	if (changing > FEWEST_BATCHES)
		turn_batches = (changing < MOST_BATCHES ? (int)changing : MOST_BATCHES) / FEWEST_BATCHES
			* FEWEST_BATCHES;
}

/* By the kernel's own statistics, for a body that does not count. */
static void prove_that_it_runs(void)
{
	struct bpf_prog_info info = {};
	uint32_t bytes = sizeof(info);
	struct bpf_link *link = attach();
	int stats = require("bpf_enable_stats", bpf_enable_stats(BPF_STATS_RUN_TIME));

	operate(turn_batch);
	require("bpf_obj_get_info_by_fd",
		bpf_obj_get_info_by_fd(bpf_program__fd(hooked), &info, &bytes));
	close(stats);
	require("bpf_link__destroy", bpf_link__destroy(link));
	if (info.run_cnt < turn_batch)
		die(WRONG, "the program did not run each time, by the kernel's statistics", EINVAL);
}

static uint32_t this_thread(void)
{
	struct bpf_object *object = object_from_stdin("owner");
	struct run_options options = { .size = sizeof(options) };

	require("bpf_object__load", bpf_object__load(object));
	require("bpf_prog_test_run_opts",
		bpf_prog_test_run_opts(bpf_program__fd(program(object, "tell")), &options));
	return *(uint32_t *)variable(object, ".bss", "owner");
}

static int measure_hook(int argc, char **argv)
{
	struct bpf_object *object = object_from_stdin("hooks");
	uint32_t body, owner = this_thread();
	double end;

	if (argc < 3)
		die(USAGE, "arguments, see the head of programs.c", EINVAL);
	read_times(argc - 3, argv + 3);
	leave_out_all_but(object, "", "");
	body = atoi(argv[1]);
	tracepoint = atol(argv[2]);
	*(uint32_t *)variable(object, ".rodata", "body") = body;
	*(uint32_t *)variable(object, ".rodata", "owner") = body ? owner : 0;
	hooked = program(object, argv[0]);
	require(argv[0], bpf_program__set_autoload(hooked, 1));
	require("bpf_object__load", bpf_object__load(object));
	counts = body ? variable(object, ".bss", "counts") : NULL;
	end = now() + warmup * 1e6;
	do
		operate(SETTLING);
	while (now() < end);
	calibrate_batches();
	sequence_of_turns(0);
	printf("{\"batch\":%u,\"iterations\":[", turn_batch);
	for (int i = 0; i < iterations; i++) {
		printf("%s", i ? ",[" : "[");
		end = now() + millis * 1e6;
		for (int t = 0; t == 0 || now() < end; t++) {
			printf("%s", t ? "," : "");
			sequence_of_turns(1);
		}
		printf("]");
	}
	prove_that_it_runs();
	end_answer();
	return 0;
}

int main(int argc, char **argv)
{
	open_library();
	if (argc > 2 && !strcmp(argv[1], "run"))
		return measure_run(argc - 2, argv + 2);
	if (argc > 2 && !strcmp(argv[1], "hook"))
		return measure_hook(argc - 2, argv + 2);
	die(USAGE, "arguments, see the head of programs.c", EINVAL);
}
