/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Any network of one or two hidden layers up to 15-64-32-1, weight by weight in bounded loops. Its
 * weights lie in a map and may be exchanged while it runs; its shape is fixed at load. Fraction
 * bits and proof as in net.h.
 */
#ifndef BPFGAUGE_MLLB_LAYERS_H
#define BPFGAUGE_MLLB_LAYERS_H

#include "net.h"

#define LAYERS_INPUTS 16	/* one more than there are: rows are read by fours */
#define LAYERS_FIRST 64
#define LAYERS_SECOND 32

/* What is not used is 0. */
struct layers_weights {
	__s64 first[LAYERS_FIRST][LAYERS_INPUTS];
	__s64 first_bias[LAYERS_FIRST];
	__s64 second[LAYERS_SECOND][LAYERS_FIRST];
	__s64 second_bias[LAYERS_SECOND];
	__s64 last[LAYERS_FIRST];	/* of the second layer's units, where there is one */
	__s64 last_bias;
};

/* Units of the hidden layers; the first in multiples of 4, the second 0 where there is none. */
const volatile __u32 layers_first = LAYERS_FIRST;
const volatile __u32 layers_second = LAYERS_SECOND;
const volatile __u64 layers_fraction_bits = 16;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct layers_weights);
} layers_of SEC(".maps");

/* The output before the sigmoid; 0 where there are no weights. */
static __always_inline __s64 layers_logit(const __s32 *x)
{
	__u32 zero = 0, units = layers_first, more = layers_second;
	__u64 bits = layers_fraction_bits;
	__s64 inputs[LAYERS_INPUTS] = {};
	__u32 hidden[LAYERS_FIRST];	/* never negative */
	struct layers_weights *w = bpf_map_lookup_elem(&layers_of, &zero);
	__s64 out;

	if (!w)
		return 0;
	out = w->last_bias;
#pragma clang loop unroll(full)
	for (int i = 0; i < NET_INPUTS; i++)
		inputs[i] = x[i];
#pragma clang loop unroll(disable)
	for (__u32 j = 0; j < LAYERS_FIRST && j < units; j++) {
		__s64 sum = w->first_bias[j];

#pragma clang loop unroll(full)
		for (__u32 i = 0; i < LAYERS_INPUTS; i++)
			sum += w->first[j][i] * inputs[i];
		sum = net_relu(sum >> bits);
		hidden[j] = sum;
		if (!more)
			out += sum * w->last[j];
	}
#pragma clang loop unroll(disable)
	for (__u32 j = 0; j < LAYERS_SECOND && j < more; j++) {
		__s64 sum = w->second_bias[j];

#pragma clang loop unroll(disable)
		for (__u32 i = 0; i < LAYERS_FIRST && i < units; i += 4) {
			sum += w->second[j][i] * hidden[i];
			sum += w->second[j][i + 1] * hidden[i + 1];
			sum += w->second[j][i + 2] * hidden[i + 2];
			sum += w->second[j][i + 3] * hidden[i + 3];
		}
		out += net_relu(sum >> bits) * w->last[j];
	}
	return out;
}

#endif
