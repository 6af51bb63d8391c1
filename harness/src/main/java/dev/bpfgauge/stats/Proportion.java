package dev.bpfgauge.stats;

import org.apache.commons.math3.distribution.BetaDistribution;

/**
 * How often something happened.
 *
 * @param hits times that it did, from 0 to {@code of}
 * @param of how many times it could have
 */
public record Proportion(int hits, int of) {

  public Proportion {
    if (hits < 0 || hits > of) {
      throw new IllegalArgumentException(hits + " of " + of);
    }
  }

  /** The share; NaN where it could never have. */
  public double share() {
    return (double) hits / of;
  }

  /**
   * Clopper and Pearson's exact 95 % interval of the share, for times independent of each other.
   * From 0 to 1 where there were none.
   *
   * <p>C. Clopper, E. Pearson, "The use of confidence or fiducial limits illustrated in the case of
   * the binomial", Biometrika 26, 1934.
   */
  public Interval interval95() {
    int misses = of - hits;
    return new Interval(
        hits == 0 ? 0 : quantile(hits, misses + 1, 0.025),
        misses == 0 ? 1 : quantile(hits + 1, misses, 0.975));
  }

  private static double quantile(int a, int b, double p) {
    return new BetaDistribution(null, a, b).inverseCumulativeProbability(p);
  }
}
