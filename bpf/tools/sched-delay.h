/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who could run and waited for a CPU. */
#ifndef BPFGAUGE_TOOLS_SCHED_DELAY_H
#define BPFGAUGE_TOOLS_SCHED_DELAY_H

/* Of a process, or of a thread, in its number. */
struct delay_use {
	__u64 waits;
	__u64 wait_ns;
	__u64 longest[2];	/* see longest.h */
	__u64 started;		/* when it began: another one may get its number */
	__u32 tgid;
	__u32 inside;		/* the process's number in its own PID namespace */
	char comm[16];
};

/* A wait that took long. */
struct delay_row {
	__u64 ended;		/* ns */
	__u64 wait_ns;
	__u32 tgid;
	__u32 tid;
	__u32 inside;
	__u32 cpu;
	__u32 on_queue;		/* threads that ran or waited there when it came, itself included */
	__u32 before_tgid;	/* who ran there until then; 0: nobody */
	char comm[16];		/* the thread's */
	char before_comm[16];
};

#endif
