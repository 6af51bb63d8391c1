// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * run-trace: what the time of a process's threads goes to: running, interrupted, waiting for a CPU, asleep, blocked; and
 * in which system call; with what happened in each call, or between two, that took longer than a threshold.
 * Hooks: sys_enter, sys_exit, sched_switch, sched_wakeup, sched_process_fork, irq_handler_*, softirq_* by BTF, on x86 also
 * the vectors of the local APIC, and once, at its beginning, an iterator over tasks. Not seen: what happens between an
 * interrupt and its handler, which is the thread's, NMIs, and time that a hypervisor takes. Cost: two lookups in hash
 * maps for each of these of a traced thread; of others a comparison.
 */
#include "calls.h"
#include "tool.h"
#include "iter.h"
#include "thread.h"
#include "run-trace.h"

#define MOST_TRACED 4096
#define MOST_TIMES 32768
#define ROWS_BYTES (1 << 20)
#define TASK_UNINTERRUPTIBLE 2
#define NUMBERS 1024
#define X32 0x40000000

const volatile __u32 only_tgid = 0;	/* 0: all processes */
const volatile __u32 only_tid = 0;	/* 0: all threads of those */
const volatile __u64 threshold_ns = 0;	/* 0: none */

/* When tracing began, ns; 0: not all programs are attached yet. */
__u64 begun;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_TRACED);
	__type(key, __u32);
	__type(value, struct run_thread);
} threads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_TIMES);
	__type(key, struct run_key);
	__type(value, struct run_time);
} times SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, ROWS_BYTES);
} rows SEC(".maps");

/* Events of traced threads; each CPU's own. */
struct {
	__u64 counted;
	__u64 pad[7];
} events[CPUS];

struct task_struct___on_cpu {
	unsigned int on_cpu;	/* a byte in 7.2 */
} __attribute__((preserve_access_index));

static const struct run_time no_time;

/* So that its layout is in the object. */
const struct slow_piece *piece_of_rows __attribute__((unused));

/* A thread before it is in the map, too large for the stack; by whom it is made, who may come in between. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct run_thread);
} blanks SEC(".maps");

static __always_inline bool wanted(struct task_struct *task)
{
	return (only_tgid ? task->tgid == only_tgid && (!only_tid || task->pid == only_tid) : task->pid) &&
	       !(task->flags & PF_KTHREAD);
}

static __always_inline struct run_thread *traced(struct task_struct *task)
{
	__u32 tid = task->pid;
	struct run_thread *thread;

	if (!begun || !wanted(task))
		return 0;
	thread = bpf_map_lookup_elem(&threads, &tid);
	return thread && !thread->ended ? thread : 0;
}

static __always_inline void change(struct run_thread *thread)
{
	__sync_fetch_and_add(&thread->changing, 1);
	events[bpf_get_smp_processor_id() & CPU_MASK].counted++;
}

static __always_inline void changed(struct run_thread *thread)
{
	__sync_fetch_and_add(&thread->changes, 1);
}

/*
 * Books the time up to now to what the thread did. An interrupt may come in between and book before: each moment is booked
 * once, by whom moves since over it. Returns now.
 */
static __always_inline __u64 book(struct run_thread *thread, __u32 tid)
{
	struct run_key key = { .tid = tid, .call = thread->call, .compat = thread->compat };
	struct run_time *time = bpf_map_lookup_elem(&times, &key);
	__u64 since, now = 0;
	__u32 state;

	for (int turn = 0; turn < 8; turn++) {
		since = *(volatile __u64 *)&thread->since;
		state = *(volatile __u32 *)&thread->state;
		now = bpf_ktime_get_ns();
		if (now <= since)
			return since;
		if (__sync_val_compare_and_swap(&thread->since, since, now) != since)
			continue;
		if (state >= RUN_STATES)
			return now;
		__sync_fetch_and_add(&thread->total_ns[state], now - since);
		if (time)
			__sync_fetch_and_add(&time->ns[state], now - since);
		return now;
	}
	return now;
}

static __always_inline void note(struct run_thread *thread, enum run_event event, __u32 argument, __u64 now)
{
	__u32 place;

	if (!threshold_ns)
		return;
	place = __sync_fetch_and_add(&thread->events, 1) & (MOST_EVENTS - 1);
	thread->moments[place].at = now;
	thread->moments[place].event = event;
	thread->moments[place].argument = argument;
}

