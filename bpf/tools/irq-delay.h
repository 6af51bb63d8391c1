/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How late timers came, and who ran then. */
#ifndef BPFGAUGE_TOOLS_IRQ_DELAY_H
#define BPFGAUGE_TOOLS_IRQ_DELAY_H

#define DELAY_SLOTS 24	/* the last holds what is longer, too */

struct timer_key {
	__u64 function;
	__u32 cpu;
	__u32 soft;	/* 1: it runs in a soft interrupt */
};

/* A CPU's own: nobody else writes here. */
struct timer_use {
	__u64 count;
	__u64 late;	/* by the threshold or more */
	__u64 total_ns;
	__u64 slots[DELAY_SLOTS];	/* microseconds by log2 */
	__u64 longest[2];	/* see longest.h */
	__u32 tgid;		/* who ran at the longest, 0: nobody */
	__u32 inside;		/* the same in its own PID namespace */
	char comm[16];		/* the thread's */
};

/* One that was late. */
struct late_timer {
	__u64 at;	/* ns */
	__u64 late_ns;
	__u64 function;
	__u32 cpu;
	__u32 soft;
	__u32 tgid;
	__u32 inside;
	__u32 more;	/* late ones of this CPU after the row before, which have none */
	__u32 zero;
	char comm[16];
};

/* Whom late ones found on their CPU, and where; stacks by name. */
struct late_stack {
	__u64 kernel;
	__u64 user;
	__u32 tgid;
	__u32 zero;
	char comm[16];
};

struct late_sum {
	__u64 ns;
};

#endif
