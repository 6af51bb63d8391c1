// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * One operation on one map, again and again, timed inside the kernel: suite kernel-maps. The map's
 * kind, sizes and flags are set before load, so that the verifier inlines what it inlines for that
 * kind. Each run costs count operations and two readings of the clock. Keys come from `sequence`,
 * which is filled before; every result is checked, and `empty` does all of that but the operation.
 * A turn of bpf_loop costs ten times an inlined lookup, so each turn does TOGETHER operations.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "kernel.h"

__u32 sequence[SEQUENCE_LENGTH];

/* Asks the tracing programs, and has their answer. */
struct kernel_request plain;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__uint(key_size, 4);
	__uint(value_size, 8);
} subject SEC(".maps");

/* Key and value of the operation at hand: too large for the stack where a map has large ones. */
struct scratch {
	__u32 key[MAX_KEY_BYTES / 4];
	__u64 value[MAX_VALUE_BYTES / 8];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

struct turn {
	__u32 base;
	__u32 mask;
	__u32 from;
	__u32 right;
	struct scratch *scratch;
};

/* What every element holds: a function of its key, never 0, so that a lookup can check its value. */
static __always_inline __u64 value_of(__u32 key)
{
	__u64 factor;

	/* Not a constant to the compiler, which would keep it in a register that the loop needs. */
	asm volatile("%0 = 0x9E3779B97F4A7C15 ll" : "=r"(factor));
	return (key + 1ull) * factor;
}

/* The keys of the i-th operation and those after it, up to a multiple of `aligned` operations. */
static __always_inline const __u32 *keys_from(struct turn *turn, __u32 i, __u32 aligned)
{
	__u32 at = turn->base + ((turn->from + i) & turn->mask);

	return &sequence[at & (SEQUENCE_LENGTH - aligned)];
}

/*
 * Whatever it names is computed by then, and all stores are done: without it the compiler would
 * take the empty loop apart, which has to stay what the others are without their operation.
 */
#define KEEP(variable) asm volatile("" : "+r"(variable) : : "memory")

/*
 * DEFINE(name, body): loops over an operation, by whole turns and one by one for what is left. In
 * the body: key, the element's number; s->key and s->value, to be passed on; it gives 1 where the
 * result was right.
 */
#define DEFINE(name, body)							\
static __always_inline __u32 once_##name(struct scratch *s, __u32 key)		\
{										\
	__u64 expected = value_of(key);						\
										\
	s->key[0] = key;							\
	KEEP(expected);								\
	return ({ body; });							\
}										\
										\
static long turn_##name(__u32 i, void *ctx)					\
{										\
	struct turn *turn = ctx;						\
	struct scratch *s = turn->scratch;					\
	const __u32 *keys = keys_from(turn, i * TOGETHER, TOGETHER);		\
	__u32 right = 0;							\
										\
	_Pragma("clang loop unroll(full)")					\
	for (int j = 0; j < TOGETHER; j++) {					\
		right += once_##name(s, keys[j]);				\
		KEEP(right);							\
	}									\
	turn->right += right;							\
	return 0;								\
}										\
										\
static long rest_##name(__u32 i, void *ctx)					\
{										\
	struct turn *turn = ctx;						\
										\
	turn->right += once_##name(turn->scratch, *keys_from(turn, i, 1));	\
	return 0;								\
}

#define ENTRY(section, name)							\
SEC("?" section)								\
int name(struct xdp_md *xdp)							\
{										\
	void *packet = (void *)(long)xdp->data;					\
	struct kernel_request *request = packet + PACKET_OFFSET;		\
										\
	if ((void *)(request + 1) > (void *)(long)xdp->data_end)		\
		return XDP_ABORTED;						\
	return timed(request, turn_##name, rest_##name);			\
}

static __always_inline int timed(struct kernel_request *request, void *whole, void *rest)
{
	struct turn turn = {
		.base = request->base, .mask = request->mask, .from = request->from
	};
	__u32 zero = 0, left = request->count % TOGETHER;
	__u64 start;

	turn.scratch = bpf_map_lookup_elem(&scratches, &zero);
	if (!turn.scratch)
		return XDP_ABORTED;
	start = bpf_ktime_get_ns();
	bpf_loop(request->count / TOGETHER, whole, &turn, 0);
	turn.from += request->count - left;
	bpf_loop(left, rest, &turn, 0);
	request->nanos = bpf_ktime_get_ns() - start;
	request->right = turn.right;
	return XDP_PASS;
}

/* Takes the registers that a call takes, so that the compiler lays the loop out as around one. */
DEFINE(empty,
	asm volatile("" : "+r"(expected) : : "r0", "r1", "r2", "r3", "r4", "r5");
	expected != 0)
DEFINE(lookup,
	__u64 *value = bpf_map_lookup_elem(&subject, s->key);
	(value ? *value : 0) == expected)
DEFINE(lookup_miss,
	!bpf_map_lookup_elem(&subject, s->key))
DEFINE(update,
	s->value[0] = expected;
	!bpf_map_update_elem(&subject, s->key, s->value, BPF_EXIST))
/* A map that evicts cannot promise that the key is still there. */
DEFINE(update_any,
	s->value[0] = expected;
	!bpf_map_update_elem(&subject, s->key, s->value, BPF_ANY))
DEFINE(insert,
	s->value[0] = expected;
	!bpf_map_update_elem(&subject, s->key, s->value, BPF_NOEXIST))
DEFINE(delete,
	!bpf_map_delete_elem(&subject, s->key))
DEFINE(lpm_lookup,
	s->key[0] = 32;
	s->key[1] = key;
	__u64 *value = bpf_map_lookup_elem(&subject, s->key);
	(value ? *value : 0) == expected)
DEFINE(push_pop,
	s->value[0] = expected;
	!bpf_map_push_elem(&subject, s->value, 0) && !bpf_map_pop_elem(&subject, s->value))
DEFINE(push,
	s->value[0] = expected;
	!bpf_map_push_elem(&subject, s->value, 0))
DEFINE(peek,
	s->value[0] = expected;
	!bpf_map_peek_elem(&subject, s->value))

ENTRY("xdp", empty)
ENTRY("xdp", lookup)
ENTRY("xdp", lookup_miss)
ENTRY("xdp", update)
ENTRY("xdp", update_any)
ENTRY("xdp", insert)
ENTRY("xdp", delete)
ENTRY("xdp", lpm_lookup)
ENTRY("xdp", push_pop)
ENTRY("xdp", push)
ENTRY("xdp", peek)

/* The same in a program that may sleep, which pays another kind of RCU. */
SEC("?syscall")
int sleepable_empty(struct kernel_request *request)
{
	return timed(request, turn_empty, rest_empty);
}

SEC("?syscall")
int sleepable_lookup(struct kernel_request *request)
{
	return timed(request, turn_lookup, rest_lookup);
}

SEC("?syscall")
int sleepable_update(struct kernel_request *request)
{
	return timed(request, turn_update, rest_update);
}

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

DEFINE(reserve_submit,
	__u64 *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
	if (record) {
		*record = expected;
		bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	}
	record != 0)
ENTRY("xdp", reserve_submit)

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} of_task SEC(".maps");

/* Storage of tasks and cgroups is for tracing programs; they are handed no memory to answer in. */
DEFINE(task_storage,
	__u64 *value = bpf_task_storage_get(&of_task, bpf_get_current_task_btf(), 0,
					    BPF_LOCAL_STORAGE_GET_F_CREATE);
	value != 0)

SEC("?raw_tp/sys_enter")
int task_storage(void *ctx)
{
	return timed(&plain, turn_task_storage, rest_task_storage);
}

#define BPF_MAP_TYPE_CGRP_STORAGE 32	/* Linux 6.2; older headers lack it */

struct {
	__uint(type, BPF_MAP_TYPE_CGRP_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} of_cgroup SEC(".maps");

struct css_set {
	struct cgroup *dfl_cgrp;
} __attribute__((preserve_access_index));

struct task_struct {
	struct css_set *cgroups;
} __attribute__((preserve_access_index));

DEFINE(cgroup_storage,
	__u64 *value = bpf_cgrp_storage_get(&of_cgroup,
					    bpf_get_current_task_btf()->cgroups->dfl_cgrp, 0,
					    BPF_LOCAL_STORAGE_GET_F_CREATE);
	value != 0)

SEC("?raw_tp/sys_enter")
int cgroup_storage(void *ctx)
{
	return timed(&plain, turn_cgroup_storage, rest_cgroup_storage);
}

SEC("?raw_tp/sys_enter")
int tracing_empty(void *ctx)
{
	return timed(&plain, turn_empty, rest_empty);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
