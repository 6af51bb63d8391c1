// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * irq-delay: where timers, and so interrupts, came late: how late, on which CPU, and who ran.
 * Hooks: hrtimer_expire_entry and hrtimer_start by BTF; it has no timer of its own and wakes no CPU. Late is what passed
 * from a timer's hard expiry (slack lies before it), or from when it was started if that was later, until its function
 * begins. Not seen: timers of other clocks than CLOCK_MONOTONIC, which come late when their clock is set; those of the
 * timer wheel, which have no moment; interrupts of devices. Cost: of a timer that expires a clock reading and a lookup in
 * a hash map; of one that is started a clock reading.
 */
#include "longest.h"
#include "stacks.h"
#include "thread.h"
#include "irq-delay.h"

#define CLOCK_MONOTONIC 1
#define MOST_TIMERS 16384
#define ROWS_BYTES (1 << 20)
#define ROW_GAP_NS 1000000
#define OVERDUE_BITS 12

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct hrtimer_clock_base {
	int clockid;
};

struct hrtimer {
	struct {
		__s64 expires;
	} node;
	void *function;
	struct hrtimer_clock_base *base;
	unsigned char is_soft;
};

#pragma clang attribute pop

/* Keeps the struct in the type information, which a test holds Java's against. */
const struct late_timer *row_type __attribute__((unused));

const volatile __u64 threshold_ns = 1000000;
const volatile bool with_rows = false;
const volatile bool kernel_stacks = false;
const volatile bool user_stacks = false;

/*
 * Timers that were started when they had already expired, by their address: a program may wait for a time long past,
 * and no interrupt is late by that. Such a timer expires at once, so that a place is needed for a moment only.
 */
struct {
	__u64 timer;
	__u64 expires;
	__u64 started;
	__u64 pad;
} overdue[1 << OVERDUE_BITS];

/* Each CPU's own. */
struct {
	__u64 row_at;
	__u64 without_row;	/* late ones since then */
	__u64 pad[6];
} cpus[CPUS];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_TIMERS);
	__type(key, struct timer_key);
	__type(value, struct timer_use);
} timers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_STACKS);
	__type(key, struct late_stack);
	__type(value, struct late_sum);
} late_stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, ROWS_BYTES);
} rows SEC(".maps");

static const struct timer_use none;
static const struct late_sum no_time;

/* The timer of a program's first argument as a number: the verifier lets nobody calculate with a pointer. */
static __always_inline __u64 address_of_timer(void *ctx)
{
	__u64 timer = 0;

	bpf_probe_read_kernel(&timer, sizeof(timer), ctx);
	return timer;
}

static __always_inline __u32 overdue_place(__u64 timer)
{
	return timer * 0x9e3779b97f4a7c15ull >> (64 - OVERDUE_BITS);
}

/* Negative within the slack. */
static __always_inline __s64 lateness(__u64 timer, __u64 expires, __u64 now)
{
	__u32 place = overdue_place(timer);
	__u64 started;

	if (overdue[place].timer == timer && overdue[place].expires == expires) {
		started = overdue[place].started;
		overdue[place].timer = 0;
		if (started <= now)
			return now - started;
	}
	return now - expires;
}

static __always_inline struct timer_use *use_of(struct hrtimer *timer, __u32 cpu)
{
	struct timer_key key = { .function = (__u64)timer->function, .cpu = cpu, .soft = timer->is_soft };
	struct timer_use *use = bpf_map_lookup_elem(&timers, &key);
	long error;

	if (use)
		return use;
	error = bpf_map_update_elem(&timers, &key, &none, BPF_NOEXIST);
	use = bpf_map_lookup_elem(&timers, &key);
	if (!use)
		lose(why_none(error, LOST_COUNT));
	return use;
}

static __always_inline void count(struct timer_use *use, struct task_struct *task, __u64 ns)
{
	use->count++;
	use->total_ns += ns;
	use->slots[log2_slot(ns / 1000, DELAY_SLOTS)]++;
	if (ns >= threshold_ns)
		use->late++;
	if (!keep_longest(use->longest, ns))
		return;
	use->tgid = task->tgid;
	use->inside = task->tgid ? own_number(leader_of(task)) : 0;
	__builtin_memcpy(use->comm, task->comm, sizeof(use->comm));
}

