/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef BPFGAUGE_TOOLS_OFFWAKETIME_H
#define BPFGAUGE_TOOLS_OFFWAKETIME_H

/* Who waited, and who woke it; a stack by its name, which is made of its frames. */
struct pair {
	__u32 target_tid;
	__u32 target_tgid;
	__u32 waker_tid;
	__u32 waker_tgid;
	__u64 target_kernel;
	__u64 target_user;
	__u64 waker_kernel;
	__u64 waker_user;
	char target_comm[16];
	char waker_comm[16];
};

struct waited {
	__u64 ns;
	__u64 times;
};

#endif
