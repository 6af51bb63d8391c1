package dev.bpfgauge.stats;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Subject against reference, paired by round, on log ratios. {@link RatioComparison} has the
 * verdict rule.
 *
 * @param pairs rounds that have both sides
 * @param ratio geometric mean of subject / reference; NaN without a pair or a ratio
 * @param interval95 95 % t-interval of the ratio, absent below two pairs
 * @param deviation standard deviation of the log ratios; NaN below two pairs
 * @param demand what the verdict demands
 * @param difference instead of a ratio, where a net cost is not told from zero; else absent
 */
public record PairedComparison(
    int pairs,
    double ratio,
    @Nullable Interval interval95,
    double deviation,
    Demand demand,
    @Nullable NetDifference difference)
    implements RatioComparison {

  /** With a ratio. */
  public PairedComparison(
      int pairs, double ratio, @Nullable Interval interval95, double deviation, Demand demand) {
    this(pairs, ratio, interval95, deviation, demand, null);
  }

  /** With a verdict that is looked at once. */
  public static PairedComparison of(double[] subject, double[] reference, double margin) {
    return of(subject, reference, Demand.of(margin));
  }

  /**
   * Compares two series of the same rounds.
   *
   * @param subject one time a round, positive and finite
   * @param reference the same rounds' times, in the same order
   * @throws IllegalArgumentException where the lengths differ, or a time is not positive and finite
   */
  public static PairedComparison of(double[] subject, double[] reference, Demand demand) {
    requirePairs(subject, reference);
    ForkStatistics.requireTimes("subject", subject);
    ForkStatistics.requireTimes("reference", reference);
    double[] logRatios =
        IntStream.range(0, subject.length)
            .mapToDouble(i -> Math.log(subject[i] / reference[i]))
            .toArray();
    if (logRatios.length == 0) {
      return new PairedComparison(0, Double.NaN, null, Double.NaN, demand);
    }
    double ratio = Math.exp(ForkStatistics.mean(logRatios));
    Interval logs = ForkStatistics.tInterval(logRatios, demand.confidence());
    Interval interval =
        logs == null ? null : new Interval(Math.exp(logs.low()), Math.exp(logs.high()));
    return new PairedComparison(
        logRatios.length, ratio, interval, ForkStatistics.standardDeviation(logRatios), demand);
  }

  /**
   * Compares two series of which one or both are differences, and so may fall to zero or below: as
   * a ratio where both are told from zero, else by what lies between them.
   *
   * @param subject one net cost a round, finite
   * @param reference the same rounds' costs, in the same order
   * @throws IllegalArgumentException where the lengths differ, or a cost is not finite
   */
  public static PairedComparison ofNet(double[] subject, double[] reference, Demand demand) {
    if (ForkStatistics.isResolved(subject) && ForkStatistics.isResolved(reference)) {
      return of(subject, reference, demand);
    }
    requirePairs(subject, reference);
    ForkStatistics.requireFinite("subject", subject);
    ForkStatistics.requireFinite("reference", reference);
    return new PairedComparison(
        subject.length,
        Double.NaN,
        null,
        Double.NaN,
        demand,
        NetDifference.paired(subject, reference, demand));
  }

  private static void requirePairs(double[] subject, double[] reference) {
    if (subject.length != reference.length) {
      throw new IllegalArgumentException(
          "a paired comparison needs both sides of each round, got "
              + subject.length
              + " and "
              + reference.length);
    }
  }

  /**
   * How many pairs it would take to decide, if they scattered as these do and their mean stayed
   * where it is: of a comparison that stands alone.
   *
   * @param most as many as anybody would measure
   * @return empty where it is decided, where there is no ratio, where fewer than five pairs say too
   *     little about their own scatter, and where {@code most} pairs would not do
   */
  public OptionalInt pairsToDecide(int most) {
    if (indicative() || difference != null || verdict() != Verdict.INCONCLUSIVE) {
      return OptionalInt.empty();
    }
    return IntStream.rangeClosed(pairs + 1, most)
        .filter(enough -> withPairs(enough).verdict() != Verdict.INCONCLUSIVE)
        .findFirst();
  }

  private PairedComparison withPairs(int enough) {
    double half = demand.reach(enough - 1) * deviation / Math.sqrt(enough);
    return new PairedComparison(
        enough,
        ratio,
        new Interval(ratio * Math.exp(-half), ratio * Math.exp(half)),
        deviation,
        demand);
  }

  @Override
  public double margin() {
    return demand.margin();
  }

  @Override
  public List<Scatter> scatters() {
    return difference == null ? List.of(Scatter.of(pairs, deviation)) : List.of();
  }

  @Override
  public boolean indicative() {
    return pairs < ForkStatistics.ENOUGH_FORKS;
  }
}
