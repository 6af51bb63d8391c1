/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a program of an iterator over tasks (SEC("iter/task")) is given. */
#ifndef BPFGAUGE_TOOLS_ITER_H
#define BPFGAUGE_TOOLS_ITER_H

#include "kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;	/* null once, at the end */
};

#pragma clang attribute pop

#endif
