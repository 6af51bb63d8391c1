// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * mutex-monitor: who waits for which of the kernel's locks, how long, and who has it.
 * Hooks: contention_begin and contention_end by BTF, which run only where a lock is not free. Not seen: who has it at
 * ease; locks of user space (futex); waits of 5.18 and earlier. Cost: nothing for a lock that is free; else two clock
 * readings, and two or three lookups in hash maps; with stacks a walk over one.
 */
#include "tool.h"
#include "process.h"
#include "longest.h"
#include "stacks.h"
#include "mutex-monitor.h"

#define MOST_USES 16384
#define MOST_SPINS 4		/* a task's, a soft and a hard interrupt's, an NMI's; a power of two */
#define ROWS_BYTES (1 << 20)
#define TASK_OF_OWNER (~7ull)	/* the lower bits say other things */
#define OWNED_BY_READERS 1

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct mutex {
	struct {
		long counter;
	} owner;
};

struct rw_semaphore {
	struct {
		long counter;
	} owner;
};

struct mm_struct {
	struct rw_semaphore mmap_lock;
};

struct task_struct___lock {
	int tgid;
	struct task_struct___lock *group_leader;
	struct mm_struct *mm;
	char comm[COMM_BYTES];
};

#pragma clang attribute pop

/* Keeps the struct in the type information, which a test holds Java's against. */
const struct lock_wait *row_type __attribute__((unused));

const volatile __u32 only_tgid = 0;
const volatile bool with_stacks = false;
const volatile __u64 threshold_ns = 0;	/* 0: no rows */

struct wait {
	__u64 lock;
	__u64 since;
	__u32 kind;
	__u32 owner_tgid;
	char owner_comm[16];
};

/* A CPU spins for one lock at a time, but an interrupt may come into that and spin, too. */
struct spinning {
	__u32 depth;
	__u32 busy;	/* a program of this object runs here: what the kernel's maps wait for is no event */
	__u64 pad;
	struct wait waits[MOST_SPINS];
};

struct spinning spinning[CPUS];

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_THREADS);
	__type(key, __u32);
	__type(value, struct wait);
} sleeping SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_USES);
	__type(key, struct lock_key);
	__type(value, struct lock_use);
} uses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, ROWS_BYTES);
} rows SEC(".maps");

static const struct lock_use unused;

static __always_inline __u32 kind_of(__u32 flags)
{
	/* Before commit ee042be16cb4 (6.0) a mutex has no flag of its own. */
	return !flags || flags & LOCK_MUTEX ? LOCK_MUTEX : flags & 0x1f;
}

static __always_inline void name_owner(struct wait *wait)
{
	bool is_mutex = wait->kind & LOCK_MUTEX;
	struct rw_semaphore *semaphore = (void *)wait->lock;
	struct mutex *mutex = (void *)wait->lock;
	struct task_struct___lock *owner;
	__u64 word = 0;

	wait->owner_tgid = NO_OWNER;
	wait->owner_comm[0] = 0;
	if (is_mutex && bpf_core_field_exists(mutex->owner))
		word = BPF_CORE_READ(mutex, owner.counter);
	else if (!is_mutex && !(wait->kind & (LOCK_RT | LOCK_PERCPU)) && bpf_core_field_exists(semaphore->owner))
		word = BPF_CORE_READ(semaphore, owner.counter);
	if (!is_mutex && word & OWNED_BY_READERS) {
		wait->owner_tgid = READERS;
		return;
	}
	owner = (void *)(word & TASK_OF_OWNER);
	if (!owner)
		return;
	wait->owner_tgid = BPF_CORE_READ(owner, tgid);
	bpf_probe_read_kernel(wait->owner_comm, sizeof(wait->owner_comm), BPF_CORE_READ(owner, group_leader)->comm);
}

static __always_inline bool is_of_memory(__u64 lock, __u32 kind)
{
	struct task_struct___lock *task = (void *)bpf_get_current_task_btf();
	__u64 mm = (__u64)BPF_CORE_READ(task, mm);

	return !(kind & ~(LOCK_READ | LOCK_WRITE)) && mm &&
	       lock == mm + bpf_core_field_offset(struct mm_struct, mmap_lock);
}

static __always_inline void begin_spin(struct spinning *cpu, __u64 lock, __u32 kind, __u64 now)
{
	struct wait *wait;
	__u32 depth = cpu->depth;

	if (depth >= MOST_SPINS) {
		lose(LOST_END);
		depth = 0;
	}
	wait = &cpu->waits[depth & (MOST_SPINS - 1)];
	wait->lock = lock;
	wait->since = now;
	wait->kind = kind;
	wait->owner_tgid = NO_OWNER;
	cpu->depth = depth + 1;
}

static __always_inline void begin_sleep(__u64 lock, __u32 kind, __u64 now)
{
	__u32 tid = bpf_get_current_pid_tgid();
	struct wait *known = bpf_map_lookup_elem(&sleeping, &tid);
	struct wait wait = { .lock = lock, .since = now, .kind = kind };
	long error;

	/* A mutex begins twice: while the thread spins, and when it goes to sleep. */
	if (known && known->lock == lock && known->since)
		return;
	name_owner(&wait);
	if (is_of_memory(lock, kind))
		wait.kind |= LOCK_OF_MEMORY;
	if (known) {
		*known = wait;
		return;
	}
	error = bpf_map_update_elem(&sleeping, &tid, &wait, BPF_NOEXIST);
	if (error)
		lose(why_none(error, LOST_THREAD));
}

