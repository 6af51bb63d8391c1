package dev.bpfgauge.stats;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How far the forks of runs lie apart as measured, and corrected by their references. Corrected
 * times decide where they lie closer together. That looks at forks of one cell in one run only, so
 * it does not know what the verdict would be.
 *
 * @param raw pooled standard deviation of the logarithms within cells and runs; NaN without two
 *     forks of one
 * @param corrected the same of corrected times
 * @param alone the reference changed by more than the margin from run to run, and half of the cells
 *     stayed nearer to where they were than to it: then it is no measure of the machine
 */
public record Correction(double raw, double corrected, boolean alone) {

  /**
   * Of the cells of two runs, in the same order.
   *
   * @param margin of equivalence as a share
   */
  public static Correction of(
      List<ReferencedTimes> subject, List<ReferencedTimes> before, double margin) {
    List<ReferencedTimes> cells = Stream.concat(subject.stream(), before.stream()).toList();
    double[] times = new double[subject.size()];
    double[] references = new double[subject.size()];
    for (int i = 0; i < times.length; i++) {
      times[i] = change(subject.get(i).raw(), before.get(i).raw());
      references[i] = times[i] - change(subject.get(i).corrected(), before.get(i).corrected());
    }
    double cell = ForkStatistics.median(times);
    double reference = ForkStatistics.median(references);
    return new Correction(
        pooled(cells, ReferencedTimes::raw),
        pooled(cells, ReferencedTimes::corrected),
        Math.abs(reference) > Math.log1p(margin) && Math.abs(cell) < Math.abs(cell - reference));
  }

  private static double change(double[] subject, double[] before) {
    return ForkStatistics.mean(logs(subject)) - ForkStatistics.mean(logs(before));
  }

  private static double[] logs(double[] times) {
    return Arrays.stream(times).map(Math::log).toArray();
  }

  private static double pooled(
      Collection<ReferencedTimes> cells, Function<ReferencedTimes, double[]> times) {
    double squares = 0;
    double degreesOfFreedom = 0;
    for (ReferencedTimes cell : cells) {
      Scatter scatter = Scatter.of(logs(times.apply(cell)));
      if (scatter.values() > 1) {
        squares += scatter.deviation() * scatter.deviation() * scatter.degreesOfFreedom();
        degreesOfFreedom += scatter.degreesOfFreedom();
      }
    }
    return degreesOfFreedom == 0 ? Double.NaN : Math.sqrt(squares / degreesOfFreedom);
  }

  /** Whether corrected times decide. */
  public boolean decides() {
    return corrected < raw && !alone;
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
