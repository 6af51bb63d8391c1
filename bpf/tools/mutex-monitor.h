/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who waits for which of the kernel's locks, and who has it. */
#ifndef BPFGAUGE_TOOLS_MUTEX_MONITOR_H
#define BPFGAUGE_TOOLS_MUTEX_MONITOR_H

/* Kinds of locks, as the kernel has them (include/trace/events/lock.h). */
#define LOCK_SPIN 1
#define LOCK_READ 2
#define LOCK_WRITE 4
#define LOCK_RT 8
#define LOCK_PERCPU 16
#define LOCK_MUTEX 32
/* And ours: of the waiting process's memory map. */
#define LOCK_OF_MEMORY 0x100

/* In place of an owner's number. */
#define NO_OWNER 0
#define READERS (~0u)

/* tgid 0: interrupts. */
struct lock_key {
	__u64 stack;	/* the waiter's in the kernel, by name; 0 where none is wanted */
	__u64 lock;
	__u32 tgid;
	__u32 kind;
};

struct lock_use {
	__u64 waits;
	__u64 wait_ns;
	__u64 longest[2];	/* see longest.h */
	__u64 longest_owned[2];	/* of the waits that saw an owner */
	__u32 inside;		/* the process's number in its own PID namespace */
	__u32 execs;		/* how often the process had called exec when it had this name */
	__u32 owner_tgid;	/* when the longest of those began */
	__u32 pad;
	char comm[16];
	char owner_comm[16];
};

/* A wait that took long. */
struct lock_wait {
	__u64 ended;		/* ns */
	__u64 wait_ns;
	__u64 lock;
	__u32 kind;
	__u32 tid;
	__u32 tgid;
	__u32 inside;
	__u32 owner_tgid;
	__u32 pad;
	char comm[16];		/* the thread's */
	char owner_comm[16];
};

#endif
