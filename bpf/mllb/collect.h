/* SPDX-License-Identifier: GPL-2.0-only */
/* What is done with a decision: sent at once, or when its task ran again and it is known how long it waited. */
#ifndef BPFGAUGE_MLLB_COLLECT_H
#define BPFGAUGE_MLLB_COLLECT_H

#include "decision.h"

/* Each so many-th decision of a CPU is kept. */
const volatile __u32 every = 1;

/* Whether a decision is kept until its task ran. */
const volatile bool outcomes = true;

__u64 seen;	/* decisions, kept or not */
__u64 lost;	/* those that were to be kept and found no room */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 22);
} decisions SEC(".maps");

/* Tasks that did not run since: pid to its last decision. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct decision);
} waiting SEC(".maps");

struct place {
	__u64 seen;
	struct decision open;	/* a decision between its two probes */
	bool is_open;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct place);
} places SEC(".maps");

static __always_inline struct place *this_place(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&places, &zero);
}

/* Java looks for decisions several times a second; nobody needs to be woken under a queue's lock. */
static __always_inline void send(struct decision *d)
{
	if (bpf_ringbuf_output(&decisions, d, sizeof(*d), BPF_RB_NO_WAKEUP))
		__sync_fetch_and_add(&lost, 1);
}

static __always_inline bool is_kept(struct place *place)
{
	__sync_fetch_and_add(&seen, 1);
	return place->seen++ % every == 0;
}

static __always_inline void decided(struct decision *d)
{
	struct decision *before;
	__u32 pid = d->pid;

	if (!outcomes) {
		send(d);
		return;
	}
	before = bpf_map_lookup_elem(&waiting, &pid);
	if (before)
		send(before);
	if (bpf_map_update_elem(&waiting, &pid, d, BPF_ANY))
		send(d);
}

/* The task runs: its decision's wait is over. */
static __always_inline void ran(__u32 pid)
{
	struct decision *d = bpf_map_lookup_elem(&waiting, &pid);

	if (!d)
		return;
	d->waited = bpf_ktime_get_ns() - d->ts;
	send(d);
	bpf_map_delete_elem(&waiting, &pid);
}

#endif
