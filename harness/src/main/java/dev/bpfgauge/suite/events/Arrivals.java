package dev.bpfgauge.suite.events;

import dev.bpfgauge.libbpf.KernelClock;
import org.HdrHistogram.Histogram;

/** What arrived in Java: how many events, which, and how late each was. */
final class Arrivals {
  private static final int SIGNIFICANT_DIGITS = 3;
  private static final long LONGEST_NANOS = 60_000_000_000L;

  /** CPUs' clocks are so much apart at most. */
  private static final long SKEW_NANOS = 1_000;

  private final Histogram latencies = histogram();
  private long count;
  private long sum;
  private long last;
  private long impossible;

  /** An empty histogram of latencies in nanoseconds. */
  static Histogram histogram() {
    return new Histogram(1, LONGEST_NANOS, SIGNIFICANT_DIGITS);
  }

  /**
   * Takes one event, now.
   *
   * @param sequence its number
   * @param sent when it was sent, by {@link KernelClock}
   */
  void event(long sequence, long sent) {
    long now = KernelClock.nanos();
    count++;
    sum += sequence;
    last = now;
    long late = now - sent;
    if (late < -SKEW_NANOS || late > LONGEST_NANOS) {
      impossible++;
    } else {
      latencies.recordValue(Math.max(0, late));
    }
  }

  /** Forgets everything. */
  void reset() {
    latencies.reset();
    count = 0;
    sum = 0;
    impossible = 0;
  }

  /** Events that arrived before they were sent, or more than a minute later. */
  long impossible() {
    return impossible;
  }

  long count() {
    return count;
  }

  /** Of the events' numbers; it may overflow, as the kernel's does. */
  long sum() {
    return sum;
  }

  /** When the last event arrived, by {@link KernelClock}. */
  long last() {
    return last;
  }

  /** Nanoseconds from the kernel to Java. */
  Histogram latencies() {
    return latencies;
  }
}
