/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Histograms of times: one for all in each CPU's own memory, which nobody else writes, or one for each
 * key in a hash map. dev.bpfgauge.suite.tools.Histograms reads them.
 */
#ifndef BPFGAUGE_TOOLS_HIST_H
#define BPFGAUGE_TOOLS_HIST_H

#include "tool.h"

#define SLOTS 30	/* the last holds what is longer, too */
#define MOST_KEYS 10240

/* A CPU's own; four cache lines. */
struct cpu_hist {
	__u64 since;	/* the tool's own */
	__u64 total_ns;
	__u64 slots[SLOTS];
};

struct keyed_hist {
	__u64 total_ns;
	__u64 slots[SLOTS];
	char comm[COMM_BYTES];
};

/* A slot counts so many nanoseconds. */
const volatile __u64 unit_ns = 1000;

struct cpu_hist cpus[CPUS];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_KEYS);
	__type(key, __u64);
	__type(value, struct keyed_hist);
} keyed SEC(".maps");

static const struct keyed_hist no_time;

static __always_inline struct cpu_hist *this_cpu(void)
{
	return &cpus[bpf_get_smp_processor_id() & CPU_MASK];
}

static __always_inline void add_to_cpu(struct cpu_hist *cpu, __u64 ns)
{
	cpu->total_ns += ns;
	cpu->slots[log2_slot(ns / unit_ns, SLOTS)]++;
}

/* comm: whose a new histogram is, or null. */
static __always_inline void add_to_key(__u64 key, __u64 ns, const char *comm)
{
	struct keyed_hist *hist = bpf_map_lookup_elem(&keyed, &key);
	long error = 0;

	if (!hist) {
		error = bpf_map_update_elem(&keyed, &key, &no_time, BPF_NOEXIST);
		hist = bpf_map_lookup_elem(&keyed, &key);
		if (hist && comm)
			bpf_probe_read_kernel_str(hist->comm, sizeof(hist->comm), comm);
	}
	if (!hist) {
		lose(why_none(error, LOST_KEY));
		return;
	}
	__sync_fetch_and_add(&hist->total_ns, ns);
	__sync_fetch_and_add(&hist->slots[log2_slot(ns / unit_ns, SLOTS)], 1);
}

#endif
