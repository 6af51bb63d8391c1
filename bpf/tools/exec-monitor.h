/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A row of exec-monitor. */
#ifndef BPFGAUGE_TOOLS_EXEC_MONITOR_H
#define BPFGAUGE_TOOLS_EXEC_MONITOR_H

#include "arguments.h"
#include "who.h"

#define FILE_BYTES 256
#define MOST_ARGUMENTS 64	/* of a call that failed */
#define NO_FOLDER -100		/* AT_FDCWD */

struct exec_row {
	__u64 when;		/* ns, CLOCK_MONOTONIC */
	__s32 result;		/* 0, or the errno, negative */
	__s32 folder;		/* execveat's descriptor */
	struct who who;
	char comm[16];		/* after a success the new one */
	char file[FILE_BYTES];	/* as it was given */
	struct arguments arguments;
};

#endif
