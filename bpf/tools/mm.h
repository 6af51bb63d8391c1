/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The arguments of the task that runs, where its program keeps them. */
#ifndef BPFGAUGE_TOOLS_MM_H
#define BPFGAUGE_TOOLS_MM_H

#include "kernel.h"
#include "arguments.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct mm_struct {
	unsigned long arg_start;
	unsigned long arg_end;
};

struct task_struct___mm {
	struct mm_struct *mm;
};

#pragma clang attribute pop

/* So many bytes of arguments as there is room for; in a way that the verifier follows. */
static __always_inline __u64 fitting(__u64 bytes)
{
	asm volatile("if %0 <= %1 goto +1\n\t%0 = %1" : "+r"(bytes) : "i"(ARGUMENTS_BYTES));
	return bytes;
}

/* Bytes of a row whose last part is its arguments. */
#define ROW_BYTES(row) (sizeof(*(row)) - ARGUMENTS_BYTES + fitting((row)->arguments.bytes))

static __always_inline void no_arguments(struct arguments *arguments)
{
	arguments->bytes = 0;
	arguments->more = 0;
	arguments->unreadable = 0;
	arguments->zero = 0;
}

/* Those of a kernel thread are none. */
static __always_inline void own_arguments(struct arguments *arguments)
{
	struct mm_struct *mm = BPF_CORE_READ((struct task_struct___mm *)bpf_get_current_task(), mm);
	unsigned long start, all;

	no_arguments(arguments);
	if (!mm)
		return;
	start = BPF_CORE_READ(mm, arg_start);
	all = BPF_CORE_READ(mm, arg_end) - start;
	arguments->bytes = all < ARGUMENTS_BYTES ? all : ARGUMENTS_BYTES;
	arguments->more = all > ARGUMENTS_BYTES;
	if (bpf_probe_read_user(arguments->text, fitting(arguments->bytes), (void *)start)) {
		arguments->bytes = 0;
		arguments->unreadable = 1;
	}
}

#endif
