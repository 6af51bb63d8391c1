package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.libbpf.BpfMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Counts that a program keeps for each CPU, in a per-CPU array of one entry. */
final class PerCpuSums {
  private PerCpuSums() {}

  /**
   * Adds them up over the CPUs.
   *
   * @param map its value is a struct of whole longs
   * @param count how many of them a struct has
   */
  static long[] of(BpfMap map, int count) {
    long[] sum = new long[count];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment values = arena.allocate(map.valueStride(), Long.BYTES);
      map.lookup(key, values);
      for (int i = 0; i < values.byteSize() / Long.BYTES; i++) {
        sum[i % count] += values.getAtIndex(ValueLayout.JAVA_LONG, i);
      }
    }
    return sum;
  }
}
