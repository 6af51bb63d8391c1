// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What the building blocks of BPF programs cost: suite helpers. A program for each, loaded alone
 * with the maps it uses, so that a kernel that lacks one has the others.
 */
#include <linux/bpf.h>
#include <linux/version.h>
#include <bpf/bpf_helpers.h>
#include "../loop.h"

#define TEXT "bpfgauge measure" /* 16 characters */
#define TEXT_BYTES (sizeof(TEXT))
#define TURNS 16
#define HOUR (3600ull * 1000 * 1000 * 1000)
#define DEEPEST 127
#define CLOCK_MONOTONIC 1

DEFINE_EMPTY
PACKET(empty, )
DEFINE_BARE
PACKET(bare, )

/* Under another name for tracing programs. */
#define turn_tracing_empty turn_empty
TRACING(tracing_empty, )

/* ---- clocks and numbers ---- */

#define ANSWERS(name, call)							\
DEFINE(name,									\
	__u64 answer = call;							\
	KEEP(answer);								\
	1)

ANSWERS(ktime_get_ns, bpf_ktime_get_ns())
PACKET(ktime_get_ns, )
ANSWERS(ktime_get_boot_ns, bpf_ktime_get_boot_ns())
PACKET(ktime_get_boot_ns, )
ANSWERS(ktime_get_coarse_ns, bpf_ktime_get_coarse_ns())
PACKET(ktime_get_coarse_ns, )
ANSWERS(jiffies64, bpf_jiffies64())
PACKET(jiffies64, )
ANSWERS(get_prandom_u32, bpf_get_prandom_u32())
PACKET(get_prandom_u32, )
ANSWERS(get_smp_processor_id, bpf_get_smp_processor_id())
PACKET(get_smp_processor_id, )

/* ---- who is running ---- */

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

ANSWERS(get_current_pid_tgid, bpf_get_current_pid_tgid())
TRACING(get_current_pid_tgid, )
ANSWERS(get_current_uid_gid, bpf_get_current_uid_gid())
TRACING(get_current_uid_gid, )
ANSWERS(get_current_task, bpf_get_current_task())
TRACING(get_current_task, )
ANSWERS(get_current_task_btf, (__u64)bpf_get_current_task_btf())
TRACING(get_current_task_btf, )
ANSWERS(get_current_cgroup_id, bpf_get_current_cgroup_id())
TRACING(get_current_cgroup_id, )
/* With a load from what it points to, as BTF allows. */
ANSWERS(task_field, bpf_get_current_task_btf()->pid)
TRACING(task_field, )
DEFINE(get_current_comm,
	char comm[16];
	long result = bpf_get_current_comm(comm, sizeof(comm));
	KEEP(result);
	!result)
TRACING(get_current_comm, )

/* ---- memory of others ---- */

/* The text to read: the kernel's copy, and where a copy of the caller's lies. */
char kernel_text[TEXT_BYTES] = TEXT;
__u64 user_text;

#define READS(name, bytes, expected, call)					\
DEFINE(name,									\
	char out[24];								\
	long result = call;							\
	KEEP(result);								\
	result == (expected))							\
TRACING(name, )

READS(probe_read_kernel, 8, 0, bpf_probe_read_kernel(out, 8, kernel_text))
READS(probe_read_kernel_str, 24, TEXT_BYTES,
      bpf_probe_read_kernel_str(out, sizeof(out), kernel_text))
READS(probe_read_user, 8, 0, bpf_probe_read_user(out, 8, (void *)user_text))
READS(probe_read_user_str, 24, TEXT_BYTES,
      bpf_probe_read_user_str(out, sizeof(out), (void *)user_text))

struct frames {
	__u64 address[DEEPEST];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct frames);
} frames SEC(".maps");

DEFINE(get_stack,
	long bytes = bpf_get_stack(turn->ctx, turn->value, sizeof(struct frames), 0);
	bytes > 0)