/* In process context: others only look up. */
static __always_inline void make_time(__u32 tid, __s32 call, __u32 compat)
{
	struct run_key key = { .tid = tid, .call = call, .compat = compat };
	struct run_time *time = bpf_map_lookup_elem(&times, &key);
	long error;

	if (!time) {
		error = bpf_map_update_elem(&times, &key, &no_time, BPF_NOEXIST);
		time = bpf_map_lookup_elem(&times, &key);
	}
	if (time)
		__sync_fetch_and_add(&time->begun, 1);
	else
		lose(why_none(error, LOST_COUNT));
}

/* In process context, too. Null where there is no room, which is a loss. */
static __always_inline struct run_thread *make_thread(struct task_struct *task, __u32 state, __s32 call, __u32 compat,
						      __u32 maker)
{
	__u32 tid = task->pid;
	struct run_thread *thread = bpf_map_lookup_elem(&blanks, &maker);
	long error;

	if (!thread)
		return 0;
	thread->since = thread->piece_since = bpf_ktime_get_ns();
	thread->state = state;
	thread->call = call;
	thread->compat = compat;
	thread->tgid = task->tgid;
	thread->own_number = own_number(task);
	__builtin_memcpy(thread->comm, task->comm, sizeof(thread->comm));
	make_time(tid, call, compat);
	error = bpf_map_update_elem(&threads, &tid, thread, maker ? BPF_NOEXIST : BPF_ANY);
	thread = bpf_map_lookup_elem(&threads, &tid);
	if (!thread)
		lose(why_none(error, LOST_THREAD));
	return thread;
}

/* A call or a way back ends: whether it took long. */
static __always_inline void end_piece(struct run_thread *thread, __u32 tid, __u64 now)
{
	struct slow_piece *row;

	if (!threshold_ns || now - thread->piece_since < threshold_ns)
		return;
	note(thread, ENDED, 0, now);
	row = bpf_ringbuf_reserve(&rows, sizeof(*row), 0);
	if (!row) {
		lose(LOST_ROW);
		return;
	}
	row->began = thread->piece_since;
	row->ended = now;
	row->tid = tid;
	row->tgid = thread->tgid;
	row->call = thread->call;
	row->compat = thread->compat;
	row->events = thread->events;
	row->zero = 0;
	__builtin_memcpy(row->comm, thread->comm, sizeof(row->comm));
	bpf_probe_read_kernel(row->moments, sizeof(row->moments), thread->moments);
	bpf_ringbuf_submit(row, 0);
}

static __always_inline void begin_piece(struct task_struct *task, struct run_thread *thread, __u32 tid, __s32 call,
					__u32 compat, __u64 now)
{
	make_time(tid, call, compat);
	__builtin_memcpy(thread->comm, task->comm, sizeof(thread->comm));	/* exec gives it another */
	thread->call = call;
	thread->compat = compat;
	thread->piece_since = now;
	thread->events = 0;
	note(thread, BEGAN, 0, now);
}

static __always_inline __s32 bounded(long number)
{
	return (number & ~X32) >= 0 && (number & ~X32) < NUMBERS ? number : -1;
}

static __always_inline int at_boundary(struct task_struct *task, bool enters, long number)
{
	struct run_thread *thread = traced(task);
	__u32 tid = task->pid;
	__u64 now;

	if (!thread)
		return 0;
	hold_up();
	change(thread);
	now = book(thread, tid);
	/* A new thread comes back from a call that it did not make. */
	if (enters || thread->call != OUTSIDE) {
		end_piece(thread, tid, now);
		begin_piece(task, thread, tid, enters ? bounded(number) : OUTSIDE,
			    enters && in_compat_call(task), now);
	}
	changed(thread);
	return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_enter, struct pt_regs *regs, long number)
{
	return at_boundary(bpf_get_current_task_btf(), true, number);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_exit, struct pt_regs *regs, long result)
{
	return at_boundary(bpf_get_current_task_btf(), false, 0);
}

/* What a task waits for that is on no CPU. */
static __always_inline __u32 waiting_for(long state)
{
	return state == TASK_RUNNING ? RUNNABLE : state & TASK_UNINTERRUPTIBLE ? BLOCKED : SLEEPING;
}

