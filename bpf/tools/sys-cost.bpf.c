// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * sys-cost: which system calls take the time: how many, wall time, time on a CPU, errors.
 * Hooks: sys_enter, sys_exit, sched_switch, sched_process_exit by BTF, and an iterator over tasks for calls that go on.
 * A call counts once, when it ends. Not seen: what the vDSO answers, what io_uring does without a call, and time of
 * interrupts, which is in the time on a CPU. Cost: two clock readings, two looks into the task's own storage and one
 * into a hash map for each call, and two looks into tasks' storage for each switch.
 */
#include "calls.h"
#include "tool.h"
#include "iter.h"
#include "thread.h"
#include "sys-cost.h"

#define MOST_COUNTS 16384
#define NUMBERS 1024	/* no kernel has as many calls; a program may give any number */
#define X32 0x40000000	/* set in numbers of x32 programs */
#define MOST_ERROR 4095
#define LONGEST_BITS 48

const volatile bool each_process = false;
const volatile __u32 only_tgid = 0;

/* The interval that goes on, from 1; Java begins the next one. */
__u32 interval = 1;

/* When counting began, ns; 0: not all programs are attached yet. */
__u64 begun;

/* A thread's call. */
struct call {
	__u64 since;		/* ns; 0: it is in none */
	__u64 on_cpu_since;	/* ns; 0: it is on none */
	__u64 cpu_ns;		/* before that */
	__s32 number;
	__u32 compat;
	__u32 known;		/* this thread was seen before */
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct call);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_COUNTS);
	__type(key, struct call_key);
	__type(value, struct call_count);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_COUNTS);
	__type(key, struct error_key);
	__type(value, __u64);
} errors SEC(".maps");

/* Calls that were going on, added up over all times that the iterator ran. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_COUNTS);
	__type(key, struct call_key);
	__type(value, __u64);
} unended SEC(".maps");

/* When a CPU last changed its task, ns. */
struct {
	__u64 at;
	__u64 pad[7];
} switched[CPUS];

static const struct call_count none;
static const __u64 zero;

/* An element that is a CPU's own needs no lock. */
#define ADD(place, n)						\
	do {							\
		if (each_process)				\
			__sync_fetch_and_add(place, n);		\
		else						\
			*(place) += n;				\
	} while (0)

static __always_inline bool wanted(struct task_struct *task)
{
	return task->pid && !(task->flags & PF_KTHREAD) && (!only_tgid || task->tgid == only_tgid);
}

static __always_inline __s32 bounded(long number)
{
	return (number & ~X32) >= 0 && (number & ~X32) < NUMBERS ? number : -1;
}

static __always_inline void keep_longest(__u64 *place, __u64 ns, __u32 now)
{
	const __u64 most = (1ull << LONGEST_BITS) - 1;
	__u64 own = (__u64)now << LONGEST_BITS | (ns < most ? ns : most), old;

	for (int turn = 0; turn < 8; turn++) {
		old = *(volatile __u64 *)place;
		if (old >> LONGEST_BITS == own >> LONGEST_BITS && old >= own)
			return;
		if (__sync_val_compare_and_swap(place, old, own) == old)
			return;
	}
}

static __always_inline void count_error(const struct call_key *call, __u32 number)
{
	struct error_key key = { .call = *call, .error = number };
	__u64 *count = bpf_map_lookup_elem(&errors, &key);
	long error;

	if (!count) {
		error = bpf_map_update_elem(&errors, &key, &zero, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&errors, &key);
		if (!count) {
			lose(why_none(error, LOST_COUNT));
			return;
		}
	}
	ADD(count, 1);
}

