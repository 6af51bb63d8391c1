/* SPDX-License-Identifier: GPL-2.0-only */
/* One decision of can_migrate_task(), as Java reads it: keep in step with mllb/CollectedDecision. */
#ifndef BPFGAUGE_MLLB_DECISION_H
#define BPFGAUGE_MLLB_DECISION_H

#include "sched.h"

#define LBF_ACTIVE_LB 0x10	/* kernel/sched/fair.c; no enum, so not in BTF */

/* What a kernel was built without, so that its columns are 0 (preferred_node: -1): bits of absent. */
#define WITHOUT_NUMA_BALANCING 1
#define WITHOUT_CFS_BANDWIDTH 2

struct decision {
	__u64 ts;
	__s64 delta;
	__s64 imbalance;
	__u64 src_load;
	__u64 dst_load;
	__u64 src_faults;
	__u64 dst_faults;
	__u64 total_faults;
	__s64 waited;		/* ns until the task ran; -1: not seen */
	__u32 curr_pid;
	__u32 pid;
	__u32 src_cpu;
	__u32 dst_cpu;
	__u32 src_len;
	__u32 src_numa_len;
	__u32 src_preferred_len;
	__u32 dst_len;
	__u32 nr_fails;
	__u32 cache_nice_tries;
	__s32 src_node;
	__s32 dst_node;
	__s32 preferred_node;
	__s32 sd_level;
	__u32 sd_flags;
	__u8 idle;
	__u8 newly_idle;
	__u8 buddy_hot;
	__u8 throttled;
	__u8 running;
	__u8 tested;		/* whether it went on to ask for a hot cache */
	__u8 can_migrate;
	__u8 absent;
	char comm[COMM_BYTES];
};

/* Node of each CPU, made as large as needed and filled by Java. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} node_of_cpu SEC(".maps");

static __always_inline __s32 node_of(__u32 cpu)
{
	__u32 *node = bpf_map_lookup_elem(&node_of_cpu, &cpu);

	return node ? *node : 0;
}

/* Where typed pointers are to be had (fentry, fexit) they are followed; else the kernel is asked to copy. */
#ifdef TYPED_POINTERS
#define GET(from, field) ((from)->field)
#else
#define GET(from, field) BPF_CORE_READ(from, field)
#endif

/* The branch to a field that the kernel has not is never looked at. */
#define IF_THERE(from, field, otherwise) (bpf_core_field_exists((from)->field) ? GET(from, field) : (otherwise))

/* Whether the task's own queue, or the one it would go to, stands still for its group's bandwidth. */
static __always_inline bool is_throttled(struct task_struct *p, __u32 src_cpu, __u32 dst_cpu)
{
	struct cfs_rq **of_cpu, *queue;
	struct task_group *group;
	int count = 0;

	if (!bpf_core_field_exists(struct cfs_rq, throttle_count))
		return false;
	if (BPF_CORE_READ(p, se.cfs_rq, throttle_count) > 0)
		return true;
	if (!bpf_core_field_exists(p->sched_task_group) || !bpf_core_field_exists(struct task_group, se))
		return false;
	group = BPF_CORE_READ(p, sched_task_group);
	if (!group)
		return false;
	of_cpu = BPF_CORE_READ(group, cfs_rq);
	if (bpf_probe_read_kernel(&queue, sizeof(queue), of_cpu + dst_cpu))
		return false;
	count = BPF_CORE_READ(queue, throttle_count);
	return count > 0;
}

static __always_inline bool may_run_on(struct task_struct *p, __u32 cpu)
{
	const struct cpumask *mask = BPF_CORE_READ(p, cpus_ptr);
	unsigned long word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), &mask->bits[(cpu / 64) & 127]);
	return word >> (cpu % 64) & 1;
}

static __always_inline bool is_buddy(struct task_struct *p, struct cfs_rq *queue)
{
	struct cfs_rq___before_6_6 *old = (void *)queue;

	if (BPF_CORE_READ(queue, next) == &p->se)
		return true;
	return bpf_core_field_exists(old->last) && BPF_CORE_READ(old, last) == &p->se;
}

/* Asleep but still queued, until its lag is used up (since 6.12): moved for load alone. */
static __always_inline bool is_delayed(struct task_struct *p, struct lb_env *env)
{
	return bpf_core_field_exists(p->se.sched_delayed) && BPF_CORE_READ(p, se.sched_delayed) &&
	       (int)GET(env, migration_type) != bpf_core_enum_value(enum migration_type, migrate_load);
}

#define FEWEST_WEIGHT 2
#define NICE_0_SHIFT 10

/* The queue's tasks together: their weights, and their weighted lead over its zero. */
struct queue_sum {
	__s64 lead;
	__s64 weight;
	__u64 zero;
};

static __always_inline void add_running(struct queue_sum *sum, struct cfs_rq *queue, int shift)
{
	struct sched_entity *curr = BPF_CORE_READ(queue, curr);
	__u64 weight;

	if (!curr || !BPF_CORE_READ(curr, on_rq))
		return;
	weight = BPF_CORE_READ(curr, load.weight) >> shift;
	if (weight < FEWEST_WEIGHT)
		weight = FEWEST_WEIGHT;
	sum->lead += (__s64)(BPF_CORE_READ(curr, vruntime) - sum->zero) * weight;
	sum->weight += weight;
}

