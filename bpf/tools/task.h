/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who a process is: its numbers, its user, its control group, and the processes it comes from. */
#ifndef BPFGAUGE_TOOLS_TASK_H
#define BPFGAUGE_TOOLS_TASK_H

#include "kernel.h"
#include "who.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct upid {
	int nr;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct kernfs_node {
	const char *name;
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

typedef struct {
	unsigned int val;
} kuid_t;

struct cred___who {
	kuid_t uid;
};

struct task_struct___who {
	int tgid;
	char comm[COMM_BYTES];
	struct task_struct___who *real_parent;
	struct task_struct___who *group_leader;
	struct pid *thread_pid;
	struct css_set *cgroups;
	const struct cred___who *cred;
};

#pragma clang attribute pop

/* A task's number in its own PID namespace; on the machine's own it is the machine's. */
static __always_inline __u32 own_number(struct task_struct___who *task)
{
	struct pid *pid = BPF_CORE_READ(task, thread_pid);
	__u32 level = BPF_CORE_READ(pid, level);
	int number = 0;

	bpf_probe_read_kernel(&number, sizeof(number),
			      (char *)pid + bpf_core_field_offset(struct pid, numbers) +
				      level * bpf_core_type_size(struct upid) +
				      bpf_core_field_offset(struct upid, nr));
	return number;
}

/*
 * Fills in who a process is, nearest parent first.
 * Returns whether it is the process of that number or one of its descendants; of every one where that is 0.
 */
static __always_inline bool identify(struct who *who, struct task_struct___who *task, __u32 wanted)
{
	struct kernfs_node *group = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);
	bool found;

	task = BPF_CORE_READ(task, group_leader);
	who->tgid = BPF_CORE_READ(task, tgid);
	who->own_number = own_number(task);
	who->uid = BPF_CORE_READ(task, cred, uid.val);
	who->cgroup = BPF_CORE_READ(group, id);
	if (bpf_probe_read_kernel_str(who->cgroup_name, sizeof(who->cgroup_name), BPF_CORE_READ(group, name)) < 0)
		who->cgroup_name[0] = 0;
	who->parents = 0;
	who->more_parents = 0;
	found = !wanted || who->tgid == wanted;
	for (int i = 0; i < MOST_PARENTS; i++) {
		task = BPF_CORE_READ(task, real_parent, group_leader);
		who->parent[i].tgid = BPF_CORE_READ(task, tgid);
		if (!who->parent[i].tgid)	/* the idle task, where all come from */
			return found;
		bpf_probe_read_kernel(who->parent[i].comm, sizeof(who->parent[i].comm), task->comm);
		who->parents = i + 1;
		found |= who->parent[i].tgid == wanted;
	}
	who->more_parents = BPF_CORE_READ(task, real_parent, tgid) != 0;
	return found;
}

#endif
