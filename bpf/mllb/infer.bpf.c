// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Decisions of a network, one after the other, timed inside the kernel: suite mllb and mllb eval.
 * Each form decides for `vectors` and leaves its outputs in `outputs`; `empty` does the same
 * without a network and is what they are compared with. Each run costs two readings of the clock.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "infer.h"
#include "int8.h"

__s32 vectors[VECTORS][VECTOR];
__s64 outputs[VECTORS];

/* For net_inputs(), which fills `vectors` from them. */
struct net_facts facts[VECTORS];

/* Nobody's: it puts the struct into the type information, which a test holds Java's layout against. */
struct infer_request infer_request;

struct turn {
	__u32 mask;
	__u32 migrate;
};

static __always_inline int timed(struct xdp_md *xdp, void *turn_of_form)
{
	struct infer_request *request = (void *)(long)xdp->data + REQUEST_OFFSET;
	struct turn turn = {};
	__u64 start;

	if ((void *)(request + 1) > (void *)(long)xdp->data_end)
		return XDP_ABORTED;
	turn.mask = request->mask;
	start = bpf_ktime_get_ns();
	bpf_loop(request->count, turn_of_form, &turn, 0);
	request->nanos = bpf_ktime_get_ns() - start;
	request->migrate = turn.migrate;
	return XDP_PASS;
}

/* DEFINE(name, output): a form whose output for x stands in `output`. */
#define DEFINE(name, output)							\
static long turn_##name(__u32 i, void *ctx)					\
{										\
	struct turn *turn = ctx;						\
	__u32 at = i & turn->mask & (VECTORS - 1);				\
	const __s32 *x = vectors[at];						\
	__s64 logit;								\
										\
	asm volatile("" : "+r"(x));						\
	logit = (output);							\
	outputs[at] = logit;							\
	turn->migrate += (__u64)-logit >> 63;					\
	return 0;								\
}										\
										\
SEC("?xdp")									\
int name(struct xdp_md *xdp)							\
{										\
	return timed(xdp, turn_##name);						\
}

DEFINE(empty, x[0])
DEFINE(unrolled, net_logit(x))
DEFINE(layers, layers_logit(x))
DEFINE(int8, int8_logit(x))

static long turn_inputs(__u32 i, void *ctx)
{
	struct turn *turn = ctx;
	__u32 at = i & turn->mask & (VECTORS - 1);
	struct net_facts f = facts[at];
	__s32 x[NET_INPUTS];

	net_inputs(&f, x);
	__builtin_memcpy(vectors[at], x, sizeof(x));
	return 0;
}

SEC("?xdp")
int inputs(struct xdp_md *xdp)
{
	return timed(xdp, turn_inputs);
}

/* Facts to decision at once, as a scheduler does it. */
static long turn_facts(__u32 i, void *ctx)
{
	struct turn *turn = ctx;
	__u32 at = i & turn->mask & (VECTORS - 1);
	struct net_facts f = facts[at];
	__s32 x[NET_INPUTS];

	net_inputs(&f, x);
	outputs[at] = net_logit(x);
	return 0;
}

SEC("?xdp")
int whole(struct xdp_md *xdp)
{
	return timed(xdp, turn_facts);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