static __always_inline void count(struct task_struct *task, struct call *call, long result, __u64 now)
{
	struct call_key key = { .number = call->number, .compat = call->compat };
	__u64 ns = now - call->since, cpu_ns = call->cpu_ns;
	struct task_struct *leader = leader_of(task);
	struct call_count *count;
	__u32 ending = interval;
	long error;

	if (call->on_cpu_since)
		cpu_ns += now - call->on_cpu_since;
	if (each_process)
		key.tgid = task->tgid;
	else
		key.cpu = bpf_get_smp_processor_id();
	count = bpf_map_lookup_elem(&counts, &key);
	if (!count) {
		error = bpf_map_update_elem(&counts, &key, &none, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&counts, &key);
		if (!count) {
			lose(why_none(error, LOST_COUNT));
			return;
		}
		if (each_process)
			count->own_number = own_number(leader);
	}
	if (each_process)	/* another program may be in its place */
		__builtin_memcpy(count->comm, leader->comm, sizeof(count->comm));
	ADD(&count->count, 1);
	ADD(&count->wall_ns, ns);
	ADD(&count->cpu_ns, cpu_ns);
	keep_longest(&count->longest[ending & 1], ns, ending);
	if (result < 0 && result >= -MOST_ERROR) {
		ADD(&count->errors, 1);
		count_error(&key, -result);
	}
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	__u64 now = bpf_ktime_get_ns();
	struct call *call;

	switched[bpf_get_smp_processor_id() & CPU_MASK].at = now;
	if (wanted(prev)) {
		call = bpf_task_storage_get(&calls, prev, 0, 0);
		if (call && call->since && call->on_cpu_since) {
			call->cpu_ns += now - call->on_cpu_since;
			call->on_cpu_since = 0;
		}
	}
	if (wanted(next)) {
		call = bpf_task_storage_get(&calls, next, 0, 0);
		if (call && call->since)
			call->on_cpu_since = now;
	}
	return 0;
}

/* Of exit(2) and exit_group(2), which nothing follows. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_process_exit, struct task_struct *ended)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct call *call;

	if (!begun || !wanted(task))
		return 0;
	call = bpf_task_storage_get(&calls, task, 0, 0);
	if (!call || !call->since)
		return 0;
	count(task, call, 0, bpf_ktime_get_ns());
	call->since = 0;
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_exit, struct pt_regs *regs, long result)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 now, before;
	struct call *call;

	if (!begun || !wanted(task))
		return 0;
	call = bpf_task_storage_get(&calls, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!call) {
		lose(LOST_THREAD);
		return 0;
	}
	now = bpf_ktime_get_ns();
	if (!call->since) {
		call->number = bounded(call_of(regs));
		call->compat = in_compat_call(task);
		call->cpu_ns = 0;
		call->since = call->on_cpu_since = now;	/* seccomp(2) refused it before it began */
		if (!call->known) {
			call->known = 1;
			if (start_of(task) >= begun) {	/* a new thread returns from the call that made it */
				call->since = 0;
				return 0;
			}
			/* It was under way when counting began. */
			before = switched[bpf_get_smp_processor_id() & CPU_MASK].at;
			call->since = begun;
			call->on_cpu_since = before > begun ? before : begun;
		}
	}
	count(task, call, result, now);
	call->since = 0;
	return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_enter, struct pt_regs *regs, long number)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct call *call;

	if (!begun || !wanted(task))
		return 0;
	call = bpf_task_storage_get(&calls, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!call) {
		lose(LOST_THREAD);
		return 0;
	}
	hold_up();
	call->number = bounded(number);
	call->compat = in_compat_call(task);
	call->known = 1;
	call->cpu_ns = 0;
	call->since = call->on_cpu_since = bpf_ktime_get_ns();
	return 0;
}

/* The calls that go on; of threads that made none yet while it counts, by what they left on their way into the kernel. */
SEC("iter/task")
int on_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct call_key key = {};
	struct pt_regs *regs;
	struct call *call;
	__u64 *count;
	long error;

	if (!task || !wanted(task))
		return 0;
	call = bpf_task_storage_get(&calls, task, 0, 0);
	if (call && call->known) {
		if (!call->since)
			return 0;
		key.number = call->number;
		key.compat = call->compat;
	} else {
		if (state_of(task) == TASK_RUNNING)	/* they change, then */
			return 0;
		regs = (struct pt_regs *)bpf_task_pt_regs(task);
		key.number = bounded(call_of(regs));
		key.compat = in_compat_call(task);
		if (key.number < 0)
			return 0;
	}
	if (each_process)
		key.tgid = task->tgid;
	count = bpf_map_lookup_elem(&unended, &key);
	if (!count) {
		error = bpf_map_update_elem(&unended, &key, &zero, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&unended, &key);
		if (!count) {
			lose(why_none(error, LOST_COUNT));
			return 0;
		}
	}
	*count += 1;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
