package dev.bpfgauge.stats;

import java.util.List;

/**
 * How far some values lie from their mean: logarithms of times, or of ratios of times, or net costs
 * that have no logarithm.
 *
 * @param values how many there are, at least 0
 * @param deviation their standard deviation; NaN below two
 * @param degreesOfFreedom what that deviation rests on; more than {@code values − 1} where other
 *     cells were asked as well
 */
public record Scatter(int values, double deviation, double degreesOfFreedom) {

  /** Of values that stand for themselves. */
  static Scatter of(double[] values) {
    return of(values.length, ForkStatistics.standardDeviation(values));
  }

  static Scatter of(int values, double deviation) {
    return new Scatter(values, deviation, values - 1.0);
  }

  /** The variance of the mean. */
  private double varianceOfMean() {
    return deviation * deviation / values;
  }

  /**
   * What a sum or difference of means is uncertain by.
   *
   * @param value the standard error, in the unit of the values
   * @param degreesOfFreedom of that error
   */
  record StandardError(double value, double degreesOfFreedom) {

    /**
     * By Welch and Satterthwaite (B. L. Welch, "The generalization of 'Student's' problem when
     * several different population variances are involved", Biometrika 34, 1947): nothing is
     * presumed about the variances being equal. Of a single mean it is Student's.
     */
    static StandardError of(List<Scatter> means) {
      double variance = means.stream().mapToDouble(Scatter::varianceOfMean).sum();
      double inverse = 0;
      for (Scatter mean : means) {
        double share = variance == 0 ? 1.0 / means.size() : mean.varianceOfMean() / variance;
        inverse += share * share / mean.degreesOfFreedom();
      }
      return new StandardError(Math.sqrt(variance), 1 / inverse);
    }
  }
}
