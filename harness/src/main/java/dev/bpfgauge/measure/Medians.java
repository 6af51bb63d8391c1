package dev.bpfgauge.measure;

import dev.bpfgauge.stats.ForkStatistics;
import java.util.Collection;
import java.util.function.ToDoubleFunction;

/** The middle of what a meter timed: one value that was interrupted weighs no more than another. */
public final class Medians {
  private Medians() {}

  /** The middle value, or the mean of the middle two; NaN for none. */
  public static double of(Collection<Double> values) {
    return of(values, Double::doubleValue);
  }

  /** The same of one figure of each. */
  public static <T> double of(Collection<T> values, ToDoubleFunction<? super T> figure) {
    return ForkStatistics.median(values.stream().mapToDouble(figure).toArray());
  }
}
