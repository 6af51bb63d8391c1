/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How often a CPU was interrupted, by what, and for how long. */
#ifndef BPFGAUGE_TOOLS_IRQ_STATS_H
#define BPFGAUGE_TOOLS_IRQ_STATS_H

#define IRQ_NAME_BYTES 24

/* dev.bpfgauge.suite.tools.IrqStats.Kind has the same order. */
enum irq_kind {
	IRQ_HARD,	/* a handler of an interrupt line */
	IRQ_SOFT,	/* a soft interrupt, in its own number */
	IRQ_VECTOR,	/* a CPU's own: timer and calls from other CPUs, by enum irq_vector */
};

enum irq_vector { VECTOR_TIMER, VECTOR_RESCHEDULE, VECTOR_CALL, VECTOR_WORK, VECTORS };

struct irq_key {
	__u64 action;	/* of an interrupt line that several devices share */
	__u32 kind;
	__u32 number;
	__u32 cpu;
	__u32 zero;
};

/* A CPU's own: nobody else writes here. */
struct irq_count {
	__u64 count;
	__u64 total_ns;
	__u64 by_thread;	/* soft interrupts that ksoftirqd did */
	__u64 longest_ns[2];	/* in the intervals of those numbers, an even and an odd one */
	__u32 interval[2];
	char name[IRQ_NAME_BYTES];
};

#endif
