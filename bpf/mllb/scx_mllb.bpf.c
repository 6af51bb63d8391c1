// SPDX-License-Identifier: GPL-2.0-only
/*
 * scx_mllb: a sched_ext scheduler with a queue for each CPU. A CPU that runs dry, or whose queue was shorter than
 * another's for a while, considers the tasks of the longest queue; whether one of them may move is decided by the
 * rule of the kernel's can_migrate_task(), or by a network from the same facts, or always, or never. Nothing else
 * differs between these modes.
 */
#include "sched.h"
#include "net.h"

#define MOST_CPUS 4096	/* Java refuses more: mllb/Scheduler */
#define MOST_CANDIDATES 32	/* sched_nr_migrate */
#define MIGRATION_COST_NS 500000
#define PERIOD_NS 4000000	/* between balancings of a CPU that has work */
#define LOAD_DECAY_NS 46166000	/* PELT: half of it goes in 32 ms */
#define LOAD_OF_WEIGHT(weight) ((weight) * 1024 / 100)
#define TRIES_WITHIN_NODE 1	/* cache_nice_tries, as the kernel's domains have it */
#define TRIES_ACROSS_NODES 2

#define SCX_DSQ_LOCAL 0x8000000000000002ull
#define SCX_KICK_IDLE 1
#define SCX_OPS_ENQ_LAST 2
#define EXIT_TEXT 128

enum mode { NATIVE, LEARNED, NEVER, ALWAYS };

const volatile __u32 mode = NATIVE;
const volatile __u32 cpus = 1;
const volatile __u64 slice_ns = 3000000;

/* For tests: from then on nothing is dispatched, until the kernel's watchdog ends it. */
const volatile bool stall = false;

enum scx_exit_kind {
	SCX_EXIT_NONE,
};

struct scx_exit_info {
	enum scx_exit_kind kind;
	const char *reason;
	char *msg;
} __attribute__((preserve_access_index));

struct scx_init_task_args;

struct sched_ext_ops {
	__s32 (*select_cpu)(struct task_struct *p, __s32 prev_cpu, __u64 wake_flags);
	void (*enqueue)(struct task_struct *p, __u64 enq_flags);
	void (*dispatch)(__s32 cpu, struct task_struct *prev);
	void (*runnable)(struct task_struct *p, __u64 enq_flags);
	void (*running)(struct task_struct *p);
	void (*quiescent)(struct task_struct *p, __u64 deq_flags);
	void (*update_idle)(__s32 cpu, bool idle);
	__s32 (*init_task)(struct task_struct *p, struct scx_init_task_args *args);
	__s32 (*init)(void);
	void (*exit)(struct scx_exit_info *info);
	__u64 flags;
	__u32 timeout_ms;
	char name[128];
};

struct bpf_iter_scx_dsq {
	__u64 opaque[6];
} __attribute__((aligned(8)));

/* 1 to 10000, 100 at nice 0. */
struct sched_ext_entity___mllb {
	__u32 weight;
} __attribute__((preserve_access_index));

struct task_struct___scx {
	struct sched_ext_entity___mllb scx;
	unsigned short migration_disabled;
} __attribute__((preserve_access_index));

extern __s32 scx_bpf_create_dsq(__u64 dsq_id, __s32 node) __ksym;
extern __s32 scx_bpf_dsq_nr_queued(__u64 dsq_id) __ksym;
extern __s32 scx_bpf_select_cpu_dfl(struct task_struct *p, __s32 prev_cpu, __u64 wake_flags, bool *is_idle) __ksym;
extern __s32 scx_bpf_pick_idle_cpu(const struct cpumask *allowed, __u64 flags) __ksym;
extern void scx_bpf_kick_cpu(__s32 cpu, __u64 flags) __ksym;
extern __s32 scx_bpf_task_cpu(const struct task_struct *p) __ksym;
extern int bpf_iter_scx_dsq_new(struct bpf_iter_scx_dsq *it, __u64 dsq_id, __u64 flags) __ksym;
extern struct task_struct *bpf_iter_scx_dsq_next(struct bpf_iter_scx_dsq *it) __ksym;
extern void bpf_iter_scx_dsq_destroy(struct bpf_iter_scx_dsq *it) __ksym;
extern bool bpf_cpumask_test_cpu(__u32 cpu, const struct cpumask *mask) __ksym;

