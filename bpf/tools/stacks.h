/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Stacks by name, for a tool that counts by them: dev.bpfgauge.suite.tools.StackMap reads them. */
#ifndef BPFGAUGE_TOOLS_STACKS_H
#define BPFGAUGE_TOOLS_STACKS_H

#include "interval.h"
#include "tool.h"

#define MOST_STACKS 16384
#define MOST_FRAMES 127
#define EEXIST 17

/* In place of a stack's name. */
#define NO_STACK 0
#define FULL_STACK 1	/* there was no room for it */
#define LOCKED_STACK 2	/* the kernel refused it, though there was room */
#define FIRST_STACK 16

/* A program that came into another one's way at its stack, that one into a third's, and so on. */
#define SCRATCHES 4

struct stack {
	__u32 needed_in;	/* the last interval: by this the reader takes out what nobody needs any more */
	__u32 pad;
	__u64 frames[MOST_FRAMES];
};

struct scratch {
	__u64 taken;
	struct stack stack;
};

/*
 * By name. The kernel's own map of stacks has one place for each remainder of a stack's hash: of some hundred stacks
 * two want the same, and the second is lost while the map is nearly empty.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_STACKS);
	__type(key, __u64);
	__type(value, struct stack);
} stacks SEC(".maps");

/* Where interrupts are on, other programs and other tasks come in between: each takes one of its own. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, SCRATCHES);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

/* Stacks that found room; those that the reader took out included. */
__u64 kept;

/* A hash of 64 bits: that two stacks of a map have the same will not be seen. */
static __noinline __u64 name_of(const struct stack *stack, __u32 frames)
{
	__u64 name = frames;

	for (__u32 i = 0; i < MOST_FRAMES; i++) {
		if (i >= frames)
			break;
		name = (name ^ stack->frames[i]) * 0x9e3779b97f4a7c15ull;
		name ^= name >> 32;
	}
	return name < FIRST_STACK ? FIRST_STACK : name;
}

static __always_inline struct scratch *take_scratch(void)
{
	for (__u32 i = 0; i < SCRATCHES; i++) {
		__u32 place = i;
		struct scratch *one = bpf_map_lookup_elem(&scratches, &place);

		if (one && !__sync_val_compare_and_swap(&one->taken, 0, 1))
			return one;
	}
	return 0;
}

/* Keeps the stack that is there, and names it. */
static __always_inline __u64 keep_stack(struct stack *here, __u32 frames)
{
	__u64 name = name_of(here, frames);
	struct stack *known = bpf_map_lookup_elem(&stacks, &name);
	long error;

	if (known) {
		known->needed_in = interval;
		return name;
	}
	here->needed_in = interval;
	error = bpf_map_update_elem(&stacks, &name, here, BPF_NOEXIST);
	if (!error)
		__sync_fetch_and_add(&kept, 1);
	else if (error != -EEXIST)	/* else another CPU was first */
		return error == -E2BIG ? FULL_STACK : LOCKED_STACK;
	return name;
}

/* The name of the stack that a program runs on; BPF_F_USER_STACK in flags: the process's. */
static __always_inline __u64 stack_here(void *ctx, __u64 flags)
{
	struct scratch *own = take_scratch();
	__u64 name = NO_STACK;
	long bytes;

	if (!own)
		return LOCKED_STACK;
	bytes = bpf_get_stack(ctx, own->stack.frames, sizeof(own->stack.frames), flags);
	if (bytes > 0)	/* EFAULT: it has none */
		name = keep_stack(&own->stack, bytes / sizeof(own->stack.frames[0]));
	*(volatile __u64 *)&own->taken = 0;
	return name;
}

/* Whether a stack is there, or there is none to be; else it is counted as lost. */
static __always_inline bool has_stack(__u64 name)
{
	if (name == FULL_STACK)
		lose(LOST_STACK);
	else if (name == LOCKED_STACK)
		lose(LOST_LOCK);
	return name != FULL_STACK && name != LOCKED_STACK;
}

#endif
