// SPDX-License-Identifier: GPL-2.0-only
/*
 * shadow: the network answers beside the kernel at each decision of can_migrate_task(), and only counts: how often
 * both agree, and how long the answer took.
 */
#define TYPED_POINTERS
#include "decision.h"
#include "net.h"

/* Of decisions in which a hot cache was asked about. The first word is the kernel's answer, the second the network's. */
struct shadow_counts {
	__u64 decisions;
	__u64 no_no;
	__u64 no_yes;
	__u64 yes_no;
	__u64 yes_yes;
	__u64 read_ns;		/* to read what the answer depends on */
	__u64 answer_ns;	/* for the network itself */
	__u64 all;		/* decisions of any kind */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct shadow_counts);
} shadow_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct decision);
} scratch SEC(".maps");

__noinline int shadow_answer(struct net_facts *facts)
{
	__s32 x[NET_INPUTS];

	if (!facts)
		return 0;
	net_inputs(facts, x);
	return net_migrate(x);
}

SEC("fexit/can_migrate_task")
int BPF_PROG(on_decision, struct task_struct *p, struct lb_env *env, int can_migrate)
{
	struct net_facts facts = {};
	struct shadow_counts *count;
	__u64 began, read, answered;
	struct decision *d;
	__u32 zero = 0;
	bool yes;

	count = bpf_map_lookup_elem(&shadow_counts, &zero);
	d = bpf_map_lookup_elem(&scratch, &zero);
	if (!count || !d)
		return 0;
	count->all++;
	began = bpf_ktime_get_ns();
	read_decision(d, p, env);
	if (!d->tested)
		return 0;
	facts.delta = d->delta;
	facts.src_load = d->src_load;
	facts.dst_load = d->dst_load;
	facts.delta_faults = (__s64)d->dst_faults - (__s64)d->src_faults;
	facts.total_faults = d->total_faults;
	facts.src_len = d->src_len;
	facts.src_preferred_len = d->src_preferred_len;
	facts.dst_len = d->dst_len;
	facts.nr_fails = d->nr_fails;
	facts.cache_nice_tries = d->cache_nice_tries;
	facts.cpu_idle = d->idle;
	facts.cpu_newly_idle = d->newly_idle;
	facts.cpu_not_idle = !d->idle && !d->newly_idle;
	facts.same_node = d->src_node == d->dst_node;
	facts.prefer_src = d->preferred_node == d->src_node;
	facts.prefer_dst = d->preferred_node == d->dst_node;
	facts.buddy_hot = d->buddy_hot;
	read = bpf_ktime_get_ns();
	yes = shadow_answer(&facts);
	answered = bpf_ktime_get_ns();
	count->decisions++;
	if (can_migrate)
		yes ? count->yes_yes++ : count->yes_no++;
	else
		yes ? count->no_yes++ : count->no_no++;
	count->read_ns += read - began;
	count->answer_ns += answered - read;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
