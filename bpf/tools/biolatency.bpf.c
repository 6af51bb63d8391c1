// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * biolatency: how long block devices take, as a histogram by log2.
 * Hooks: block_rq_issue and block_rq_complete as raw tracepoints, block_rq_insert too where queueing counts: twice or
 * three times a request. Cost: two clock readings and a place in a table.
 */
#include "hist.h"
#include "block.h"

const volatile bool queued = false;
const volatile bool each_disk = false;
const volatile bool each_flags = false;

SEC("raw_tp/block_rq_insert")
int on_insert(struct bpf_raw_tracepoint_args *args)
{
	struct request *rq = (void *)args->args[0];
	struct flight *flight;

	if (!wanted(rq))
		return 0;
	flight = flight_of(rq);
	if (flight)
		flight->inserted = bpf_ktime_get_ns();
	return 0;
}

SEC("raw_tp/block_rq_issue")
int on_issue(struct bpf_raw_tracepoint_args *args)
{
	struct request *rq = (void *)args->args[0];
	struct flight *flight;

	if (!wanted(rq))
		return 0;
	flight = flight_of(rq);
	if (flight)
		issue(flight);
	return 0;
}

SEC("raw_tp/block_rq_complete")
int on_complete(struct bpf_raw_tracepoint_args *args)
{
	struct request *rq = (void *)args->args[0];
	struct flight flight;
	__u64 start, ns;

	if (!land(rq, &flight))
		return 0;
	hold_up();
	start = queued && flight.inserted ? flight.inserted : flight.issued;
	if (!start)
		return 0;
	ns = bpf_ktime_get_ns() - start;
	if (each_disk)
		add_to_key(disk_of(rq), ns, 0);
	else if (each_flags)
		add_to_key(BPF_CORE_READ(rq, cmd_flags), ns, 0);
	else
		add_to_cpu(this_cpu(), ns);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