/*
 * What the kernels call differently; libbpf takes the last ___ and what follows off a name. Linux 6.12 dispatches and
 * consumes, 6.13 has the names of today, 6.14 the clock; since 6.19 insert has an answer, since 7.1 move_to_local a
 * further argument, both as ___v2. What a kernel has not is 0, and the branch to it is never looked at.
 */
extern bool scx_bpf_dsq_insert___v2___new(struct task_struct *p, __u64 dsq_id, __u64 slice,
					  __u64 enq_flags) __ksym __weak;
extern void scx_bpf_dsq_insert___old(struct task_struct *p, __u64 dsq_id, __u64 slice, __u64 enq_flags) __ksym __weak;
extern void scx_bpf_dispatch(struct task_struct *p, __u64 dsq_id, __u64 slice, __u64 enq_flags) __ksym __weak;
extern bool scx_bpf_dsq_move_to_local___v2___new(__u64 dsq_id, __u64 enq_flags) __ksym __weak;
extern bool scx_bpf_dsq_move_to_local___old(__u64 dsq_id) __ksym __weak;
extern bool scx_bpf_consume(__u64 dsq_id) __ksym __weak;
extern bool scx_bpf_dsq_move(struct bpf_iter_scx_dsq *it, struct task_struct *p, __u64 dsq_id,
			     __u64 enq_flags) __ksym __weak;
extern bool scx_bpf_dispatch_from_dsq(struct bpf_iter_scx_dsq *it, struct task_struct *p, __u64 dsq_id,
				      __u64 enq_flags) __ksym __weak;
extern __u64 scx_bpf_now(void) __ksym __weak;

static __always_inline void insert(struct task_struct *p, __u64 dsq_id, __u64 slice, __u64 enq_flags)
{
	if (scx_bpf_dsq_insert___v2___new)
		scx_bpf_dsq_insert___v2___new(p, dsq_id, slice, enq_flags);
	else if (scx_bpf_dsq_insert___old)
		scx_bpf_dsq_insert___old(p, dsq_id, slice, enq_flags);
	else
		scx_bpf_dispatch(p, dsq_id, slice, enq_flags);
}

static __always_inline bool move_to_local(__u64 dsq_id)
{
	if (scx_bpf_dsq_move_to_local___v2___new)
		return scx_bpf_dsq_move_to_local___v2___new(dsq_id, 0);
	if (scx_bpf_dsq_move_to_local___old)
		return scx_bpf_dsq_move_to_local___old(dsq_id);
	return scx_bpf_consume(dsq_id);
}

static __always_inline bool move_here(struct bpf_iter_scx_dsq *it, struct task_struct *p)
{
	if (scx_bpf_dsq_move)
		return scx_bpf_dsq_move(it, p, SCX_DSQ_LOCAL, 0);
	return scx_bpf_dispatch_from_dsq(it, p, SCX_DSQ_LOCAL, 0);
}

static __always_inline __u64 now(void)
{
	return scx_bpf_now ? scx_bpf_now() : bpf_ktime_get_ns();
}

/* What Java reads; one for each CPU, added up there. */
struct counts {
	__u64 balancings;	/* another's queue was looked through */
	__u64 decisions;
	__u64 migrations;	/* decided and done */
	__u64 agreements;	/* the answer was the native rule's */
	__u64 native_yes;
	__u64 timed;		/* decisions whose time was taken */
	__u64 timed_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counts);
} counts SEC(".maps");

/* A CPU as others see it. */
struct cpu_state {
	__u64 load;		/* decayed average of runnable */
	__u64 updated;
	__s64 runnable;		/* load of the tasks that are runnable here */
	__u64 balanced;		/* when it balanced last */
	__u32 node;
	__u32 fails;		/* balancings that moved nothing, since one did */
	bool idle;
	bool has_task;
};

/* Java makes room for as many CPUs as there may be. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct cpu_state);
} states SEC(".maps");

/* Where a task's load is counted. */
struct task_state {
	__u32 cpu;
	__u32 load;		/* 0: nowhere */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_state);
} tasks SEC(".maps");

