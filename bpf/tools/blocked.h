/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which tasks are blocked, so that they count to the load. */
#ifndef BPFGAUGE_TOOLS_BLOCKED_H
#define BPFGAUGE_TOOLS_BLOCKED_H

#include "kernel.h"

#define TASK_UNINTERRUPTIBLE 2
#define TASK_NOLOAD 0x400
#define TASK_FROZEN 0x8000	/* since commit f5d39b020809 (6.1) */
#define PF_FROZEN 0x10000	/* before it */

/* Whether frozen tasks are known by a flag. */
const volatile bool frozen_is_a_flag = false;

/* As the scheduler counts it when a task leaves its CPU (task_contributes_to_load). */
static __always_inline bool is_blocked(struct task_struct *task, long state)
{
	if (!(state & TASK_UNINTERRUPTIBLE) || state & TASK_NOLOAD)
		return false;
	return frozen_is_a_flag ? !(task->flags & PF_FROZEN) : !(state & TASK_FROZEN);
}

#endif
