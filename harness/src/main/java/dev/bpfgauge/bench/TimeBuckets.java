package dev.bpfgauge.bench;

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

  /** Adds the counts to another's and starts anew. */
  void moveTo(TimeBuckets other) {
    for (int i = 0; i < counts.length; i++) {
      other.counts[i] += counts[i];
      counts[i] = 0;
    }
  }

  /** Gives the counts in JMH's form and starts anew; a time is its bucket's lower end. */
  SampleBuffer drain() {
    SampleBuffer drained = new SampleBuffer();
    for (int i = 0; i < counts.length; i++) {
      long nanos = (long) (i & (1 << PRECISION_BITS) - 1) << (i >> PRECISION_BITS);
      for (; counts[i] > 0; counts[i]--) {
        drained.add(nanos);
      }
    }
    return drained;
  }
}
