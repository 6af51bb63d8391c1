package dev.bpfgauge.bench;

/**
 * Spends a known time: the truth against which the whole harness is tested.
 *
 * <p>Waiting until the clock has advanced would overshoot by up to one reading of it, some 25 ns.
 * So this runs a chain of dependent multiplications, then reads the clock once, which on x86-64 and
 * aarch64 waits for the chain's end: it cannot overlap with the call that follows. The length of
 * the chain is calibrated, chain and reading together, to the time wanted; the fastest of many
 * trials counts, because everything that disturbs one makes it longer.
 */
final class BusyDelay {
  private static final int TRIALS = 400;
  private static final int CALLS_A_TRIAL = 500;

  private final int links;
  private long chain = 1;

  private BusyDelay(int links) {
    this.links = links;
  }

  /**
   * A delay of so many nanoseconds.
   *
   * @throws IllegalArgumentException where reading the clock alone takes longer
   */
  static BusyDelay of(long nanos) {
    double without = fastest(new BusyDelay(0));
    double slope = (fastest(new BusyDelay(1000)) - without) / 1000;
    if (without > nanos) {
      throw new IllegalArgumentException(
          "a delay of %d ns is shorter than one reading of the clock (%.0f ns)"
              .formatted(nanos, without));
    }
    return new BusyDelay((int) Math.round((nanos - without) / slope));
  }

  /** Spends the time; the result depends on all of it. */
  void spend() {
    long x = chain;
    for (int i = 0; i < links; i++) {
      x = x * 0x5851F42D4C957F2DL + 0x14057B7EF767814FL;
    }
    chain = x ^ (System.nanoTime() & 1);
  }

  /** Nanoseconds of one {@link #spend()} as timed alone. */
  double timedNanos() {
    return fastest(this);
  }

  private static double fastest(BusyDelay delay) {
    double fastest = Double.MAX_VALUE;
    for (int trial = 0; trial < TRIALS; trial++) {
      long start = System.nanoTime();
      for (int i = 0; i < CALLS_A_TRIAL; i++) {
        delay.spend();
      }
      fastest = Math.min(fastest, (double) (System.nanoTime() - start) / CALLS_A_TRIAL);
    }
    return fastest;
  }
}
