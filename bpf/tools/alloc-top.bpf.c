// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * alloc-top: which processes take pages from the page allocator, and free them, by order.
 * Hooks: mm_page_alloc and mm_page_free by BTF. Not seen: pages taken in bulk (vmalloc, so BPF maps, modules and new
 * threads' kernel stacks; network drivers' pools), slabs' objects, gigantic and CMA ranges. What a process frees may be
 * another's. Cost: a lookup in a hash map for each allocation and each free.
 */
#include "tool.h"
#include "process.h"
#include "alloc-top.h"

#define MOST_USES 65536

const volatile __u32 only_tgid = 0;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_USES);
	__type(key, struct page_key);
	__type(value, struct page_use);
} uses SEC(".maps");

static const struct page_use unused;

/* Null where it is not wanted, or there is no room, which is a loss. */
static __always_inline struct page_use *use_of(__u32 order, const bool tracked)
{
	struct task_struct___process *task = this_task();
	struct page_key key = { .order = order, .cpu = bpf_get_smp_processor_id() };
	struct page_use *use;
	long error;

	if (!is_interrupt(task, tracked))
		key.tgid = bpf_get_current_pid_tgid() >> 32;
	if (only_tgid && key.tgid != only_tgid)
		return 0;
	hold_up();
	use = bpf_map_lookup_elem(&uses, &key);
	if (!use) {
		error = bpf_map_update_elem(&uses, &key, &unused, BPF_NOEXIST);
		use = bpf_map_lookup_elem(&uses, &key);
		if (!use) {
			lose(why_none(error, LOST_KEY));
			return 0;
		}
		if (key.tgid) {
			use->inside = number_inside(task);
			use->execs = execs_of(task);
			name_process(task, use->comm);
		}
	} else if (key.tgid && use->execs != execs_of(task)) {
		use->execs = execs_of(task);
		name_process(task, use->comm);
	}
	return use;
}

static __always_inline int allocated(void *page, unsigned int order, const bool tracked)
{
	struct page_use *use = page ? use_of(order, tracked) : 0; /* none: it failed */

	if (use)
		use->allocations++;
	return 0;
}

static __always_inline int freed(unsigned int order, const bool tracked)
{
	struct page_use *use = use_of(order, tracked);

	if (use)
		use->frees++;
	return 0;
}

SEC("?tp_btf/mm_page_alloc")
int BPF_PROG(on_alloc, void *page, unsigned int order)
{
	return allocated(page, order, false);
}

SEC("?tp_btf/mm_page_free")
int BPF_PROG(on_free, void *page, unsigned int order)
{
	return freed(order, false);
}

SEC("?tp_btf/mm_page_alloc")
int BPF_PROG(on_alloc_tracked, void *page, unsigned int order)
{
	return allocated(page, order, true);
}

SEC("?tp_btf/mm_page_free")
int BPF_PROG(on_free_tracked, void *page, unsigned int order)
{
	return freed(order, true);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
