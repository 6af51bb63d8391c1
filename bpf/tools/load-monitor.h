/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How many threads run or could, and how many are blocked; who they are. */
#ifndef BPFGAUGE_TOOLS_LOAD_MONITOR_H
#define BPFGAUGE_TOOLS_LOAD_MONITOR_H

#define CPUS_AT_ONCE 64
#define MOST_QUEUES 8192	/* a power of two */
#define LOAD_FRAMES 127

/* What the program is asked. */
struct load_question {
	__u32 first_cpu;
	__u32 cpus;	/* at most CPUS_AT_ONCE */
};

/* Sums over the CPUs that were asked for. */
struct load_answer {
	__s64 running;		/* threads on run queues, on their CPU or waiting for it; this one too */
	__s64 uninterruptible;	/* only the sum over all CPUs means something */
};

/* A thread that counts to the load. */
struct loading_thread {
	__u32 tid;
	__u32 tgid;
	__u32 own_number;	/* of the thread, in its PID namespace */
	__u32 blocked;		/* 1: D; 0: R */
	__u32 cpu;		/* its last */
	__u32 on_cpu;		/* 1: it was on it */
	__u32 kernel_thread;
	__u32 frames;
	char comm[16];
	__u64 frame[LOAD_FRAMES];	/* in the kernel, the innermost first; none of one that was on a CPU */
};

/* What was on a CPU. */
struct cpu_sample {
	__u32 round;
	__u32 tid;
	__u32 tgid;
	__u32 own_number;
	__u32 kernel_thread;
	__u32 frames;
	__u32 user_frames;
	__u32 zero;
	char comm[16];
	__u64 frame[LOAD_FRAMES];
	__u64 user_frame[LOAD_FRAMES];
};

#endif
