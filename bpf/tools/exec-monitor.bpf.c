// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * exec-monitor: a row for each exec, with its arguments, whoever asked for it, and the error of one that failed.
 * Hooks: sched_process_exec by BTF for those that succeed; for those that fail the end of the system calls execve and
 * execveat, or where their functions cannot be traced the end of every system call. Not seen: failures of programs that
 * the kernel itself starts.
 * Cost: one run and a record of 0.7 to 1.7 KiB for each exec.
 */
#include "tool.h"
#include "task.h"
#include "calls.h"
#include "mm.h"
#include "exec-monitor.h"

/* Keeps the struct in the type information, which a test holds Java's against. */
const struct exec_row *row_type __attribute__((unused));

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct linux_binprm {
	const char *filename;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs___call {
	unsigned long bx, cx, dx, si, di;
};
#define FUNCTION(call) "__x64_sys_" call
#define COMPAT_FUNCTION(call) "__ia32_compat_sys_" call
#define EXECVE 59
#define EXECVEAT 322
#define COMPAT_EXECVEAT 358
#else
struct pt_regs___call {
	__u64 regs[31];
	__u64 orig_x0;
};
#define FUNCTION(call) "__arm64_sys_" call
#define COMPAT_FUNCTION(call) "__arm64_compat_sys_" call
#define EXECVE 221
#define EXECVEAT 281
#define COMPAT_EXECVEAT 387
#endif
#define COMPAT_EXECVE 11

#pragma clang attribute pop

const volatile bool only_failed = false;
const volatile bool only_user = false;
const volatile __u32 user = 0;
const volatile __u32 under = 0;	/* a process: it and what comes of it; 0 for all */

#define ROWS_BYTES (1 << 22)

/* Rows that were written, for each CPU. */
__u64 written[CPUS * 8];

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, ROWS_BYTES);
} rows SEC(".maps");

/* A row while it is made, with room for a last argument that is too long. */
struct draft {
	struct exec_row row;
	char over[ARGUMENTS_BYTES];
};

/* One for those that succeed and one for those that fail: the one program may run into the other. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct draft);
} drafts SEC(".maps");

/* The row with what all have; 0 where nobody wants it. */
static __always_inline struct exec_row *begin(long result)
{
	struct task_struct___who *task = (void *)bpf_get_current_task();
	__u32 place = result < 0;
	struct draft *draft = bpf_map_lookup_elem(&drafts, &place);
	struct exec_row *row;

	if (!draft)
		return 0;
	row = &draft->row;
	if (!identify(&row->who, task, under) || (only_user && row->who.uid != user))
		return 0;
	row->when = bpf_ktime_get_ns();
	row->result = result;
	row->folder = NO_FOLDER;
	row->who.zero = 0;
	bpf_get_current_comm(row->comm, sizeof(row->comm));
	return row;
}

/* The reader comes by by itself, so it is woken only where the buffer fills: a wake-up costs thousands of ns. */
static __always_inline __u64 wake(void)
{
	return bpf_ringbuf_query(&rows, BPF_RB_AVAIL_DATA) > ROWS_BYTES / 4 ? BPF_RB_FORCE_WAKEUP :
									     BPF_RB_NO_WAKEUP;
}

static __always_inline void write_row(struct exec_row *row)
{
	hold_up();
	if (bpf_ringbuf_output(&rows, row, ROW_BYTES(row), wake()))
		lose(LOST_ROW);
	else
		written[(bpf_get_smp_processor_id() & CPU_MASK) * 8]++;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct exec_row *row;

	if (only_failed)
		return 0;
	row = begin(0);
	if (!row)
		return 0;
	bpf_probe_read_kernel_str(row->file, sizeof(row->file), BPF_CORE_READ(bprm, filename));
	own_arguments(&row->arguments);
	write_row(row);
	return 0;
}

/* The argument that begins there; 0 for none, or where that could not be read. */
static __always_inline unsigned long argument(struct arguments *arguments, unsigned long pointers, __u32 i, bool narrow)
{
	unsigned long wide = 0;
	__u32 half = 0;

	if (narrow) {
		if (bpf_probe_read_user(&half, sizeof(half), (void *)(pointers + i * sizeof(half))))
			arguments->unreadable = 1;
		return half;
	}
	if (bpf_probe_read_user(&wide, sizeof(wide), (void *)(pointers + i * sizeof(wide))))
		arguments->unreadable = 1;
	return wide;
}

