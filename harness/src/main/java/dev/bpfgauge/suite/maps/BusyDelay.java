package dev.bpfgauge.suite.maps;

import java.util.Arrays;

/**
 * Spends a known time: the truth against which the whole harness is tested.
 *
 * <p>Waiting until the clock has advanced would overshoot by up to one reading of it, some 25 ns.
 * So this runs a chain of dependent multiplications, then reads the clock once, which on x86-64 and
 * aarch64 waits for the chain's end: it cannot overlap with the call that follows. The length of
 * the chain is calibrated, chain and reading together, to the time wanted, by the median of many
 * trials: at the speed this CPU typically has while the fork runs.
 *
 * <p>Where the clock counts instructions nothing overlaps, so the chain does alone. There a delayed
 * call takes a little more than the delay, 14 instructions on amd64: with a second class of calls
 * the compiler inlines neither.
 */
final class BusyDelay {
  private static final int PROBE_LINKS = 100;
  private static final int TRIALS = 2000;

  /** They are all alike but the first, which are interpreted. */
  private static final int COUNTED_TRIALS = 100;

  private static final int CALLS_A_TRIAL = 200;

  /** A chain costs a little more than its links, for leaving the loop is mispredicted. */
  private static final int CORRECTIONS = 3;

  private final int links;
  private final boolean counted;
  private long chain = 1;

  private BusyDelay(int links, boolean counted) {
    this.links = links;
    this.counted = counted;
  }

  /**
   * A delay of so many nanoseconds.
   *
   * @param counted the clock counts instructions, one a nanosecond
   * @throws IllegalArgumentException where the shortest delay takes longer
   */
  static BusyDelay of(long nanos, boolean counted) {
    double without = typical(new BusyDelay(0, counted));
    double slope = (typical(new BusyDelay(PROBE_LINKS, counted)) - without) / PROBE_LINKS;
    if (without > nanos) {
      throw new IllegalArgumentException(
          (counted
                  ? "a delay of %d instructions is shorter than the call of it (%.0f)"
                  : "a delay of %d ns is shorter than one reading of the clock (%.0f ns)")
              .formatted(nanos, without));
    }
    BusyDelay delay = new BusyDelay((int) Math.round((nanos - without) / slope), counted);
    for (int correction = 0; correction < CORRECTIONS; correction++) {
      double excess = typical(delay) - nanos;
      int links = Math.max(0, delay.links - (int) Math.round(excess / slope));
      delay = new BusyDelay(links, counted);
    }
    return delay;
  }

  /** Spends the time; the result depends on all of it. */
  void spend() {
    long x = chain;
    for (int i = 0; i < links; i++) {
      x = x * 0x5851F42D4C957F2DL + 0x14057B7EF767814FL;
    }
    chain = counted ? x : x ^ (System.nanoTime() & 1);
  }

  private static double typical(BusyDelay delay) {
    double[] trials = new double[delay.counted ? COUNTED_TRIALS : TRIALS];
    for (int trial = 0; trial < trials.length; trial++) {
      long start = System.nanoTime();
      for (int i = 0; i < CALLS_A_TRIAL; i++) {
        delay.spend();
      }
      trials[trial] = (double) (System.nanoTime() - start) / CALLS_A_TRIAL;
    }
    Arrays.sort(trials);
    return trials[trials.length / 2];
  }
}
