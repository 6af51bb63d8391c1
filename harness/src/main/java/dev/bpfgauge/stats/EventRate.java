package dev.bpfgauge.stats;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How often something happens, by counts of several stretches of time.
 *
 * @param perSecond events a second
 * @param interval95 of that; absent below {@link ForkStatistics#ENOUGH_FORKS} stretches
 */
public record EventRate(double perSecond, @Nullable Interval interval95) {

  /** Expected events of which none is seen once in forty times: −ln 0.025. */
  private static final double NONE_SEEN = -Math.log((1 - Interval.CONFIDENCE) / 2);

  /**
   * The interval is Student's, of the stretches: events that come in bursts make it wide. Where
   * none was seen it ends at what Poisson's law still allows (F. Garwood, "Fiducial limits for the
   * Poisson distribution", Biometrika 28, 1936).
   *
   * @param perSecond events a second in each stretch of one second
   */
  public static EventRate of(double[] perSecond) {
    Interval interval =
        isNone(perSecond)
            ? new Interval(0, NONE_SEEN / perSecond.length)
            : ForkStatistics.interval95(perSecond, 0, Double.POSITIVE_INFINITY);
    return new EventRate(ForkStatistics.mean(perSecond), interval);
  }

  /**
   * The rate times a cost of each event.
   *
   * @param perSecond as above
   * @param costs each fork's
   */
  public static Product times(double[] perSecond, double[] costs) {
    Interval cost = ForkStatistics.interval95(costs);
    if (!isNone(perSecond) || cost == null) {
      return Product.of(perSecond, costs);
    }
    return new Product(0, new Interval(0, NONE_SEEN / perSecond.length * cost.high()));
  }

  private static boolean isNone(double[] perSecond) {
    return Arrays.stream(perSecond).allMatch(count -> count == 0);
  }
}
