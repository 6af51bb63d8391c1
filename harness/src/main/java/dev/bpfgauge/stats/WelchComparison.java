package dev.bpfgauge.stats;

import java.util.List;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Subject against reference where nothing pairs their forks, as in two runs: Welch's test on the
 * logarithms of the fork means. {@link RatioComparison} has the verdict rule.
 *
 * <p>The interval knows how far forks of one run lie apart, and nothing of what makes whole runs
 * differ: another hour, another boot, another neighbour on the same processor.
 *
 * @param ratio geometric mean of the subject over that of the reference; NaN where one has no fork,
 *     or there is no ratio
 * @param interval95 95 % interval of the ratio, absent where one has fewer than two forks
 * @param subject the subject's log times, or its net costs where there is no ratio
 * @param reference the same of the reference
 * @param margin margin of equivalence as a share, e.g. 0.03
 * @param difference instead of a ratio, where a net cost is not told from zero; else absent
 */
public record WelchComparison(
    double ratio,
    @Nullable Interval interval95,
    Scatter subject,
    Scatter reference,
    double margin,
    @Nullable NetDifference difference)
    implements RatioComparison {

  /**
   * Compares two series that need not be equally long.
   *
   * @param subject one time a fork, positive and finite
   * @param reference the same of the other side
   * @param margin a share, at least 0
   * @throws IllegalArgumentException where a time is not positive and finite, or the margin is
   *     negative or not finite
   */
  public static WelchComparison of(double[] subject, double[] reference, double margin) {
    RatioComparison.requireMargin(margin);
    ForkStatistics.requireTimes("subject", subject);
    ForkStatistics.requireTimes("reference", reference);
    double[] subjectLogs = DoubleStream.of(subject).map(Math::log).toArray();
    double[] referenceLogs = DoubleStream.of(reference).map(Math::log).toArray();
    double difference =
        subject.length == 0 || reference.length == 0
            ? Double.NaN
            : ForkStatistics.mean(subjectLogs) - ForkStatistics.mean(referenceLogs);
    Scatter left = Scatter.of(subjectLogs);
    Scatter right = Scatter.of(referenceLogs);
    return new WelchComparison(
        Math.exp(difference),
        interval(difference, List.of(left, right)),
        left,
        right,
        margin,
        null);
  }

  /**
   * Compares two series of differences, which may fall to zero or below: as a ratio where both are
   * told from zero, else by what lies between them.
   *
   * @param subject one finite net cost a fork
   * @param reference the same of the other side
   * @param margin a share, at least 0
   * @throws IllegalArgumentException where a cost is not finite, or the margin is negative or not
   *     finite
   */
  public static WelchComparison ofNet(double[] subject, double[] reference, double margin) {
    if (ForkStatistics.isResolved(subject) && ForkStatistics.isResolved(reference)) {
      return of(subject, reference, margin);
    }
    RatioComparison.requireMargin(margin);
    ForkStatistics.requireFinite("subject", subject);
    ForkStatistics.requireFinite("reference", reference);
    return new WelchComparison(
        Double.NaN,
        null,
        Scatter.of(subject),
        Scatter.of(reference),
        margin,
        NetDifference.unpaired(subject, reference, margin));
  }

  private static @Nullable Interval interval(double difference, List<Scatter> sides) {
    if (sides.stream().anyMatch(side -> side.values() < 2)) {
      return null;
    }
    Scatter.StandardError error = Scatter.StandardError.of(sides);
    double half =
        ForkStatistics.tQuantile(error.degreesOfFreedom(), (1 + Interval.CONFIDENCE) / 2)
            * error.value();
    return new Interval(Math.exp(difference - half), Math.exp(difference + half));
  }

  /**
   * The smallest slowdown, as a share, that would be called {@link Verdict#SLOWER} with 95 %
   * probability, were the forks to scatter as they do here.
   *
   * @param believed this comparison's from {@link ComparisonFamily#believed}
   * @param comparisons made together, this one among them
   * @return NaN where a side has fewer than two forks, or there is no ratio
   */
  public double smallestSeen(List<Scatter> believed, int comparisons) {
    if (difference != null || scatters().stream().anyMatch(side -> side.values() < 2)) {
      return Double.NaN;
    }
    return smallestSeen(
        Scatter.StandardError.of(scatters()), Scatter.StandardError.of(believed), comparisons);
  }

  @Override
  public List<Scatter> scatters() {
    return difference == null ? List.of(subject, reference) : List.of();
  }

  @Override
  public boolean indicative() {
    return Math.min(subject.values(), reference.values()) < ForkStatistics.ENOUGH_FORKS;
  }
}
