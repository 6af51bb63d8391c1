/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef BPFGAUGE_TOOLS_OFFWAKETIME_H
#define BPFGAUGE_TOOLS_OFFWAKETIME_H

#define NO_STACK (-1)
#define LOST_STACK (-2)	/* its place in the map was taken by another one, or there was no memory for it */

/* Who waited, and who woke it; a stack's number is negative where there is none. */
struct pair {
	__u32 target_tid;
	__u32 target_tgid;
	__u32 waker_tid;
	__u32 waker_tgid;
	__s32 target_kernel;
	__s32 target_user;
	__s32 waker_kernel;
	__s32 waker_user;
	char target_comm[16];
	char waker_comm[16];
};

struct waited {
	__u64 ns;
	__u64 times;
};

#endif
