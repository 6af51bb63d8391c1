/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What all tools have: slots by log2, a place for each CPU, what was lost, and a deliberate delay. */
#ifndef BPFGAUGE_TOOLS_TOOL_H
#define BPFGAUGE_TOOLS_TOOL_H

#include "kernel.h"

#define CPUS 512	/* a power of two; more CPUs share places, and may lose a count then */
#define CPU_MASK (CPUS - 1)

/* Threads that a hash map has room for, on kernels where it stands for tasks' own storage. */
#define MOST_THREADS 32768

/*
 * A task's storage that is created within sched_switch is allocated under the run queue's lock. Before 6.4 (commit
 * 08a7ce384e33) that is kmalloc, which may wake kswapd, and a wake-up takes such a lock: there a hash map by thread, whose
 * elements are there from the beginning, takes its place.
 */
const volatile bool by_thread = false;

/* Why an event could not be counted. dev.bpfgauge.suite.tools.Loss has the same order. */
enum loss {
	LOST_THREAD,	/* no room for another thread */
	LOST_KEY,	/* no room for another histogram */
	LOST_PAIR,	/* no room for another pair of stacks */
	LOST_STACK,	/* no room for another stack */
	LOST_FILE,	/* no room for another thread's file */
	LOST_ROW,	/* the buffer of rows was full */
	LOST_REQUEST,	/* no room for another request in flight */
	LOST_END,	/* a request's completion was not seen */
	LOST_LOCK,	/* the kernel refused a change of a map that had room */
	LOST_COUNT,	/* no room for another count */
	LOSSES
};

#define E2BIG 7		/* of a map: it is full */

__u64 lost[LOSSES];

/* Nanoseconds that each event is held up, to see whether a known cost is found; 0 in use. */
const volatile __u32 inject_ns = 0;

static __always_inline void lose(enum loss why)
{
	__sync_fetch_and_add(&lost[why], 1);
}

/* Why there is no element in a map that this came of adding it to. */
static __always_inline enum loss why_none(long error, enum loss full)
{
	return error == -E2BIG ? full : LOST_LOCK;
}

static __always_inline void hold_up(void)
{
	__u64 end;

	if (!inject_ns)
		return;
	end = bpf_ktime_get_ns() + inject_ns;
	for (int turn = 0; turn < 4096 && bpf_ktime_get_ns() < end; turn++)
		;
}

/* The slot of a value: 0 and 1 are in slot 0, else the position of the highest bit. */
static __always_inline __u32 log2_slot(__u64 value, __u32 slots)
{
	__u32 high = value >> 32, low = value;
	__u32 slot = 0, rest = low;

	if (high) {
		slot = 32;
		rest = high;
	}
	if (rest >> 16) {
		slot += 16;
		rest >>= 16;
	}
	if (rest >> 8) {
		slot += 8;
		rest >>= 8;
	}
	if (rest >> 4) {
		slot += 4;
		rest >>= 4;
	}
	if (rest >> 2) {
		slot += 2;
		rest >>= 2;
	}
	slot += rest >> 1;
	return slot < slots ? slot : slots - 1;
}

#endif
