/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Block requests in flight. A request's address is its name until it completes; a table with one place
 * for each hash of it costs a few nanoseconds where a hash map costs hundreds. Two requests that want the
 * same place are rare: the second goes to a hash map.
 */
#ifndef BPFGAUGE_TOOLS_BLOCK_H
#define BPFGAUGE_TOOLS_BLOCK_H

#include "tool.h"

#define PLACE_BITS 12
#define PLACES (1 << PLACE_BITS)
#define MOST_CROWDED 4096

/* A disk as the kernel numbers it (MKDEV): minor in the low 20 bits, major above. */
#define DISK(major, minor) ((major) << 20 | (minor))
#define NO_DISK 0xffffffff

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct gendisk {
	int major;
	int first_minor;
};

struct request_queue {
	struct gendisk *disk;
};

struct request {
	struct request_queue *q;
	unsigned int cmd_flags;
	unsigned int __data_len;
	__u64 __sector;
};

struct request___before_5_17 {
	struct gendisk *rq_disk;
};

#pragma clang attribute pop

const volatile bool one_disk = false;
const volatile __u32 only_disk = 0;

/* rq_disk went with commit f3fa33acca9f (5.17). */
static __always_inline __u32 disk_of(struct request *rq)
{
	struct request___before_5_17 *old = (void *)rq;
	struct gendisk *disk;

	if (bpf_core_field_exists(old->rq_disk))
		disk = BPF_CORE_READ(old, rq_disk);
	else
		disk = BPF_CORE_READ(rq, q, disk);
	/* 0 is what paths of a multipath disk have, which are hidden. */
	return disk ? DISK(BPF_CORE_READ(disk, major), BPF_CORE_READ(disk, first_minor)) : NO_DISK;
}

static __always_inline bool wanted(struct request *rq)
{
	return !one_disk || disk_of(rq) == only_disk;
}

/* What is known of a request in flight; the first member is its address, 0: nobody's place. */
struct flight {
	__u64 rq;
	__u64 inserted;	/* ns */
	__u64 issued;	/* ns */
#ifdef WITH_TASK
	__u32 tgid;
	__u32 pad;
	char comm[COMM_BYTES];
#endif
};

struct flight places[PLACES];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_CROWDED);
	__type(key, __u64);
	__type(value, struct flight);
} crowded SEC(".maps");

/* How many there are in it; while it is none, nobody looks there. */
__u64 crowd;

static const struct flight no_flight;

static __always_inline struct flight *place_of(__u64 rq)
{
	return &places[(rq * 0x9e3779b97f4a7c15ull >> (64 - PLACE_BITS)) & (PLACES - 1)];
}

/* Where a request's flight is kept; null where it has none. */
static __always_inline struct flight *known(__u64 rq)
{
	struct flight *place = place_of(rq);

	if (place->rq == rq)
		return place;
	/* Whoever began there stays there, even where its place is free by now. */
	return crowd ? bpf_map_lookup_elem(&crowded, &rq) : 0;
}

/* The same, but takes a place where it has none. Null where there is none left. */
static __always_inline struct flight *flight_of(struct request *request)
{
	__u64 rq = (__u64)request;
	struct flight *place = place_of(rq);
	struct flight *other = known(rq);
	long error;

	if (other)
		return other;
	if (!__sync_val_compare_and_swap(&place->rq, 0, rq))
		return place;
	error = bpf_map_update_elem(&crowded, &rq, &no_flight, BPF_NOEXIST);
	if (!error)
		__sync_fetch_and_add(&crowd, 1);
	other = bpf_map_lookup_elem(&crowded, &rq);
	if (!other)
		lose(why_none(error, LOST_REQUEST));
	return other;
}

/* The flight of a request that was seen before, into *flight, and its place is free; else false. */
static __always_inline bool land(struct request *request, struct flight *flight)
{
	__u64 rq = (__u64)request;
	struct flight *place = place_of(rq);

	if (place->rq == rq) {
		*flight = *place;
		place->inserted = 0;
		place->issued = 0;
#ifdef WITH_TASK
		place->comm[0] = 0;
#endif
		/* Ordered: whoever takes the place finds it empty. */
		__sync_lock_test_and_set(&place->rq, 0);
		return true;
	}
	place = crowd ? bpf_map_lookup_elem(&crowded, &rq) : 0;
	if (!place)
		return false;
	*flight = *place;
	if (!bpf_map_delete_elem(&crowded, &rq))
		__sync_fetch_and_add(&crowd, -1);
	return true;
}

/*
 * The request goes to the device now. That it was there already says that its address is another request's, whose
 * completion was not seen: seen in about one of 100 000 on a loaded machine (6.18), by other programs alike.
 */
static __always_inline void issue(struct flight *flight)
{
	if (flight->issued)
		lose(LOST_END);
	flight->issued = bpf_ktime_get_ns();
}

/* A request that the device did not take is issued again. */
SEC("raw_tp/block_rq_requeue")
int on_requeue(struct bpf_raw_tracepoint_args *args)
{
	struct flight *flight = known(args->args[0]);

	if (flight)
		flight->issued = 0;
	return 0;
}

/* A request that becomes part of another one completes with that. */
SEC("raw_tp/block_rq_merge")
int on_merge(struct bpf_raw_tracepoint_args *args)
{
	struct request *rq = (void *)args->args[0];
	struct flight flight;

	land(rq, &flight);
	return 0;
}

#endif
