package dev.bpfgauge.suite.diagnose;

import static dev.bpfgauge.libbpf.ffm.CStruct.chars;
import static dev.bpfgauge.libbpf.ffm.CStruct.u32;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64;
import static dev.bpfgauge.libbpf.ffm.CStruct.u64s;

import dev.bpfgauge.libbpf.BpfMap;
import dev.bpfgauge.libbpf.ffm.CStruct;
import dev.bpfgauge.suite.tools.Texts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A thread and what its time went to since it was first seen, up to one moment.
 *
 * @param tid its number
 * @param pid its process's
 * @param ownTid its number in its own PID namespace
 * @param call the system call it is in, or {@link #OUTSIDE}
 * @param nanos by {@link ThreadActivity}; together all the time since it was first seen
 */
record TracedThread(
    int tid,
    int pid,
    int ownTid,
    String comm,
    int call,
    boolean isCompat,
    boolean hasEnded,
    List<Long> nanos) {
  TracedThread {
    nanos = List.copyOf(nanos);
  }

  static final int OUTSIDE = -2;
  static final int STATES = ThreadActivity.values().length;

  private static final int COMM_BYTES = 16;
  private static final int EVENTS = 64;
  private static final int BATCH = 64;
  private static final int READINGS = 20;

  /** Of run-trace.h; the moments are of two longs each. */
  static final CStruct STRUCT =
      CStruct.of(
          "run_thread",
          u64("changes"),
          u64("since"),
          u64("piece_since"),
          u64s("total_ns", STATES),
          u32("state"),
          u32("call"),
          u32("compat"),
          u32("soft"),
          u32("tgid"),
          u32("own_number"),
          u32("ended"),
          u32("events"),
          chars("comm", COMM_BYTES),
          u64s("moments", 2 * EVENTS),
          u64("changing"));

  /** All that a map has, each of one moment, at least the given one. */
  static List<TracedThread> all(BpfMap map, long now) {
    List<TracedThread> threads = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment cursor = arena.allocate(Long.BYTES, Long.BYTES);
      MemorySegment keys = arena.allocate(ValueLayout.JAVA_INT, BATCH);
      MemorySegment values = arena.allocate(BATCH * map.valueStride(), Long.BYTES);
      boolean first = true;
      boolean last;
      do {
        BpfMap.Batch batch = map.lookupBatch(first ? null : cursor, cursor, keys, values, BATCH);
        for (int i = 0; i < batch.count(); i++) {
          MemorySegment key = keys.asSlice((long) i * Integer.BYTES, Integer.BYTES);
          MemorySegment value = values.asSlice(i * map.valueStride(), map.valueStride());
          threads.add(of(map, key, value, now));
        }
        first = false;
        last = batch.last();
      } while (!last);
    }
    return threads;
  }

  /** Reads it again while the kernel was writing it. */
  private static TracedThread of(BpfMap map, MemorySegment key, MemorySegment value, long now) {
    for (int i = 0; i < READINGS && !isOfOneMoment(value) && map.lookup(key, value); i++) {
      Thread.onSpinWait();
    }
    long[] nanos =
        value
            .asSlice(STRUCT.offset("total_ns"), (long) STATES * Long.BYTES)
            .toArray(ValueLayout.JAVA_LONG_UNALIGNED);
    boolean ended = STRUCT.getInt(value, "ended") != 0;
    if (!ended) {
      nanos[STRUCT.getInt(value, "state")] +=
          Math.max(0, now - STRUCT.getLong(value, "since")); // what it does now, so far
    }
    return new TracedThread(
        key.get(ValueLayout.JAVA_INT_UNALIGNED, 0),
        STRUCT.getInt(value, "tgid"),
        STRUCT.getInt(value, "own_number"),
        Texts.of(value.asSlice(STRUCT.offset("comm"), COMM_BYTES)),
        STRUCT.getInt(value, "call"),
        STRUCT.getInt(value, "compat") != 0,
        ended,
        LongStream.of(nanos).boxed().toList());
  }

  private static boolean isOfOneMoment(MemorySegment value) {
    return STRUCT.getLong(value, "changes") == STRUCT.getLong(value, "changing");
  }
}
