package dev.bpfgauge.report.site;

import dev.bpfgauge.report.terminal.TrendText;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.NightComparison;
import dev.bpfgauge.stats.Proportion;
import dev.bpfgauge.trend.CellTrend;
import dev.bpfgauge.trend.CellTrend.Ratio;
import dev.bpfgauge.trend.CellTrend.Trust;
import dev.bpfgauge.trend.NightVerdict;
import dev.bpfgauge.trend.Trend;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/** What a history's newest night says, in the words of the site. */
final class SiteWords {
  private final History history;
  private final Trend trend;

  SiteWords(History history) {
    this.history = history;
    trend = history.trend();
  }

  /**
   * One verdict and how many cells have it.
   *
   * @param sign tells it apart without colour
   * @param css its colour
   */
  record Count(String sign, String css, String count, String word) {}

  static String css(NightVerdict verdict) {
    return switch (verdict) {
      case REGRESSED -> "slower";
      case IMPROVED -> "faster";
      case EQUIVALENT -> "equivalent";
      case INCONCLUSIVE, BELOW_RESOLUTION, LOAD_NOT_REACHED, GONE, NO_FIGURE -> "inconclusive";
    };
  }

  static String sign(NightVerdict verdict) {
    return switch (verdict) {
      case REGRESSED -> "▲";
      case IMPROVED -> "▼";
      case EQUIVALENT -> "=";
      case INCONCLUSIVE -> "?";
      case BELOW_RESOLUTION -> "≈";
      case LOAD_NOT_REACHED -> "○";
      case GONE -> "∅";
      case NO_FIGURE -> "–";
    };
  }

  static String marked(CellTrend cell) {
    return sign(cell.verdict()) + " " + cell.verdict().word();
  }

  private long count(NightVerdict verdict) {
    return with(verdict).size();
  }

  List<CellTrend> with(NightVerdict verdict) {
    return trend.cells().stream().filter(cell -> cell.verdict() == verdict).toList();
  }

  /** The night in one sentence. */
  String sentence() {
    long worse = count(NightVerdict.REGRESSED);
    long better = count(NightVerdict.IMPROVED);
    long same = count(NightVerdict.EQUIVALENT);
    long all = trend.cells().size() - count(NightVerdict.NO_FIGURE);
    if (all == 0) {
      return "No night has a figure yet.";
    }
    String of = " of " + Words.plural(all, "operation");
    if (worse > 0) {
      return Words.count(worse)
          + of
          + (worse == 1 ? " costs" : " cost")
          + " more than before"
          + (better > 0 ? ", " + Words.count(better) + " less" : "")
          + ".";
    }
    if (better > 0) {
      return "Nothing costs more than before; "
          + Words.count(better)
          + of
          + (better == 1 ? " costs" : " cost")
          + " less.";
    }
    if (same == all) {
      return (all == 1 ? "The one operation costs" : "All " + Words.count(all) + " operations cost")
          + " what the nights before did, within ±"
          + Words.margin(trend.newest().margin())
          + ".";
    }
    if (same == 0 && mostNights() < NightComparison.ENOUGH_NIGHTS) {
      return "Too early to say: %d of the %d nights that a baseline needs."
          .formatted(mostNights(), NightComparison.ENOUGH_NIGHTS);
    }
    if (same == 0) {
      return "Cannot tell: "
          + (all == 1 ? "the one operation is not" : "none" + of + " is")
          + " known to within ±"
          + Words.margin(trend.newest().margin())
          + ".";
    }
    return "Nothing is known to cost more or less; "
        + Words.count(same)
        + of
        + (same == 1 ? " costs" : " cost")
        + " what the nights before did, within ±"
        + Words.margin(trend.newest().margin())
        + ".";
  }

  private int mostNights() {
    int most = 0;
    for (CellTrend cell : trend.cells()) {
      Ratio rolling = cell.rolling();
      most = Math.max(most, rolling == null ? 0 : rolling.nights());
    }
    return most;
  }

  /** The colour of the whole night. */
  String css() {
    if (count(NightVerdict.REGRESSED) > 0) {
      return "slower";
    }
    if (count(NightVerdict.IMPROVED) > 0) {
      return "faster";
    }
    return count(NightVerdict.EQUIVALENT) > 0 ? "equivalent" : "inconclusive";
  }

  List<Count> counts() {
    List<Count> counts = new ArrayList<>();
    for (NightVerdict verdict : NightVerdict.values()) {
      long count = count(verdict);
      if (count > 0 || verdict == NightVerdict.REGRESSED || verdict == NightVerdict.IMPROVED) {
        counts.add(new Count(sign(verdict), css(verdict), Words.count(count), verdict.word()));
      }
    }
    return counts;
  }

  /** How often the gate calls a change where there is none. */
  String falseAlarms() {
    Proportion alarms =
        new Proportion(
            sum(trend.cells(), Trust::falseAlarms), sum(trend.cells(), Trust::equalNights));
    return alarms.of() == 0
        ? "Not known yet: no night had an equal second arm and five nights before it."
        : rate(alarms) + " measurements of an equal second arm were called changed.";
  }

  /** How often it sees a change that was put there. */
  String seen() {
    Proportion seen =
        new Proportion(sum(trend.cells(), Trust::seen), sum(trend.cells(), Trust::slowedNights));
    return seen.of() == 0
        ? "Not known yet: no night had a deliberately delayed arm and five nights before it."
        : rate(seen) + " deliberately delayed measurements were found.";
  }

  /** {@code 2 of 2 400 (0.1 %, 95 % interval 0.01 to 0.3 %)}. */
  static String rate(Proportion proportion) {
    Interval interval = proportion.interval95();
    return "%s of %s (%s, 95 %% interval %s to %s)"
        .formatted(
            Words.count(proportion.hits()),
            Words.count(proportion.of()),
            share(proportion.share()),
            share(interval.low()),
            share(interval.high()));
  }

  private static String share(double share) {
    return Words.percent(share, share > 0 && share < 0.001 ? 3 : share < 0.1 ? 2 : 1);
  }

  /** What it takes for a slowdown to be called so with 95 % probability. */
  String smallest() {
    double[] sorted =
        trend.cells().stream()
            .mapToDouble(cell -> cell.trust().smallestSeen())
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    if (sorted.length == 0) {
      return "Not known yet: a baseline needs five nights.";
    }
    String median = TrendText.smallest(sorted[(sorted.length - 1) / 2]);
    return TrendText.smallest(sorted[0]).equals(TrendText.smallest(sorted[sorted.length - 1]))
        ? "A slowdown of " + median + " is found with 95 % probability."
        : "A slowdown of %s is found with 95 %% probability on the median operation; %s on the steadiest, %s on the least steady."
            .formatted(
                median,
                TrendText.smallest(sorted[0]),
                TrendText.smallest(sorted[sorted.length - 1]));
  }

  private static int sum(List<CellTrend> cells, ToIntFunction<Trust> part) {
    return cells.stream().map(CellTrend::trust).mapToInt(part).sum();
  }

  static String capital(String sentence) {
    return sentence.isEmpty()
        ? sentence
        : sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }

  /** What was measured, for who never heard of it. */
  String what() {
    return Words.plural(trend.cells().size(), "operation")
        + " of "
        + (history.suites().size() == 1 ? "suite " : "suites ")
        + Words.list(List.copyOf(history.suites()))
        + ", in "
        + history.unit()
        + ", over "
        + Words.plural(
            history.nights().stream()
                .filter(night -> !trend.withoutFigure().contains(night))
                .count(),
            "night");
  }
}