TRACING(get_stack, VALUE_OF(frames))

struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct frames);
} stacks SEC(".maps");

DEFINE(get_stackid,
	long id = bpf_get_stackid(turn->ctx, &stacks, BPF_F_REUSE_STACKID);
	id >= 0)
TRACING(get_stackid, )

/* ---- calls ---- */

static __noinline int called(int number)
{
	KEEP(number);
	return number + 1;
}

__noinline int called_globally(int number)
{
	KEEP(number);
	return number + 1;
}

DEFINE(static_call, called(i) == i + 1)
PACKET(static_call, )
DEFINE(global_call, called_globally(i) == i + 1)
PACKET(global_call, )

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} hops SEC(".maps");

/* A tail call does not come back, and the kernel ends a chain of them after 33. */
__u64 hop_start;
__u32 hops_left;

static __always_inline int arrived(void)
{
	requests[0].nanos = bpf_ktime_get_ns() - hop_start;
	requests[0].right = requests[0].count;
	return XDP_PASS;
}

SEC("?xdp")
int tail_call(struct xdp_md *ctx)
{
	hops_left = requests[0].count;
	hop_start = bpf_ktime_get_ns();
	bpf_tail_call(ctx, &hops, 0);
	return XDP_ABORTED;
}

SEC("?xdp")
int tail_hop(struct xdp_md *ctx)
{
	if (!--hops_left)
		return arrived();
	bpf_tail_call(ctx, &hops, 0);
	return XDP_ABORTED;
}

/* The same steps in one program. */
SEC("?xdp")
int tail_empty(struct xdp_md *ctx)
{
	hops_left = requests[0].count;
	hop_start = bpf_ktime_get_ns();
	_Pragma("clang loop unroll(disable)")
	for (__u32 hop = 0; hop < 33; hop++) {
		asm volatile("" : : : "memory");
		if (!--hops_left)
			return arrived();
	}
	return XDP_ABORTED;
}

/* ---- loops of 16 turns ---- */

DEFINE(for_16,
	__u32 sum = 0;
	_Pragma("clang loop unroll(disable)")
	for (__u32 k = 0; k < TURNS; k++) {
		sum++;
		KEEP(sum);
	}
	sum == TURNS)
PACKET(for_16, )

static long add_one(__u32 number, void *ctx)
{
	(*(__u64 *)ctx)++;
	return 0;
}

DEFINE(loop_16,
	__u64 sum = 0;
	bpf_loop(TURNS, add_one, &sum, 0);
	sum == TURNS)
PACKET(loop_16, )

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)	/* of these headers, whatever kernel runs */
struct bpf_iter_num {
	__u64 __opaque[1];
} __attribute__((aligned(8)));
#endif

/* As newer bpf_helpers.h have them. */
extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __weak __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __weak __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __weak __ksym;

/* A global function is verified once and not 16 times, which takes more memory than there may be. */
__noinline int iterated(int turns)
{
	struct bpf_iter_num it;
	__u32 sum = 0;

	bpf_iter_num_new(&it, 0, turns);
	while (bpf_iter_num_next(&it)) {
		sum++;
		KEEP(sum);
	}
	bpf_iter_num_destroy(&it);
	return sum;
}

DEFINE(iterator_16, iterated(TURNS) == TURNS)
PACKET(iterator_16, )

/* ---- what lies in maps ---- */

struct guarded {
	struct bpf_spin_lock lock;
	__u32 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct guarded);
} guarded SEC(".maps");

DEFINE(spin_lock,
	struct guarded *guard = turn->value;
	bpf_spin_lock(&guard->lock);
	guard->count++;
	bpf_spin_unlock(&guard->lock);
	1)
PACKET(spin_lock, VALUE_OF(guarded))

/*
 * Not __kptr: older headers mean another kind by it than kernels since 6.4 do. The typedef is there
 * for clang 14, which forgets the tag of a pointer to a struct that it knows.
 */
