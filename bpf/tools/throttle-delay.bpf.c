// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * throttle-delay: who waited because the CPU quota of its control group, or of one above, was used up, and how long.
 * Hooks: sched_switch, sched_wakeup, sched_wakeup_new, sched_migrate_task by BTF. There is none where the kernel
 * throttles a group, but it keeps for each group and CPU how long it has been throttled: read when a wait begins, and
 * when it ends or the thread moves to another CPU. Not seen: who is throttled there once more before it ran; waits that
 * go on, until they end. Kernels that have no clock of such
 * times (6.1) keep them by one that runs slower on a CPU below its full speed. Cost: for threads without a quota two
 * loads a level of groups for each switch and wake-up; for others a look into the task's own storage as well (before
 * 6.4 a hash map), and a lookup in a hash map where it was throttled.
 */
#include "tool.h"
#include "thread.h"
#include "longest.h"
#include "throttle-delay.h"

#define MOST_USES 16384
#define MOST_LEVELS 16	/* of control groups; who is deeper may have a quota */
#define NO_QUOTA (~0ull)

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kernfs_node {
	const char *name;
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct cfs_bandwidth {
	__u64 quota;	/* its own: in 6.1 hierarchical_quota is that of no group of version 2 */
};

struct task_group {
	struct cgroup_subsys_state css;
	struct cfs_bandwidth cfs_bandwidth;
	struct task_group *parent;
};

struct rq {
	__u64 clock;	/* ns */
};

/* A group's queue of a CPU: in 6.12. */
struct cfs_rq {
	struct rq *rq;
	struct task_group *tg;
	__u64 throttled_clock_self;	/* since when it, or one above, is stopped; 0: it is not */
	__u64 throttled_clock_self_time;
};

/* In 6.1. */
struct cfs_rq___by_pelt {
	int throttle_count;
	__u64 throttled_clock_pelt;
	__u64 throttled_clock_pelt_time;
};

struct rq___by_pelt {
	__u64 clock_pelt;
	unsigned long lost_idle_time;
};

/* Before it. */
struct cfs_rq___by_task {
	int throttle_count;
	__u64 throttled_clock_task;
	__u64 throttled_clock_task_time;
};

struct rq___by_task {
	__u64 clock_task;
};

struct sched_entity {
	struct cfs_rq *cfs_rq;
};

struct task_struct___queued {
	struct sched_entity se;
	unsigned int on_cpu;	/* a byte in 7.2 */
};

#pragma clang attribute pop

const volatile __u32 only_tgid = 0;
const volatile bool each_thread = false;

/* A wait that is not over. */
struct waiting {
	__u64 queue;	/* 0: none, or it is of another CPU by now */
	__u64 stopped_ns;	/* how long that queue had been stopped when the wait began */
	__u64 before_ns;	/* how long it was stopped until the task moved, or in a wait whose end was not seen */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct waiting);
} waiting SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_THREADS);
	__type(key, __u32);
	__type(value, struct waiting);
} threads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_USES);
	__type(key, struct throttle_key);
	__type(value, struct throttle_use);
} uses SEC(".maps");

static const struct throttle_use unused;
static const struct waiting no_wait;

static __always_inline bool has_quota(struct task_group *group)
{
	for (int level = 0; level < MOST_LEVELS; level++) {
		if (!group->parent)
			return false;
		if (group->cfs_bandwidth.quota != NO_QUOTA)
			return true;
		group = group->parent;
	}
	return true;
}

/* The queue of a task whose control group, or one above, has a quota; else null. */
static __always_inline struct cfs_rq *limited(struct task_struct *task)
{
	struct cfs_rq *queue = ((struct task_struct___queued *)task)->se.cfs_rq;

	if (!task->pid || (only_tgid && task->tgid != only_tgid) || !has_quota(queue->tg))
		return 0;
	return queue;
}

/* Null where there is no room, which is a loss, or, without create, none yet. */
static __always_inline struct waiting *wait_of(struct task_struct *task, bool create)
{
	struct waiting *wait;
	__u32 thread = task->pid;
	long error = -E2BIG;

	if (!by_thread) {
		wait = bpf_task_storage_get(&waiting, task, 0, create ? BPF_LOCAL_STORAGE_GET_F_CREATE : 0);
	} else {
		wait = bpf_map_lookup_elem(&threads, &thread);
		if (!wait && create) {
			error = bpf_map_update_elem(&threads, &thread, &no_wait, BPF_NOEXIST);
			wait = bpf_map_lookup_elem(&threads, &thread);
		}
	}
	if (!wait && create)
		lose(why_none(error, LOST_THREAD));
	return wait;
}

static __always_inline void forget(struct task_struct *task)
{
	__u32 thread = task->pid;

	if (by_thread)
		bpf_map_delete_elem(&threads, &thread);
}

static __always_inline __u64 since(__u64 then, __u64 now)
{
	return now > then ? now - then : 0;
}

