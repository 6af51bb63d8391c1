package dev.bpfgauge.stats;

import java.util.Arrays;
import java.util.Collection;
import java.util.function.Function;

/**
 * How far the forks of runs lie apart as measured, and corrected by their references. Corrected
 * times decide where they lie closer together. That looks at forks of one cell in one run only, so
 * it does not know what the verdict would be.
 *
 * @param raw pooled standard deviation of the logarithms within cells and runs; NaN without two
 *     forks of one
 * @param corrected the same of corrected times
 */
public record Correction(double raw, double corrected) {

  /** Of all cells of both runs. */
  public static Correction of(Collection<ReferencedTimes> cells) {
    return new Correction(
        pooled(cells, ReferencedTimes::raw), pooled(cells, ReferencedTimes::corrected));
  }

  private static double pooled(
      Collection<ReferencedTimes> cells, Function<ReferencedTimes, double[]> times) {
    double squares = 0;
    double degreesOfFreedom = 0;
    for (ReferencedTimes cell : cells) {
      Scatter scatter = Scatter.of(Arrays.stream(times.apply(cell)).map(Math::log).toArray());
      if (scatter.values() > 1) {
        squares += scatter.deviation() * scatter.deviation() * scatter.degreesOfFreedom();
        degreesOfFreedom += scatter.degreesOfFreedom();
      }
    }
    return degreesOfFreedom == 0 ? Double.NaN : Math.sqrt(squares / degreesOfFreedom);
  }

  /** Whether corrected times decide. */
  public boolean decides() {
    return corrected < raw;
  }

  /** The share of the spread that the references took; below zero where they added to it. */
  public double taken() {
    return 1 - corrected / raw;
  }

  /**
   * The verdict where times are both as measured and corrected: that of those which decide, but
   * slower or faster only where the others say so too, taken alone: their ratio lies beyond the
   * margin, and their interval does not hold 1. So a machine that got slower makes no alarm, and
   * neither do references that changed by themselves.
   *
   * @param adjustedP the value of {@code deciding} from {@link ComparisonFamily#adjustedP}
   */
  public static Verdict verdict(
      WelchComparison deciding, double adjustedP, WelchComparison others) {
    Verdict verdict = deciding.verdict(adjustedP);
    Interval interval = others.interval95();
    boolean agreed =
        switch (verdict) {
          case SLOWER ->
              interval != null && interval.low() > 1 && others.ratio() > 1 + deciding.margin();
          case FASTER ->
              interval != null
                  && interval.high() < 1
                  && others.ratio() < 1 / (1 + deciding.margin());
          case EQUIVALENT, INCONCLUSIVE -> true;
        };
    return agreed ? verdict : Verdict.INCONCLUSIVE;
  }
}
