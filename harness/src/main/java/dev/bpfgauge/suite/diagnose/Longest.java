package dev.bpfgauge.suite.diagnose;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The longest of some times since the reading before, as bpf/tools/longest.h keeps it. */
final class Longest {
  private static final int INTERVAL_SHIFT = 48;
  private static final int INTERVAL_MASK = 0xffff;
  private static final long NANOS_MASK = (1L << INTERVAL_SHIFT) - 1;

  /** The first interval that the reading before did not end, and the last one by now. */
  private int first = 1;

  private int last = 1;

  /** Ends an interval and begins the next: what is read then is of the one that ended. */
  void begin(MemorySegment interval) {
    first = last;
    last = interval.get(ValueLayout.JAVA_INT, 0) + 1;
    interval.set(ValueLayout.JAVA_INT, 0, last);
  }

  /**
   * In nanoseconds; 0 for none. What came while it was read is in the counts as well, so it counts
   * here, too.
   *
   * @param struct that has the places
   * @param at where in it, in bytes
   */
  long of(MemorySegment struct, long at) {
    long longest = 0;
    for (int place = 0; place < 2; place++) {
      long kept = struct.get(ValueLayout.JAVA_LONG_UNALIGNED, at + (long) place * Long.BYTES);
      int interval = (int) (kept >>> INTERVAL_SHIFT);
      if ((interval - first & INTERVAL_MASK) <= last - first) {
        longest = Math.max(longest, kept & NANOS_MASK);
      }
    }
    return longest;
  }
}
