package dev.bpfgauge.stats;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.math3.special.Erf;
import org.apache.commons.math3.util.CombinatoricsUtils;

/**
 * The rank-sum test of two samples (H. B. Mann and D. R. Whitney, "On a test of whether one of two
 * random variables is stochastically larger than the other", Annals of Mathematical Statistics 18,
 * 1947): exact as long as a double counts all orders, and by its normal approximation, which is the
 * more careful one so far out, above. It holds for values of any distribution.
 */
final class RankSum {
  /** Up to so many orders (e to this) a double counts each. */
  private static final double EXACT = 36;

  /** Two samples of so many each have more, and need not be counted. */
  private static final int SURELY_MORE = 28;

  private static final Map<Sizes, double[]> TABLES = new ConcurrentHashMap<>();

  private RankSum() {}

  private record Sizes(int smaller, int larger) {}

  /**
   * Logarithm of the two-sided p of "both samples have one distribution".
   *
   * @param opposed pairs, one of each sample, that do not say what most say; a tie does not
   */
  static double logP(int left, int right, int opposed) {
    double pairs = (double) left * right;
    if (opposed >= pairs / 2) {
      return 0;
    }
    Sizes sizes = new Sizes(Math.min(left, right), Math.max(left, right));
    if (sizes.smaller < SURELY_MORE
        && CombinatoricsUtils.binomialCoefficientLog(left + right, left) < EXACT) {
      return TABLES.computeIfAbsent(sizes, RankSum::table)[opposed];
    }
    double deviation = Math.sqrt(pairs * (left + right + 1) / 12);
    return logTail((pairs / 2 - opposed - 0.5) / deviation);
  }

  /** The most opposed pairs that leave the logarithm of p below this one; -1 where none do. */
  static int mostOpposed(int left, int right, double logP) {
    int below = -1;
    int notBelow = (left * right + 1) / 2;
    while (notBelow - below > 1) {
      int middle = (below + notBelow) >>> 1;
      if (logP(left, right, middle) < logP) {
        below = middle;
      } else {
        notBelow = middle;
      }
    }
    return below;
  }

  /** Logarithms of p by the opposed pairs; orders are counted by their generating function. */
  private static double[] table(Sizes sizes) {
    int half = sizes.smaller * sizes.larger / 2;
    double[] orders = new double[half + 1];
    orders[0] = 1;
    for (int i = 1; i <= sizes.smaller; i++) {
      int without = sizes.larger + i;
      for (int opposed = half; opposed >= without; opposed--) {
        orders[opposed] -= orders[opposed - without];
      }
      for (int opposed = i; opposed <= half; opposed++) {
        orders[opposed] += orders[opposed - i];
      }
    }
    double all =
        CombinatoricsUtils.binomialCoefficientLog(sizes.smaller + sizes.larger, sizes.smaller);
    double[] logP = new double[half + 1];
    double sum = 0;
    for (int opposed = 0; opposed <= half; opposed++) {
      sum += orders[opposed];
      logP[opposed] = Math.min(0, Math.log(2 * sum) - all);
    }
    return logP;
  }

  /** Logarithm of the probability that a normal deviate lies further out, on either side. */
  static double logTail(double deviations) {
    if (deviations < 5) {
      return Math.min(0, Math.log(Erf.erfc(deviations / Math.sqrt(2))));
    }
    double square = deviations * deviations;
    return -square / 2
        - Math.log(deviations * Math.sqrt(Math.PI / 2))
        + Math.log1p((3 / square - 1) / square);
  }
}