/* The reader comes by by itself, so it is woken only where the buffer fills. */
static __always_inline __u64 wake(void)
{
	return bpf_ringbuf_query(&rows, BPF_RB_AVAIL_DATA) > ROWS_BYTES / 4 ? BPF_RB_FORCE_WAKEUP :
									     BPF_RB_NO_WAKEUP;
}

static __always_inline void write_row(struct hrtimer *timer, struct task_struct *task, __u32 cpu, __u64 now, __u64 ns)
{
	struct late_timer *row;
	__u32 place = cpu & CPU_MASK;

	if (cpus[place].row_at && now - cpus[place].row_at < ROW_GAP_NS) {
		cpus[place].without_row++;
		return;
	}
	row = bpf_ringbuf_reserve(&rows, sizeof(*row), 0);
	if (!row) {
		lose(LOST_ROW);
		return;
	}
	row->at = now;
	row->late_ns = ns;
	row->function = (__u64)timer->function;
	row->cpu = cpu;
	row->soft = timer->is_soft;
	row->tgid = task->tgid;
	row->inside = task->tgid ? own_number(leader_of(task)) : 0;
	row->more = cpus[place].without_row;
	row->zero = 0;
	__builtin_memcpy(row->comm, task->comm, sizeof(row->comm));
	bpf_ringbuf_submit(row, wake());
	cpus[place].row_at = now;
	cpus[place].without_row = 0;
}

static __always_inline void count_stack(void *ctx, struct task_struct *task, __u64 ns)
{
	struct late_stack key = { .tgid = task->tgid };
	struct late_sum *sum;
	bool has_all;
	long error = 0;

	if (kernel_stacks)
		key.kernel = stack_here(ctx, 0);
	if (user_stacks && !(task->flags & PF_KTHREAD))
		key.user = stack_here(ctx, BPF_F_USER_STACK);
	has_all = has_stack(key.kernel);
	has_all = has_stack(key.user) && has_all;
	__builtin_memcpy(key.comm, task->comm, sizeof(key.comm));
	sum = bpf_map_lookup_elem(&late_stacks, &key);
	if (!sum) {
		error = bpf_map_update_elem(&late_stacks, &key, &no_time, BPF_NOEXIST);
		sum = bpf_map_lookup_elem(&late_stacks, &key);
	}
	if (sum)
		__sync_fetch_and_add(&sum->ns, ns);
	else if (has_all)
		lose(why_none(error, LOST_PAIR));
}

SEC("tp_btf/hrtimer_start")
int BPF_PROG(on_start, struct hrtimer *timer)
{
	__u64 now = bpf_ktime_get_ns(), expires = timer->node.expires, address;
	__u32 place;

	if (timer->base->clockid != CLOCK_MONOTONIC || expires >= now)
		return 0;
	address = address_of_timer(ctx);
	place = overdue_place(address);
	overdue[place].timer = address;
	overdue[place].expires = expires;
	overdue[place].started = now;
	return 0;
}

SEC("tp_btf/hrtimer_expire_entry")
int BPF_PROG(on_expire, struct hrtimer *timer)
{
	__u64 now = bpf_ktime_get_ns();
	__u32 cpu = bpf_get_smp_processor_id();
	struct task_struct *task = bpf_get_current_task_btf();
	struct timer_use *use;
	__s64 ns;

	if (timer->base->clockid != CLOCK_MONOTONIC)
		return 0;
	hold_up();
	ns = lateness(address_of_timer(ctx), timer->node.expires, now);
	if (ns < 0)
		ns = 0;
	use = use_of(timer, cpu);
	if (!use)
		return 0;
	count(use, task, ns);
	if (ns < threshold_ns)
		return 0;
	if (with_rows)
		write_row(timer, task, cpu, now, ns);
	if (kernel_stacks || user_stacks)
		count_stack(ctx, task, ns);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
