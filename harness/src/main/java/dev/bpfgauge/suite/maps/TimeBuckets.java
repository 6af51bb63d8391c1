package dev.bpfgauge.suite.maps;

import java.util.Arrays;
import org.openjdk.jmh.util.SampleBuffer;

/**
 * Counts times in buckets a thousandth wide. JMH's {@link SampleBuffer} does the same, but
 * allocates while it counts, which would show up as bytes allocated per operation; all memory of
 * this one is there from the start.
 */
final class TimeBuckets {
  private static final int PRECISION_BITS = 10;
  private static final int SCALES = Long.SIZE - PRECISION_BITS;

  private final int[] counts = new int[SCALES << PRECISION_BITS];

  void add(long nanos) {
    int scale = Math.max(0, SCALES - Long.numberOfLeadingZeros(nanos));
    counts[(scale << PRECISION_BITS) + (int) (nanos >> scale)]++;
  }

  void clear() {
    Arrays.fill(counts, 0);
  }

  /** Adds the counts, in JMH's form; a time is its bucket's lower end. */
  void addTo(SampleBuffer buffer) {
    for (int i = 0; i < counts.length; i++) {
      long nanos = (long) (i & (1 << PRECISION_BITS) - 1) << (i >> PRECISION_BITS);
      for (int n = counts[i]; n > 0; n--) {
        buffer.add(nanos);
      }
    }
  }
}