/* How it ended: the kernel's kind, 0 while it runs, and its words. */
__u64 exit_kind;
char exit_reason[EXIT_TEXT];
char exit_message[EXIT_TEXT];

static __always_inline struct cpu_state *state_of(__u32 cpu)
{
	return bpf_map_lookup_elem(&states, &cpu);
}

static __always_inline void decay(struct cpu_state *state, __u64 at)
{
	__u64 runnable = state->runnable > 0 ? state->runnable : 0;
	__u64 past = at > state->updated ? at - state->updated : 0;

	if (runnable > state->load)
		state->load += (runnable - state->load) * past / (past + LOAD_DECAY_NS);
	else
		state->load -= (state->load - runnable) * past / (past + LOAD_DECAY_NS);
	state->updated = at;
}

/* Counts a task's load on a CPU, and no longer where it was. */
static __always_inline void count_load(struct task_state *task, __u32 cpu, __u32 load)
{
	__u64 at = now();
	struct cpu_state *from, *to;

	if (task->load == load && (!load || task->cpu == cpu))
		return;
	from = state_of(task->cpu);
	if (task->load && from) {
		decay(from, at);
		__sync_fetch_and_sub(&from->runnable, task->load);
	}
	to = state_of(cpu);
	if (load && to) {
		decay(to, at);
		__sync_fetch_and_add(&to->runnable, load);
	}
	task->cpu = cpu;
	task->load = load;
}

static __always_inline __u32 load_of(struct task_struct *p)
{
	struct task_struct___scx *task = (void *)p;

	return LOAD_OF_WEIGHT(task->scx.weight);
}

/* What a decision is made of. */
struct question {
	struct net_facts facts;
	__u32 src_node;
	__u32 dst_node;
	int preferred;
	unsigned long src_faults;
	unsigned long dst_faults;
};

/* As migrate_degrades_locality() of kernel/sched/fair.c: 1 farther from its memory, -1 nearer, 0 neither. */
static __always_inline int degrades(const struct question *q)
{
	if (!q->facts.total_faults || q->src_node == q->dst_node)
		return 0;
	if (q->src_node == q->preferred)
		return q->facts.src_len > q->facts.src_preferred_len;
	if (q->dst_node == q->preferred)
		return -1;
	if (q->facts.cpu_idle)
		return 0;
	return q->src_faults > q->dst_faults ? 1 : q->src_faults < q->dst_faults ? -1 : 0;
}

/* As can_migrate_task() where it comes to the cache: cold, or others failed too often. */
static __always_inline bool native_rule(const struct question *q)
{
	int farther = degrades(q);
	bool hot = farther ? farther > 0 : q->facts.delta < MIGRATION_COST_NS;

	return !hot || q->facts.nr_fails > q->facts.cache_nice_tries;
}

/* A function of its own to the verifier as well, else it would be followed for each candidate and path. */
__noinline int learned_rule(struct net_facts *facts)
{
	__s32 x[NET_INPUTS];

	if (!facts)
		return 0;
	net_inputs(facts, x);
	return net_migrate(x);
}

static __always_inline bool may_migrate(struct question *q, struct counts *count)
{
	bool native = native_rule(q), answer = native;

	switch (mode) {
	case LEARNED:
		answer = learned_rule(&q->facts);
		break;
	case NEVER:
		answer = false;
		break;
	case ALWAYS:
		answer = true;
		break;
	}
	count->decisions++;
	count->agreements += answer == native;
	count->native_yes += native;
	return answer;
}

static __always_inline void ask(struct question *q, struct task_struct *p, struct cpu_state *src,
				struct cpu_state *dst, __u32 src_len, __u32 dst_len, bool dry)
{
	unsigned long *faults = bpf_core_field_exists(p->numa_faults) ? p->numa_faults : NULL;

