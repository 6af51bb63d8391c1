// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tcpsubnet: bytes sent by TCP, by the subnet they go to: the first of the list that fits.
 * Hooks: sock_send_length by BTF (Linux 6.3 and later), or the end of tcp_sendmsg by fexit. Both see what the
 * sender handed over, not what is sent again. Cost: a comparison a subnet, then two additions.
 */
#include "tool.h"
#include "tcpsubnet.h"
#include <bpf/bpf_endian.h>

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct in6_addr {
	union {
		__u32 u6_addr32[4];
	} in6_u;
};

struct sock_common {
	__u32 skc_daddr;
	unsigned short skc_family;
	struct in6_addr skc_v6_daddr;
};

struct sock {
	struct sock_common __sk_common;
	__u16 sk_protocol;
};

#pragma clang attribute pop

const volatile __u32 subnets = 0;
const volatile struct subnet list[MOST_SUBNETS];

struct sent sent[CPUS];

static __always_inline bool fits(const volatile struct subnet *subnet, const __u32 *to, bool four)
{
	return subnet->four == four && (to[3] & subnet->mask[3]) == subnet->address[3] &&
	       (to[0] & subnet->mask[0]) == subnet->address[0] &&
	       (to[1] & subnet->mask[1]) == subnet->address[1] &&
	       (to[2] & subnet->mask[2]) == subnet->address[2];
}

static __always_inline void count(struct sock *sk, int bytes)
{
	__u16 family = sk->__sk_common.skc_family;
	__u32 to[4] = {};
	struct sent *mine;
	bool four;

	if (bytes <= 0)
		return;
	if (family == AF_INET) {
		to[2] = bpf_htonl(0xffff);
		to[3] = sk->__sk_common.skc_daddr;
	} else if (family == AF_INET6) {
		to[0] = sk->__sk_common.skc_v6_daddr.in6_u.u6_addr32[0];
		to[1] = sk->__sk_common.skc_v6_daddr.in6_u.u6_addr32[1];
		to[2] = sk->__sk_common.skc_v6_daddr.in6_u.u6_addr32[2];
		to[3] = sk->__sk_common.skc_v6_daddr.in6_u.u6_addr32[3];
	} else {
		return;
	}
	hold_up();
	four = !to[0] && !to[1] && to[2] == bpf_htonl(0xffff);
	mine = &sent[bpf_get_smp_processor_id() & CPU_MASK];
	for (__u32 i = 0; i < MOST_SUBNETS; i++) {
		if (i >= subnets)
			return;
		if (!fits(&list[i], to, four))
			continue;
		mine->bytes[i] += bytes;
		mine->calls[i]++;
		return;
	}
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(on_send, struct sock *sk, int result, int flags)
{
	if (sk->sk_protocol == IPPROTO_TCP)
		count(sk, result);
	return 0;
}

SEC("fexit/tcp_sendmsg")
int BPF_PROG(on_tcp_sendmsg, struct sock *sk, void *msg, __u64 size, int result)
{
	count(sk, result);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
