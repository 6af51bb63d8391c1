package dev.bpfgauge.stats;

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
 *   <li><b>slower</b>, <b>faster</b>: the interval lies entirely beyond that margin, and the p of
 *       "ratio = 1" stays below 1 % when all comparisons of the run are taken together ({@link
 *       ComparisonFamily});
 *   <li><b>inconclusive</b>: else.
 * </ul>
 *
 * @param pairs rounds that have both sides
 * @param ratio geometric mean of subject / reference; NaN without a pair
 * @param interval95 95 % t-interval of the ratio, absent below two pairs
 * @param deviation standard deviation of the log ratios; NaN below two pairs
 * @param margin margin of equivalence as a share, e.g. 0.03
 */
public record PairedComparison(
    int pairs, double ratio, @Nullable Interval interval95, double deviation, double margin) {

  /** Probability of any false alarm among all comparisons of a run, at most. */
  public static final double FAMILY_ERROR = 0.01;

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
    return new PairedComparison(
        logRatios.length, ratio, interval, ForkStatistics.standardDeviation(logRatios), margin);
  }

  /** Fewer than five pairs: the figure says only where the ratio lies about. */
  public boolean indicative() {
    return pairs < ForkStatistics.ENOUGH_FORKS;
  }

  /**
   * Two-sided p of the paired t-test that the ratio is 1; NaN below two pairs. Pairs without any
   * spread are certain either way.
   */
  public double p() {
    return p(deviation, pairs - 1);
  }

  /**
   * The same with another belief about the spread.
   *
   * @param deviation standard deviation of a log ratio
   * @param degreesOfFreedom what that deviation rests on
   */
  double p(double deviation, double degreesOfFreedom) {
    if (pairs < 2) {
      return Double.NaN;
    }
    if (deviation == 0) {
      return ratio == 1 ? 1 : 0;
    }
    double t = Math.log(ratio) / deviation * Math.sqrt(pairs);
    // No random generator: nothing is drawn, and the default one costs more than the value.
    return 2 * new TDistribution(null, degreesOfFreedom).cumulativeProbability(-Math.abs(t));
  }

  /** The verdict of a comparison that stands alone. */
  public Verdict verdict() {
    return verdict(p());
  }

  /**
   * The verdict of one among many comparisons.
   *
   * @param adjustedP this comparison's value from {@link ComparisonFamily#adjustedP}
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
}
