package dev.bpfgauge.stats;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * Subject against reference, paired by round, on log ratios.
 *
 * <p>The verdict rule, stated before the run (docs/method.md says why, the simulation shows how it
 * behaves):
 *
 * <ul>
 *   <li><b>equivalent</b>: the 95 % interval of the ratio lies within [1/(1+m), 1+m];
 *   <li><b>slower</b>, <b>faster</b>: the interval lies entirely beyond that margin, and the paired
 *       t-test of "ratio = 1" stays below 5 % after Holm's correction for all comparisons of the
 *       run;
 *   <li><b>inconclusive</b>: else.
 * </ul>
 *
 * @param pairs rounds that have both sides
 * @param ratio geometric mean of subject / reference; NaN without a pair
 * @param interval95 95 % t-interval of the ratio, absent below two pairs
 * @param p two-sided p of the paired t-test that the ratio is 1; NaN below two pairs
 * @param margin margin of equivalence as a share, e.g. 0.03
 */
public record PairedComparison(
    int pairs, double ratio, @Nullable Interval interval95, double p, double margin) {

  /** Probability of any false alarm among all comparisons of a run, at most. */
  public static final double FAMILY_ERROR = 0.05;

  /**
   * Compares two series of the same rounds.
   *
   * @param subject one time a round, positive and finite
   * @param reference the same rounds' times, in the same order
   * @param margin a share, at least 0
   * @throws IllegalArgumentException where the lengths differ, a time is not positive and finite,
   *     or the margin is negative or not finite
   */
  public static PairedComparison of(double[] subject, double[] reference, double margin) {
    if (subject.length != reference.length) {
      throw new IllegalArgumentException(
          "a paired comparison needs both sides of each round, got "
              + subject.length
              + " and "
              + reference.length);
    }
    if (!(margin >= 0) || Double.isInfinite(margin)) {
      throw new IllegalArgumentException(
          "the margin is a share of at least 0, e.g. 0.03, not " + margin);
    }
    ForkStatistics.requireTimes("subject", subject);
    ForkStatistics.requireTimes("reference", reference);
    double[] logRatios =
        IntStream.range(0, subject.length)
            .mapToDouble(i -> Math.log(subject[i] / reference[i]))
            .toArray();
    if (logRatios.length == 0) {
      return new PairedComparison(0, Double.NaN, null, Double.NaN, margin);
    }
    double ratio = Math.exp(ForkStatistics.mean(logRatios));
    Interval logs = ForkStatistics.tInterval(logRatios, 0.95);
    Interval interval =
        logs == null ? null : new Interval(Math.exp(logs.low()), Math.exp(logs.high()));
    return new PairedComparison(logRatios.length, ratio, interval, pOfZeroMean(logRatios), margin);
  }

  /** Fewer than five pairs: the figure says only where the ratio lies about. */
  public boolean indicative() {
    return pairs < ForkStatistics.ENOUGH_FORKS;
  }

  /** The verdict of a comparison that stands alone. */
  public Verdict verdict() {
    return verdict(p);
  }

  /**
   * The verdict of one among many comparisons.
   *
   * @param adjustedP this comparison's value from {@link #holm}
   */
  public Verdict verdict(double adjustedP) {
    if (interval95 == null) {
      return Verdict.INCONCLUSIVE;
    }
    if (interval95.low() >= 1 / (1 + margin) && interval95.high() <= 1 + margin) {
      return Verdict.EQUIVALENT;
    }
    if (beyondMargin() && adjustedP < FAMILY_ERROR) {
      return ratio > 1 ? Verdict.SLOWER : Verdict.FASTER;
    }
    return Verdict.INCONCLUSIVE;
  }

  /** Whether the whole interval lies beyond the margin, before any correction. */
  public boolean beyondMargin() {
    return interval95 != null
        && (interval95.low() > 1 + margin || interval95.high() < 1 / (1 + margin));
  }

  /**
   * Holm's step-down correction: the adjusted values may be compared with the error allowed to the
   * whole family (S. Holm, Scand. J. Statist. 6, 1979).
   *
   * @param p p values; NaN for a comparison that could not be made, which does not count
   * @return adjusted values in the same order
   */
  public static double[] holm(double[] p) {
    int[] ascending =
        IntStream.range(0, p.length)
            .filter(i -> !Double.isNaN(p[i]))
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[p.length];
    Arrays.fill(adjusted, Double.NaN);
    double soFar = 0;
    for (int rank = 0; rank < ascending.length; rank++) {
      soFar = Math.max(soFar, Math.min(1, p[ascending[rank]] * (ascending.length - rank)));
      adjusted[ascending[rank]] = soFar;
    }
    return adjusted;
  }

  /** Two-sided p of the one-sample t-test; values without any spread are certain either way. */
  private static double pOfZeroMean(double[] values) {
    if (values.length < 2) {
      return Double.NaN;
    }
    double mean = ForkStatistics.mean(values);
    double standardError = ForkStatistics.standardDeviation(values) / Math.sqrt(values.length);
    if (standardError == 0) {
      return mean == 0 ? 1 : 0;
    }
    return 2
        * new TDistribution(values.length - 1)
            .cumulativeProbability(-Math.abs(mean) / standardError);
  }
}
