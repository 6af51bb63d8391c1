// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * kprobe: who comes by a function of the kernel or of a file, or by a tracepoint: how often, from where, with which
 * argument, and how long until a function returns.
 * Hooks: kprobe, kretprobe, uprobe, uretprobe, tracepoint. Not seen: calls that the compiler made part of their caller.
 * Cost: a look-up in a hash map for each hit; with stacks a walk over two; with times a second hash map and a probe at
 * the return.
 */
#include "stacks.h"
#include "hist.h"
#include "kprobe.h"

#define MOST_HITS 16384

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* Where the calling convention has the first arguments. */
#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long di;
	unsigned long si;
	unsigned long dx;
	unsigned long cx;
	unsigned long r8;
};

#define FIRST(regs) ((regs)->di)
#define SECOND(regs) ((regs)->si)
#define THIRD(regs) ((regs)->dx)
#define FOURTH(regs) ((regs)->cx)
#define FIFTH(regs) ((regs)->r8)
#define REGISTERS struct pt_regs
#else
struct user_pt_regs {
	__u64 regs[31];
};

#define FIRST(of) ((of)->regs[0])
#define SECOND(of) ((of)->regs[1])
#define THIRD(of) ((of)->regs[2])
#define FOURTH(of) ((of)->regs[3])
#define FIFTH(of) ((of)->regs[4])
#define REGISTERS struct user_pt_regs
#endif

#pragma clang attribute pop

const volatile bool kernel_stacks = false;
const volatile bool user_stacks = false;
const volatile bool times = false;
const volatile __u32 only_tgid = 0;
const volatile __u32 argument = 0;	/* from 1; 0: none */

/* Hits, each CPU's own, a cache line. */
struct {
	__u64 counted;
	__u64 pad[7];
} hits[CPUS];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_HITS);
	__type(key, struct hit_key);
	__type(value, struct hit_count);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_THREADS);
	__type(key, __u32);
	__type(value, struct call);
} calls SEC(".maps");

static const struct hit_count none;

static __always_inline bool wanted(__u64 thread)
{
	return !only_tgid || thread >> 32 == only_tgid;
}

/* Some probes run where interrupts and other tasks come in between: all counters are added to at once. */
static __always_inline int hit(void *ctx, __u64 thread, __u64 value)
{
	struct hit_key key = { .tgid = thread >> 32, .value = value };
	struct hit_count *found;
	bool has_all;
	long error = 0;

	if (kernel_stacks)
		key.kernel = stack_here(ctx, 0);
	if (user_stacks)
		key.user = stack_here(ctx, BPF_F_USER_STACK);
	has_all = has_stack(key.kernel);
	has_all = has_all && has_stack(key.user);
	bpf_get_current_comm(key.comm, sizeof(key.comm));
	found = bpf_map_lookup_elem(&counts, &key);
	if (!found) {
		error = bpf_map_update_elem(&counts, &key, &none, BPF_NOEXIST);
		found = bpf_map_lookup_elem(&counts, &key);
	}
	if (!found) {
		if (has_all)
			lose(why_none(error, LOST_KEY));
		return 0;
	}
	__sync_fetch_and_add(&found->count, 1);
	if (has_all)
		__sync_fetch_and_add(&hits[bpf_get_smp_processor_id() & CPU_MASK].counted, 1);
	return 0;
}

/* All are read, each at its own place: the verifier wants no place in the context that depends on a variable. */
static __always_inline __u64 argument_of(REGISTERS *ctx)
{
	__u64 all[] = { 0, FIRST(ctx), SECOND(ctx), THIRD(ctx), FOURTH(ctx), FIFTH(ctx), 0, 0 };

	return all[argument & 7];
}

static __always_inline int begin(__u32 tid)
{
	struct call first = { .since = bpf_ktime_get_ns(), .depth = 1 };
	struct call *call = bpf_map_lookup_elem(&calls, &tid);
	long error;

	if (call) {
		call->depth++;
		return 0;
	}
	error = bpf_map_update_elem(&calls, &tid, &first, BPF_ANY);
	if (error)
		lose(why_none(error, LOST_THREAD));
	return 0;
}

SEC("kprobe")
int on_call(REGISTERS *ctx)
{
	__u64 thread = bpf_get_current_pid_tgid();

	hold_up();
	if (!wanted(thread))
		return 0;
	return times ? begin(thread) : hit(ctx, thread, argument_of(ctx));
}

/* The outermost call of a thread: what the function called itself for is part of it. */
SEC("kretprobe")
int on_return(void *ctx)
{
	__u64 thread = bpf_get_current_pid_tgid(), ns;
	__u32 tid = thread;
	struct call *call = bpf_map_lookup_elem(&calls, &tid);
	struct cpu_hist *cpu = this_cpu();

	if (!call || (call->depth && --call->depth))
		return 0;
	ns = bpf_ktime_get_ns() - call->since;
	bpf_map_delete_elem(&calls, &tid);
	__sync_fetch_and_add(&cpu->total_ns, ns);
	__sync_fetch_and_add(&cpu->slots[log2_slot(ns / unit_ns, SLOTS)], 1);
	return 0;
}

SEC("tracepoint")
int on_event(void *ctx)
{
	__u64 thread = bpf_get_current_pid_tgid();

	hold_up();
	return wanted(thread) ? hit(ctx, thread, 0) : 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
