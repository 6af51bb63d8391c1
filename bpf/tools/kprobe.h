/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef BPFGAUGE_TOOLS_KPROBE_H
#define BPFGAUGE_TOOLS_KPROBE_H

/* Who came by, and from where; a stack by its name, which is made of its frames. */
struct hit_key {
	__u64 kernel;
	__u64 user;
	__u64 value;	/* of the argument that the user asked for */
	__u32 tgid;
	__u32 zero;
	char comm[16];
};

struct hit_count {
	__u64 count;
};

/* A call that has not returned. */
struct call {
	__u64 since;	/* ns */
	__u64 depth;	/* 1, or more where the function calls itself */
};

#endif
