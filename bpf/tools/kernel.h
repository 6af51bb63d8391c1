/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's types as far as the tools read them: fields are found by name in the running kernel's
 * own BTF (CO-RE), so neither order nor offsets matter here. A type ending in ___ and a word is an
 * earlier or later shape of the same one.
 */
#ifndef BPFGAUGE_TOOLS_KERNEL_H
#define BPFGAUGE_TOOLS_KERNEL_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

#define COMM_BYTES 16
#define TASK_RUNNING 0
#define TASK_DEAD 0x80	/* at a task's last switch; the same since 4.14 */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct task_struct {
	int pid;
	int tgid;
	unsigned int flags;
	unsigned int __state;
	char comm[COMM_BYTES];
};

struct task_struct___before_5_14 {
	long state;
};

#pragma clang attribute pop

/* What a task waits for; 0: nothing, it could run. Renamed by commit 2f064a59a11f (5.14). */
static __always_inline long state_of(struct task_struct *task)
{
	struct task_struct___before_5_14 *old = (void *)task;

	if (bpf_core_field_exists(task->__state))
		return task->__state;
	return BPF_CORE_READ(old, state);
}

#endif
