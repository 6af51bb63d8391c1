package dev.bpfgauge.stats;

import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * A ratio of times with its interval and its verdict.
 *
 * <p>The verdict rule, stated before the run (docs/method.md says why, the simulation shows how it
 * behaves):
 *
 * <ul>
 *   <li><b>equivalent</b>: the 95 % interval of the ratio lies within [1/(1+m), 1+m];
 *   <li><b>slower</b>, <b>faster</b>: the interval lies entirely beyond that margin, and the p of
 *       "ratio = 1" stays below 1 % when all comparisons made together are taken together ({@link
 *       ComparisonFamily});
 *   <li><b>inconclusive</b>: else.
 * </ul>
 *
 * <p>Where a net cost is not told from zero ({@link ForkStatistics#isResolved}) there is no ratio,
 * and the rule is asked of {@link #difference} instead.
 */
public sealed interface RatioComparison permits NightComparison, PairedComparison, WelchComparison {

  /** Probability of any false alarm among all comparisons made together, at most. */
  double FAMILY_ERROR = 0.01;

  /** What the smallest change that can be seen is seen with. */
  double POWER = 0.95;

  /** Geometric mean of subject / reference; NaN where a side has nothing. */
  double ratio();

  /**
   * 95 % t-interval of the ratio, wider for a run that may stop at it ({@link Looks}); absent where
   * its spread is not known or there is no ratio.
   */
  @Nullable Interval interval95();

  /** What is compared instead where a net cost allows no ratio; absent where there is one. */
  default @Nullable NetDifference difference() {
    return null;
  }

  /**
   * The interval to show beside a verdict. Fewer than five observations have none unless it decided
   * something: their spread is a guess, and so is an interval made of it.
   */
  default @Nullable Interval shown95(Verdict verdict) {
    return indicative() && verdict == Verdict.INCONCLUSIVE ? null : interval95();
  }

  /** The interval of {@link #difference} to show beside a verdict, by the same rule. */
  default @Nullable Interval shownDifference95(Verdict verdict) {
    NetDifference difference = difference();
    return difference == null || (indicative() && verdict == Verdict.INCONCLUSIVE)
        ? null
        : difference.interval95();
  }

  /** The same for a comparison that stands alone. */
  default @Nullable Interval shown95() {
    return shown95(verdict());
  }

  /** What the verdict demands. */
  default Demand demand() {
    return Demand.of(margin());
  }

  /** Margin of equivalence as a share, e.g. 0.03. */
  double margin();

  /**
   * What the logarithm of the ratio is the mean of, or the difference of the means of; nothing
   * where there is no ratio.
   */
  List<Scatter> scatters();

  /** Fewer than five observations: the figure says only where the ratio lies about. */
  boolean indicative();

  /**
   * Two-sided p of the t-test that the ratio is 1; NaN where an observation has no other beside it.
   * Observations without any spread are certain either way.
   */
  default double p() {
    return p(scatters());
  }

  /**
   * The same with another belief about the spread.
   *
   * @param believed one for each of {@link #scatters}
   */
  default double p(List<Scatter> believed) {
    NetDifference difference = difference();
    if (difference != null) {
      return difference.p();
    }
    if (believed.stream().anyMatch(scatter -> scatter.values() < 2)) {
      return Double.NaN;
    }
    Scatter.StandardError error = Scatter.StandardError.of(believed);
    if (error.value() == 0) {
      return ratio() == 1 ? 1 : 0;
    }
    double t = Math.log(ratio()) / error.value();
    // No random generator: nothing is drawn, and the default one costs more than the value.
    return 2
        * new TDistribution(null, error.degreesOfFreedom()).cumulativeProbability(-Math.abs(t));
  }

  /** The verdict of a comparison that stands alone. */
  default Verdict verdict() {
    return verdict(p());
  }

  /**
   * The verdict of one among many comparisons.
   *
   * @param adjustedP this comparison's value from {@link ComparisonFamily#adjustedP}
   */
  default Verdict verdict(double adjustedP) {
    NetDifference difference = difference();
    if (difference != null) {
      return difference.verdict(adjustedP < demand().familyError());
    }
    Interval interval = interval95();
    if (interval == null) {
      return Verdict.INCONCLUSIVE;
    }
    if (interval.low() >= 1 / (1 + margin()) && interval.high() <= 1 + margin()) {
      return Verdict.EQUIVALENT;
    }
    if (beyondMargin() && adjustedP < demand().familyError()) {
      return ratio() > 1 ? Verdict.SLOWER : Verdict.FASTER;
    }
    return Verdict.INCONCLUSIVE;
  }

  /** Whether the whole interval lies beyond the margin, before any correction. */
  default boolean beyondMargin() {
    NetDifference difference = difference();
    if (difference != null) {
      return difference.beyondMargin();
    }
    Interval interval = interval95();
    return interval != null
        && (interval.low() > 1 + margin() || interval.high() < 1 / (1 + margin()));
  }

  /**
   * The smallest slowdown, as a share, that is called {@link Verdict#SLOWER} with {@link #POWER}:
   * beyond the margin by the interval, and sure enough among {@code comparisons}.
   *
   * @param error of the log ratio, which the interval is made of
   * @param believed the same as far as p rests on it
   */
  default double smallestSeen(
      Scatter.StandardError error, Scatter.StandardError believed, int comparisons) {
    double beyond = Math.log1p(margin()) + demand().reach(error.degreesOfFreedom()) * error.value();
    double sure =
        ForkStatistics.tQuantile(
                believed.degreesOfFreedom(), 1 - demand().familyError() / comparisons / 2)
            * believed.value();
    return Math.expm1(
        Math.max(beyond, sure)
            + ForkStatistics.tQuantile(error.degreesOfFreedom(), POWER) * error.value());
  }

  /**
   * Refuses what is no margin.
   *
   * @throws IllegalArgumentException where the margin is negative or not finite
   */
  static void requireMargin(double margin) {
    if (!(margin >= 0) || Double.isInfinite(margin)) {
      throw new IllegalArgumentException(
          "the margin is a share of at least 0, e.g. 0.03, not " + margin);
    }
  }
}
