/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What kernel.bpf.c and the Java that runs it both know. */
#ifndef BPFGAUGE_MAPS_KERNEL_H
#define BPFGAUGE_MAPS_KERNEL_H

/* Keys are visited in this order; a power of two. */
#define SEQUENCE_LENGTH 65536
/* Operations in one turn of the loop, in a straight line; a power of two. */
#define TOGETHER 16

#define MAX_KEY_BYTES 256
#define MAX_VALUE_BYTES 4096

/* What a run is asked for and answers. Packet programs find it at PACKET_OFFSET of their packet. */
struct kernel_request {
	__u32 count;	/* operations */
	__u32 base;	/* where the keys begin in the sequence; */
	__u32 mask;	/* how many there are, a power of two, less one */
	__u32 from;	/* which of them comes first */
	__u64 nanos;	/* answer: time of all of them by bpf_ktime_get_ns() */
	__u64 right;	/* answer: operations whose result was right */
};

#define PACKET_OFFSET 16	/* behind an Ethernet header, aligned */

#endif
