// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * One count, kept in each way there is: suite counters. Some CPUs add to it at once, each by a
 * program's run of its own.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "../loop.h"

/* Two cache lines, as neighbours are fetched in pairs. */
struct line {
	__u64 count;
	__u64 apart[15];
} __attribute__((aligned(128)));

struct line shared;
struct line lines[MOST_LOOPS];

/* A load, an addition and a store, which another CPU may come between. */
#define ADD_PLAIN(count) (*(volatile __u64 *)&(count) += 1)
#define ADD_ATOMIC(count) __sync_fetch_and_add(&(count), 1)

DEFINE_EMPTY
TRACING(empty, )
DEFINE_BARE
TRACING(bare, )

DEFINE(global_plain, ADD_PLAIN(shared.count); 1)
TRACING(global_plain, )

DEFINE(global_atomic, ADD_ATOMIC(shared.count); 1)
TRACING(global_atomic, )

/* Each CPU its own line of an array. Like per-CPU maps it is right as long as no program of an
 * interrupt adds to the same count. */
DEFINE(global_per_cpu,
	__u32 cpu = bpf_get_smp_processor_id();
	if (cpu < MOST_LOOPS)
		ADD_PLAIN(lines[cpu].count);
	cpu < MOST_LOOPS)
TRACING(global_per_cpu, )

#define MAP(name, kind)								\
struct {									\
	__uint(type, kind);							\
	__uint(max_entries, 1);							\
	__type(key, __u32);							\
	__type(value, __u64);							\
} name SEC(".maps")

MAP(in_array, BPF_MAP_TYPE_ARRAY);
MAP(in_hash, BPF_MAP_TYPE_HASH);
MAP(in_percpu_array, BPF_MAP_TYPE_PERCPU_ARRAY);
MAP(in_percpu_hash, BPF_MAP_TYPE_PERCPU_HASH);

#define DEFINE_IN(name, map, add)						\
DEFINE(name,									\
	__u32 zero = 0;								\
	__u64 *count = bpf_map_lookup_elem(&map, &zero);			\
	if (count)								\
		add(*count);							\
	count != 0)								\
TRACING(name, )

DEFINE_IN(array_atomic, in_array, ADD_ATOMIC)
DEFINE_IN(hash_atomic, in_hash, ADD_ATOMIC)
DEFINE_IN(percpu_array, in_percpu_array, ADD_PLAIN)
DEFINE_IN(percpu_hash, in_percpu_hash, ADD_PLAIN)

#define STORAGE(name, kind)							\
struct {									\
	__uint(type, kind);							\
	__uint(map_flags, BPF_F_NO_PREALLOC);					\
	__type(key, int);							\
	__type(value, __u64);							\
} name SEC(".maps")

#define BPF_MAP_TYPE_CGRP_STORAGE 32	/* Linux 6.2; older headers lack it */

STORAGE(of_task, BPF_MAP_TYPE_TASK_STORAGE);
STORAGE(of_cgroup, BPF_MAP_TYPE_CGRP_STORAGE);

struct css_set {
	struct cgroup *dfl_cgrp;
} __attribute__((preserve_access_index));

struct task_struct {
	struct css_set *cgroups;
} __attribute__((preserve_access_index));

DEFINE(task_storage,
	__u64 *count = bpf_task_storage_get(&of_task, bpf_get_current_task_btf(), 0,
					    BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (count)
		ADD_PLAIN(*count);
	count != 0)
TRACING(task_storage, )

DEFINE(cgroup_storage,
	__u64 *count = bpf_cgrp_storage_get(&of_cgroup,
					    bpf_get_current_task_btf()->cgroups->dfl_cgrp, 0,
					    BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (count)
		ADD_ATOMIC(*count);
	count != 0)
TRACING(cgroup_storage, )

/* What is there when nothing is added: BPF_PROG_RUN answers for the thread that calls it. */
#define READER(name, get)							\
SEC("?raw_tp/sys_enter")							\
int name(struct bpf_raw_tracepoint_args *ctx)					\
{										\
	__u64 *count = get;							\
										\
	requests[0].right = count ? *count : 0;					\
	return 0;								\
}

READER(task_storage_read, bpf_task_storage_get(&of_task, bpf_get_current_task_btf(), 0, 0))
READER(cgroup_storage_read,
       bpf_cgrp_storage_get(&of_cgroup, bpf_get_current_task_btf()->cgroups->dfl_cgrp, 0, 0))

char LICENSE[] SEC("license") = "Dual BSD/GPL";
