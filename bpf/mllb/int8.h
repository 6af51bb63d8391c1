/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The networks of layers.h in eight bits: inputs, weights and hidden units are bytes, sums have 32
 * bits. Two units' weights lie in one word and are multiplied at once, as bytes without sign: a
 * weight w as w + 128, which is made up for by the bias and by 128 times the sum of the inputs.
 * The scales and the proof are mllb/Int8Net.java's.
 */
#ifndef BPFGAUGE_MLLB_INT8_H
#define BPFGAUGE_MLLB_INT8_H

#include "layers.h"

#define INT8_SCALE_BITS 24

/* What is not used is 0. */
struct int8_weights {
	/* byte = 128 + the product of input and scale, and the offset, without 32 bits; 1 to 255 */
	__s64 input_scale[LAYERS_INPUTS];
	__s64 input_offset[LAYERS_INPUTS];
	/* unit 2k in the lower half, 2k + 1 in the upper */
	__u64 first[LAYERS_FIRST / 2][LAYERS_INPUTS];
	__s32 first_bias[LAYERS_FIRST];
	__s32 first_scale[LAYERS_FIRST];
	__u64 second[LAYERS_SECOND / 2][LAYERS_FIRST];
	__s32 second_bias[LAYERS_SECOND];
	__s32 second_scale[LAYERS_SECOND];
	__s32 last[LAYERS_FIRST];
	__s32 last_bias;
};

const volatile struct int8_weights int8_weights = {};

static __always_inline __s64 int8_at_most(__s64 value, __s64 most)
{
	__s64 less = value - most, negative = less >> 63;

	asm volatile("" : "+r"(negative));
	return most + (less & negative);
}

/* A unit's sum as the next layer's byte, 0 to 127. */
static __always_inline __u32 int8_unit(__s32 sum, __s32 scale)
{
	return int8_at_most(net_relu((__s64)sum * scale >> INT8_SCALE_BITS), 127);
}

/* The output before the sigmoid, in a scale of its own. x as in net.h */
static __always_inline __s64 int8_logit(const __s32 *x)
{
	__u32 units = layers_first, more = layers_second;
	__u8 inputs[LAYERS_INPUTS] = {}, hidden[LAYERS_FIRST];
	__s32 out = int8_weights.last_bias;
	__u32 all = 0, all_hidden = 0;

#pragma clang loop unroll(full)
	for (int i = 0; i < NET_INPUTS; i++) {
		__s64 byte = x[i] * int8_weights.input_scale[i] + int8_weights.input_offset[i];

		byte = int8_at_most(net_relu((byte >> 32) + 127), 254) + 1;
		inputs[i] = byte;
		all += byte;
	}
#pragma clang loop unroll(disable)
	for (__u32 j = 0; j < LAYERS_FIRST && j < units; j += 2) {
		__u64 sums = 0;
		__u32 low, high;

#pragma clang loop unroll(full)
		for (__u32 i = 0; i < LAYERS_INPUTS; i++)
			sums += int8_weights.first[j / 2][i] * inputs[i];
		low = int8_unit((__u32)sums - 128 * all + int8_weights.first_bias[j],
				int8_weights.first_scale[j]);
		high = int8_unit((sums >> 32) - 128 * all + int8_weights.first_bias[j + 1],
				 int8_weights.first_scale[j + 1]);
		hidden[j] = low;
		hidden[j + 1] = high;
		all_hidden += low + high;
		if (!more)
			out += low * int8_weights.last[j] + high * int8_weights.last[j + 1];
	}
#pragma clang loop unroll(disable)
	for (__u32 j = 0; j < LAYERS_SECOND && j < more; j += 2) {
		__u64 sums = 0;

#pragma clang loop unroll(disable)
		for (__u32 i = 0; i < LAYERS_FIRST && i < units; i += 4) {
			sums += int8_weights.second[j / 2][i] * hidden[i];
			sums += int8_weights.second[j / 2][i + 1] * hidden[i + 1];
			sums += int8_weights.second[j / 2][i + 2] * hidden[i + 2];
			sums += int8_weights.second[j / 2][i + 3] * hidden[i + 3];
		}
		out += int8_unit((__u32)sums - 128 * all_hidden + int8_weights.second_bias[j],
				 int8_weights.second_scale[j]) * int8_weights.last[j];
		out += int8_unit((sums >> 32) - 128 * all_hidden + int8_weights.second_bias[j + 1],
				 int8_weights.second_scale[j + 1]) * int8_weights.last[j + 1];
	}
	return out;
}

#endif
