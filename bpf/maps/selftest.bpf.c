// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Touches one map of each of the four kinds and a ring buffer, from BPF_PROG_RUN and from a
 * tracepoint: what `doctor` and the tests ask of a kernel. Costs four updates, four lookups and a
 * ring buffer record a run; attached, a record for each getppid(2) of the process in target_tgid.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "selftest.h"

#define ENTRIES 64
#define RING_BYTES (64 * 1024)	/* a multiple of every page size in use */

/* Whose system calls are counted; 0: nobody's. Set before load. */
const volatile __u32 target_tgid = 0;

/* Of these the one with that number alone, as raw_tp/sys_enter has it; -1: all. */
const volatile __s64 target_call = -1;

__u64 sequence = 0;
__u64 dropped = 0;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} percpu_hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, ENTRIES);
	__type(key, __u32);
	__type(value, __u64);
} percpu_array SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, RING_BYTES);
} events SEC(".maps");

static void record(enum selftest_source source)
{
	__u64 number = __sync_fetch_and_add(&sequence, 1) + 1;
	struct selftest_event *event;

	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&dropped, 1);
		return;
	}
	event->source = source;
	event->tgid = bpf_get_current_pid_tgid() >> 32;
	event->sequence = number;
	bpf_ringbuf_submit(event, 0);
}

/* The map's pointer must be a constant in the program, hence inlined at each use. */
static __always_inline void touch_one(void *map, int number, struct selftest_ctx *ctx)
{
	__u32 key = ctx->key;
	__u64 value = ctx->value;
	__u64 *found;

	if (bpf_map_update_elem(map, &key, &value, BPF_ANY)) {
		ctx->failed |= 1 << number;
		return;
	}
	found = bpf_map_lookup_elem(map, &key);
	if (!found || *found != value) {
		ctx->failed |= 1 << number;
		return;
	}
	ctx->sum += *found;
}

SEC("syscall")
int touch(struct selftest_ctx *ctx)
{
	ctx->failed = 0;
	ctx->sum = 0;
	touch_one(&hash, 0, ctx);
	touch_one(&array, 1, ctx);
	touch_one(&percpu_hash, 2, ctx);
	touch_one(&percpu_array, 3, ctx);
	record(SELFTEST_TOUCH);
	return ctx->failed ? 1 : 0;
}

/* A packet program can be repeated in one BPF_PROG_RUN, which the syscall type cannot. */
SEC("socket")
int packet_length(struct __sk_buff *skb)
{
	return skb->len;
}

static int count_own(enum selftest_source source)
{
	if (target_tgid && bpf_get_current_pid_tgid() >> 32 == target_tgid)
		record(source);
	return 0;
}

SEC("tp/syscalls/sys_enter_getppid")
int on_getppid(void *ctx)
{
	return count_own(SELFTEST_TRACEPOINT);
}

SEC("raw_tp/sys_enter")
int on_sys_enter(struct bpf_raw_tracepoint_args *ctx)
{
	if (target_call >= 0 && ctx->args[1] != target_call)
		return 0;
	return count_own(SELFTEST_RAW_TRACEPOINT);
}

/* Never loads (a lookup's result is used unchecked): shows that a refusal carries the log. */
SEC("?socket")
int refused(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&hash, &key);

	return *value;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
