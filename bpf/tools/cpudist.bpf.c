// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * cpudist: how long tasks stay on a CPU, or off it, as a histogram by log2.
 * Hook: sched_switch by BTF, once a switch. Cost: one clock reading; on a CPU the start is the CPU's own,
 * so there is no map in the way; off it a task's own storage is read and written (before 6.4 a hash map).
 */
#include "hist.h"

const volatile bool off_cpu = false;
const volatile bool idle_too = false;
const volatile bool only_cgroup = false;
const volatile bool each_process = false;
const volatile bool each_thread = false;
const volatile __u32 only_tgid = 0;

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} cgroup SEC(".maps");

/* When a task left its CPU, ns; 0: it is on one. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} left_at SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_THREADS);
	__type(key, __u32);
	__type(value, __u64);
} threads SEC(".maps");

static __always_inline bool wanted(struct task_struct *task)
{
	if (!idle_too && !task->pid)
		return false;
	return !only_tgid || task->tgid == only_tgid;
}

static __always_inline bool in_cgroup(void)
{
	return !only_cgroup || bpf_current_task_under_cgroup(&cgroup, 0) == 1;
}

static __always_inline void add(struct cpu_hist *cpu, struct task_struct *task, __u64 ns)
{
	if (each_process)
		add_to_key(task->tgid, ns, task->comm);
	else if (each_thread)
		add_to_key(task->pid, ns, task->comm);
	else
		add_to_cpu(cpu, ns);
}

/* Where a task's time of leaving is kept; null where there is no room, which is a loss, or, without create, none yet. */
static __always_inline __u64 *left(struct task_struct *task, bool create)
{
	__u32 thread = task->pid;
	__u64 *at, never = 0;
	long error = -E2BIG;

	if (!by_thread) {
		at = bpf_task_storage_get(&left_at, task, 0, create ? BPF_LOCAL_STORAGE_GET_F_CREATE : 0);
	} else {
		at = bpf_map_lookup_elem(&threads, &thread);
		if (!at && create) {
			error = bpf_map_update_elem(&threads, &thread, &never, BPF_NOEXIST);
			at = bpf_map_lookup_elem(&threads, &thread);
		}
	}
	if (!at && create)
		lose(why_none(error, LOST_THREAD));
	return at;
}

static __always_inline void forget(struct task_struct *task)
{
	__u32 thread = task->pid;

	if (by_thread)
		bpf_map_delete_elem(&threads, &thread);
}

static __always_inline void switch_off_cpu(struct cpu_hist *cpu, struct task_struct *prev,
					   struct task_struct *next, __u64 now)
{
	__u64 *at;

	if (state_of(prev) & TASK_DEAD) {
		forget(prev);
	} else if (prev->pid && wanted(prev) && in_cgroup()) {
		at = left(prev, true);
		if (at)
			*at = now;
	}
	if (!next->pid || !wanted(next))
		return;
	at = left(next, false);
	if (at && *at) {
		add(cpu, next, now - *at);
		*at = 0;
	}
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	struct cpu_hist *cpu = this_cpu();
	__u64 now = bpf_ktime_get_ns();

	hold_up();
	if (off_cpu) {
		switch_off_cpu(cpu, prev, next, now);
		return 0;
	}
	if (cpu->since && wanted(prev) && in_cgroup())
		add(cpu, prev, now - cpu->since);
	cpu->since = now;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
