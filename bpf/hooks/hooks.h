/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What hooks.bpf.c and the Java that runs it both know. */
#ifndef BPFGAUGE_HOOKS_HOOKS_H
#define BPFGAUGE_HOOKS_HOOKS_H

/* What a program does when it runs; bits, so that one program can do several. */
#define BODY_COUNTER 1
#define BODY_HASH 2
#define BODY_RINGBUF 4
#define BODY_PRINTK 8
#define BODY_ARRAY 16
#define BODY_PERCPU_HASH 32
#define BODY_PERCPU_ARRAY 64

#define COUNT_CPUS 256	/* a power of two; more CPUs share */
#define ENTRIES 1024	/* of each map, a power of two */

/* A CPU's own cache line. */
struct run_count {
	__u64 runs;
	__u64 failed;	/* updates or records that the kernel refused */
	__u64 pad[6];
};

#endif