static __always_inline struct lock_use *use_of(struct task_struct___process *task, struct lock_key *key)
{
	struct lock_use *use = bpf_map_lookup_elem(&uses, key);
	long error;

	if (!use) {
		error = bpf_map_update_elem(&uses, key, &unused, BPF_NOEXIST);
		use = bpf_map_lookup_elem(&uses, key);
		if (!use) {
			lose(why_none(error, LOST_KEY));
			return 0;
		}
		if (key->tgid)
			use->inside = number_inside(task);
	} else if (!key->tgid || use->execs == execs_of(task)) {
		return use;
	}
	if (key->tgid) {
		use->execs = execs_of(task);
		name_process(task, use->comm);
	}
	return use;
}

/* The reader comes by by itself, so it is woken only where the buffer fills. */
static __always_inline __u64 wake(void)
{
	return bpf_ringbuf_query(&rows, BPF_RB_AVAIL_DATA) > ROWS_BYTES / 4 ? BPF_RB_FORCE_WAKEUP :
									     BPF_RB_NO_WAKEUP;
}

static __always_inline void write_row(struct task_struct___process *task, struct wait *wait, __u32 tgid, __u64 now)
{
	struct lock_wait *row = bpf_ringbuf_reserve(&rows, sizeof(*row), 0);

	if (!row) {
		lose(LOST_ROW);
		return;
	}
	row->ended = now;
	row->wait_ns = now - wait->since;
	row->lock = wait->lock;
	row->kind = wait->kind;
	row->tgid = tgid;
	row->tid = tgid ? (__u32)bpf_get_current_pid_tgid() : 0;
	row->inside = tgid ? number_inside(task) : 0;
	row->owner_tgid = wait->owner_tgid;
	row->pad = 0;
	if (tgid)
		bpf_get_current_comm(row->comm, sizeof(row->comm));
	else
		__builtin_memset(row->comm, 0, sizeof(row->comm));
	__builtin_memcpy(row->owner_comm, wait->owner_comm, sizeof(row->owner_comm));
	bpf_ringbuf_submit(row, wake());
}

static __always_inline void count(void *ctx, struct wait *wait, __u64 now, const bool tracked)
{
	struct task_struct___process *task = this_task();
	struct lock_key key = { .lock = wait->lock, .kind = wait->kind };
	__u64 ns = now - wait->since;
	struct lock_use *use;

	if (!is_interrupt(task, tracked))
		key.tgid = bpf_get_current_pid_tgid() >> 32;
	if (only_tgid && key.tgid != only_tgid)
		return;
	if (with_stacks)
		key.stack = stack_here(ctx, 0);
	use = has_stack(key.stack) ? use_of(task, &key) : 0;
	if (!use)
		return;
	__sync_fetch_and_add(&use->waits, 1);
	__sync_fetch_and_add(&use->wait_ns, ns);
	keep_longest(use->longest, ns);
	/* A mutex that its owner is about to give away has none. */
	if (wait->owner_tgid != NO_OWNER && keep_longest(use->longest_owned, ns)) {
		use->owner_tgid = wait->owner_tgid;
		__builtin_memcpy(use->owner_comm, wait->owner_comm, sizeof(use->owner_comm));
	}
	if (threshold_ns && ns >= threshold_ns)
		write_row(task, wait, key.tgid, now);
}

/* Whether it was one; what lies above it ended unseen. */
static __always_inline bool end_spin(void *ctx, struct spinning *cpu, __u64 lock, __u64 now,
					       const bool tracked)
{
	__u32 depth = cpu->depth;

	for (int i = 0; i < MOST_SPINS; i++) {
		struct wait *wait;

		if (!depth)
			return false;
		depth--;
		wait = &cpu->waits[depth & (MOST_SPINS - 1)];
		if (wait->lock != lock)
			continue;
		cpu->depth = depth;
		count(ctx, wait, now, tracked);
		return true;
	}
	return false;
}

static __always_inline void end_sleep(void *ctx, __u64 lock, __u64 now, const bool tracked)
{
	__u32 tid = bpf_get_current_pid_tgid();
	struct wait *wait = bpf_map_lookup_elem(&sleeping, &tid);

	/* Not there: it began before this was attached. */
	if (!wait || wait->lock != lock)
		return;
	count(ctx, wait, now, tracked);
	bpf_map_delete_elem(&sleeping, &tid);
}

static __always_inline struct spinning *enter(void)
{
	struct spinning *cpu = &spinning[bpf_get_smp_processor_id() & CPU_MASK];

	if (cpu->busy)
		return 0;
	cpu->busy = 1;
	return cpu;
}

SEC("tp_btf/contention_begin")
int BPF_PROG(on_begin, void *lock, unsigned int flags)
{
	struct spinning *cpu = enter();
	__u32 kind = kind_of(flags);
	__u64 now = bpf_ktime_get_ns();

	if (!cpu) {
		lose(LOST_END); /* its end may come at the same bad moment: neither counts */
		return 0;
	}
	if (kind & LOCK_SPIN)
		begin_spin(cpu, (__u64)lock, kind, now);
	else
		begin_sleep((__u64)lock, kind, now);
	cpu->busy = 0;
	return 0;
}

static __always_inline int end(void *ctx, void *lock, const bool tracked)
{
	__u64 now = bpf_ktime_get_ns();
	struct spinning *cpu = enter();

	if (!cpu)
		return 0;
	hold_up();
	if (!end_spin(ctx, cpu, (__u64)lock, now, tracked))
		end_sleep(ctx, (__u64)lock, now, tracked);
	cpu->busy = 0;
	return 0;
}

SEC("?tp_btf/contention_end")
int BPF_PROG(on_end, void *lock)
{
	return end(ctx, lock, false);
}

SEC("?tp_btf/contention_end")
int BPF_PROG(on_end_tracked, void *lock)
{
	return end(ctx, lock, true);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