	q->src_node = src->node;
	q->dst_node = dst->node;
	q->preferred = bpf_core_field_exists(p->numa_preferred_nid) ? p->numa_preferred_nid : NO_NODE;
	q->src_faults = faults_on(faults, src->node);
	q->dst_faults = faults_on(faults, dst->node);
	q->facts.delta = now() - p->se.exec_start;
	q->facts.src_load = src->load;
	q->facts.dst_load = dst->load;
	q->facts.delta_faults = q->dst_faults - q->src_faults;
	q->facts.total_faults = bpf_core_field_exists(p->total_numa_faults) ? p->total_numa_faults : 0;
	q->facts.src_len = src_len;
	q->facts.src_preferred_len = 0; /* the kernel counts these for its own class only */
	q->facts.dst_len = dst_len;
	q->facts.nr_fails = dst->fails;
	q->facts.cache_nice_tries = q->src_node == q->dst_node ? TRIES_WITHIN_NODE : TRIES_ACROSS_NODES;
	q->facts.cpu_idle = dry && dst->idle;
	q->facts.cpu_newly_idle = dry && !dst->idle;
	q->facts.cpu_not_idle = !dry;
	q->facts.same_node = q->src_node == q->dst_node;
	q->facts.prefer_src = q->preferred == q->src_node;
	q->facts.prefer_dst = q->preferred == q->dst_node;
	q->facts.buddy_hot = 0;
}

/* A task of a queue is trusted, so the kernel's own function may be asked for its mask. */
static __always_inline bool may_move_to(struct task_struct *p, __u32 cpu)
{
	struct task_struct___scx *task = (void *)p;

	/* Also makes struct cpumask known to libbpf, which compares it with the kernel's. */
	if (!bpf_core_field_exists(p->cpus_ptr->bits))
		return false;
	return p->nr_cpus_allowed > 1 && !task->migration_disabled && bpf_cpumask_test_cpu(cpu, p->cpus_ptr);
}

struct search {
	__u32 me;
	__u32 found;
	__u32 longest;
};

static long look_at(__u32 cpu, struct search *search)
{
	struct cpu_state *state = state_of(cpu);
	__u32 queued = scx_bpf_dsq_nr_queued(cpu);

	if (cpu == search->me || !queued || !state)
		return 0;
	queued += state->has_task;
	if (queued > search->longest) {
		search->longest = queued;
		search->found = cpu;
	}
	return 0;
}

/* The CPU with the longest queue but this one, and how long it is with what runs there. */
static __always_inline __u32 busiest(__u32 me, __u32 *length)
{
	struct search search = { .me = me, .found = me };

	bpf_loop(cpus, look_at, &search, 0);
	*length = search.longest;
	return search.found;
}

/* Looks through the longest queue for a task that may come here. */
static __always_inline void balance(__u32 me, struct cpu_state *mine, struct counts *count, __u32 length, bool dry)
{
	struct bpf_iter_scx_dsq it;
	struct cpu_state *theirs;
	struct task_struct *p;
	__u32 src_len, src = busiest(me, &src_len), tried = 0;
	__u64 at = now();
	bool moved = false;

	/* One more or less is as even as it gets. */
	if (src == me || src_len < length + 2 - dry)
		return;
	theirs = state_of(src);
	if (!theirs)
		return;
	decay(mine, at);
	decay(theirs, at);
	count->balancings++;
	if (!bpf_iter_scx_dsq_new(&it, src, 0)) {
		while ((p = bpf_iter_scx_dsq_next(&it)) && tried < MOST_CANDIDATES) {
			struct question q = {};
			bool timed = (count->decisions & 15) == 0;
			__u64 began;

			tried++;
			if (!may_move_to(p, me))
				continue;
			began = timed ? bpf_ktime_get_ns() : 0;
			ask(&q, p, theirs, mine, src_len, length, dry);
			moved = may_migrate(&q, count);
			if (timed) {
				count->timed++;
				count->timed_ns += bpf_ktime_get_ns() - began;
			}
			if (!moved)
				continue;
			moved = move_here(&it, p);
			if (moved)
				break;
		}
	}
	bpf_iter_scx_dsq_destroy(&it);
	count->migrations += moved;
	if (moved)
		mine->fails = 0;
	else if (mine->idle || !dry)
		mine->fails++; /* as the kernel does: not where it was newly idle */
}

SEC("struct_ops/select_cpu")
__s32 BPF_PROG(mllb_select_cpu, struct task_struct *p, __s32 prev_cpu, __u64 wake_flags)
{
	bool idle = false;
	__s32 cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &idle);

	if (idle && !stall)
		insert(p, SCX_DSQ_LOCAL, slice_ns, 0);
	return cpu;
}

