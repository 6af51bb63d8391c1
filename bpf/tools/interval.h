/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The reader's interval, from 1: whoever reads begins the next one, and so knows of what interval a thing is. */
#ifndef BPFGAUGE_TOOLS_INTERVAL_H
#define BPFGAUGE_TOOLS_INTERVAL_H

#include "kernel.h"

__u32 interval = 1;

#endif
