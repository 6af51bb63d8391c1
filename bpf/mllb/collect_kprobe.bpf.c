// SPDX-License-Identifier: GPL-2.0-only
/*
 * collect_kprobe: as collect, for kernels without fexit. The two probes of a decision run on one CPU, since
 * the kernel holds the source queue's lock in between.
 */
#include "collect.h"

SEC("kprobe/can_migrate_task")
int BPF_KPROBE(on_question, struct task_struct *p, struct lb_env *env)
{
	struct place *place = this_place();

	if (!place || !is_kept(place))
		return 0;
	read_decision(&place->open, p, env);
	place->is_open = true;
	return 0;
}

SEC("kretprobe/can_migrate_task")
int BPF_KRETPROBE(on_answer, int can_migrate)
{
	struct place *place = this_place();

	if (!place || !place->is_open)
		return 0;
	place->is_open = false;
	place->open.can_migrate = can_migrate != 0;
	decided(&place->open);
	return 0;
}

SEC("raw_tp/sched_switch")
int on_switch(struct bpf_raw_tracepoint_args *args)
{
	struct task_struct *next = (struct task_struct *)args->args[2];

	ran(BPF_CORE_READ(next, pid));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
