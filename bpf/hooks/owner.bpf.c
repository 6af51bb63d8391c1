// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Tells the thread that runs it its number as the kernel's first PID namespace knows it, which is
 * what programs see: a container has other numbers. Run once by BPF_PROG_RUN.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

__u32 owner = 0;

SEC("syscall")
int tell(void *ctx)
{
	owner = (__u32)bpf_get_current_pid_tgid();
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
