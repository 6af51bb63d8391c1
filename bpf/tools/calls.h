/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* System calls at their end: which one it was, and whether it reads or writes. */
#ifndef BPFGAUGE_TOOLS_CALLS_H
#define BPFGAUGE_TOOLS_CALLS_H

#include "kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct file;

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct thread_info {
#if defined(__TARGET_ARCH_x86)
	__u32 status;
#else
	unsigned long flags;
#endif
};

struct task_struct___files {
	struct thread_info thread_info;
	struct files_struct *files;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long di;
	unsigned long orig_ax;
};
#else
struct pt_regs {
	__u64 orig_x0;
	__s32 syscallno;
};
#endif

#pragma clang attribute pop

#define NEITHER 0
#define READ 1
#define WRITE 2

/* Which of both a system call does, by its number. */
static __always_inline int kind_of(long call)
{
	switch (call) {
#if defined(__TARGET_ARCH_x86)
	case 0:		/* read */
	case 17:	/* pread64 */
	case 19:	/* readv */
	case 295:	/* preadv */
	case 327:	/* preadv2 */
		return READ;
	case 1:		/* write */
	case 18:	/* pwrite64 */
	case 20:	/* writev */
	case 296:	/* pwritev */
	case 328:	/* pwritev2 */
		return WRITE;
#else
	case 63:	/* read */
	case 65:	/* readv */
	case 67:	/* pread64 */
	case 69:	/* preadv */
	case 286:	/* preadv2 */
		return READ;
	case 64:	/* write */
	case 66:	/* writev */
	case 68:	/* pwrite64 */
	case 70:	/* pwritev */
	case 287:	/* pwritev2 */
		return WRITE;
#endif
	default:
		return NEITHER;
	}
}

static __always_inline long call_of(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return regs->orig_ax;
#else
	return regs->syscallno;
#endif
}

/* Of a 32-bit program, whose calls have other numbers. */
static __always_inline bool is_compat(void)
{
	struct task_struct___files *task = (void *)bpf_get_current_task();

#if defined(__TARGET_ARCH_x86)
	return BPF_CORE_READ(task, thread_info.status) & 2;	/* TS_COMPAT */
#else
	return BPF_CORE_READ(task, thread_info.flags) & 1 << 22;	/* TIF_32BIT */
#endif
}

#endif
