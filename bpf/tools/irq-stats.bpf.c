// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * irq-stats: hard and soft interrupts: how many, how long, the longest.
 * Hooks: irq_handler_entry, irq_handler_exit, softirq_entry, softirq_exit by BTF; on x86 also the vectors of the
 * local APIC, whose interrupts have no handler. Not seen: NMIs, and on arm64 interrupts that one CPU sends another.
 * Cost: two clock readings and a lookup in a hash map for each interrupt.
 */
#include "interval.h"
#include "tool.h"
#include "irq-stats.h"

#define MOST_COUNTS 16384
#define PF_KTHREAD 0x00200000

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct irqaction {
	const char *name;
};

#pragma clang attribute pop

/* When each CPU's interrupts began, ns, 0 for none; a cache line. */
struct under_way {
	__u64 hard;
	__u64 soft;
	__u64 vector;
	__u64 hard_ns;		/* all that hard ones took so far: no part of the soft one's time that they came into */
	__u64 hard_ns_before;	/* the same at the beginning of the soft one */
	__u64 unused[3];
};

struct under_way under_way[CPUS];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_COUNTS);
	__type(key, struct irq_key);
	__type(value, struct irq_count);
} counts SEC(".maps");

static const struct irq_count none;

static __always_inline struct under_way *here(void)
{
	return &under_way[bpf_get_smp_processor_id() & CPU_MASK];
}

static __always_inline void count(enum irq_kind kind, __u32 number, struct irqaction *action, __u64 ns)
{
	struct irq_key key = { .action = (__u64)action, .kind = kind, .number = number, .cpu = bpf_get_smp_processor_id() };
	struct irq_count *count = bpf_map_lookup_elem(&counts, &key);
	struct task_struct *task;
	__u32 now = interval;
	long error;

	if (!count) {
		error = bpf_map_update_elem(&counts, &key, &none, BPF_NOEXIST);
		count = bpf_map_lookup_elem(&counts, &key);
		if (!count) {
			lose(why_none(error, LOST_KEY));
			return;
		}
		if (action)
			bpf_probe_read_kernel_str(count->name, sizeof(count->name), action->name);
	}
	count->count++;
	count->total_ns += ns;
	if (count->interval[now & 1] != now || ns > count->longest_ns[now & 1]) {
		count->longest_ns[now & 1] = ns;
		count->interval[now & 1] = now;
	}
	if (kind != IRQ_SOFT)
		return;
	task = bpf_get_current_task_btf();
	/* ksoftirqd/N: a kernel thread's name cannot be had by others. */
	if (task->flags & PF_KTHREAD && task->comm[0] == 'k' && task->comm[1] == 's' && task->comm[2] == 'o' &&
	    task->comm[3] == 'f')
		count->by_thread++;
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(on_hard_entry, int irq, struct irqaction *action)
{
	here()->hard = bpf_ktime_get_ns();
	hold_up();
	return 0;
}

SEC("tp_btf/irq_handler_exit")
int BPF_PROG(on_hard_exit, int irq, struct irqaction *action, int result)
{
	struct under_way *cpu = here();
	__u64 ns;

	if (!cpu->hard) /* it began before this was attached */
		return 0;
	ns = bpf_ktime_get_ns() - cpu->hard;
	cpu->hard = 0;
	cpu->hard_ns += ns;
	count(IRQ_HARD, irq, action, ns);
	return 0;
}

SEC("tp_btf/softirq_entry")
int BPF_PROG(on_soft_entry, unsigned int number)
{
	struct under_way *cpu = here();

	cpu->hard_ns_before = cpu->hard_ns;
	cpu->soft = bpf_ktime_get_ns();
	hold_up();
	return 0;
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(on_soft_exit, unsigned int number)
{
	struct under_way *cpu = here();
	__u64 ns, hard;

	if (!cpu->soft)
		return 0;
	ns = bpf_ktime_get_ns() - cpu->soft;
	cpu->soft = 0;
	hard = cpu->hard_ns - cpu->hard_ns_before;
	count(IRQ_SOFT, number, 0, ns > hard ? ns - hard : 0);
	return 0;
}

static __always_inline int vector_entry(void)
{
	here()->vector = bpf_ktime_get_ns();
	hold_up();
	return 0;
}

static __always_inline int vector_exit(enum irq_vector vector)
{
	struct under_way *cpu = here();
	__u64 ns;

	if (!cpu->vector)
		return 0;
	ns = bpf_ktime_get_ns() - cpu->vector;
	cpu->vector = 0;
	cpu->hard_ns += ns;
	count(IRQ_VECTOR, vector, 0, ns);
	return 0;
}

#define VECTOR(event, vector)							\
SEC("?tp_btf/" #event "_entry")							\
int on_##event##_entry(void *ctx)						\
{										\
	return vector_entry();							\
}										\
										\
SEC("?tp_btf/" #event "_exit")							\
int on_##event##_exit(void *ctx)						\
{										\
	return vector_exit(vector);						\
}

VECTOR(local_timer, VECTOR_TIMER)
VECTOR(reschedule, VECTOR_RESCHEDULE)
VECTOR(call_function, VECTOR_CALL)
VECTOR(call_function_single, VECTOR_CALL)
VECTOR(irq_work, VECTOR_WORK)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
