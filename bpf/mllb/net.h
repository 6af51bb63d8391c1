/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The network that decides whether a task may migrate, 15-10-1, in whole numbers: what a caller
 * knows of task and CPUs (struct net_facts) becomes 15 inputs of 16 fraction bits (net_inputs), and
 * these a decision (net_migrate). The weights are constants of the object, set before load by
 * dev.bpfgauge.suite.mllb.NetObject, which has proved that no sum overflows for inputs in their ranges.
 * Java computes the same to the last bit: mllb/Features.java and mllb/FixedNet.java.
 */
#ifndef BPFGAUGE_MLLB_NET_H
#define BPFGAUGE_MLLB_NET_H

#include <linux/types.h>

#define NET_INPUTS 15
#define NET_UNITS 10
#define NET_ONE 65536	/* 1.0 */

/* Ranges that inputs are cut to. */
#define NET_MAX_LEN 256
#define NET_MAX_LOAD 262144	/* load_avg, before it is divided by 1000 */
#define NET_HOT_NS 500000

enum net_input {
	NET_SRC_NON_PREF_NR,
	NET_DELTA_HOT,
	NET_CPU_IDLE,
	NET_CPU_NOT_IDLE,
	NET_CPU_NEWLY_IDLE,
	NET_SAME_NODE,
	NET_PREFER_SRC,
	NET_PREFER_DST,
	NET_SRC_LEN,
	NET_SRC_LOAD,
	NET_DST_LOAD,
	NET_DST_LEN,
	NET_DELTA_FAULTS,
	NET_EXTRA_FAILS,
	NET_BUDDY_HOT,
};

/* What is known at a decision, in the kernel's units. Flags are 0 or 1. */
struct net_facts {
	__s64 delta;		/* ns: rq_clock_task(src_rq) - p->se.exec_start */
	__u64 src_load;		/* cfs.avg.load_avg */
	__u64 dst_load;
	__s64 delta_faults;	/* NUMA faults at the destination less those at the source */
	__s64 total_faults;
	__u32 src_len;		/* tasks on the run queue */
	__u32 src_preferred_len;
	__u32 dst_len;
	__u32 nr_fails;
	__u32 cache_nice_tries;
	__u8 cpu_idle;
	__u8 cpu_not_idle;
	__u8 cpu_newly_idle;
	__u8 same_node;
	__u8 prefer_src;
	__u8 prefer_dst;
	__u8 buddy_hot;
};

/* The faults' share in all, -1 to 1. BPF before cpu=v4 divides unsigned numbers only. */
static __always_inline __s32 net_share(__s64 part, __s64 whole)
{
	__u64 size = part < 0 ? -part : part;
	__u64 all = whole < 1 ? 1 : whole;
	__s32 share = size >= all ? NET_ONE : (size << 16) / all;

	return part < 0 ? -share : share;
}

static __always_inline __s32 net_load(__u64 load)
{
	return ((load > NET_MAX_LOAD ? NET_MAX_LOAD : load) << 16) / 1000;
}

static __always_inline __s32 net_len(__u32 len)
{
	return len > NET_MAX_LEN ? NET_MAX_LEN : len;
}

/* x: NET_INPUTS numbers */
static __always_inline void net_inputs(const struct net_facts *f, __s32 *x)
{
	x[NET_SRC_NON_PREF_NR] = f->src_len > f->src_preferred_len ? NET_ONE : 0;
	x[NET_DELTA_HOT] = f->delta < NET_HOT_NS ? NET_ONE : 0;
	x[NET_CPU_IDLE] = f->cpu_idle << 16;
	x[NET_CPU_NOT_IDLE] = f->cpu_not_idle << 16;
	x[NET_CPU_NEWLY_IDLE] = f->cpu_newly_idle << 16;
	x[NET_SAME_NODE] = f->same_node << 16;
	x[NET_PREFER_SRC] = f->prefer_src << 16;
	x[NET_PREFER_DST] = f->prefer_dst << 16;
	x[NET_SRC_LEN] = (net_len(f->src_len) - 2) * NET_ONE;
	x[NET_SRC_LOAD] = net_load(f->src_load);
	x[NET_DST_LOAD] = net_load(f->dst_load);
	x[NET_DST_LEN] = net_len(f->dst_len) * NET_ONE;
	x[NET_DELTA_FAULTS] = net_share(f->delta_faults, f->total_faults);
	x[NET_EXTRA_FAILS] = f->nr_fails > f->cache_nice_tries ? NET_ONE : 0;
	x[NET_BUDDY_HOT] = f->buddy_hot << 16;
}

/*
 * F fraction bits each in the weights, 16 + F in the biases. 64 bits wide, because BPF before
 * cpu=v4 takes two more instructions to read a negative number of 32.
 */
struct net_weights {
	__s64 hidden[NET_INPUTS][NET_UNITS];	/* those of flags times NET_ONE */
	__s64 hidden_bias[NET_UNITS];
	__s64 out[NET_UNITS];
	__s64 out_bias;
	__u64 fraction_bits;	/* F */
};

const volatile struct net_weights net_weights = {};

#define NET_FLAGS ((1 << NET_SRC_NON_PREF_NR) | (1 << NET_DELTA_HOT) | (1 << NET_CPU_IDLE) |	\
		   (1 << NET_CPU_NOT_IDLE) | (1 << NET_CPU_NEWLY_IDLE) | (1 << NET_SAME_NODE) |	\
		   (1 << NET_PREFER_SRC) | (1 << NET_PREFER_DST) | (1 << NET_EXTRA_FAILS) |	\
		   (1 << NET_BUDDY_HOT))

/* Without a branch: ten of them would be a thousand paths to the verifier. */
static __always_inline __s64 net_relu(__s64 value)
{
	__s64 negative = value >> 63;

	asm volatile("" : "+r"(negative));
	return value & ~negative;
}

/* Sums of that many units at once stay in registers. */
#define NET_TOGETHER 5

/* The output before the sigmoid, 16 + F fraction bits. x: NET_INPUTS numbers, flags 0 or NET_ONE */
static __always_inline __s64 net_logit(const __s32 *x)
{
	__s64 out = net_weights.out_bias;

#pragma clang loop unroll(full)
	for (int first = 0; first < NET_UNITS; first += NET_TOGETHER) {
		__s64 sum[NET_TOGETHER];

#pragma clang loop unroll(full)
		for (int j = 0; j < NET_TOGETHER; j++)
			sum[j] = net_weights.hidden_bias[first + j];
#pragma clang loop unroll(full)
		for (int i = 0; i < NET_INPUTS; i++) {
			/* 1 as all bits: a weight is taken or not, which is cheaper than to multiply. */
			__s64 flag = -(__s64)((__u32)x[i] >> 16), value = x[i];

#pragma clang loop unroll(full)
			for (int j = 0; j < NET_TOGETHER; j++) {
				__s64 weight = net_weights.hidden[i][first + j];

				sum[j] += NET_FLAGS & (1 << i) ? weight & flag : weight * value;
				/* One sum after the other, else the compiler runs out of registers. */
				asm volatile("" : "+r"(sum[j]));
			}
		}
#pragma clang loop unroll(full)
		for (int j = 0; j < NET_TOGETHER; j++)
			out += net_relu(sum[j] >> net_weights.fraction_bits) * net_weights.out[first + j];
	}
	return out;
}

/* Whether the task may migrate, 1 or 0. */
static __always_inline int net_migrate(const __s32 *x)
{
	return net_logit(x) > 0;
}

#endif
