/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a thread's time went to, and what happened in a call, or between two, that took long. */
#ifndef BPFGAUGE_TOOLS_RUN_TRACE_H
#define BPFGAUGE_TOOLS_RUN_TRACE_H

#define MOST_EVENTS 64	/* a power of two */

/* dev.bpfgauge.suite.diagnose.ThreadActivity has the same order. */
enum run_state {
	RUNNING,	/* on a CPU, for itself */
	HARD,		/* on a CPU, which serves a hard interrupt */
	SOFT,		/* on a CPU, which serves a soft one */
	RUNNABLE,	/* waits for a CPU */
	SLEEPING,
	BLOCKED,	/* state D */
	RUN_STATES
};

/* dev.bpfgauge.suite.diagnose.RunEvent.Kind has the same order. */
enum run_event {
	BEGAN,		/* argument: none */
	LEFT,		/* preempted; argument: thread that came */
	SLEPT,		/* argument: thread that came */
	STUCK,		/* in state D; argument: thread that came */
	WOKEN,		/* argument: thread that woke it, or was interrupted there */
	CAME,		/* on a CPU; argument: CPU */
	HARD_BEGAN,	/* argument: number */
	SOFT_BEGAN,	/* argument: number */
	SERVED,		/* the end of an interrupt; argument: number */
	ENDED,		/* argument: none */
};

/* Where a thread's time goes: outside of system calls, or in one. */
struct run_key {
	__u32 tid;
	__s32 call;	/* OUTSIDE, or its number */
	__u32 compat;	/* 1: of a 32-bit program, whose numbers are others */
	__u32 zero;
};

#define OUTSIDE -2

struct run_time {
	__u64 ns[RUN_STATES];
	__u64 begun;	/* how often this began: calls, or ways back */
};

struct run_moment {
	__u64 at;	/* ns */
	__u32 event;
	__u32 argument;
};

/* A thread. A reader's copy is of one moment where changes and changing are equal in it. */
struct run_thread {
	__u64 changes;	/* written last */
	__u64 since;	/* ns; when its state began */
	__u64 piece_since;	/* ns; when its call or way back began */
	__u64 total_ns[RUN_STATES];
	__u32 state;
	__s32 call;
	__u32 compat;
	__u32 soft;	/* in a soft interrupt, under a hard one also */
	__u32 tgid;
	__u32 own_number;	/* of the thread, in its PID namespace */
	__u32 ended;
	__u32 events;	/* of this call or way back; the last MOST_EVENTS are kept */
	char comm[16];
	struct run_moment moments[MOST_EVENTS];
	__u64 changing;	/* written first */
};

/* One that took long. */
struct slow_piece {
	__u64 began;
	__u64 ended;
	__u32 tid;
	__u32 tgid;
	__s32 call;
	__u32 compat;
	__u32 events;
	__u32 zero;
	char comm[16];
	struct run_moment moments[MOST_EVENTS];
};

#endif
