/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One operation, again and again, timed inside the kernel: suites helpers and counters. A program
 * is asked for so many operations by BPF_PROG_RUN and answers with what they took. `empty` does all
 * of that but the operation. A turn of bpf_loop is dear, so each does TOGETHER operations.
 */
#ifndef BPFGAUGE_LOOP_H
#define BPFGAUGE_LOOP_H

/* Operations in one turn of the loop, in a straight line. */
#define TOGETHER 16
/* CPUs that can loop at once; a power of two. */
#define MOST_LOOPS 1024

/* What a run is asked for and answers, one for each CPU that loops. */
struct loop_request {
	__u32 count;	/* operations, a multiple of TOGETHER */
	__u32 unused;
	__u64 nanos;	/* answer: time of all of them by bpf_ktime_get_ns() */
	__u64 right;	/* answer: operations whose result was right */
	__u64 apart[13]; /* no two CPUs write to neighbouring cache lines */
} __attribute__((aligned(128)));

struct loop_request requests[MOST_LOOPS];

struct turn {
	void *ctx;	/* the program's own */
	void *value;	/* of the map that the operation works on, where it needs one */
	__u64 right;
};

/*
 * Whatever it names is computed by then, and all stores are done: without it the compiler would
 * take the loops apart, which have to be the same but for their operation.
 */
#define KEEP(variable) asm volatile("" : "+r"(variable) : : "memory")

/* In the body: turn, and i, the operation's number in its turn; it gives 1 where all was right. */
#define DEFINE(name, body)							\
static __always_inline __u32 once_##name(struct turn *turn, __u32 i)		\
{										\
	return ({ body; });							\
}										\
										\
static long turn_##name(__u32 number, void *ctx)				\
{										\
	struct turn *turn = ctx;						\
	__u32 right = 0;							\
										\
	_Pragma("clang loop unroll(full)")					\
	for (__u32 i = 0; i < TOGETHER; i++) {					\
		right += once_##name(turn, i);					\
		KEEP(right);							\
	}									\
	turn->right += right;							\
	return 0;								\
}

/* Takes the registers that a call takes, so that the compiler lays the loop out as around one. */
#define DEFINE_EMPTY								\
DEFINE(empty,									\
	asm volatile("" : : : "r0", "r1", "r2", "r3", "r4", "r5", "memory");	\
	1)

/* The same for an operation without any call. */
#define DEFINE_BARE								\
DEFINE(bare,									\
	asm volatile("" : : : "memory");					\
	1)

static __always_inline void timed(struct loop_request *request, struct turn *turn, void *each)
{
	__u64 start = bpf_ktime_get_ns();

	bpf_loop(request->count / TOGETHER, each, turn, 0);
	request->nanos = bpf_ktime_get_ns() - start;
	request->right = turn->right;
}

/* A tracing program; BPF_PROG_RUN hands it the number of its request. */
#define TRACING(name, prepare)							\
SEC("?raw_tp/sys_enter")							\
int name(struct bpf_raw_tracepoint_args *ctx)					\
{										\
	struct turn turn = { .ctx = ctx };					\
	__u64 number = ctx->args[0];						\
										\
	prepare;								\
	if (number < MOST_LOOPS)						\
		timed(&requests[number], &turn, turn_##name);			\
	return 0;								\
}

/* A packet program, always request 0. */
#define PACKET(name, prepare)							\
SEC("?xdp")									\
int name(struct xdp_md *ctx)							\
{										\
	struct turn turn = { .ctx = ctx };					\
										\
	prepare;								\
	timed(&requests[0], &turn, turn_##name);				\
	return XDP_PASS;							\
}

/* The only element of a map, for `prepare`. */
#define VALUE_OF(map) ({							\
	__u32 zero = 0;								\
										\
	turn.value = bpf_map_lookup_elem(&map, &zero);				\
	if (!turn.value)							\
		return 0;							\
})

#endif
