/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The scheduler's types as far as we read them: fields are found by name in the running kernel's own BTF
 * (CO-RE). A type ending in ___ and a word is an earlier shape of the same one.
 */
#ifndef BPFGAUGE_MLLB_SCHED_H
#define BPFGAUGE_MLLB_SCHED_H

#include <linux/bpf.h>

/* What a probe finds in its registers: fixed by each architecture, whichever one this is compiled on. */
#ifdef __TARGET_ARCH_arm64
struct user_pt_regs {
	__u64 regs[31];
	__u64 sp;
	__u64 pc;
	__u64 pstate;
};
#else
struct pt_regs {
	unsigned long r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi, orig_rax, rip, cs,
		eflags, rsp, ss;
};
#endif

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

#define COMM_BYTES 16
#define NO_NODE -1
#define NUMA_FAULT_KINDS 2	/* shared and private: NR_NUMA_HINT_FAULT_TYPES */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct cfs_rq;

struct load_weight {
	unsigned long weight;
};

struct sched_entity {
	struct load_weight load;
	unsigned char on_rq;
	__u64 exec_start;
	__u64 vruntime;
	struct cfs_rq *cfs_rq;
	unsigned char sched_delayed;	/* since 6.12 */
};

struct sched_avg {
	unsigned long load_avg;
};

struct cfs_rq {
	unsigned int nr_queued;	/* since 6.14 */
	/* Since 7.0, or so: */
	__s64 sum_w_vruntime;
	__u64 sum_weight;
	__u64 zero_vruntime;
	unsigned int sum_shift;
	struct sched_entity *curr;
	struct sched_avg avg;
	struct sched_entity *next;
	int throttle_count;	/* CONFIG_CFS_BANDWIDTH */
};

/* The last buddy went with 6.6. */
struct cfs_rq___before_6_6 {
	struct sched_entity *last;
};

/* Its sums as 6.14 called them. */
struct cfs_rq___before_7 {
	__s64 avg_vruntime;
	__u64 avg_load;
	__u64 min_vruntime;
};

struct rq {
	unsigned int nr_running;
	unsigned int nr_numa_running;		/* CONFIG_NUMA_BALANCING */
	unsigned int nr_preferred_running;	/* the same */
	struct cfs_rq cfs;
	__u64 clock_task;
};

struct sched_domain {
	unsigned int nr_balance_failed;
	unsigned int cache_nice_tries;
	int flags;
	int level;
};

/* Before 7.2, or so: arrays over the CPUs. Now they are per-CPU data, and there is no se. */
struct task_group {
	struct sched_entity **se;
	struct cfs_rq **cfs_rq;
};

struct cpumask {
	unsigned long bits[128];
};

struct numa_group;

struct task_struct {
	int pid;
	int tgid;
	int on_cpu;
	int nr_cpus_allowed;
	const struct cpumask *cpus_ptr;
	struct sched_entity se;
	struct task_group *sched_task_group;	/* CONFIG_CGROUP_SCHED */
	int numa_preferred_nid;			/* with the faults: CONFIG_NUMA_BALANCING */
	unsigned long *numa_faults;
	unsigned long total_numa_faults;
	char comm[COMM_BYTES];
};

/* Renumbered in 6.8, when its first value got underscores as well: asked for by name. */
enum cpu_idle_type {
	CPU_IDLE = 1,
	CPU_NEWLY_IDLE = 2,
};

enum migration_type {
	migrate_load = 0,
};

struct lb_env {
	struct sched_domain *sd;
	struct rq *src_rq;
	int src_cpu;
	int dst_cpu;
	struct rq *dst_rq;
	enum cpu_idle_type idle;
	long imbalance;
	unsigned int flags;
	enum migration_type migration_type;
};

#pragma clang attribute pop

static __always_inline unsigned long faults_on(unsigned long *faults, __s32 node)
{
	unsigned long both[NUMA_FAULT_KINDS] = {};

	/* NUMA_MEM is the first kind of statistics, a node's counts lie side by side. */
	if (!faults || bpf_probe_read_kernel(both, sizeof(both), faults + NUMA_FAULT_KINDS * node))
		return 0;
	return both[0] + both[1];
}

#endif
