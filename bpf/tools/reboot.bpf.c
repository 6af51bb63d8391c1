// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * reboot: who asks for this machine's end: commands that do, signals to process 1, and the system call itself.
 * Hooks: sched_process_exec and signal_generate by BTF; reboot(2) by fentry, or where its function cannot be traced at
 * the beginning of every system call. Not seen: what asks process 1 by a message (a desktop, the power button), before
 * process 1 carries it out; sysrq-b, a panic, a watchdog, a hypervisor.
 * Cost: a comparison of names for each exec and of numbers for each signal; a record of at most 1.5 KiB for each request.
 */
#include "tool.h"
#include "task.h"
#include "calls.h"
#include "mm.h"
#include "reboot.h"

/* Keeps the struct in the type information, which a test holds Java's against. */
const struct request_row *row_type __attribute__((unused));

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#if defined(__TARGET_ARCH_x86)
struct pt_regs___call {
	unsigned long bx, dx, di;
};
#define FUNCTION "__x64_sys_reboot"
#define COMPAT_FUNCTION "__ia32_sys_reboot"
#define CALL 169
#else
struct pt_regs___call {
	__u64 regs[31];
	__u64 orig_x0;
};
#define FUNCTION "__arm64_sys_reboot"
#define CALL 142
#endif
#define COMPAT_CALL 88

#pragma clang attribute pop

#define MAGIC 0xfee1dead	/* without it reboot(2) does nothing */
#define SIGCHLD 17

#define ROWS_BYTES (1 << 20)

/* Rows that were written, for each CPU. */
__u64 written[CPUS * 8];

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, ROWS_BYTES);
} rows SEC(".maps");

/* One for each way to get here: the one program may run into the other. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct request_row);
} drafts SEC(".maps");

/* Programs that are executed for it, by the names of their files. Java looks at the arguments of some. */
static const char commands[][COMM_BYTES] = {
	"reboot", "poweroff", "halt", "shutdown", "systemctl", "init", "telinit", "kexec", "busybox", "runit-init",
	"openrc-shutdown",
};

static __always_inline bool is_command(const char *comm)
{
	const __u64 *own = (const __u64 *)comm;

	for (int i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		const __u64 *known = (const __u64 *)commands[i];

		if (own[0] == known[0] && own[1] == known[1])
			return true;
	}
	return false;
}

/* The reader is woken at once: what it does not keep soon, it may never. */
static __always_inline void request(enum request_how how, __u32 number)
{
	__u32 place = how;
	struct request_row *row = bpf_map_lookup_elem(&drafts, &place);

	if (!row)
		return;
	row->when = bpf_ktime_get_ns();
	row->how = how;
	row->number = number;
	row->who.zero = 0;
	identify(&row->who, (void *)bpf_get_current_task(), 0);
	bpf_get_current_comm(row->comm, sizeof(row->comm));
	own_arguments(&row->arguments);
	hold_up();
	if (bpf_ringbuf_output(&rows, row, ROW_BYTES(row), BPF_RB_FORCE_WAKEUP))
		lose(LOST_ROW);
	else
		written[(bpf_get_smp_processor_id() & CPU_MASK) * 8]++;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task)
{
	char comm[COMM_BYTES] __attribute__((aligned(8))) = {};

	if (task->tgid == 1) {
		request(BY_INIT, 0);
		return 0;
	}
	bpf_get_current_comm(comm, sizeof(comm));
	if (is_command(comm))
		request(BY_COMMAND, 0);
	return 0;
}

SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal, int number, void *info, struct task_struct *task, int group, int result)
{
	/* 0: it is delivered. Ends of its children are no requests. */
	if (task->tgid == 1 && number != SIGCHLD && !result)
		request(BY_SIGNAL, number);
	return 0;
}

static __always_inline void called(struct pt_regs *regs, bool narrow)
{
	struct pt_regs___call *call = (void *)regs;
	__u32 magic, what;

#if defined(__TARGET_ARCH_x86)
	magic = narrow ? BPF_CORE_READ(call, bx) : BPF_CORE_READ(call, di);
	what = BPF_CORE_READ(call, dx);
#else
	magic = BPF_CORE_READ(call, orig_x0);
	what = BPF_CORE_READ(call, regs[2]);
#endif
	if (magic == MAGIC)
		request(BY_CALL, what);
}

SEC("fentry/" FUNCTION)
int BPF_PROG(on_call, struct pt_regs *regs)
{
	called(regs, false);
	return 0;
}

#if defined(__TARGET_ARCH_x86)
SEC("fentry/" COMPAT_FUNCTION)
int BPF_PROG(on_compat_call, struct pt_regs *regs)
{
	called(regs, true);
	return 0;
}
#endif

SEC("tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs *regs, long number)
{
	bool narrow;

	if (number != CALL && number != COMPAT_CALL)
		return 0;
	narrow = is_compat();
	if (number == (narrow ? COMPAT_CALL : CALL))
		called(regs, narrow);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
