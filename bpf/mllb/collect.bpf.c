// SPDX-License-Identifier: GPL-2.0-only
/*
 * collect: each decision of can_migrate_task() with what it was decided on, by its exit alone: fexit has the
 * arguments too, and what is read of them does not change in between.
 */
#define TYPED_POINTERS
#include "collect.h"

SEC("fexit/can_migrate_task")
int BPF_PROG(on_decision, struct task_struct *p, struct lb_env *env, int can_migrate)
{
	struct place *place = this_place();

	if (!place || !is_kept(place))
		return 0;
	read_decision(&place->open, p, env);
	place->open.can_migrate = can_migrate != 0;
	decided(&place->open);
	return 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	ran(next->pid);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
