/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A row of exit-monitor. */
#ifndef BPFGAUGE_TOOLS_EXIT_MONITOR_H
#define BPFGAUGE_TOOLS_EXIT_MONITOR_H

#include "who.h"

struct exit_row {
	__u64 when;	/* ns, CLOCK_MONOTONIC: it left its CPU for good */
	__u64 lived;	/* ns */
	__u64 cpu;	/* ns on a CPU: of all its threads where the row is a process's */
	__u32 status;	/* as wait(2) has it */
	__u32 tid;
	struct who who;
	char comm[16];
};

#endif
