// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * A producer of events, one program for each way to user space: suite events. Run by BPF_PROG_RUN,
 * it sends `emission.count` events as fast as it can; what finds no room is dropped and counted. An
 * event costs a reading of the clock and the way itself. raw_tp, since a production program that
 * traces is of that kind; it is attached nowhere.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "events.h"

struct emission emission;

/* Of bpf_ringbuf_submit(): 0 wakes a reader that has read all, BPF_RB_NO_WAKEUP none. */
const volatile __u64 submit_flags;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 22);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} perf SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1 << 14);
	__type(key, __u64);
	__type(value, __u64);
} hash SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 1 << 14);
	__uint(value_size, sizeof(struct event));
} queue SEC(".maps");

struct turn {
	void *ctx;
};

static __always_inline struct event new_event(void)
{
	struct event event = { .sequence = emission.next++, .sent = bpf_ktime_get_ns() };

	return event;
}

static __always_inline void drop(__u64 sequence)
{
	emission.dropped++;
	emission.dropped_sum += sequence;
}

/* PRODUCER(name, body): sends in a loop; in the body, turn->ctx and event; 0 where it was sent. */
#define PRODUCER(name, body)							\
static long turn_##name(__u32 i, void *data)					\
{										\
	struct turn *turn = data;						\
	struct event event = new_event();					\
										\
	if (({ body; }) && turn)						\
		drop(event.sequence);						\
	return 0;								\
}										\
										\
SEC("?raw_tp/sys_enter")							\
int name(void *ctx)								\
{										\
	struct turn turn = { .ctx = ctx };					\
										\
	bpf_loop(emission.count, turn_##name, &turn, 0);			\
	return 0;								\
}

static __always_inline int submit(struct event *event)
{
	struct event *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);

	if (!record)
		return 1;
	*record = *event;
	bpf_ringbuf_submit(record, submit_flags);
	return 0;
}

PRODUCER(to_ringbuf, submit(&event))
PRODUCER(to_perf_buffer,
	bpf_perf_event_output(turn->ctx, &perf, BPF_F_CURRENT_CPU, &event, sizeof(event)))
PRODUCER(to_hash, bpf_map_update_elem(&hash, &event.sequence, &event.sent, BPF_NOEXIST))
PRODUCER(to_queue, bpf_map_push_elem(&queue, &event, 0))
PRODUCER(to_trace_pipe, bpf_printk("bpfgauge %llu %llu", event.sequence, event.sent) < 0)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
