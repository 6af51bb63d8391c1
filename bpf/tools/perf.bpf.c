// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * perf: where CPU time goes, by stacks of kernel and processes.
 * Hook: the software event cpu-clock of each CPU, a timer of its own; no performance counter is needed. Not seen: what
 * runs with interrupts off is shown where they come on again. Cost: a walk over two stacks for each sample.
 */
#include "stacks.h"
#include "perf.h"

const volatile bool kernel_stacks = true;
const volatile bool user_stacks = true;
const volatile bool idle_too = false;
const volatile __u32 only_tgid = 0;

/* Samples; each CPU's own, a cache line. */
struct {
	__u64 counted;
	__u64 idle;	/* of these not counted */
	__u64 others;	/* of what the user did not ask for */
	__u64 pad[5];
} seen[CPUS];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_STACKS);
	__type(key, struct sampled);
	__type(value, struct samples);
} counts SEC(".maps");

static const struct samples none;

SEC("perf_event")
int on_sample(void *ctx)
{
	__u64 thread = bpf_get_current_pid_tgid();
	__u32 cpu = bpf_get_smp_processor_id() & CPU_MASK;
	struct sampled key = { .tgid = thread >> 32 };
	struct samples *samples;
	bool has_all;
	long error = 0;

	hold_up();
	if (only_tgid && key.tgid != only_tgid) {
		seen[cpu].others++;
		return 0;
	}
	if (!(__u32)thread && !idle_too) {
		seen[cpu].idle++;
		return 0;
	}
	if (kernel_stacks)
		key.kernel = stack_here(ctx, 0);
	if (user_stacks)
		key.user = stack_here(ctx, BPF_F_USER_STACK);
	has_all = has_stack(key.kernel);
	has_all = has_all && has_stack(key.user);
	bpf_get_current_comm(key.comm, sizeof(key.comm));
	samples = bpf_map_lookup_elem(&counts, &key);
	if (!samples) {
		error = bpf_map_update_elem(&counts, &key, &none, BPF_NOEXIST);
		samples = bpf_map_lookup_elem(&counts, &key);
	}
	if (!samples) {
		if (has_all)
			lose(why_none(error, LOST_PAIR));
		return 0;
	}
	__sync_fetch_and_add(&samples->count, 1);
	if (has_all)
		seen[cpu].counted++;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
