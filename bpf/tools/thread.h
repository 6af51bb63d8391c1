/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Threads: both numbers of their process, when they began, and whether a call of theirs is a 32-bit one. */
#ifndef BPFGAUGE_TOOLS_THREAD_H
#define BPFGAUGE_TOOLS_THREAD_H

#include "kernel.h"

#define PF_KTHREAD 0x00200000

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct upid {
	int nr;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct thread_info___compat {
#if defined(__TARGET_ARCH_x86)
	__u32 status;
#else
	unsigned long flags;
#endif
};

struct task_struct___process {
	struct thread_info___compat thread_info;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	__u64 start_time;
};

#pragma clang attribute pop

/* A task's number in its own PID namespace: the same as its pid where that is the machine's. 0 of one that has ended. */
static __always_inline __u32 own_number(struct task_struct *task)
{
	struct task_struct___process *process = (void *)task;
	struct pid *pid = BPF_CORE_READ(process, thread_pid);
	__u32 level, number = 0;
	void *place;

	if (!pid)	/* it has ended */
		return 0;
	level = BPF_CORE_READ(pid, level);
	place = (void *)pid + bpf_core_field_offset(pid->numbers) + level * bpf_core_type_size(struct upid);
	bpf_probe_read_kernel(&number, sizeof(number), place);
	return number;
}

static __always_inline struct task_struct *leader_of(struct task_struct *task)
{
	return ((struct task_struct___process *)task)->group_leader;
}

/* CLOCK_MONOTONIC. */
static __always_inline __u64 start_of(struct task_struct *task)
{
	return ((struct task_struct___process *)task)->start_time;
}

/* Whether the system call that a task is in has the number of a 32-bit program's. */
static __always_inline bool in_compat_call(struct task_struct *task)
{
	struct task_struct___process *process = (void *)task;

#if defined(__TARGET_ARCH_x86)
	return process->thread_info.status & 2;	/* TS_COMPAT */
#else
	return process->thread_info.flags & 1 << 22;	/* TIF_32BIT */
#endif
}

#endif
