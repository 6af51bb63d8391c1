package dev.bpfgauge.suite.tools;

import dev.bpfgauge.libbpf.BpfMap;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The places that bpf/tools/tool.h has for the CPUs. */
public final class Places {
  private static final int MOST = 512;

  /**
   * Those that this machine's CPUs use: reading all of them a second would cost more than a tool.
   */
  static final int USED = Math.min(MOST, BpfMap.possibleCpus());

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private Places() {}

  /**
   * Adds up over the CPUs.
   *
   * @param variable an array with a struct for each CPU, of whole longs
   * @param longs how many of them a struct has
   * @param first the first one wanted
   * @param count how many are wanted
   */
  public static long[] sum(MemorySegment variable, int longs, int first, int count) {
    long[] sum = new long[count];
    for (int cpu = 0; cpu < USED; cpu++) {
      for (int i = 0; i < count; i++) {
        sum[i] += variable.getAtIndex(LONG, (long) cpu * longs + first + i);
      }
    }
    return sum;
  }
}
