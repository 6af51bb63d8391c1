/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What infer.bpf.c and the Java that runs it both know. */
#ifndef BPFGAUGE_MLLB_INFER_H
#define BPFGAUGE_MLLB_INFER_H

#define VECTORS 16384	/* a power of two */
#define VECTOR 16	/* numbers of a vector; NET_INPUTS are used */

/* What a run is asked for and answers, at REQUEST_OFFSET of its packet. */
struct infer_request {
	__u32 count;	/* decisions */
	__u32 mask;	/* of how many vectors, a power of two, less one */
	__u64 nanos;	/* answer: time of all of them by bpf_ktime_get_ns() */
	__u64 migrate;	/* answer: how many were "may migrate" */
};

#define REQUEST_OFFSET 16	/* behind an Ethernet header, aligned */

#endif
