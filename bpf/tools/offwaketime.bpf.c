// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * offwaketime: how long tasks are off the CPU, by their own stack and by that of whoever woke them.
 * Hooks: sched_switch and sched_waking by BTF, each once a wait. Cost: a walk over the stacks of both sides, which is
 * most of it; the task's own storage (before 6.4 a hash map); a lookup in a hash map when the wait is over.
 */
#include "stacks.h"
#include "iter.h"
#include "offwaketime.h"

#define MOST_PAIRS 65536
#define PF_KTHREAD 0x00200000

const volatile bool kernel_stacks = true;
const volatile bool user_stacks = true;
const volatile bool only_user_threads = false;
const volatile bool only_kernel_threads = false;
const volatile __u32 only_tgid = 0;
const volatile __u32 only_tid = 0;
const volatile __s64 only_state = -1;
const volatile __u64 shortest_ns = 1000;
const volatile __u64 longest_ns = ~0ull;

/* Waits that are counted with all their stacks; each CPU's own. */
struct {
	__u64 counted;
	__u64 pad[7];
} waits[CPUS];

/* A wait that is not over. */
struct wait {
	__u64 since;	/* ns; 0: it is on a CPU */
	struct pair pair;
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct wait);
} waiting SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_THREADS);
	__type(key, __u32);
	__type(value, struct wait);
} threads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_PAIRS);
	__type(key, struct pair);
	__type(value, struct waited);
} pairs SEC(".maps");

static const struct waited not_yet;
static const struct wait no_wait;

static __always_inline bool wanted(struct task_struct *task)
{
	if (!task->pid || (only_tgid && task->tgid != only_tgid) || (only_tid && task->pid != only_tid))
		return false;
	if (only_user_threads && task->flags & PF_KTHREAD)
		return false;
	return !only_kernel_threads || task->flags & PF_KTHREAD;
}

static __always_inline void need(__u64 name)
{
	struct stack *stack = name < FIRST_STACK ? 0 : bpf_map_lookup_elem(&stacks, &name);

	if (stack)
		stack->needed_in = interval;
}

/* Where a task's wait is kept; null where there is no room, which is a loss, or, without create, none yet. */
static __always_inline struct wait *wait_of(struct task_struct *task, bool create)
{
	__u32 thread = task->pid;
	long error = -E2BIG;
	struct wait *wait;

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

static __always_inline __u64 kernel_stack(void *ctx)
{
	return kernel_stacks ? stack_here(ctx, 0) : NO_STACK;
}

static __always_inline __u64 user_stack(void *ctx, struct task_struct *task)
{
	return user_stacks && !(task->flags & PF_KTHREAD) ? stack_here(ctx, BPF_F_USER_STACK) : NO_STACK;
}

SEC("tp_btf/sched_waking")
int BPF_PROG(on_waking, struct task_struct *task)
{
	struct task_struct *waker = bpf_get_current_task_btf();
	struct wait *wait;

	/* A task that wakes itself does not leave its CPU; and interrupts are on then. */
	if (!wanted(task) || task == waker)
		return 0;
	/* Also of a task that is still on its way off the CPU: leave() keeps it. */
	wait = wait_of(task, false);
	if (!wait)
		return 0;
	wait->pair.waker_tid = waker->pid;
	wait->pair.waker_tgid = waker->tgid;
	wait->pair.waker_kernel = kernel_stack(ctx);
	wait->pair.waker_user = user_stack(ctx, waker);
	bpf_get_current_comm(wait->pair.waker_comm, sizeof(wait->pair.waker_comm));
	return 0;
}

static __always_inline void nobody(struct pair *pair)
{
	pair->waker_tid = 0;
	pair->waker_tgid = 0;
	pair->waker_kernel = NO_STACK;
	pair->waker_user = NO_STACK;
	__builtin_memset(pair->waker_comm, 0, sizeof(pair->waker_comm));
}

static __always_inline bool has(const struct pair *pair, __u64 stack)
{
	return pair->target_kernel == stack || pair->target_user == stack || pair->waker_kernel == stack ||
	       pair->waker_user == stack;
}

static __always_inline void leave(void *ctx, struct task_struct *task, __u64 now)
{
	struct wait *wait;

	if (only_state >= 0 && state_of(task) != only_state)
		return;
	wait = wait_of(task, true);
	if (!wait)
		return;
	/* A wake-up of an earlier moment, or none: who sleeps is woken by somebody, and that one overwrites it. */
	if (!wait->pair.target_tid || state_of(task) == TASK_RUNNING)
		nobody(&wait->pair);
	wait->pair.target_tid = task->pid;
	wait->pair.target_tgid = task->tgid;
	wait->pair.target_kernel = kernel_stack(ctx);
	wait->pair.target_user = user_stack(ctx, task);
	bpf_get_current_comm(wait->pair.target_comm, sizeof(wait->pair.target_comm));
	wait->since = now;
}

static __always_inline void come(struct task_struct *task, __u64 now)
{
	struct wait *wait = wait_of(task, false);
	struct waited *waited;
	long error = 0;
	__u64 ns;

	if (!wait || !wait->since)
		return;
	ns = now - wait->since;
	wait->since = 0;
	if (ns < shortest_ns || ns > longest_ns)
		return;
	waited = bpf_map_lookup_elem(&pairs, &wait->pair);
	if (!waited) {
		error = bpf_map_update_elem(&pairs, &wait->pair, &not_yet, BPF_NOEXIST);
		waited = bpf_map_lookup_elem(&pairs, &wait->pair);
	}
	if (!waited) {
		lose(why_none(error, LOST_PAIR));
		return;
	}
	__sync_fetch_and_add(&waited->ns, ns);
	__sync_fetch_and_add(&waited->times, 1);
	if (has(&wait->pair, FULL_STACK))
		lose(LOST_STACK);
	else if (has(&wait->pair, LOCKED_STACK))
		lose(LOST_LOCK);
	else
		waits[bpf_get_smp_processor_id() & CPU_MASK].counted++;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	__u64 now = bpf_ktime_get_ns();

	hold_up();
	if (state_of(prev) & TASK_DEAD)
		forget(prev);
	else if (wanted(prev))
		leave(ctx, prev, now);
	if (wanted(next))
		come(next, now);
	return 0;
}

/* The stacks of waits that are not over are still needed: run before the reader takes out the others. */
SEC("iter/task")
int on_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct wait *wait = task ? wait_of(task, false) : 0;

	if (!wait || !wait->since)
		return 0;
	need(wait->pair.target_kernel);
	need(wait->pair.target_user);
	need(wait->pair.waker_kernel);
	need(wait->pair.waker_user);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
