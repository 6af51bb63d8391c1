/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who a process is, as rows have it. */
#ifndef BPFGAUGE_TOOLS_WHO_H
#define BPFGAUGE_TOOLS_WHO_H

#define MOST_PARENTS 16
#define CGROUP_NAME_BYTES 64

struct parent {
	__u32 tgid;
	char comm[16];
};

struct who {
	__u64 cgroup;		/* its number: of the folder, as stat(2) has it */
	__u32 tgid;
	__u32 own_number;	/* in its own PID namespace */
	__u32 uid;		/* real, as the machine's own user namespace has it */
	__u32 parents;		/* how many are there */
	__u32 more_parents;	/* there were more than these */
	__u32 zero;
	char cgroup_name[CGROUP_NAME_BYTES];	/* of the folder alone */
	struct parent parent[MOST_PARENTS];	/* the nearest first */
};

#endif
