package dev.bpfgauge.events;

import org.HdrHistogram.Histogram;

/** What arrived in Java: how many events, which, and how late each was. */
final class Arrivals {
  private static final int SIGNIFICANT_DIGITS = 3;
  private static final long LONGEST_NANOS = 60_000_000_000L;

  private final Histogram latencies = histogram();
  private long count;
  private long sum;
  private long last;

  /** An empty histogram of latencies in nanoseconds. */
  static Histogram histogram() {
    return new Histogram(1, LONGEST_NANOS, SIGNIFICANT_DIGITS);
  }

  /**
   * Takes one event, now.
   *
   * @param sequence its number
   * @param sent when it was sent, by the clock of {@link System#nanoTime}
   */
  void event(long sequence, long sent) {
    long now = System.nanoTime();
    count++;
    sum += sequence;
    last = now;
    latencies.recordValue(Math.clamp(now - sent, 0, LONGEST_NANOS));
  }

  /** Forgets everything. */
  void reset() {
    latencies.reset();
    count = 0;
    sum = 0;
  }

  long count() {
    return count;
  }

  /** Of the events' numbers; it may overflow, as the kernel's does. */
  long sum() {
    return sum;
  }

  /** When the last event arrived, by {@link System#nanoTime}. */
  long last() {
    return last;
  }

  /** Nanoseconds from the kernel to Java. */
  Histogram latencies() {
    return latencies;
  }
}
