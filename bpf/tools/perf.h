/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef BPFGAUGE_TOOLS_PERF_H
#define BPFGAUGE_TOOLS_PERF_H

/* Whose code ran, and which; a stack by its name, which is made of its frames. */
struct sampled {
	__u64 kernel;
	__u64 user;
	__u32 tgid;
	__u32 zero;
	char comm[16];
};

struct samples {
	__u64 count;
};

#endif
