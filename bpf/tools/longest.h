/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The longest of some times in an interval, which several CPUs keep at once: the interval's number in the upper 16
 * bits, so that a later one is always more. dev.bpfgauge.suite.diagnose.Longest reads it.
 */
#ifndef BPFGAUGE_TOOLS_LONGEST_H
#define BPFGAUGE_TOOLS_LONGEST_H

#include "interval.h"
#include "tool.h"

#define LONGEST_NS ((1ull << 48) - 1)

/* places: of odd and of even intervals. Whether it is the longest by now. */
static __always_inline bool keep_longest(__u64 places[2], __u64 ns)
{
	__u32 now = interval;
	__u64 *place = &places[now & 1];
	__u64 mine = (__u64)(now & 0xffff) << 48 | (ns < LONGEST_NS ? ns : LONGEST_NS), known;

	for (int attempt = 0; attempt < 16; attempt++) {
		known = *(volatile __u64 *)place;
		if (known >> 48 == mine >> 48 && known >= mine)
			return false;
		if (__sync_val_compare_and_swap(place, known, mine) == known)
			return true;
	}
	return false;
}

#endif
