package dev.bpfgauge.stats;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One night's figure of one cell.
 *
 * @param time geometric mean of the fork means
 * @param deviation standard deviation of the logarithms of the fork means; NaN below two forks
 * @param forks how many, at least one
 */
public record Night(double time, double deviation, int forks) {

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
    double[] logs = Arrays.stream(forkMeans).map(Math::log).toArray();
    return new Night(
        Math.exp(ForkStatistics.mean(logs)), ForkStatistics.standardDeviation(logs), logs.length);
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
