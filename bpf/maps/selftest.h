/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What selftest.bpf.c and the Java that runs it both know. */
#ifndef BPFGAUGE_MAPS_SELFTEST_H
#define BPFGAUGE_MAPS_SELFTEST_H

/* Context of the syscall program: key and value in, sum and errors out. */
struct selftest_ctx {
	__u32 key;
	__u32 failed;	/* bit n: map n did not give back what was put in */
	__u64 value;
	__u64 sum;	/* of the four values read back */
};

/* One record in the ring buffer. */
struct selftest_event {
	__u32 source;	/* enum selftest_source */
	__u32 tgid;
	__u64 sequence;	/* 1, 2, 3 … */
};

enum selftest_source {
	SELFTEST_TOUCH = 1,
	SELFTEST_TRACEPOINT = 2,
	SELFTEST_RAW_TRACEPOINT = 3,
};

#endif