SEC("struct_ops/enqueue")
void BPF_PROG(mllb_enqueue, struct task_struct *p, __u64 enq_flags)
{
	__s32 cpu = scx_bpf_task_cpu(p), idle;

	insert(p, cpu, slice_ns, enq_flags);
	/* One that has nothing to do may look here. */
	idle = scx_bpf_pick_idle_cpu(p->cpus_ptr, 0);
	if (idle >= 0)
		scx_bpf_kick_cpu(idle, SCX_KICK_IDLE);
}

SEC("struct_ops/dispatch")
void BPF_PROG(mllb_dispatch, __s32 cpu, struct task_struct *prev)
{
	struct cpu_state *mine = state_of(cpu);
	__u32 zero = 0, length;
	struct counts *count = bpf_map_lookup_elem(&counts, &zero);
	__u64 at = now();
	bool dry;

	if (!mine || !count || stall)
		return;
	length = scx_bpf_dsq_nr_queued(cpu);
	dry = !length;
	if (dry || at - mine->balanced > PERIOD_NS) {
		mine->balanced = at;
		balance(cpu, mine, count, length, dry);
	}
	move_to_local(cpu);
}

SEC("struct_ops/runnable")
void BPF_PROG(mllb_runnable, struct task_struct *p, __u64 enq_flags)
{
	struct task_state *task = bpf_task_storage_get(&tasks, p, 0, 0);

	if (task)
		count_load(task, scx_bpf_task_cpu(p), load_of(p));
}

SEC("struct_ops/running")
void BPF_PROG(mllb_running, struct task_struct *p)
{
	__u32 cpu = scx_bpf_task_cpu(p);
	struct task_state *task = bpf_task_storage_get(&tasks, p, 0, 0);
	struct cpu_state *here = state_of(cpu);

	if (task)
		count_load(task, cpu, load_of(p));
	if (here) {
		here->has_task = true;
		here->idle = false;
	}
}

SEC("struct_ops/quiescent")
void BPF_PROG(mllb_quiescent, struct task_struct *p, __u64 deq_flags)
{
	struct task_state *task = bpf_task_storage_get(&tasks, p, 0, 0);

	if (task)
		count_load(task, task->cpu, 0);
}

SEC("struct_ops/update_idle")
void BPF_PROG(mllb_update_idle, __s32 cpu, bool idle)
{
	struct cpu_state *here = state_of(cpu);

	if (!here)
		return;
	here->idle = idle;
	if (idle)
		here->has_task = false;
}

SEC("struct_ops.s/init_task")
__s32 BPF_PROG(mllb_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	return bpf_task_storage_get(&tasks, p, 0, BPF_LOCAL_STORAGE_GET_F_CREATE) ? 0 : -12;
}

SEC("struct_ops.s/init")
__s32 BPF_PROG(mllb_init)
{
	for (__u32 cpu = 0; cpu < MOST_CPUS && cpu < cpus; cpu++) {
		__s32 error = scx_bpf_create_dsq(cpu, -1);

		if (error)
			return error;
	}
	return 0;
}

SEC("struct_ops/exit")
void BPF_PROG(mllb_exit, struct scx_exit_info *info)
{
	bpf_probe_read_kernel_str(exit_reason, sizeof(exit_reason), info->reason);
	bpf_probe_read_kernel_str(exit_message, sizeof(exit_message), info->msg);
	exit_kind = info->kind;
}

SEC(".struct_ops.link")
struct sched_ext_ops mllb = {
	.select_cpu = (void *)mllb_select_cpu,
	.enqueue = (void *)mllb_enqueue,
	.dispatch = (void *)mllb_dispatch,
	.runnable = (void *)mllb_runnable,
	.running = (void *)mllb_running,
	.quiescent = (void *)mllb_quiescent,
	.update_idle = (void *)mllb_update_idle,
	.init_task = (void *)mllb_init_task,
	.init = (void *)mllb_init,
	.exit = (void *)mllb_exit,
	.flags = 1 /* SCX_OPS_KEEP_BUILTIN_IDLE, beside update_idle */,
	.timeout_ms = 2000,
	.name = "mllb",
};

char LICENSE[] SEC("license") = "GPL";
