/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who asks for pages that lie in a row, and what that took. */
#ifndef BPFGAUGE_TOOLS_HIGH_ORDER_H
#define BPFGAUGE_TOOLS_HIGH_ORDER_H

/* tgid 0: interrupts. */
struct order_key {
	__u64 stack;	/* the kernel's, by name; 0 where none is wanted */
	__u32 tgid;
	__u32 order;
	__u32 gfp;
	__u32 zero;
};

struct order_use {
	__u64 requests;
	__u64 failures;
	__u64 reclaims;
	__u64 reclaim_ns;
	__u64 compactions;
	__u64 compaction_ns;
	__u64 longest[2];	/* both together, of one request; see longest.h */
	__u32 inside;		/* the process's number in its own PID namespace */
	__u32 execs;		/* how often the process had called exec when it had this name */
	char comm[16];
};

#endif
