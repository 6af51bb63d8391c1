/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A row of biosnoop. */
#ifndef BPFGAUGE_TOOLS_BIOSNOOP_H
#define BPFGAUGE_TOOLS_BIOSNOOP_H

struct io {
	__u64 ended;	/* ns, CLOCK_MONOTONIC */
	__u64 latency;	/* ns since it was issued */
	__u64 queued;	/* ns between queue and issue; all ones where it was in none */
	__u64 sector;
	__u32 bytes;
	__u32 disk;
	__u32 flags;
	__u32 tgid;
	char comm[16];
};

#endif