static __always_inline void collect(struct arguments *arguments, unsigned long pointers, bool narrow)
{
	__u32 at = 0;

	no_arguments(arguments);
	for (__u32 i = 0; pointers && i <= MOST_ARGUMENTS; i++) {
		unsigned long from = argument(arguments, pointers, i, narrow);
		long length;

		if (!from)
			break;
		if (i == MOST_ARGUMENTS || at >= ARGUMENTS_BYTES) {
			arguments->more = 1;
			break;
		}
		length = bpf_probe_read_user_str(&arguments->text[at & (ARGUMENTS_BYTES - 1)], ARGUMENTS_BYTES, (void *)from);
		if (length < 0) {
			arguments->unreadable = 1;
			break;
		}
		at += length;
		if (length == ARGUMENTS_BYTES) {
			arguments->more = 1;
			break;
		}
	}
	if (at > ARGUMENTS_BYTES) {
		at = ARGUMENTS_BYTES;
		arguments->more = 1;
	}
	arguments->bytes = at;
}

static __always_inline int failed(long result, int folder, unsigned long file, unsigned long pointers, bool narrow)
{
	struct exec_row *row;

	if (result >= 0)
		return 0;
	row = begin(result);
	if (!row)
		return 0;
	row->folder = folder;
	collect(&row->arguments, pointers, narrow);
	if (bpf_probe_read_user_str(row->file, sizeof(row->file), (void *)file) < 0) {
		row->file[0] = 0;
		row->arguments.unreadable = 1;
	}
	write_row(row);
	return 0;
}

static __always_inline unsigned long call_argument(struct pt_regs *regs, int i, bool narrow)
{
	struct pt_regs___call *call = (void *)regs;

#if defined(__TARGET_ARCH_x86)
	if (narrow) {
		return (__u32)(i == 0 ? BPF_CORE_READ(call, bx) : i == 1 ? BPF_CORE_READ(call, cx) : BPF_CORE_READ(call, dx));
	}
	return i == 0 ? BPF_CORE_READ(call, di) : i == 1 ? BPF_CORE_READ(call, si) : BPF_CORE_READ(call, dx);
#else
	return i == 0 ? BPF_CORE_READ(call, orig_x0) :
	       i == 1 ? BPF_CORE_READ(call, regs[1]) :
			BPF_CORE_READ(call, regs[2]);
#endif
}

static __always_inline int end_of_execve(struct pt_regs *regs, long result, bool narrow)
{
	return failed(result, NO_FOLDER, call_argument(regs, 0, narrow), call_argument(regs, 1, narrow), narrow);
}

static __always_inline int end_of_execveat(struct pt_regs *regs, long result, bool narrow)
{
	return failed(result, call_argument(regs, 0, narrow), call_argument(regs, 1, narrow),
		      call_argument(regs, 2, narrow), narrow);
}

SEC("fexit/" FUNCTION("execve"))
int BPF_PROG(on_execve, struct pt_regs *regs, long result)
{
	return end_of_execve(regs, result, false);
}

SEC("fexit/" FUNCTION("execveat"))
int BPF_PROG(on_execveat, struct pt_regs *regs, long result)
{
	return end_of_execveat(regs, result, false);
}

SEC("fexit/" COMPAT_FUNCTION("execve"))
int BPF_PROG(on_compat_execve, struct pt_regs *regs, long result)
{
	return end_of_execve(regs, result, true);
}

SEC("fexit/" COMPAT_FUNCTION("execveat"))
int BPF_PROG(on_compat_execveat, struct pt_regs *regs, long result)
{
	return end_of_execveat(regs, result, true);
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long result)
{
	bool narrow;

	if (result >= 0)
		return 0;
	narrow = is_compat();
	if (call_of(regs) == (narrow ? COMPAT_EXECVE : EXECVE))
		return end_of_execve(regs, result, narrow);
	if (call_of(regs) == (narrow ? COMPAT_EXECVEAT : EXECVEAT))
		return end_of_execveat(regs, result, narrow);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