/* EEVDF's eligibility: the task has had no more than its share (vruntime_eligible() in fair.c). */
static __always_inline bool is_eligible(struct task_struct *p, struct cfs_rq *queue)
{
	struct cfs_rq___before_7 *old = (void *)queue;
	struct queue_sum sum = {};

	if (bpf_core_field_exists(queue->sum_w_vruntime)) {
		sum.lead = BPF_CORE_READ(queue, sum_w_vruntime);
		sum.weight = BPF_CORE_READ(queue, sum_weight);
		sum.zero = BPF_CORE_READ(queue, zero_vruntime);
		add_running(&sum, queue, bpf_core_field_exists(queue->sum_shift) ? BPF_CORE_READ(queue, sum_shift)
										 : NICE_0_SHIFT);
	} else {
		sum.lead = BPF_CORE_READ(old, avg_vruntime);
		sum.weight = BPF_CORE_READ(old, avg_load);
		sum.zero = bpf_core_field_exists(queue->zero_vruntime) ? BPF_CORE_READ(queue, zero_vruntime)
								       : BPF_CORE_READ(old, min_vruntime);
		add_running(&sum, queue, NICE_0_SHIFT);
	}
	return sum.lead >= (__s64)(BPF_CORE_READ(p, se.vruntime) - sum.zero) * sum.weight;
}

/* Since 6.14 a task that would not be eligible there either stays until balancing has failed once. */
static __always_inline bool waits_its_turn(struct task_struct *p, struct lb_env *env)
{
	struct rq *dst = GET(env, dst_rq);
	struct cfs_rq *queue = GET(p, se.cfs_rq);

	return bpf_core_field_exists(queue->nr_queued) && !BPF_CORE_READ(env, sd, nr_balance_failed) &&
	       BPF_CORE_READ(dst, cfs.nr_queued) && !is_eligible(p, queue);
}

/* All but the answer. Nothing of it changes while the kernel decides: it holds the source queue's lock. */
static __always_inline void read_decision(struct decision *d, struct task_struct *p, struct lb_env *env)
{
	struct rq *src = GET(env, src_rq), *dst = GET(env, dst_rq);
	struct sched_domain *sd = GET(env, sd);
	unsigned long *faults = IF_THERE(p, numa_faults, NULL);
	int idle = GET(env, idle);

	d->ts = bpf_ktime_get_ns();
	d->waited = -1;
	d->curr_pid = bpf_get_current_pid_tgid();
	d->pid = GET(p, pid);
	d->src_cpu = GET(env, src_cpu);
	d->dst_cpu = GET(env, dst_cpu);
	d->imbalance = GET(env, imbalance);
	d->src_len = GET(src, nr_running);
	d->src_numa_len = IF_THERE(src, nr_numa_running, 0);
	d->src_preferred_len = IF_THERE(src, nr_preferred_running, 0);
	d->dst_len = GET(dst, nr_running);
	d->src_load = GET(src, cfs.avg.load_avg);
	d->dst_load = GET(dst, cfs.avg.load_avg);
	d->delta = GET(src, clock_task) - GET(p, se.exec_start);
	d->nr_fails = GET(sd, nr_balance_failed);
	d->cache_nice_tries = GET(sd, cache_nice_tries);
	d->sd_level = GET(sd, level);
	d->sd_flags = GET(sd, flags);
	d->idle = idle == bpf_core_enum_value(enum cpu_idle_type, CPU_IDLE);
	d->newly_idle = idle == bpf_core_enum_value(enum cpu_idle_type, CPU_NEWLY_IDLE);
	d->src_node = node_of(d->src_cpu);
	d->dst_node = node_of(d->dst_cpu);
	d->preferred_node = IF_THERE(p, numa_preferred_nid, NO_NODE);
	d->src_faults = faults_on(faults, d->src_node);
	d->dst_faults = faults_on(faults, d->dst_node);
	d->total_faults = IF_THERE(p, total_numa_faults, 0);
	d->absent = (bpf_core_field_exists(p->numa_faults) ? 0 : WITHOUT_NUMA_BALANCING) |
		    (bpf_core_field_exists(src->cfs.throttle_count) ? 0 : WITHOUT_CFS_BANDWIDTH);
	d->buddy_hot = d->dst_len && is_buddy(p, GET(p, se.cfs_rq));
	d->throttled = is_throttled(p, d->src_cpu, d->dst_cpu);
	d->running = BPF_CORE_READ_BITFIELD_PROBED(p, on_cpu) != 0; /* int, a byte since 7.2 or so */
	d->tested = !d->throttled && !d->running && !is_delayed(p, env) && !waits_its_turn(p, env) &&
		    may_run_on(p, d->dst_cpu) && !(GET(env, flags) & LBF_ACTIVE_LB);
	bpf_probe_read_kernel_str(d->comm, sizeof(d->comm), p->comm);
}

#endif
