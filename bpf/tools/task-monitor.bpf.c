// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * task-monitor: how many threads each process has, runs and has blocked; how many it starts, forks and ends.
 * Hooks: task_newtask and sched_process_exit by BTF count; the iterator over tasks runs when the reader asks, in its own
 * context. Not seen: threads that came and went count, but are in no column of those that are there.
 * Cost: a lookup in a hash map for each thread that begins or ends; each question one look at each thread.
 */
#include "tool.h"
#include "iter.h"
#include "thread.h"
#include "blocked.h"
#include "task-monitor.h"

#define MOST_PROCESSES 65536
#define CLONE_THREAD 0x10000

const volatile __u32 only_tgid = 0;

/* By the process that starts or ends, not by the new one. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_PROCESSES);
	__type(key, struct births_key);
	__type(value, struct births);
} births SEC(".maps");

static const struct births none;

/* Null where it is not wanted, or there is no room, which is a loss. */
static __always_inline struct births *births_of(struct task_struct *task)
{
	struct births_key key = { .tgid = task->tgid, .cpu = bpf_get_smp_processor_id() };
	struct births *found;
	long error;

	if (only_tgid && key.tgid != only_tgid)
		return 0;
	hold_up();
	found = bpf_map_lookup_elem(&births, &key);
	if (!found) {
		error = bpf_map_update_elem(&births, &key, &none, BPF_NOEXIST);
		found = bpf_map_lookup_elem(&births, &key);
		if (!found) {
			lose(why_none(error, LOST_KEY));
			return 0;
		}
	}
	found->inside = own_number(leader_of(task));
	bpf_probe_read_kernel(found->comm, sizeof(found->comm), leader_of(task)->comm);
	return found;
}

SEC("tp_btf/task_newtask")
int BPF_PROG(on_new, struct task_struct *task, unsigned long clone_flags)
{
	struct births *own = births_of(bpf_get_current_task_btf());

	if (!own)
		return 0;
	if (clone_flags & CLONE_THREAD)
		own->threads++;
	else
		own->processes++;
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct births *own = births_of(task);

	if (own)
		own->ended++;
	return 0;
}

/* Only one iterator runs at a time, the reader's. */
struct thread_now found;

SEC("iter/task")
int on_task(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	long state;

	if (!task || (only_tgid && task->tgid != only_tgid))
		return 0;
	state = state_of(task);
	found.tgid = task->tgid;
	found.inside = own_number(leader_of(task));
	found.running = state == TASK_RUNNING;
	found.blocked = is_blocked(task, state);
	bpf_probe_read_kernel(found.comm, sizeof(found.comm), leader_of(task)->comm);
	bpf_seq_write(ctx->meta->seq, &found, sizeof(found));
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
