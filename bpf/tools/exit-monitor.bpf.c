// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * exit-monitor: a row for each process that ended, or each thread: how, how long it lived, what CPU time it used.
 * Hooks: sched_process_exit by BTF says who and how; the CPU time is whole only when the task has left its CPU, which is
 * seen by fentry where the kernel gives its stack back (put_task_stack), else at the switch (sched_switch by BTF).
 * Not seen: what made a process end itself.
 * Cost: two to three runs and a record of 500 bytes for each process; by sched_switch one more for each switch.
 */
#include "tool.h"
#include "task.h"
#include "exit-monitor.h"

/* Keeps the struct in the type information, which a test holds Java's against. */
const struct exit_row *row_type __attribute__((unused));

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

struct sched_entity {
	__u64 sum_exec_runtime;
};

struct signal_struct {
	atomic_t live;
	int nr_threads;
	int group_exit_code;
	unsigned int flags;
	unsigned long long sum_sched_runtime;
};

struct task_struct___exit {
	int pid;
	int tgid;
	int exit_code;
	__u8 on_cpu;	/* of an int of that, before 7.2 */
	__u64 start_time;
	struct sched_entity se;
	struct signal_struct *signal;
	struct task_struct___exit *group_leader;
};

#pragma clang attribute pop

#define SIGNAL_GROUP_EXIT 4

const volatile bool only_failed = false;
const volatile bool threads = false;
const volatile bool only_user = false;
const volatile __u32 user = 0;
const volatile __u32 under = 0;	/* a process: it and what comes of it; 0 for all */

#define ROWS_BYTES (1 << 22)
#define MOST_ENDING 4096

/* Rows that were written, for each CPU. */
__u64 written[CPUS * 8];

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, ROWS_BYTES);
} rows SEC(".maps");

/* Rows while they are made: of tasks that end and are not off their CPU yet, by the task. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_ENDING);
	__type(key, __u64);
	__type(value, struct exit_row);
} ending SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exit_row);
} drafts SEC(".maps");

/*
 * Processes whose last threads end side by side, each of which may find that none is left: the first one is the process's.
 * Before 6.16 the tracepoint does not say which thread was the last.
 */
struct group {
	__u64 start_time;
	__u32 tgid;
	__u32 zero;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MOST_ENDING);
	__type(key, struct group);
	__type(value, __u32);
} groups SEC(".maps");

/* What wait(2) says of the process (kernel/exit.c: wait_task_zombie). */
static __always_inline int status_of_process(struct task_struct___exit *task)
{
	if (BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT)
		return BPF_CORE_READ(task, signal, group_exit_code);
	return BPF_CORE_READ(task, group_leader, exit_code);
}

/* CPU time of a process's other threads: those that are gone, and its first one. */
static __always_inline __u64 cpu_of_others(struct task_struct___exit *task)
{
	struct task_struct___exit *leader = BPF_CORE_READ(task, group_leader);
	__u64 ns = BPF_CORE_READ(task, signal, sum_sched_runtime);

	return leader == task ? ns : ns + BPF_CORE_READ(leader, se.sum_exec_runtime);
}

/* Whether the process's row was not begun by another thread. */
static __always_inline bool is_first(struct task_struct___exit *task)
{
	struct group group = {
		.start_time = BPF_CORE_READ(task, group_leader, start_time),
		.tgid = BPF_CORE_READ(task, tgid),
	};
	__u32 one = 1;

	return BPF_CORE_READ(task, signal, nr_threads) < 2 || !bpf_map_update_elem(&groups, &group, &one, BPF_NOEXIST);
}

static __always_inline void begin(struct task_struct___exit *task)
{
	__u64 key = (__u64)task;
	__u32 place = 0;
	struct exit_row *row = bpf_map_lookup_elem(&drafts, &place);
	int status = threads ? BPF_CORE_READ(task, exit_code) : status_of_process(task);
	long error;

	if (!row || (only_failed && !status))
		return;
	row->when = 0;
	row->who.zero = 0;
	if (!identify(&row->who, (void *)task, under) || (only_user && row->who.uid != user))
		return;
	row->status = status;
	row->tid = BPF_CORE_READ(task, pid);
	row->lived = threads ? BPF_CORE_READ(task, start_time) : BPF_CORE_READ(task, group_leader, start_time);
	row->cpu = threads ? 0 : cpu_of_others(task);
	bpf_probe_read_kernel(row->comm, sizeof(row->comm),
			      threads ? ((struct task_struct *)task)->comm :
					((struct task_struct *)BPF_CORE_READ(task, group_leader))->comm);
	hold_up();
	error = bpf_map_update_elem(&ending, &key, row, BPF_ANY);
	if (error)
		lose(why_none(error, LOST_THREAD));
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit_told, struct task_struct *task, bool group_dead)
{
	if (threads || group_dead)
		begin((void *)task);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct task_struct___exit *ending_task = (void *)task;

	if (threads || (!BPF_CORE_READ(ending_task, signal, live.counter) && is_first(ending_task)))
		begin(ending_task);
	return 0;
}

/* The reader comes by by itself, so it is woken only where the buffer fills: a wake-up costs thousands of ns. */
static __always_inline __u64 wake(void)
{
	return bpf_ringbuf_query(&rows, BPF_RB_AVAIL_DATA) > ROWS_BYTES / 4 ? BPF_RB_FORCE_WAKEUP :
									     BPF_RB_NO_WAKEUP;
}

/* The task is off its CPU for good. */
static __always_inline void end(struct task_struct___exit *task)
{
	__u64 key = (__u64)task;
	struct exit_row *row = bpf_map_lookup_elem(&ending, &key);

	/* Who looks at its stack may give it back at the same time as the CPU does. */
	if (!row || __sync_val_compare_and_swap(&row->when, 0, bpf_ktime_get_ns()))
		return;
	row->lived = row->when - row->lived;
	row->cpu += BPF_CORE_READ(task, se.sum_exec_runtime);
	if (bpf_ringbuf_output(&rows, row, sizeof(*row), wake()))
		lose(LOST_ROW);
	else
		written[(bpf_get_smp_processor_id() & CPU_MASK) * 8]++;
	bpf_map_delete_elem(&ending, &key);
}

SEC("fentry/put_task_stack")
int BPF_PROG(on_let_go, struct task_struct *task)
{
	struct task_struct___exit *ended = (void *)task;

	/* Preemption is off in a switch, so no other run of this program comes in between and is left out. */
	if (state_of(task) == TASK_DEAD && !BPF_CORE_READ(ended, on_cpu))
		end(ended);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev)
{
	if (state_of(prev) == TASK_DEAD)
		end((void *)prev);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
