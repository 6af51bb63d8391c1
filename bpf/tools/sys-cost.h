/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What system calls cost: how many, how long, how much of that on a CPU, and how they failed. */
#ifndef BPFGAUGE_TOOLS_SYS_COST_H
#define BPFGAUGE_TOOLS_SYS_COST_H

struct call_key {
	__s32 number;	/* as the program gave it; -1 for one that no kernel has */
	__u32 compat;	/* 1: of a 32-bit program, whose numbers are others */
	__u32 tgid;	/* 0: all processes together */
	__u32 cpu;	/* where it ended; 0 where processes are apart */
};

struct call_count {
	__u64 count;
	__u64 errors;
	__u64 wall_ns;
	__u64 cpu_ns;
	__u64 longest[2];	/* of an even and an odd interval: its last 16 bits, then 48 bits of ns */
	__u32 own_number;	/* of the process, in its PID namespace */
	__u32 zero;
	char comm[16];		/* of the process */
};

struct error_key {
	struct call_key call;
	__u32 error;
	__u32 zero;
};

#endif
