// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * high-order: who asks the page allocator for 2^order pages in a row, how often in vain, and how long the request
 * itself reclaimed and compacted memory.
 * Hooks: mm_page_alloc by BTF, which also tells of requests in vain; mm_vmscan_direct_reclaim_begin and _end;
 * mm_compaction_try_to_compact_pages, _begin and _end. Not seen: what kswapd and kcompactd do meanwhile; reclaim for a
 * cgroup's limit; an order that the kernel never has, which it refuses before. Cost: a comparison for each allocation;
 * a lookup in a hash map for each of such an order, and with stacks a walk over one.
 */
#include "tool.h"
#include "process.h"
#include "longest.h"
#include "stacks.h"
#include "high-order.h"

#define MOST_USES 16384
#define MOST_SLOW 8192

const volatile __u32 least_order = 3;
const volatile bool with_stacks = false;
const volatile __u32 only_tgid = 0;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_USES);
	__type(key, struct order_key);
	__type(value, struct order_use);
} uses SEC(".maps");

/* A thread's request that has to wait, until it ends. */
struct slow {
	__u64 reclaim_since;	/* ns; 0: it does not */
	__u64 compaction_since;
	__u64 reclaims;
	__u64 reclaim_ns;
	__u64 compactions;
	__u64 compaction_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_SLOW);
	__type(key, __u32);
	__type(value, struct slow);
} slow SEC(".maps");

static const struct order_use unused;
static const struct slow at_first;

static __always_inline struct slow *slow_here(void)
{
	__u32 tid = bpf_get_current_pid_tgid();

	return bpf_map_lookup_elem(&slow, &tid);
}

/* Null where it is not wanted, or there is no room, which is a loss. */
static __always_inline struct slow *slow_from_here(__u32 order)
{
	__u64 both = bpf_get_current_pid_tgid();
	struct slow *found;
	__u32 tid = both;
	long error;

	if (order < least_order || (only_tgid && both >> 32 != only_tgid))
		return 0;
	found = bpf_map_lookup_elem(&slow, &tid);
	if (found)
		return found;
	error = bpf_map_update_elem(&slow, &tid, &at_first, BPF_NOEXIST);
	found = bpf_map_lookup_elem(&slow, &tid);
	if (!found)
		lose(why_none(error, LOST_THREAD));
	return found;
}

static __always_inline struct order_use *use_of(struct task_struct___process *task, struct order_key *key)
{
	struct order_use *use = bpf_map_lookup_elem(&uses, key);
	long error;

	if (!use) {
		error = bpf_map_update_elem(&uses, key, &unused, BPF_NOEXIST);
		use = bpf_map_lookup_elem(&uses, key);
		if (!use) {
			lose(why_none(error, LOST_KEY));
			return 0;
		}
		if (key->tgid)
			use->inside = number_inside(task);
	} else if (!key->tgid || use->execs == execs_of(task)) {
		return use;
	}
	if (key->tgid) {
		use->execs = execs_of(task);
		name_process(task, use->comm);
	}
	return use;
}

static __always_inline void add_slow(struct order_use *use, struct slow *slow)
{
	__sync_fetch_and_add(&use->reclaims, slow->reclaims);
	__sync_fetch_and_add(&use->reclaim_ns, slow->reclaim_ns);
	__sync_fetch_and_add(&use->compactions, slow->compactions);
	__sync_fetch_and_add(&use->compaction_ns, slow->compaction_ns);
	keep_longest(use->longest, slow->reclaim_ns + slow->compaction_ns);
}

static __always_inline int asked(void *ctx, void *page, unsigned int order, unsigned int gfp, const bool tracked)
{
	struct task_struct___process *task;
	struct order_key key = {};
	struct order_use *use;
	struct slow *waited = 0;
	__u32 tid;

	if (order < least_order)
		return 0;
	task = this_task();
	key.order = order;
	key.gfp = gfp;
	if (!is_interrupt(task, tracked)) {
		key.tgid = bpf_get_current_pid_tgid() >> 32;
		waited = slow_here();
		/* One that came while the thread reclaims: not the request that waits for that. */
		if (waited && (waited->reclaim_since || waited->compaction_since))
			waited = 0;
	}
	if (only_tgid && key.tgid != only_tgid)
		return 0;
	hold_up();
	if (with_stacks)
		key.stack = stack_here(ctx, 0);
	use = has_stack(key.stack) ? use_of(task, &key) : 0;
	if (use) {
		__sync_fetch_and_add(&use->requests, 1);
		if (!page)
			__sync_fetch_and_add(&use->failures, 1);
		if (waited)
			add_slow(use, waited);
	}
	if (waited) {
		tid = bpf_get_current_pid_tgid();
		bpf_map_delete_elem(&slow, &tid);
	}
	return 0;
}

SEC("?tp_btf/mm_page_alloc")
int BPF_PROG(on_alloc, void *page, unsigned int order, unsigned int gfp)
{
	return asked(ctx, page, order, gfp, false);
}

SEC("?tp_btf/mm_page_alloc")
int BPF_PROG(on_alloc_tracked, void *page, unsigned int order, unsigned int gfp)
{
	return asked(ctx, page, order, gfp, true);
}

SEC("tp_btf/mm_vmscan_direct_reclaim_begin")
int BPF_PROG(on_reclaim_begin, int order)
{
	struct slow *from = slow_from_here(order);

	if (from)
		from->reclaim_since = bpf_ktime_get_ns();
	return 0;
}

SEC("tp_btf/mm_vmscan_direct_reclaim_end")
int BPF_PROG(on_reclaim_end)
{
	struct slow *from = slow_here();

	if (!from || !from->reclaim_since)
		return 0;
	from->reclaim_ns += bpf_ktime_get_ns() - from->reclaim_since;
	from->reclaims++;
	from->reclaim_since = 0;
	return 0;
}

/* Compaction for a request; others begin without this. */
SEC("?tp_btf/mm_compaction_try_to_compact_pages")
int BPF_PROG(on_compaction_wish, int order)
{
	struct slow *from = slow_from_here(order);

	if (from)
		from->compactions++;
	return 0;
}

/* Of one zone: there may be several. */
SEC("?tp_btf/mm_compaction_begin")
int BPF_PROG(on_compaction_begin)
{
	struct slow *from = slow_here();

	if (from)
		from->compaction_since = bpf_ktime_get_ns();
	return 0;
}

SEC("?tp_btf/mm_compaction_end")
int BPF_PROG(on_compaction_end)
{
	struct slow *from = slow_here();

	if (!from || !from->compaction_since)
		return 0;
	from->compaction_ns += bpf_ktime_get_ns() - from->compaction_since;
	from->compaction_since = 0;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
