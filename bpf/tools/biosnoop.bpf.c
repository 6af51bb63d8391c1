// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * biosnoop: one row for each block request.
 * Hooks: block_rq_issue, block_rq_complete and block_rq_insert as raw tracepoints; who it is for is whoever starts it
 * (block_io_start, 6.5 and later), else whoever inserts or issues it, which may be a kernel thread.
 * Cost: three to four runs and a record of 64 bytes a request.
 */
#define WITH_TASK
#include "block.h"
#include "biosnoop.h"

/* Keeps the struct in the type information, which a test holds Java's against. */
const struct io *row_type __attribute__((unused));

const volatile __u32 only_tgid = 0;

#define ROWS_BYTES (1 << 20)

/* Rows that were written, for each CPU. */
__u64 written[CPUS * 8];

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, ROWS_BYTES);
} rows SEC(".maps");

/* The flight of a request, with its task where none is known yet. */
static __always_inline struct flight *begun(struct request *rq)
{
	struct flight *flight = wanted(rq) ? flight_of(rq) : 0;

	if (flight && !flight->comm[0]) {
		flight->tgid = bpf_get_current_pid_tgid() >> 32;
		bpf_get_current_comm(flight->comm, sizeof(flight->comm));
	}
	return flight;
}

SEC("raw_tp/block_io_start")
int on_start(struct bpf_raw_tracepoint_args *args)
{
	struct request *rq = (void *)args->args[0];
	struct flight stale;

	/* Left over of an earlier request at this address, which ended unseen. */
	if (land(rq, &stale) && stale.issued)
		lose(LOST_END);
	begun(rq);
	return 0;
}

SEC("raw_tp/block_rq_insert")
int on_insert(struct bpf_raw_tracepoint_args *args)
{
	struct request *rq = (void *)args->args[0];
	struct flight *flight = begun(rq);

	if (flight)
		flight->inserted = bpf_ktime_get_ns();
	return 0;
}

SEC("raw_tp/block_rq_issue")
int on_issue(struct bpf_raw_tracepoint_args *args)
{
	struct request *rq = (void *)args->args[0];
	struct flight *flight = begun(rq);

	if (flight)
		issue(flight);
	return 0;
}

/* The reader comes by by itself, so it is woken only where the buffer fills: a wake-up costs thousands of ns. */
static __always_inline __u64 wake(void)
{
	return bpf_ringbuf_query(&rows, BPF_RB_AVAIL_DATA) > ROWS_BYTES / 4 ? BPF_RB_FORCE_WAKEUP :
									     BPF_RB_NO_WAKEUP;
}

static __always_inline void write_row(struct request *rq, struct flight *flight, unsigned int bytes)
{
	struct io *io = bpf_ringbuf_reserve(&rows, sizeof(*io), 0);
	__u64 now = bpf_ktime_get_ns();

	if (!io) {
		lose(LOST_ROW);
		return;
	}
	io->ended = now;
	io->latency = now - flight->issued;
	io->queued = flight->inserted ? flight->issued - flight->inserted : ~0ull;
	io->sector = BPF_CORE_READ(rq, __sector);
	io->bytes = bytes;
	io->disk = disk_of(rq);
	io->flags = BPF_CORE_READ(rq, cmd_flags);
	io->tgid = flight->tgid;
	__builtin_memcpy(io->comm, flight->comm, sizeof(io->comm));
	bpf_ringbuf_submit(io, wake());
	written[(bpf_get_smp_processor_id() & CPU_MASK) * 8]++;
}

SEC("raw_tp/block_rq_complete")
int on_complete(struct bpf_raw_tracepoint_args *args)
{
	struct request *rq = (void *)args->args[0];
	struct flight flight;

	if (!land(rq, &flight) || !flight.issued)
		return 0;
	hold_up();
	if (!only_tgid || flight.tgid == only_tgid)
		write_row(rq, &flight, args->args[2]);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
