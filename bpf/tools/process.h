/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose an event is: the process by its name and both its numbers, or nobody's, as of interrupts. */
#ifndef BPFGAUGE_TOOLS_PROCESS_H
#define BPFGAUGE_TOOLS_PROCESS_H

#include "tool.h"

/* Bits of the preemption counter (include/linux/preempt.h). */
#define SERVING_SOFT 0x100
#define IN_HARD_OR_NMI 0xff0000

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct upid {
	int nr;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct thread_info___arm64 {
	__u64 preempt_count;
};

struct task_struct___process {
	struct task_struct___process *group_leader;
	struct pid *thread_pid;
	char comm[COMM_BYTES];
	__u64 self_exec_id;		/* how often it called exec, after its parents */
	int softirq_disable_cnt;	/* with CONFIG_PREEMPT_RT only */
	struct thread_info___arm64 thread_info;
};

#if defined(__TARGET_ARCH_x86)
struct pcpu_hot {
	int preempt_count;
};
#endif

#pragma clang attribute pop

#if defined(__TARGET_ARCH_x86)
/* In pcpu_hot by commit 64701838bf05 (6.2), a variable of its own again by commit 46e8fff6d45f (6.15). */
extern const int __preempt_count __ksym __weak;
extern const struct pcpu_hot pcpu_hot __ksym __weak;
#endif

static __always_inline struct task_struct___process *this_task(void)
{
	return (void *)bpf_get_current_task_btf();
}

static __always_inline __u32 preempt_count(struct task_struct___process *task)
{
#if defined(__TARGET_ARCH_x86)
	const struct pcpu_hot *hot;
	const int *own;

	/* By type, which the verifier knows: one that asks whether there is the variable looks at both ways (6.1). */
	if (bpf_core_type_exists(struct pcpu_hot)) {
		hot = bpf_this_cpu_ptr(&pcpu_hot);
		return hot->preempt_count;
	}
	own = bpf_this_cpu_ptr(&__preempt_count);
	return *own;
#else
	return task->thread_info.preempt_count;
#endif
}

/*
 * What each CPU serves, where the preemption counter has no address: a kernel without CONFIG_KALLSYMS_ALL. The timer and
 * calls from other CPUs are not among these hard interrupts.
 */
struct {
	__u32 soft;
	__u32 hard;
	__u64 pad[7];
} served[CPUS];

#define SERVED served[bpf_get_smp_processor_id() & CPU_MASK]

/*
 * Whether an interrupt, hard or soft, is served here: then the current process is only whom it came into. tracked: by
 * the programs below, a constant; each program that asks is there in both ways, as the kernel looks at all of it.
 */
static __always_inline bool is_interrupt(struct task_struct___process *task, const bool tracked)
{
	__u32 count;

	if (tracked)
		return SERVED.soft || SERVED.hard;
	count = preempt_count(task);
	if (bpf_core_field_exists(task->softirq_disable_cnt))
		count |= task->softirq_disable_cnt & SERVING_SOFT;
	return count & (SERVING_SOFT | IN_HARD_OR_NMI);
}

SEC("?tp_btf/softirq_entry")
int on_soft_entry(void *ctx)
{
	SERVED.soft = 1;
	return 0;
}

SEC("?tp_btf/softirq_exit")
int on_soft_exit(void *ctx)
{
	SERVED.soft = 0;
	return 0;
}

SEC("?tp_btf/irq_handler_entry")
int on_hard_entry(void *ctx)
{
	SERVED.hard = 1;
	return 0;
}

SEC("?tp_btf/irq_handler_exit")
int on_hard_exit(void *ctx)
{
	SERVED.hard = 0;
	return 0;
}

/* A process's number in its own PID namespace; of a process that is in the machine's, the same as tgid. */
static __always_inline __u32 number_inside(struct task_struct___process *task)
{
	struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	int number = 0;

	bpf_probe_read_kernel(&number, sizeof(number),
			      (void *)pid + bpf_core_field_offset(pid->numbers) +
				      level * bpf_core_type_size(struct upid));
	return number;
}

/* Changes with exec, which gives a process another name. */
static __always_inline __u32 execs_of(struct task_struct___process *task)
{
	return task->group_leader->self_exec_id;
}

/* A process's name is that of its first thread; 16 bytes. */
static __always_inline void name_process(struct task_struct___process *task, char *comm)
{
	bpf_probe_read_kernel(comm, COMM_BYTES, task->group_leader->comm);
}

#endif
