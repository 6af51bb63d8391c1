package dev.bpfgauge.analysis;

import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.RatioComparison;
import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The verdict rule in words, made of the numbers that {@link RatioComparison} decides by: what the
 * page, the terminal and the documentation say of it is written here alone.
 */
public final class VerdictRule {
  private VerdictRule() {}

  /** {@code 95 %}: how sure an interval is. */
  public static final String CONFIDENCE = percent(Interval.CONFIDENCE);

  /** {@code 1 %}: what p has to stay below, all comparisons taken together. */
  public static final String FAMILY_ERROR = percent(RatioComparison.FAMILY_ERROR);

  /** {@code 95 %}: with which probability the smallest change that could be seen is seen. */
  public static final String POWER = percent(RatioComparison.POWER);

  /** What a p rests on. */
  public static final String TEST =
      "The p is of a t-test on log ratios whose variance is drawn towards that of the other cells"
          + " (moderated t), after Holm’s correction for all comparisons made together.";

  /** Why a figure has no interval. */
  public static final String TOO_FEW =
      "fewer than " + ForkStatistics.ENOUGH_FORKS + " forks: indicative, and without an interval";

  /**
   * When a cell is called slower or faster.
   *
   * @param margin as a share
   * @param family what all is compared together, e.g. {@code this run}
   */
  public static String different(double margin, String family) {
    return ("the whole %s interval of the ratio lies beyond the margin of ±%s, and p of “the ratio"
            + " is 1” is below %s with all comparisons of %s taken together")
        .formatted(CONFIDENCE, percent(margin), FAMILY_ERROR, family);
  }

  /** When it is called equivalent. */
  public static String equivalent(double margin) {
    return "the whole %s interval lies within the margin of ±%s"
        .formatted(CONFIDENCE, percent(margin));
  }

  /**
   * Why a comparison that has an interval says neither this nor that, from where the interval lies.
   *
   * @param family what it was judged together with, e.g. {@code comparisons of this run}
   */
  static String undecided(RatioComparison compared, String family) {
    Interval interval = compared.interval95();
    String margin = percent(compared.margin());
    if (compared.beyondMargin()) {
      return "beyond the margin of %s taken alone, but not sure enough among the %s"
          .formatted(margin, family);
    }
    if (compared.indicative()) {
      return "fewer than %d forks on a side, and not close enough to each other to decide"
          .formatted(ForkStatistics.ENOUGH_FORKS);
    }
    boolean slower = interval != null && interval.high() > 1 + compared.margin();
    boolean faster = interval != null && interval.low() < 1 / (1 + compared.margin());
    return slower && faster
        ? "the interval reaches beyond the margin of " + margin + " on both sides"
        : "the interval reaches from within the margin of %s to %s than it"
            .formatted(margin, slower ? "slower" : "faster");
  }

  /** {@code 0.5 %}. */
  public static String percent(double share) {
    return BigDecimal.valueOf(share)
            .movePointRight(2)
            .setScale(6, RoundingMode.HALF_UP)
            .stripTrailingZeros()
            .toPlainString()
        + " %";
  }
}
