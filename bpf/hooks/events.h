/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What events.bpf.c and the Java that runs it both know. */
#ifndef BPFGAUGE_HOOKS_EVENTS_H
#define BPFGAUGE_HOOKS_EVENTS_H

/* 16 bytes on its way to user space. */
struct event {
	__u64 sequence;	/* from 0, each number once, whether it arrives or not */
	__u64 sent;	/* bpf_ktime_get_ns(): the machine's CLOCK_MONOTONIC, as KernelClock */
};

/* What the producer is asked for and what became of it; one producer at a time. */
struct emission {
	__u64 count;		/* events to send in this run */
	__u64 next;		/* sequence number of the next event */
	__u64 dropped;		/* events that found no room, and */
	__u64 dropped_sum;	/* the sum of their numbers */
};

#endif
