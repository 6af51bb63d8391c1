/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How many threads each process has, and how many come and go. */
#ifndef BPFGAUGE_TOOLS_TASK_MONITOR_H
#define BPFGAUGE_TOOLS_TASK_MONITOR_H

struct births_key {
	__u32 tgid;
	__u32 cpu;
};

/* A CPU's own: nobody else writes here. */
struct births {
	__u64 threads;		/* that the process started */
	__u64 processes;	/* that it forked */
	__u64 ended;		/* threads of it */
	__u32 inside;		/* its number in its own PID namespace */
	__u32 zero;
	char comm[16];
};

/* A thread that is there. */
struct thread_now {
	__u32 tgid;
	__u32 inside;		/* its process's number in its own PID namespace */
	__u32 running;		/* 1: it runs or waits for a CPU */
	__u32 blocked;		/* 1: D */
	char comm[16];		/* its process's */
};

#endif