typedef struct task_struct referenced_task;

struct kept {
	referenced_task __attribute__((btf_type_tag("kptr"))) *task;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kept);
} kept SEC(".maps");

extern void bpf_task_release(struct task_struct *task) __ksym __weak;

DEFINE(kptr_xchg,
	struct kept *place = turn->value;
	struct task_struct *old = bpf_kptr_xchg(&place->task, 0);
	if (old)
		bpf_task_release(old);
	!old)
PACKET(kptr_xchg, VALUE_OF(kept))

struct alarm {
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct alarm);
} alarms SEC(".maps");

static int rings(void *map, int *key, struct alarm *alarm)
{
	return 0;
}

SEC("?xdp")
int timer_setup(struct xdp_md *ctx)
{
	__u32 zero = 0;
	struct alarm *alarm = bpf_map_lookup_elem(&alarms, &zero);

	if (!alarm || bpf_timer_init(&alarm->timer, &alarms, CLOCK_MONOTONIC) ||
	    bpf_timer_set_callback(&alarm->timer, rings))
		return XDP_ABORTED;
	return XDP_PASS;
}

/* Armed anew each time, as for a timeout that keeps being put off. */
DEFINE(timer_start,
	struct alarm *alarm = turn->value;
	!bpf_timer_start(&alarm->timer, HOUR, 0))
PACKET(timer_start, VALUE_OF(alarms))

/* To cancel a timer takes its callback away. */
DEFINE(timer_cancel,
	struct alarm *alarm = turn->value;
	!bpf_timer_set_callback(&alarm->timer, rings) &&
	!bpf_timer_start(&alarm->timer, HOUR, 0) && bpf_timer_cancel(&alarm->timer) == 1)
PACKET(timer_cancel, VALUE_OF(alarms))

struct bytes {
	__u64 word[8];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bytes);
} bytes SEC(".maps");

/* A frame of its own: Linux before 6.3 does not let a dynptr's place be used again. */
static __noinline int read_by_dynptr(struct bytes *from)
{
	struct bpf_dynptr pointer;
	__u64 out = 1;

	if (!from || bpf_dynptr_from_mem(from, sizeof(*from), 0, &pointer) ||
	    bpf_dynptr_read(&out, sizeof(out), &pointer, 8, 0))
		return 0;
	return !out;
}

DEFINE(dynptr_read, read_by_dynptr(turn->value))
PACKET(dynptr_read, VALUE_OF(bytes))

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} inner SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct inner);
} outer SEC(".maps") = { .values = { [0] = &inner } };

DEFINE(map_in_map,
	__u32 zero = 0;
	void *map = bpf_map_lookup_elem(&outer, &zero);
	__u64 *value = map ? bpf_map_lookup_elem(map, &zero) : 0;
	value != 0)
PACKET(map_in_map, )

const char constant_text[TEXT_BYTES] = TEXT;

DEFINE(strncmp_16, !bpf_strncmp(kernel_text, sizeof(kernel_text), constant_text))
PACKET(strncmp_16, )

/* ---- rings ---- */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

DEFINE(ringbuf_output,
	__u64 record = 1;
	long result = bpf_ringbuf_output(&ring, &record, sizeof(record), BPF_RB_NO_WAKEUP);
	!result)
PACKET(ringbuf_output, )

DEFINE(ringbuf_reserve_submit,
	__u64 *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
	if (record) {
		*record = 1;
		bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
	}
	record != 0)
PACKET(ringbuf_reserve_submit, )

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} user_ring SEC(".maps");

static long takes(struct bpf_dynptr *sample, void *ctx)
{
	return 0;
}

/* Asks a ring in which nothing waits. */
DEFINE(user_ringbuf_drain, !bpf_user_ringbuf_drain(&user_ring, takes, 0, 0))
PACKET(user_ringbuf_drain, )

char LICENSE[] SEC("license") = "Dual BSD/GPL";
