package dev.bpfgauge.stats;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A product of quantities that were measured independently, each several times, such as events a
 * second × nanoseconds an event.
 *
 * @param value product of the means
 * @param interval95 its 95 % interval, never below zero; absent where one of them was measured less
 *     often than {@link ForkStatistics#ENOUGH_FORKS}
 */
public record Product(double value, @Nullable Interval interval95) {

  /**
   * The errors propagate to first order: relative variances add, with the effective degrees of
   * freedom of Welch and Satterthwaite (JCGM 100:2008, "Guide to the expression of uncertainty in
   * measurement", 5.1.6 and G.4).
   *
   * @param factors the measurements of each quantity, finite and not below zero
   */
  public static Product of(double[]... factors) {
    double[] means = Arrays.stream(factors).mapToDouble(ForkStatistics::mean).toArray();
    double value = productBut(means, -1);
    if (Arrays.stream(factors).anyMatch(one -> one.length < ForkStatistics.ENOUGH_FORKS)) {
      return new Product(value, null);
    }
    Scatter.StandardError error =
        Scatter.StandardError.of(
            IntStream.range(0, factors.length)
                .mapToObj(i ->
                    Scatter.of(
                        factors[i].length,
                        ForkStatistics.standardDeviation(factors[i]) * productBut(means, i)))
                .toList());
    double half =
        ForkStatistics.tQuantile(error.degreesOfFreedom(), (1 + Interval.CONFIDENCE) / 2)
            * error.value();
    return new Product(
        value, new Interval(value - half, value + half).within(0, Double.POSITIVE_INFINITY));
  }

  /** The product of all but one of them: how much that one counts. */
  private static double productBut(double[] means, int left) {
    return IntStream.range(0, means.length)
        .filter(i -> i != left)
        .mapToDouble(i -> means[i])
        .reduce(1, (a, b) -> a * b);
  }
}
