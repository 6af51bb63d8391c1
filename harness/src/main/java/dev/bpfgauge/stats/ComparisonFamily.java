package dev.bpfgauge.stats;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.special.Gamma;

/**
 * The comparisons made together, of one run or of two, judged together.
 *
 * <p>Five forks say little about their own spread: among many cells some look steady by luck, and
 * those are the ones that raise false alarms. The cells of a run share one machine, so each cell's
 * variance is drawn towards that of all cells, by as much as the data say that they are alike (G.
 * K. Smyth, "Linear models and empirical Bayes methods for assessing differential expression in
 * microarray experiments", Statist. Appl. Genet. Mol. Biol. 3, 2004, section 6.2). Holm's step-down
 * correction then holds the error of the whole family (S. Holm, "A simple sequentially rejective
 * multiple test procedure", Scand. J. Statist. 6, 1979).
 */
public final class ComparisonFamily {
  private ComparisonFamily() {}

  /** Below this many comparisons there is nothing to learn about their common spread. */
  private static final int ENOUGH_TO_BORROW = 5;

  /**
   * For each comparison the p value of "the ratio is 1" that may be held against the error allowed
   * to the whole family.
   *
   * @return in the same order; NaN for a comparison whose spread is not known, which does not count
   */
  public static double[] adjustedP(List<? extends RatioComparison> comparisons) {
    Spread common = Spread.of(comparisons);
    return holm(comparisons.stream().mapToDouble(common::moderatedP).toArray());
  }

  /** For each comparison the scatters that its p rests on, in the same order. */
  public static List<List<Scatter>> believed(List<? extends RatioComparison> comparisons) {
    Spread common = Spread.of(comparisons);
    return comparisons.stream().map(common::believed).toList();
  }

  /**
   * Holm's step-down correction.
   *
   * @param p p values; NaN for a comparison that could not be made, which does not count
   * @return adjusted values in the same order
   */
  static double[] holm(double[] p) {
    int[] ascending =
        IntStream.range(0, p.length)
            .filter(i -> !Double.isNaN(p[i]))
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[p.length];
    Arrays.fill(adjusted, Double.NaN);
    double soFar = 0;
    for (int rank = 0; rank < ascending.length; rank++) {
      soFar = Math.max(soFar, Math.min(1, p[ascending[rank]] * (ascending.length - rank)));
      adjusted[ascending[rank]] = soFar;
    }
    return adjusted;
  }

  /**
   * What the cells have in common: their variances as draws from a scaled inverse χ².
   *
   * @param variance typical variance of a log ratio
   * @param degreesOfFreedom how many observations' worth that knowledge is; 0 for none, infinite
   *     where the cells' variances differ no more than chance makes them
   * @param total degrees of freedom of all comparisons, more than which no cell can claim
   */
  record Spread(double variance, double degreesOfFreedom, double total) {

    static Spread of(List<? extends RatioComparison> comparisons) {
      List<Scatter> usable =
          comparisons.stream()
              .flatMap(c -> c.scatters().stream())
              .filter(scatter -> scatter.values() > 1 && scatter.deviation() > 0)
              .toList();
      if (usable.size() < ENOUGH_TO_BORROW) {
        return new Spread(0, 0, 0);
      }
      double[] logs = new double[usable.size()];
      double byChance = 0;
      double total = 0;
      for (int i = 0; i < logs.length; i++) {
        double half = usable.get(i).degreesOfFreedom() / 2;
        logs[i] = 2 * Math.log(usable.get(i).deviation()) - Gamma.digamma(half) + Math.log(half);
        byChance += Gamma.trigamma(half) / logs.length;
        total += 2 * half;
      }
      double deviation = ForkStatistics.standardDeviation(logs);
      double excess = deviation * deviation - byChance;
      if (excess <= 0) {
        return new Spread(Math.exp(ForkStatistics.mean(logs)), Double.POSITIVE_INFINITY, total);
      }
      double half = inverseTrigamma(excess);
      double variance = Math.exp(ForkStatistics.mean(logs) + Gamma.digamma(half) - Math.log(half));
      return new Spread(variance, 2 * half, total);
    }

    double moderatedP(RatioComparison comparison) {
      return comparison.p(believed(comparison));
    }

    List<Scatter> believed(RatioComparison comparison) {
      return degreesOfFreedom == 0
          ? comparison.scatters()
          : comparison.scatters().stream().map(this::moderated).toList();
    }

    private Scatter moderated(Scatter own) {
      double ownVariance = own.deviation() * own.deviation();
      double moderated =
          Double.isInfinite(degreesOfFreedom)
              ? variance
              : (degreesOfFreedom * variance + own.degreesOfFreedom() * ownVariance)
                  / (degreesOfFreedom + own.degreesOfFreedom());
      return new Scatter(
          own.values(),
          Math.sqrt(moderated),
          Math.min(degreesOfFreedom + own.degreesOfFreedom(), total));
    }
  }

  /** The x with trigamma(x) = value, for value above 0; trigamma falls steadily. */
  private static double inverseTrigamma(double value) {
    double low = 1e-8;
    double high = 1e8;
    while (high / low > 1 + 1e-12) {
      double middle = Math.sqrt(low * high);
      if (Gamma.trigamma(middle) > value) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
