/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A process's arguments, as rows have them: at their end, so that only what is there is written. */
#ifndef BPFGAUGE_TOOLS_ARGUMENTS_H
#define BPFGAUGE_TOOLS_ARGUMENTS_H

#define ARGUMENTS_BYTES 1024	/* a power of two */

struct arguments {
	__u32 bytes;		/* that are here, each argument with a zero at its end */
	__u32 more;		/* there were more than these */
	__u32 unreadable;	/* some could not be read: their page was not in memory */
	__u32 zero;
	char text[ARGUMENTS_BYTES];
};

#endif
