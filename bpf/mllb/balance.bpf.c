// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * balance: how even the run queues are, whatever scheduler runs: each ten milliseconds, at a switch, all CPUs' queue
 * lengths are looked at. Context switches and migrations are counted besides.
 */
#include "sched.h"

#define PERIOD_NS 10000000
#define THOUSAND 1000

const volatile __u32 cpus = 1;

extern const struct rq runqueues __ksym;

/* At each switch, so each CPU has its own. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} switches SEC(".maps");

__u64 migrations;
__u64 samples;
__u64 spread;		/* longest less shortest queue, summed over samples */
__u64 variance;		/* of the lengths over the CPUs, thousandths, summed */
__u64 wasted;		/* samples in which a CPU had nothing and another two tasks or more */
__u64 last;

struct lengths {
	__u64 sum;
	__u64 squares;
	__u64 seen;
	__u32 least;
	__u32 most;
};

static long look_at(__u32 cpu, struct lengths *of)
{
	struct rq *rq = bpf_per_cpu_ptr(&runqueues, cpu);
	__u32 length;

	if (!rq)
		return 0;
	length = rq->nr_running;
	of->sum += length;
	of->squares += (__u64)length * length;
	of->least = length < of->least ? length : of->least;
	of->most = length > of->most ? length : of->most;
	of->seen++;
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	__u64 now = bpf_ktime_get_ns(), before = last;
	struct lengths of = { .least = ~0u };
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&switches, &zero);

	if (count)
		++*count;
	if (now - before < PERIOD_NS || __sync_val_compare_and_swap(&last, before, now) != before)
		return 0;
	bpf_loop(cpus, look_at, &of, 0);
	if (!of.seen)
		return 0;
	__sync_fetch_and_add(&samples, 1);
	__sync_fetch_and_add(&spread, of.most - of.least);
	__sync_fetch_and_add(&variance, THOUSAND * (of.seen * of.squares - of.sum * of.sum) / (of.seen * of.seen));
	__sync_fetch_and_add(&wasted, !of.least && of.most > 1);
	return 0;
}

SEC("tp_btf/sched_migrate_task")
int BPF_PROG(on_migration, struct task_struct *p, int cpu)
{
	__sync_fetch_and_add(&migrations, 1);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
