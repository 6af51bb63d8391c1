package dev.bpfgauge.analysis;

import dev.bpfgauge.stats.Demand;
import dev.bpfgauge.stats.ForkStatistics;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.Looks;
import dev.bpfgauge.stats.NetDifference;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.RatioComparison;
import dev.bpfgauge.stats.Verdict;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

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

  /** What a net cost is that is not told from zero. */
  public static final String BELOW_RESOLUTION = "below resolution";

  /** More rounds than that nobody measures. */
  public static final int MOST_ROUNDS = 200;

  /** What a p rests on. */
  public static final String TEST =
      "The p is of a t-test on log ratios whose variance is drawn towards that of the other cells"
          + " (moderated t), after Holm’s correction for all comparisons made together.";

  /** Why a figure has no interval. */
  public static final String TOO_FEW =
      "fewer than "
          + ForkStatistics.ENOUGH_FORKS
          + " forks: indicative; an interval is shown only where it decides";

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
   * What is said of a net cost that is not told from zero: {@code below resolution (≤ 3.2 ns)}. The
   * bound is the upper end of its 95 % interval, rounded up to two digits; where noise brought even
   * that below zero, as far up as the interval reaches down. Fewer than five forks have no bound.
   *
   * @param unit of the run, e.g. {@code ns}
   * @return empty where the cost is told from zero, and where there is none
   */
  public static String belowResolution(CellSummary cell, String unit) {
    if (cell.forks() == 0 || cell.isResolved()) {
      return "";
    }
    Interval interval = cell.interval95();
    if (interval == null) {
      return BELOW_RESOLUTION;
    }
    double most = interval.high() > 0 ? interval.high() : -interval.low();
    return BELOW_RESOLUTION + " (≤ " + upperBound(most) + " " + unit + ")";
  }

  private static String upperBound(double value) {
    return new BigDecimal(value)
        .round(new MathContext(2, RoundingMode.CEILING))
        .stripTrailingZeros()
        .toPlainString();
  }

  /** How two costs are compared of which one is not told from zero. */
  public static String withoutRatio(double margin) {
    return ("A net cost whose %s interval holds zero, or with a fork that is not above zero, is %s"
            + " and has no ratio; a verdict of more then needs subject − %s × reference wholly"
            + " above zero, one of less %s × subject − reference wholly below")
        .formatted(CONFIDENCE, BELOW_RESOLUTION, factor(margin), factor(margin));
  }

  private static String factor(double margin) {
    return BigDecimal.ONE
        .add(BigDecimal.valueOf(margin))
        .setScale(6, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }

  /**
   * What looking at verdicts while measuring makes of the rule; empty where nobody did.
   *
   * @param rounds after which it was looked at, or would have been
   */
  public static String looks(List<Integer> rounds) {
    if (rounds.size() < 2) {
      return "";
    }
    Demand each = Demand.of(0, new Looks(rounds));
    return ("Measuring goes on until all is decided, looked at after %s rounds at most, so each"
            + " look is stricter: its intervals are of %s and its p below %s, which makes %s"
            + " and %s of all looks together")
        .formatted(
            rounds.stream().map(String::valueOf).collect(Collectors.joining(", ")),
            percent(Math.round(1e4 * each.confidence()) / 1e4),
            percent(Math.round(1e5 * each.familyError()) / 1e5),
            CONFIDENCE,
            FAMILY_ERROR);
  }

  /**
   * What it would take to decide a comparison that stands alone, if its rounds went on scattering
   * as they did; empty where it is decided, or too little is known.
   *
   * @param roundMillis what a round takes
   */
  public static String wouldDecide(PairedComparison compared, double roundMillis) {
    if (compared.indicative()
        || compared.difference() != null
        || compared.verdict() != Verdict.INCONCLUSIVE) {
      return "";
    }
    OptionalInt enough = compared.pairsToDecide(MOST_ROUNDS);
    if (enough.isEmpty()) {
      return "at this noise not even %d rounds would decide".formatted(MOST_ROUNDS);
    }
    int more = enough.getAsInt() - compared.pairs();
    return "at this noise about %d more %s (%s) would decide"
        .formatted(more, more == 1 ? "round" : "rounds", time(more * roundMillis));
  }

  private static String time(double millis) {
    return millis < 60_000
        ? Math.max(1, Math.round(millis / 1000)) + " s"
        : Math.round(millis / 60_000) + " min";
  }

  /** Whether there are enough observations for an interval of the ratio, or of the difference. */
  static boolean hasInterval(RatioComparison compared) {
    NetDifference difference = compared.difference();
    return (difference == null ? compared.interval95() : difference.interval95()) != null;
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
    if (compared.difference() != null) {
      return "a cost is " + BELOW_RESOLUTION + ", and the difference reaches to within the margin";
    }
    if (interval == null) {
      throw new IllegalArgumentException("a comparison without an interval");
    }
    boolean slower = interval.high() > 1 + compared.margin();
    boolean faster = interval.low() < 1 / (1 + compared.margin());
    return slower && faster
        ? "the interval reaches beyond the margin of %s on both sides, from %s to %s more"
            .formatted(margin, less(interval), by(interval.high()))
        : "the interval reaches from within the margin of %s to %s"
            .formatted(margin, slower ? by(interval.high()) + " more" : less(interval));
  }

  /** {@code 4.1 % less}, where an interval reaches down to 0.959. */
  private static String less(Interval interval) {
    return by(2 - interval.low()) + " less";
  }

  /** {@code 4.1 %} of a ratio of 1.041. */
  private static String by(double ratio) {
    double share = ratio - 1;
    return percent(new BigDecimal(share).round(new MathContext(share < 1 ? 2 : 3)).doubleValue());
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
