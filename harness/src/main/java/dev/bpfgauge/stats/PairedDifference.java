package dev.bpfgauge.stats;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How much one thing takes more than another, in their own unit, paired by round.
 *
 * @param pairs rounds that have both sides
 * @param mean mean of upper − lower; NaN without a pair
 * @param interval95 95 % t-interval of that mean, absent below five pairs
 */
public record PairedDifference(int pairs, double mean, @Nullable Interval interval95) {

  /**
   * Subtracts two series of the same rounds.
   *
   * @param upper one time a round, positive and finite
   * @param lower the same rounds' times, in the same order
   * @throws IllegalArgumentException where the lengths differ or a time is not positive and finite
   */
  public static PairedDifference of(double[] upper, double[] lower) {
    if (upper.length != lower.length) {
      throw new IllegalArgumentException(
          "a paired difference needs both sides of each round, got "
              + upper.length
              + " and "
              + lower.length);
    }
    ForkStatistics.requireTimes("upper", upper);
    ForkStatistics.requireTimes("lower", lower);
    double[] differences =
        IntStream.range(0, upper.length).mapToDouble(i -> upper[i] - lower[i]).toArray();
    return new PairedDifference(
        differences.length,
        differences.length == 0 ? Double.NaN : ForkStatistics.mean(differences),
        ForkStatistics.interval95(differences));
  }
}