/* How long a queue has been stopped so far, ns. */
static __always_inline __u64 stopped(struct cfs_rq *queue)
{
	struct cfs_rq___by_pelt *pelt = (void *)queue;
	struct cfs_rq___by_task *task = (void *)queue;
	struct rq___by_pelt *pelt_clock;
	struct rq___by_task *task_clock;

	if (bpf_core_field_exists(queue->throttled_clock_self_time))
		return queue->throttled_clock_self_time +
		       (queue->throttled_clock_self ? since(queue->throttled_clock_self, queue->rq->clock) : 0);
	if (bpf_core_field_exists(pelt->throttled_clock_pelt_time)) {
		pelt_clock = (void *)queue->rq;
		return pelt->throttled_clock_pelt_time +
		       (pelt->throttle_count ? since(pelt->throttled_clock_pelt,
						     pelt_clock->clock_pelt - pelt_clock->lost_idle_time) :
					       0);
	}
	task_clock = (void *)queue->rq;
	return task->throttled_clock_task_time +
	       (task->throttle_count ? since(task->throttled_clock_task, task_clock->clock_task) : 0);
}

/* How long a queue was stopped since a wait began there, which goes on no longer. */
static __always_inline __u64 leave_queue(struct waiting *wait, struct cfs_rq *queue)
{
	__u64 ns = wait->queue == (__u64)queue ? since(wait->stopped_ns, stopped(queue)) : 0;

	wait->queue = 0;
	return ns;
}

static __always_inline void begin(struct task_struct *task, bool again)
{
	struct cfs_rq *queue = limited(task);
	struct waiting *wait;

	if (!queue)
		return;
	wait = wait_of(task, true);
	if (!wait || (wait->queue && !again))
		return;
	wait->before_ns += leave_queue(wait, queue);
	wait->queue = (__u64)queue;
	wait->stopped_ns = stopped(queue);
}

/* It waits there no longer, but has not come yet; or that it came was not seen. */
static __always_inline void leave(struct task_struct *task)
{
	struct cfs_rq *queue = limited(task);
	struct waiting *wait = queue ? wait_of(task, false) : 0;

	if (wait && wait->queue)
		wait->before_ns += leave_queue(wait, queue);
}

static __always_inline struct throttle_use *use_of(struct task_struct *task, struct cfs_rq *queue)
{
	struct kernfs_node *group = queue->tg->css.cgroup->kn;
	struct throttle_key key = { .group = group->id, .number = each_thread ? task->pid : task->tgid };
	struct task_struct *leader = leader_of(task), *named = each_thread ? task : leader;
	struct throttle_use *use = bpf_map_lookup_elem(&uses, &key);
	long error;

	if (!use) {
		error = bpf_map_update_elem(&uses, &key, &unused, BPF_NOEXIST);
		use = bpf_map_lookup_elem(&uses, &key);
		if (!use) {
			lose(why_none(error, LOST_COUNT));
			return 0;
		}
		bpf_probe_read_kernel_str(use->group_name, sizeof(use->group_name), group->name);
	}
	if (use->started != start_of(named)) {
		use->started = start_of(named);
		use->tgid = task->tgid;
		use->inside = own_number(leader);
	}
	__builtin_memcpy(use->comm, named->comm, sizeof(use->comm));	/* exec gives it another */
	return use;
}

static __always_inline void end(struct task_struct *task)
{
	struct cfs_rq *queue = limited(task);
	struct throttle_use *use;
	struct waiting *wait;
	__u64 ns;

	if (!queue)
		return;
	hold_up();
	wait = wait_of(task, false);
	if (!wait)
		return;
	ns = wait->before_ns + leave_queue(wait, queue);
	wait->before_ns = 0;
	if (!ns)
		return;
	use = use_of(task, queue);
	if (!use)
		return;
	__sync_fetch_and_add(&use->waits, 1);
	__sync_fetch_and_add(&use->wait_ns, ns);
	keep_longest(use->longest, ns);
}

/* A task that was preempted on its way to sleep waits already: its wake-up is no beginning. */
static __always_inline int woken(struct task_struct *task)
{
	if (!((struct task_struct___queued *)task)->on_cpu)
		begin(task, false);
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(on_wakeup, struct task_struct *task)
{
	return woken(task);
}

SEC("tp_btf/sched_wakeup_new")
int BPF_PROG(on_wakeup_new, struct task_struct *task)
{
	return woken(task);
}

/* Before it moves: it is on the queue that it leaves. */
SEC("tp_btf/sched_migrate_task")
int BPF_PROG(on_migrate, struct task_struct *task)
{
	leave(task);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	if (state_of(prev) & TASK_DEAD)
		forget(prev);
	else if (preempt || state_of(prev) == TASK_RUNNING)
		begin(prev, true);
	else
		leave(prev);
	end(next);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
