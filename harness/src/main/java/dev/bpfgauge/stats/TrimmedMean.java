package dev.bpfgauge.stats;

import java.util.Arrays;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * The mean without the tenth of the values at either end, and the square of its standard error (K.
 * K. Yuen, "The two-sample trimmed t for unequal population variances", Biometrika 61, 1974). Below
 * ten values nothing is left out.
 *
 * @param mean of the values kept
 * @param errorSquare of the mean; at least two values
 * @param degrees of freedom
 */
record TrimmedMean(double mean, double errorSquare, int degrees) {

  /** A p below cannot be told from 0. */
  private static final double SMALLEST = 1e-300;

  static TrimmedMean of(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int out = sorted.length / 10;
    int kept = sorted.length - 2 * out;
    double mean = ForkStatistics.mean(Arrays.copyOfRange(sorted, out, out + kept));
    Arrays.fill(sorted, 0, out, sorted[out]);
    Arrays.fill(sorted, out + kept, sorted.length, sorted[out + kept - 1]);
    double deviation = ForkStatistics.standardDeviation(sorted);
    double squares = deviation * deviation * (sorted.length - 1);
    return new TrimmedMean(mean, squares / (kept * (kept - 1.0)), kept - 1);
  }

  /** Logarithm of the two-sided p of "the means are equal", whatever either side scatters by. */
  double logP(TrimmedMean other) {
    double error = error(other);
    double difference = Math.abs(mean - other.mean);
    if (error == 0) {
      return difference == 0 ? 0 : Math.log(SMALLEST);
    }
    double p =
        2 * new TDistribution(null, degrees(other)).cumulativeProbability(-difference / error);
    return Math.log(Math.max(SMALLEST, p));
  }

  /** The standard error of the difference. */
  double error(TrimmedMean other) {
    return Math.sqrt(errorSquare + other.errorSquare);
  }

  /** Welch's degrees of freedom of the difference. */
  double degrees(TrimmedMean other) {
    double sum = errorSquare + other.errorSquare;
    return sum == 0
        ? degrees + other.degrees
        : sum
            * sum
            / (errorSquare * errorSquare / degrees
                + other.errorSquare * other.errorSquare / other.degrees);
  }
}
