/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who takes pages from the kernel's allocator and gives them back. */
#ifndef BPFGAUGE_TOOLS_ALLOC_TOP_H
#define BPFGAUGE_TOOLS_ALLOC_TOP_H

/* tgid 0: interrupts. */
struct page_key {
	__u32 tgid;
	__u32 order;
	__u32 cpu;
};

/* A CPU's own: nobody else writes here. */
struct page_use {
	__u64 allocations;
	__u64 frees;
	__u32 inside;	/* the process's number in its own PID namespace */
	__u32 execs;	/* how often the process had called exec when it had this name */
	char comm[16];
};

#endif
