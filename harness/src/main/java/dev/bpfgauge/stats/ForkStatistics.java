package dev.bpfgauge.stats;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.math3.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * What the forks of one cell say together. The fork mean is the one observation a fork gives: its
 * iterations share one JVM, one memory layout and one moment, so they are not independent (Georges,
 * Buytaert and Eeckhout, "Statistically rigorous Java performance evaluation", OOPSLA 2007).
 *
 * @param forks number of forks, at least 1
 * @param mean mean of the fork means
 * @param median median of the fork means
 * @param interval95 95 % t-interval of the mean, of a time never below zero; absent below {@link
 *     #ENOUGH_FORKS} forks
 * @param cvBetween standard deviation of the fork means over their mean; NaN below two forks, and
 *     where one of them is not above zero
 */
public record ForkStatistics(
    int forks, double mean, double median, @Nullable Interval interval95, double cvBetween) {

  /**
   * Below this many forks or pairs a figure is called indicative and has no interval: two forks
   * that lie close by chance would make a narrow one, and two that do not an absurd one.
   */
  public static final int ENOUGH_FORKS = 5;

  private static final Map<Quantile, Double> QUANTILES = new ConcurrentHashMap<>();

  /**
   * Sums up the forks of one cell.
   *
   * @param forkMeans one positive, finite time a fork
   * @throws IllegalArgumentException where there is none, or one is not positive and finite
   */
  public static ForkStatistics of(double[] forkMeans) {
    requireTimes("fork means", forkMeans);
    return of(forkMeans, interval95(forkMeans, 0, Double.POSITIVE_INFINITY));
  }

  /**
   * The same where each is a difference: noise may bring it to zero or below, and the interval ends
   * where it ends.
   *
   * @param forkMeans one finite figure a fork
   * @throws IllegalArgumentException where there is none, or one is not finite
   */
  public static ForkStatistics ofNet(double[] forkMeans) {
    requireFinite("fork means", forkMeans);
    return of(forkMeans, interval95(forkMeans));
  }

  private static ForkStatistics of(double[] forkMeans, @Nullable Interval interval) {
    if (forkMeans.length == 0) {
      throw new IllegalArgumentException("statistics need at least one fork, got none");
    }
    double mean = mean(forkMeans);
    return new ForkStatistics(
        forkMeans.length,
        mean,
        median(forkMeans),
        interval,
        areAboveZero(forkMeans) ? standardDeviation(forkMeans) / mean : Double.NaN);
  }

  /**
   * Whether a net cost is told from zero: each of its forks is above it, and so is the whole 95 %
   * interval of their mean, where five forks give one. Only then a ratio to it says anything.
   */
  public static boolean isResolved(double[] forkMeans) {
    Interval interval = interval95(forkMeans);
    return areAboveZero(forkMeans) && (interval == null || interval.low() > 0);
  }

  private static boolean areAboveZero(double[] values) {
    return Arrays.stream(values).allMatch(value -> value > 0);
  }

  /**
   * The coefficient of variation of iterations within forks, pooled over forks. Each fork's
   * iterations are taken relative to their own mean, so that differences between forks do not
   * enter.
   *
   * @param iterations for each fork its iterations' times, positive and finite
   * @return NaN where no fork has two iterations
   */
  public static double cvWithin(List<double[]> iterations) {
    double squares = 0;
    int degreesOfFreedom = 0;
    for (double[] fork : iterations) {
      requireTimes("iterations", fork);
      if (fork.length > 1) {
        double cv = standardDeviation(fork) / mean(fork);
        squares += cv * cv * (fork.length - 1);
        degreesOfFreedom += fork.length - 1;
      }
    }
    return degreesOfFreedom == 0 ? Double.NaN : Math.sqrt(squares / degreesOfFreedom);
  }

  /** The arithmetic mean, in two passes: no digit is lost to a large common offset. */
  public static double mean(double[] values) {
    double rough = 0;
    for (double value : values) {
      rough += value / values.length;
    }
    double rest = 0;
    for (double value : values) {
      rest += (value - rough) / values.length;
    }
    return rough + rest;
  }

  /** The middle value, or the mean of the middle two; NaN for none. */
  public static double median(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The sample standard deviation (divisor n − 1); NaN below two values. */
  public static double standardDeviation(double[] values) {
    if (values.length < 2) {
      return Double.NaN;
    }
    double mean = mean(values);
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / (values.length - 1));
  }

  /**
   * The 95 % t-interval to show of a mean that may have either sign, such as a difference's.
   *
   * @return absent below {@link #ENOUGH_FORKS} values
   */
  public static @Nullable Interval interval95(double[] values) {
    return values.length < ENOUGH_FORKS ? null : tInterval(values, Interval.CONFIDENCE);
  }

  /**
   * The same of a quantity that has bounds; the interval ends where they are.
   *
   * @param least e.g. 0 for a time
   * @param most e.g. 100 for a percentage, infinity for none
   */
  public static @Nullable Interval interval95(double[] values, double least, double most) {
    Interval interval = interval95(values);
    return interval == null ? null : interval.within(least, most);
  }

  /**
   * Student's two-sided interval of the mean, however few the values; {@link #interval95} is what
   * may be shown.
   *
   * @param level confidence, e.g. 0.95
   * @return absent below two values
   */
  public static @Nullable Interval tInterval(double[] values, double level) {
    if (values.length < 2) {
      return null;
    }
    double mean = mean(values);
    double half =
        tQuantile(values.length - 1, (1 + level) / 2)
            * standardDeviation(values)
            / Math.sqrt(values.length);
    return new Interval(mean - half, mean + half);
  }

  /**
   * The value which Student's t with these degrees of freedom stays below with that probability.
   */
  public static double tQuantile(double degreesOfFreedom, double probability) {
    if (degreesOfFreedom != Math.rint(degreesOfFreedom)) {
      return new TDistribution(null, degreesOfFreedom).inverseCumulativeProbability(probability);
    }
    // Found by search, some 20 µs each, and a run asks for the same few thousands of times.
    return QUANTILES.computeIfAbsent(
        new Quantile(degreesOfFreedom, probability),
        q ->
            new TDistribution(null, q.degreesOfFreedom())
                .inverseCumulativeProbability(q.probability()));
  }

  private record Quantile(double degreesOfFreedom, double probability) {}

  /** A time that is zero, negative or not a number is a broken measurement, never a fast one. */
  static void requireTimes(String what, double[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] > 0) || Double.isInfinite(values[i])) {
        throw new IllegalArgumentException(
            what + ": value " + (i + 1) + " is " + values[i] + "; a time must be above zero");
      }
    }
  }

  static void requireFinite(String what, double[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            what + ": value " + (i + 1) + " is " + values[i] + "; a cost must be finite");
      }
    }
  }
}
