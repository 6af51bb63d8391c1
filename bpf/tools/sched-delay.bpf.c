// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * sched-delay: who could run and waited for a CPU, how often, how long, and who ran there before.
 * Hook: sched_switch by BTF. How long a thread waited is the kernel's own account, read just before it is closed: when
 * it was queued, and what its waits took before it moved to another CPU. So there is no hook at wake-ups, and no clock
 * is read. A switch that the kernel runs no program for (6.18, busy: some in a thousand) costs a count; its time comes
 * with the next one. Not seen: waits that go on, until they end. Cost: for each thread that comes a look into the task's own
 * storage (before 6.4 a hash map) and a lookup in a hash map.
 */
#include "tool.h"
#include "thread.h"
#include "longest.h"
#include "sched-delay.h"

#define MOST_USES 16384
#define ROWS_BYTES (1 << 20)

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct sched_info {
	unsigned long pcount;		/* how often it came to a CPU */
	unsigned long long run_delay;	/* ns; what it waited before this wait, or before it moved in it */
	unsigned long long last_queued;	/* the run queue's clock; 0: it does not wait */
};

struct rq {
	unsigned int nr_running;
	__u64 clock;	/* ns; read at the beginning of each switch */
};

struct cfs_rq {
	struct rq *rq;
};

struct sched_entity {
	struct cfs_rq *cfs_rq;	/* of the CPU that the task is on, whatever its class */
};

struct task_struct___queued {
	struct sched_entity se;
	struct sched_info sched_info;
};

#pragma clang attribute pop

/* Keeps the struct in the type information, which a test holds Java's against. */
const struct delay_row *row_type __attribute__((unused));

const volatile __u32 only_tgid = 0;
const volatile bool each_thread = false;
const volatile __u64 threshold_ns = 0;	/* 0: no rows */

/* What a thread had waited in all when it last came to a CPU. */
struct delays {
	__u64 ns;
	__u64 known;	/* 0: it has not been seen yet */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct delays);
} delays SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_THREADS);
	__type(key, __u32);
	__type(value, struct delays);
} threads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_USES);
	__type(key, __u32);
	__type(value, struct delay_use);
} uses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, ROWS_BYTES);
} rows SEC(".maps");

static const struct delay_use unused;
static const struct delays unknown;

/* Null where there is no room, which is a loss. */
static __always_inline struct delays *delays_of(struct task_struct *task)
{
	struct delays *found;
	__u32 thread = task->pid;
	long error = -E2BIG;

	if (!by_thread) {
		found = bpf_task_storage_get(&delays, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	} else {
		found = bpf_map_lookup_elem(&threads, &thread);
		if (!found) {
			error = bpf_map_update_elem(&threads, &thread, &unknown, BPF_NOEXIST);
			found = bpf_map_lookup_elem(&threads, &thread);
		}
	}
	if (!found)
		lose(why_none(error, LOST_THREAD));
	return found;
}

static __always_inline void forget(struct task_struct *task)
{
	__u32 thread = task->pid;

	if (by_thread)
		bpf_map_delete_elem(&threads, &thread);
}

static __always_inline struct delay_use *use_of(struct task_struct *task)
{
	__u32 number = each_thread ? task->pid : task->tgid;
	struct delay_use *use = bpf_map_lookup_elem(&uses, &number);
	struct task_struct *leader = leader_of(task), *named = each_thread ? task : leader;
	long error;

	if (!use) {
		error = bpf_map_update_elem(&uses, &number, &unused, BPF_NOEXIST);
		use = bpf_map_lookup_elem(&uses, &number);
	}
	if (!use) {
		lose(why_none(error, LOST_COUNT));
		return 0;
	}
	if (use->started != start_of(named)) {
		use->started = start_of(named);
		use->tgid = task->tgid;
		use->inside = own_number(leader);
	}
	__builtin_memcpy(use->comm, named->comm, sizeof(use->comm));	/* exec gives it another */
	return use;
}

/* The reader comes by by itself, so it is woken only where the buffer fills. */
static __always_inline __u64 wake(void)
{
	return bpf_ringbuf_query(&rows, BPF_RB_AVAIL_DATA) > ROWS_BYTES / 4 ? BPF_RB_FORCE_WAKEUP :
									     BPF_RB_NO_WAKEUP;
}

static __always_inline void write_row(struct task_struct *prev, struct task_struct *next, const struct rq *queue,
				      __u64 ns)
{
	struct delay_row *row = bpf_ringbuf_reserve(&rows, sizeof(*row), 0);

	if (!row) {
		lose(LOST_ROW);
		return;
	}
	row->ended = bpf_ktime_get_ns();
	row->wait_ns = ns;
	row->tgid = next->tgid;
	row->tid = next->pid;
	row->inside = own_number(leader_of(next));
	row->cpu = bpf_get_smp_processor_id();
	row->on_queue = queue->nr_running;
	row->before_tgid = prev->tgid;
	__builtin_memcpy(row->comm, next->comm, sizeof(row->comm));
	__builtin_memcpy(row->before_comm, prev->comm, sizeof(row->before_comm));
	bpf_ringbuf_submit(row, wake());
}

/*
 * How long a task waited that comes to a CPU now. A wait on several CPUs is in run_delay but for its last part. What
 * run_delay was before is known of threads that came already: of one that comes for the first time since the module
 * began, the last part counts.
 */
static __always_inline __u64 waited(struct task_struct___queued *task, const struct rq *queue, struct delays *before)
{
	__u64 since = task->sched_info.last_queued, now = queue->clock;
	__u64 part = now > since ? now - since : 0, total = task->sched_info.run_delay + part;
	__u64 ns = part;

	if (!task->sched_info.pcount)
		ns = total;
	else if (before->known && total >= before->ns)
		ns = total - before->ns;
	before->ns = total;
	before->known = 1;
	return ns;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	struct task_struct___queued *task = (void *)next;
	const struct rq *queue;
	struct delays *before;
	struct delay_use *use;
	__u64 ns;

	if (state_of(prev) & TASK_DEAD)
		forget(prev);
	if (!next->pid || (only_tgid && next->tgid != only_tgid) || !task->sched_info.last_queued)
		return 0;
	hold_up();
	before = delays_of(next);
	if (!before)
		return 0;
	queue = task->se.cfs_rq->rq;
	ns = waited(task, queue, before);
	use = use_of(next);
	if (!use)
		return 0;
	__sync_fetch_and_add(&use->waits, 1);
	__sync_fetch_and_add(&use->wait_ns, ns);
	keep_longest(use->longest, ns);
	if (threshold_ns && ns >= threshold_ns)
		write_row(prev, next, queue, ns);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
