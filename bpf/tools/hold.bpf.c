// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * hold: keeps a CPU in one interrupt for a known time, so that timers come late there: what irq-delay is held against.
 * Hook: the software event cpu-clock of that CPU, whose timer runs in a hard interrupt. Cost: that time, once.
 */
#include "kernel.h"

#define MOST_NS 50000000
#define ROUNDS 256
#define TURNS 4096

const volatile __u64 wanted_ns = 0;

/* ns */
__u64 began;
__u64 ended;

/* A function of its own: the kernel looks at it once, however often it is called. */
__noinline bool wait_until(__u64 end)
{
	for (int turn = 0; turn < TURNS; turn++)
		if (bpf_ktime_get_ns() >= end)
			return true;
	return false;
}

SEC("perf_event")
int on_clock(void *ctx)
{
	__u64 end;

	if (began || wanted_ns > MOST_NS)
		return 0;
	began = bpf_ktime_get_ns();
	end = began + wanted_ns;
	for (int round = 0; round < ROUNDS && !wait_until(end); round++)
		;
	ended = bpf_ktime_get_ns();
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
