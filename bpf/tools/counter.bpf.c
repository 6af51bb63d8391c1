// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * counter: how many events a tool would see on this host, without the tool: what an event costs is multiplied by.
 * Hooks: those of the tools it stands for. Cost: one addition a run, in the CPU's own place.
 */
#include "calls.h"
#include "tool.h"

#define IPPROTO_TCP 6

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct sock {
	__u16 sk_protocol;
};

#pragma clang attribute pop

/* Padded to a cache line. dev.bpfgauge.suite.tools.HostEvents reads it. */
struct counted {
	__u64 events;
	__u64 others;	/* runs that are for no event */
	__u64 pad[6];
};

struct counted counted[CPUS];

static __always_inline void count(bool event)
{
	struct counted *mine = &counted[bpf_get_smp_processor_id() & CPU_MASK];

	if (event)
		mine->events++;
	else
		mine->others++;
}

SEC("fexit/vfs_read")
int BPF_PROG(on_vfs_read, struct file *file, char *buf, __u64 bytes, void *pos, long result)
{
	count(result >= 0);
	return 0;
}

SEC("fexit/vfs_write")
int BPF_PROG(on_vfs_write, struct file *file, char *buf, __u64 bytes, void *pos, long result)
{
	count(result >= 0);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long result)
{
	count(kind_of(call_of(regs)) != NEITHER && result >= 0 && !is_compat());
	return 0;
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(on_send, struct sock *sk, int result, int flags)
{
	count(sk->sk_protocol == IPPROTO_TCP && result > 0);
	return 0;
}

SEC("fexit/tcp_sendmsg")
int BPF_PROG(on_tcp_sendmsg, struct sock *sk, void *msg, __u64 size, int result)
{
	count(result > 0);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
