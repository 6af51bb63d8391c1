// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * load-monitor: how many threads run or wait for a CPU, how many are blocked; and, asked for it, who they are and where.
 * Hooks: none that events pass. on_question is run by a system call of the reader; the iterator over tasks runs in the
 * reader's context, and on_sample once on each CPU, both only for a dump. Cost: one line of each CPU's run queue each
 * time it is asked. Not seen: what is between two questions.
 */
#include "tool.h"
#include "iter.h"
#include "thread.h"
#include "blocked.h"
#include "load-monitor.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct rq {
	unsigned int nr_running;
	int cpu;
	unsigned long nr_uninterruptible;	/* a signed int's bits before commit 36569780b0d6 (6.16) */
};

struct cfs_rq {
	struct rq *rq;
};

struct sched_entity {
	struct cfs_rq *cfs_rq;
};

struct thread_info___cpu {
	__u32 cpu;
};

struct task_struct___load {
	struct thread_info___cpu thread_info;
	struct sched_entity se;
	unsigned int cpu;	/* before commit bcf9033e5449 (5.16) */
	unsigned int on_cpu;	/* a byte in 7.2 */
};

#pragma clang attribute pop

extern const struct rq runqueues __ksym __weak;

struct load_answer answer;

/* Kernels without CONFIG_KALLSYMS_ALL have no address for runqueues: then on_queues finds them. */
__u64 queues[MOST_QUEUES];

SEC("syscall")
int on_queues_question(struct load_question *question)
{
	struct load_answer sum = {};
	__u32 first = question->first_cpu, cpus = question->cpus, running;
	const struct rq *queue;
	long waiting;
	int little;

	for (__u32 i = 0; i < CPUS_AT_ONCE; i++) {
		if (i >= cpus)
			break;
		queue = (const struct rq *)queues[(first + i) & (MOST_QUEUES - 1)];
		if (!queue)
			continue;
		bpf_core_read(&running, sizeof(running), &queue->nr_running);
		sum.running += running;
		if (bpf_core_field_size(queue->nr_uninterruptible) == sizeof(int)) {
			bpf_core_read(&little, sizeof(little), &queue->nr_uninterruptible);
			sum.uninterruptible += little;
		} else {
			bpf_core_read(&waiting, sizeof(waiting), &queue->nr_uninterruptible);
			sum.uninterruptible += waiting;
		}
	}
	answer = sum;
	return 0;
}

/* Each CPU has threads of its own, whose group's run queue knows the CPU's. */
SEC("iter/task")
int on_queues(struct bpf_iter__task *ctx)
{
	struct task_struct___load *task = (void *)ctx->task;
	struct rq *queue;
	__u32 cpu;

	if (!task)
		return 0;
	queue = BPF_CORE_READ(task, se.cfs_rq, rq);
	if (!queue)
		return 0;
	cpu = BPF_CORE_READ(queue, cpu);
	if (cpu < MOST_QUEUES)
		queues[cpu] = (__u64)queue;
	return 0;
}

SEC("syscall")
int on_question(struct load_question *question)
{
	struct load_answer sum = {};
	__u32 first = question->first_cpu, cpus = question->cpus;
	const struct rq *queue;

	for (__u32 i = 0; i < CPUS_AT_ONCE; i++) {
		if (i >= cpus)
			break;
		queue = bpf_per_cpu_ptr(&runqueues, first + i);
		if (!queue)	/* no such CPU is possible */
			break;
		sum.running += queue->nr_running;
		if (bpf_core_field_size(queue->nr_uninterruptible) == sizeof(int))
			sum.uninterruptible += (int)queue->nr_uninterruptible;
		else
			sum.uninterruptible += (long)queue->nr_uninterruptible;
	}
	answer = sum;
	return 0;
}

/* Only one iterator runs at a time, the reader's. */
struct loading_thread found;

static __always_inline __u32 cpu_of(struct task_struct *task)
{
	struct task_struct___load *own = (void *)task;

	return bpf_core_field_exists(own->cpu) ? own->cpu : own->thread_info.cpu;
}

static __always_inline void describe(struct task_struct *task)
{
	found.tid = task->pid;
	found.tgid = task->tgid;
	found.own_number = own_number(task);
	found.cpu = cpu_of(task);
	found.kernel_thread = !!(task->flags & PF_KTHREAD);
	__builtin_memcpy(found.comm, task->comm, sizeof(found.comm));
}

SEC("iter/task")
int on_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	long state, bytes = 0;

	if (!task || task->pid == (__u32)bpf_get_current_pid_tgid())
		return 0;
	state = state_of(task);
	if (state != TASK_RUNNING && !is_blocked(task, state))
		return 0;
	describe(task);
	found.blocked = state != TASK_RUNNING;
	found.on_cpu = ((struct task_struct___load *)task)->on_cpu;
	/* Of a task that runs, its stack of earlier is all that could be had: on_sample has the right one. */
	if (!found.on_cpu)
		bytes = bpf_get_task_stack(task, found.frame, sizeof(found.frame), 0);
	found.frames = bytes > 0 ? bytes / sizeof(found.frame[0]) : 0;
	bpf_seq_write(ctx->meta->seq, &found, sizeof(found));
	return 0;
}

/* The round of samples that goes on, from 1. */
__u32 sampling;

/* What was on each CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_sample);
} samples SEC(".maps");

SEC("perf_event")
int on_sample(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 only = 0;
	struct cpu_sample *sample = bpf_map_lookup_elem(&samples, &only);
	long bytes;

	if (!sample || sample->round == sampling)
		return 0;
	sample->tid = task->pid;
	sample->tgid = task->tgid;
	sample->own_number = own_number(task);
	sample->kernel_thread = !!(task->flags & PF_KTHREAD);
	__builtin_memcpy(sample->comm, task->comm, sizeof(sample->comm));
	bytes = bpf_get_stack(ctx, sample->frame, sizeof(sample->frame), 0);
	sample->frames = bytes > 0 ? bytes / sizeof(sample->frame[0]) : 0;
	bytes = task->flags & PF_KTHREAD ? 0 :
		bpf_get_stack(ctx, sample->user_frame, sizeof(sample->user_frame), BPF_F_USER_STACK);
	sample->user_frames = bytes > 0 ? bytes / sizeof(sample->user_frame[0]) : 0;
	sample->round = sampling;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
