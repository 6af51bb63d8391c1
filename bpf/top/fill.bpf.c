// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Tells how many entries every map of this kernel holds that counts them, which hash tables do:
 * an iterator over maps, run when somebody reads it; on nobody's way. Linux 6.6.
 */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

struct bpf_map {
	__u32 id;
} __attribute__((preserve_access_index));

struct bpf_iter__bpf_map {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
} __attribute__((preserve_access_index));

extern __s64 bpf_map_sum_elem_count(const struct bpf_map *map) __ksym;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u64);
} fills SEC(".maps");

SEC("iter/bpf_map")
int fill(struct bpf_iter__bpf_map *ctx)
{
	struct bpf_map *map = ctx->map;
	__u64 entries;
	__u32 id;

	if (!map)
		return 0;
	id = map->id;
	entries = bpf_map_sum_elem_count(map);
	bpf_map_update_elem(&fills, &id, &entries, BPF_ANY);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
