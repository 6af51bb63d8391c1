package dev.bpfgauge.stats;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One night's figure of one cell.
 *
 * @param time geometric mean of the fork means
 * @param deviation standard deviation of the logarithms of the fork means; NaN below two forks
 * @param forks how many, at least one
 * @param beside what a reference took beside each of those forks; absent where one has none
 */
public record Night(double time, double deviation, int forks, @Nullable Beside beside) {

  /**
   * A reference beside the forks of a night.
   *
   * @param reference geometric mean of what it took beside each fork
   * @param deviation standard deviation of the logarithms of time / reference, fork by fork; NaN
   *     below two forks
   */
  public record Beside(double reference, double deviation) {}

  /** Without references. */
  public Night(double time, double deviation, int forks) {
    this(time, deviation, forks, null);
  }

  /**
   * Sums up forks.
   *
   * @param forkMeans at least one
   * @throws IllegalArgumentException where there is none, or a mean is not positive and finite
   */
  public static Night of(double[] forkMeans) {
    ForkStatistics.requireTimes("forks", forkMeans);
    if (forkMeans.length == 0) {
      throw new IllegalArgumentException("a night needs at least one fork");
    }
    double[] logs = logs(forkMeans);
    return new Night(
        Math.exp(ForkStatistics.mean(logs)), ForkStatistics.standardDeviation(logs), logs.length);
  }

  /**
   * Sums up forks and what a reference took beside each.
   *
   * @param forkMeans at least one
   * @param references one beside each
   */
  public static Night of(double[] forkMeans, double[] references) {
    Night night = of(forkMeans);
    Night reference = of(references);
    double[] ratios =
        IntStream.range(0, forkMeans.length)
            .mapToDouble(fork -> forkMeans[fork] / references[fork])
            .toArray();
    return new Night(
        night.time, night.deviation, night.forks, new Beside(reference.time, of(ratios).deviation));
  }

  /**
   * What a reference takes in a typical one of the nights that have it; NaN without such a night.
   */
  public static double typicalReference(List<Night> nights) {
    return Math.exp(
        nights.stream()
            .flatMap(night -> Stream.ofNullable(night.beside))
            .mapToDouble(beside -> Math.log(beside.reference))
            .average()
            .orElse(Double.NaN));
  }

  /**
   * Those with a reference, without nights whose reference is off by more than half of what it
   * typically is beside the cell: one must not decide for all.
   */
  public static List<Night> withUsualReference(List<Night> nights) {
    List<Night> referenced = nights.stream().filter(night -> night.beside != null).toList();
    if (referenced.isEmpty()) {
      return referenced;
    }
    double[] ratios = logs(Night.referenced(referenced).corrected());
    double typical = ForkStatistics.median(ratios);
    return IntStream.range(0, ratios.length)
        .filter(i -> Math.abs(ratios[i] - typical) < Math.log(1.5))
        .mapToObj(referenced::get)
        .toList();
  }

  private static double[] logs(double[] times) {
    return Arrays.stream(times).map(Math::log).toArray();
  }

  /** The times of nights that all have a reference, and what that took. */
  public static ReferencedTimes referenced(List<Night> nights) {
    return new ReferencedTimes(
        nights.stream().mapToDouble(Night::time).toArray(),
        nights.stream()
            .map(Night::beside)
            .map(Objects::requireNonNull)
            .mapToDouble(Beside::reference)
            .toArray());
  }

  /**
   * What it would have been had the reference taken {@code typical}; absent without a reference.
   */
  public @Nullable Night corrected(double typical) {
    return beside == null
        ? null
        : new Night(time * typical / beside.reference, beside.deviation, forks, beside);
  }

  /** The 95 % t-interval of the time by its own forks; absent below five. */
  public @Nullable Interval interval95() {
    if (forks < ForkStatistics.ENOUGH_FORKS) {
      return null;
    }
    double half = ForkStatistics.tQuantile(forks - 1, 0.975) * deviation / Math.sqrt(forks);
    return new Interval(time * Math.exp(-half), time * Math.exp(half));
  }
}
