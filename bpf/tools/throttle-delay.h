/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who waited because the CPU quota of a control group was used up. */
#ifndef BPFGAUGE_TOOLS_THROTTLE_DELAY_H
#define BPFGAUGE_TOOLS_THROTTLE_DELAY_H

#define GROUP_NAME_BYTES 64

struct throttle_key {
	__u64 group;	/* the control group's number: of the folder, as stat(2) has it */
	__u32 number;	/* of a process, or of a thread */
	__u32 zero;
};

struct throttle_use {
	__u64 waits;
	__u64 wait_ns;
	__u64 longest[2];	/* see longest.h */
	__u64 started;		/* when it began: another one may get its number */
	__u32 tgid;
	__u32 inside;		/* the process's number in its own PID namespace */
	char comm[16];
	char group_name[GROUP_NAME_BYTES];	/* of the folder alone */
};

#endif
