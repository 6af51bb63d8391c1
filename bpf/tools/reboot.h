/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Somebody asked for this machine's end. */
#ifndef BPFGAUGE_TOOLS_REBOOT_H
#define BPFGAUGE_TOOLS_REBOOT_H

#include "arguments.h"
#include "who.h"

/* dev.bpfgauge.suite.diagnose.Reboot.How has the same order. */
enum request_how {
	BY_COMMAND,	/* a program of such a name was executed */
	BY_INIT,	/* process 1 executed another program */
	BY_SIGNAL,	/* to process 1 */
	BY_CALL,	/* reboot(2) */
};

struct request_row {
	__u64 when;	/* ns, CLOCK_MONOTONIC */
	__u32 how;
	__u32 number;	/* of the signal, or what reboot(2) was asked for */
	struct who who;
	char comm[16];
	struct arguments arguments;
};

#endif
