// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * balance: how even the run queues are, whatever scheduler runs: each ten milliseconds, at a switch, all CPUs' queue
 * lengths are looked at. Context switches and migrations are counted besides.
 */
#include "sched.h"

#define MOST_CPUS 256
#define PERIOD_NS 10000000
#define THOUSAND 1000

const volatile __u32 cpus = 1;

extern const struct rq runqueues __ksym;

__u64 switches;
__u64 migrations;
__u64 samples;
__u64 spread;		/* longest less shortest queue, summed over samples */
__u64 variance;		/* of the lengths over the CPUs, thousandths, summed */
__u64 wasted;		/* samples in which a CPU had nothing and another two tasks or more */
__u64 last;

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	__u64 now = bpf_ktime_get_ns(), before = last;
	__u64 sum = 0, squares = 0;
	__u32 least = ~0u, most = 0, seen = 0;

	__sync_fetch_and_add(&switches, 1);
	if (now - before < PERIOD_NS || __sync_val_compare_and_swap(&last, before, now) != before)
		return 0;
	for (__u32 cpu = 0; cpu < MOST_CPUS && cpu < cpus; cpu++) {
		struct rq *rq = bpf_per_cpu_ptr(&runqueues, cpu);
		__u32 length;

		if (!rq)
			continue;
		length = rq->nr_running;
		sum += length;
		squares += (__u64)length * length;
		least = length < least ? length : least;
		most = length > most ? length : most;
		seen++;
	}
	if (!seen)
		return 0;
	__sync_fetch_and_add(&samples, 1);
	__sync_fetch_and_add(&spread, most - least);
	__sync_fetch_and_add(&variance, THOUSAND * (seen * squares - sum * sum) / ((__u64)seen * seen));
	__sync_fetch_and_add(&wasted, !least && most > 1);
	return 0;
}

SEC("tp_btf/sched_migrate_task")
int BPF_PROG(on_migration, struct task_struct *p, int cpu)
{
	__sync_fetch_and_add(&migrations, 1);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
