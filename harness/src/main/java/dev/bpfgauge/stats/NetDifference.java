package dev.bpfgauge.stats;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * Subject less reference in their own unit: how two costs are compared where one of them is not
 * told from zero, so that a ratio would say nothing. The verdict rule is that of {@link
 * RatioComparison}, asked of differences: the subject is more than 1+m times the reference where
 * subject − (1+m) · reference lies above zero. For two costs above zero both say the same; a cost
 * at zero or below has no logarithm, but it has a difference (E. C. Fieller, "Some problems in
 * interval estimation", J. R. Statist. Soc. B 16, 1954).
 *
 * @param mean mean of subject − reference; NaN where one has nothing
 * @param interval95 its 95 % t-interval, absent where its spread is not known
 * @param p two-sided p that it is 0; NaN without an interval
 * @param slower95 the same interval of subject − (1+m) · reference
 * @param faster95 of (1+m) · subject − reference
 */
public record NetDifference(
    double mean,
    @Nullable Interval interval95,
    double p,
    @Nullable Interval slower95,
    @Nullable Interval faster95) {

  /** Of costs that belong together by round, equally many on both sides. */
  static NetDifference paired(double[] subject, double[] reference, Demand demand) {
    return of(
        demand,
        (left, right) ->
            Term.of(
                IntStream.range(0, subject.length)
                    .mapToDouble(i -> left * subject[i] - right * reference[i])
                    .toArray()));
  }

  /** Of costs that nothing pairs. */
  static NetDifference unpaired(double[] subject, double[] reference, double margin) {
    return of(
        Demand.of(margin),
        (left, right) -> Term.of(scaled(subject, left)).less(scaled(reference, right)));
  }

  private static double[] scaled(double[] values, double factor) {
    return DoubleStream.of(values).map(value -> factor * value).toArray();
  }

  /** Makes one difference of so many times the subject and so many times the reference. */
  private interface Weighted {
    Term of(double subject, double reference);
  }

  private static NetDifference of(Demand demand, Weighted weighted) {
    Term plain = weighted.of(1, 1);
    double factor = 1 + demand.margin();
    return new NetDifference(
        plain.mean,
        plain.interval(demand),
        plain.p(),
        weighted.of(1, factor).interval(demand),
        weighted.of(factor, 1).interval(demand));
  }

  /** A mean, or a difference of two, and what each of them scatters by. */
  private record Term(double mean, List<Scatter> scatters) {

    static Term of(double[] values) {
      return new Term(
          values.length == 0 ? Double.NaN : ForkStatistics.mean(values),
          List.of(Scatter.of(values)));
    }

    Term less(double[] values) {
      Term other = of(values);
      return new Term(mean - other.mean, List.of(scatters.getFirst(), other.scatters.getFirst()));
    }

    private boolean isKnown() {
      return scatters.stream().allMatch(scatter -> scatter.values() > 1);
    }

    @Nullable Interval interval(Demand demand) {
      if (!isKnown()) {
        return null;
      }
      Scatter.StandardError error = Scatter.StandardError.of(scatters);
      double half = demand.reach(error.degreesOfFreedom()) * error.value();
      return new Interval(mean - half, mean + half);
    }

    double p() {
      if (!isKnown()) {
        return Double.NaN;
      }
      Scatter.StandardError error = Scatter.StandardError.of(scatters);
      if (error.value() == 0) {
        return mean == 0 ? 1 : 0;
      }
      // No random generator: nothing is drawn, and the default one costs more than the value.
      return 2
          * new TDistribution(null, error.degreesOfFreedom())
              .cumulativeProbability(-Math.abs(mean / error.value()));
    }
  }

  /** Whether a whole interval lies beyond the margin, before any correction. */
  boolean beyondMargin() {
    return isSlower() || isFaster();
  }

  private boolean isSlower() {
    return slower95 != null && slower95.low() > 0;
  }

  private boolean isFaster() {
    return faster95 != null && faster95.high() < 0;
  }

  /**
   * The verdict.
   *
   * @param sure whether p of "the difference is 0", corrected for the comparisons made together, is
   *     small enough
   */
  Verdict verdict(boolean sure) {
    if (slower95 == null || faster95 == null) {
      return Verdict.INCONCLUSIVE;
    }
    if (slower95.high() <= 0 && faster95.low() >= 0) {
      return Verdict.EQUIVALENT;
    }
    if (sure && beyondMargin()) {
      return mean > 0 ? Verdict.SLOWER : Verdict.FASTER;
    }
    return Verdict.INCONCLUSIVE;
  }
}
