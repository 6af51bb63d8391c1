// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * One program for each kind of hook, all with the same body: suite hooks. The body is a constant set
 * before load, so the verifier cuts away what it does not do; an empty one is `return 0`. Every
 * other filters by thread where the hook fires for others too, and counts its runs per CPU.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "hooks.h"

/* The function that BTF knows; on x86 its other names are aliases. */
#if defined(__TARGET_ARCH_x86)
#define GETPPID "__do_sys_getppid"
#else
#define GETPPID "__arm64_sys_getppid"
#endif

const volatile __u32 body = 0;

/* The only thread whose runs count, by its number in the first PID namespace; 0: everyone's do. */
const volatile __u32 owner = 0;

struct run_count counts[COUNT_CPUS];

#define ELEMENTS(map_type, map_name)		\
struct {					\
	__uint(type, map_type);			\
	__uint(max_entries, ENTRIES);		\
	__type(key, __u32);			\
	__type(value, __u64);			\
} map_name SEC(".maps")

ELEMENTS(BPF_MAP_TYPE_HASH, hash);
ELEMENTS(BPF_MAP_TYPE_ARRAY, array);
ELEMENTS(BPF_MAP_TYPE_PERCPU_HASH, percpu_hash);
ELEMENTS(BPF_MAP_TYPE_PERCPU_ARRAY, percpu_array);

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} events SEC(".maps");

/*
 * libbpf keeps in these what it knows of a USDT probe's arguments, which nothing here reads; they
 * are created for that hook only. As bpf/usdt.bpf.h has them, whose functions would bring more.
 */
struct usdt_spec {
	__u64 opaque[26];	/* as large as struct __bpf_usdt_spec */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct usdt_spec);
} __bpf_usdt_specs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u64);
	__type(value, __u32);
} __bpf_usdt_ip_to_spec_id SEC(".maps");

/* The map must be a constant where it is used, hence a macro. */
#define UPDATE(bit, map)								\
	if (body & bit) {								\
		__u32 key = run & (ENTRIES - 1);					\
		count->failed += bpf_map_update_elem(&map, &key, &run, BPF_ANY) != 0;	\
	}

static __always_inline void work(void)
{
	struct run_count *count;
	__u64 run;

	if (!body || (owner && (__u32)bpf_get_current_pid_tgid() != owner))
		return;
	count = &counts[bpf_get_smp_processor_id() & (COUNT_CPUS - 1)];
	run = ++count->runs;
	UPDATE(BODY_HASH, hash)
	UPDATE(BODY_ARRAY, array)
	UPDATE(BODY_PERCPU_HASH, percpu_hash)
	UPDATE(BODY_PERCPU_ARRAY, percpu_array)
	if (body & BODY_RINGBUF) {
		__u64 *record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);

		if (record) {
			*record = run;
			bpf_ringbuf_submit(record, 0);
		} else {
			count->failed++;
		}
	}
	if (body & BODY_PRINTK)
		bpf_printk("run %llu", run);
}

/* What it returns is what lets the traced operation go on as if nothing were there. */
#define HOOK(section, name, verdict)	\
SEC("?" section)			\
int name(void *ctx)			\
{					\
	work();				\
	return verdict;			\
}

HOOK("raw_tp/sys_enter", raw_tp, 0)
HOOK("tp_btf/sys_enter", tp_btf, 0)
HOOK("tp/syscalls/sys_enter_getppid", tracepoint, 0)
HOOK("tp/raw_syscalls/sys_enter", sys_enter, 0)
HOOK("kprobe", kprobe, 0)
HOOK("kretprobe", kretprobe, 0)
HOOK("kprobe.multi", kprobe_multi, 0)
HOOK("fentry/" GETPPID, fentry, 0)
HOOK("fexit/" GETPPID, fexit, 0)
HOOK("uprobe", uprobe, 0)
HOOK("uretprobe", uretprobe, 0)
HOOK("usdt", usdt, 0)
HOOK("perf_event", perf_event, 0)
HOOK("xdp", xdp, XDP_PASS)
HOOK("tc", tc, -1)	/* TC_ACT_UNSPEC, for tcx TCX_NEXT */
HOOK("cgroup_skb/egress", cgroup_skb, 1)
HOOK("sockops", sock_ops, 1)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
