/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#ifndef BPFGAUGE_TOOLS_TCPSUBNET_H
#define BPFGAUGE_TOOLS_TCPSUBNET_H

#define MOST_SUBNETS 32

struct subnet {
	__u32 address[4];	/* as on the wire; IPv4 as ::ffff:a.b.c.d */
	__u32 mask[4];
	__u32 four;	/* a range of IPv4, which those of IPv6 do not have */
};

/* A CPU's own. */
struct sent {
	__u64 bytes[MOST_SUBNETS];
	__u64 calls[MOST_SUBNETS];
};

#endif