static __always_inline void leave(struct task_struct *prev, bool preempt, struct task_struct *next)
{
	struct run_thread *thread = traced(prev);
	long state = prev->__state;
	__u32 tid = prev->pid, now_is;
	__u64 now;

	if (!thread)
		return;
	now_is = preempt ? RUNNABLE : waiting_for(state);
	change(thread);
	now = book(thread, tid);
	thread->state = now_is;
	thread->soft = 0;
	thread->ended = !!(state & TASK_DEAD);
	note(thread, now_is == RUNNABLE ? LEFT : now_is == BLOCKED ? STUCK : SLEPT, next->pid, now);
	changed(thread);
}

static __always_inline void come(struct task_struct *next)
{
	struct run_thread *thread = traced(next);
	__u64 now;

	if (!thread)
		return;
	change(thread);
	now = book(thread, next->pid);
	thread->state = RUNNING;
	note(thread, CAME, bpf_get_smp_processor_id(), now);
	changed(thread);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	leave(prev, preempt, next);
	come(next);
	return 0;
}

SEC("tp_btf/sched_wakeup")
int BPF_PROG(on_wakeup, struct task_struct *task)
{
	struct run_thread *thread = traced(task);
	__u64 now;

	/* Who has not left its CPU yet goes on. */
	if (!thread || thread->state < SLEEPING)
		return 0;
	change(thread);
	now = book(thread, task->pid);
	thread->state = RUNNABLE;
	note(thread, WOKEN, (__u32)bpf_get_current_pid_tgid(), now);
	changed(thread);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	if (begun && wanted(child))
		make_thread(child, RUNNABLE, OUTSIDE, 0, 0);
	return 0;
}

static __always_inline int interrupted(bool soft, bool begins, __u32 number)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct run_thread *thread = traced(task);
	__u64 now;

	if (!thread || thread->state > SOFT)
		return 0;
	change(thread);
	now = book(thread, task->pid);
	if (soft)
		thread->soft = begins;
	if (begins)
		thread->state = soft ? SOFT : HARD;
	else
		thread->state = thread->soft ? SOFT : RUNNING;
	note(thread, begins ? soft ? SOFT_BEGAN : HARD_BEGAN : SERVED, number, now);
	changed(thread);
	return 0;
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(on_hard_entry, int irq)
{
	return interrupted(false, true, irq);
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(on_hard_exit, int irq)
{
	return interrupted(false, false, irq);
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(on_soft_entry, unsigned int number)
{
	return interrupted(true, true, number);
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(on_soft_exit, unsigned int number)
{
	return interrupted(true, false, number);
}

#define VECTOR(event)								\
SEC("?tp_btf/" #event "_entry")							\
int BPF_PROG(on_##event##_entry, int vector)					\
{										\
	return interrupted(false, true, vector);				\
}										\
										\
SEC("?tp_btf/" #event "_exit")							\
int BPF_PROG(on_##event##_exit, int vector)					\
{										\
	return interrupted(false, false, vector);				\
}

VECTOR(local_timer)
VECTOR(reschedule)
VECTOR(call_function)
VECTOR(call_function_single)
VECTOR(irq_work)

static __always_inline __u32 state_now(struct task_struct *task)
{
	return ((struct task_struct___on_cpu *)task)->on_cpu ? RUNNING : waiting_for(task->__state);
}

/*
 * A thread that is there already: what it does now, and in which call it is, by what it left on its way into the kernel. Of
 * one that is on a CPU, or waits for one, the next event tells.
 */
SEC("iter/task")
int on_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct run_thread *thread;
	struct pt_regs *regs;
	__s32 call = OUTSIDE;
	__u32 state;

	if (!task || !wanted(task) || task->__state & TASK_DEAD)
		return 0;
	state = state_now(task);
	if (state > RUNNABLE) {
		regs = (struct pt_regs *)bpf_task_pt_regs(task);
		call = bounded(call_of(regs));
		if (call < 0)
			call = OUTSIDE;
	}
	thread = make_thread(task, state, call, call != OUTSIDE && in_compat_call(task), 1);
	if (!thread)
		return 0;
	/* What came between the look and the making was seen by nobody. */
	for (int turn = 0; turn < 4; turn++) {
		state = state_now(task);
		if (thread->changing || thread->state == state)
			break;
		thread->state = state;
	}
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
