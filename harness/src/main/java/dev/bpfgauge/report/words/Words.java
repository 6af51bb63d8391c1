package dev.bpfgauge.report.words;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.Difference;
import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.model.KernelsAnswer;
import dev.bpfgauge.os.Shown;
import dev.bpfgauge.stats.Interval;
import dev.bpfgauge.stats.PairedComparison;
import dev.bpfgauge.stats.Verdict;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as a reader wants them: grouped thousands, as many digits as the figure carries. */
public final class Words {
  /** A narrow no-break space: groups digits and keeps a number and its unit on one line. */
  public static final String THIN = "\u202f";

  /** Stands beside a figure of too few forks. */
  private static final String INDICATIVE = "*";

  private static final String INSTRUCTIONS = "instructions";

  /** Stands where there is no figure. */
  public static final String NONE = "–";

  private Words() {}

  /**
   * A verdict for a reader: what takes more instructions is more work, for no clock says that it is
   * slower. For programs it is {@link Verdict#word} everywhere.
   *
   * @param unit of the figures, e.g. {@code ns} or {@code instructions}
   */
  public static String verdict(Verdict verdict, String unit) {
    if (!unit.equals(INSTRUCTIONS)) {
      return verdict.word();
    }
    return switch (verdict) {
      case SLOWER -> "more work";
      case FASTER -> "less work";
      case EQUIVALENT, INCONCLUSIVE -> verdict.word();
    };
  }

  /**
   * {@code is slower}, {@code are equivalent}, {@code do more work}: what so many operations are.
   */
  public static String predicate(long count, Verdict verdict, String unit) {
    String word = verdict(verdict, unit);
    boolean work = !word.equals(verdict.word());
    return (work ? count == 1 ? "does " : "do " : count == 1 ? "is " : "are ") + word;
  }

  /** Both verdicts of a change, as a legend begins: {@code slower, faster}. */
  public static String changes(String unit) {
    return verdict(Verdict.SLOWER, unit) + ", " + verdict(Verdict.FASTER, unit);
  }

  /** Whole number with grouped thousands, e.g. {@code 10 230}. */
  public static String count(long value) {
    return group(String.format(Locale.ROOT, "%,d", value));
  }

  /** Nanoseconds without their unit: {@code 1 234}, {@code 98.7}, {@code 1.23}. */
  public static String nanos(double nanos) {
    return decimals(nanos, nanoDigits(nanos));
  }

  /**
   * How far off the mean of a cell may be, with the digits of the mean: half the width of its
   * interval, the interval itself where zero cuts it short, or the number of forks where that says
   * more than an interval would.
   */
  public static String spread(CellSummary cell) {
    Interval interval = cell.interval95();
    if (interval == null) {
      return cell.forks() == 0 ? NONE : plural(cell.forks(), "fork") + INDICATIVE;
    }
    return interval.isAround(cell.mean())
        ? decimals(interval.halfWidth(), nanoDigits(cell.mean()))
        : nanos(interval);
  }

  /**
   * {@code 1 234 ± 12}, {@code 1 234 [0, 5 900]}, {@code 1 234 (2 forks)}, {@code 2.00 ± 5.55,
   * below resolution (≤ 7.6 ns)}.
   */
  public static String meanAndSpread(CellSummary cell, String unit) {
    Interval interval = cell.interval95();
    String mean = nanos(cell.mean());
    return (interval == null
            ? mean + " (" + spread(cell) + ")"
            : mean + (interval.isAround(cell.mean()) ? " ± " : " ") + spread(cell))
        + belowResolution(cell, unit);
  }

  /** What follows a figure that is not told from zero; else empty. */
  private static String belowResolution(CellSummary cell, String unit) {
    String words = VerdictRule.belowResolution(cell, unit);
    return words.isEmpty() ? "" : ", " + words;
  }

  /**
   * The interval of a cell's mean, or how many forks make it indicative; {@code [−3.55, 7.55],
   * below resolution}.
   */
  public static String interval(CellSummary cell) {
    return interval(cell, 1)
        + (cell.forks() == 0 || cell.isResolved() ? "" : ", " + VerdictRule.BELOW_RESOLUTION);
  }

  /** The same in a unit of so many nanoseconds. */
  public static String interval(CellSummary cell, double unit) {
    return cell.interval95() == null ? spread(cell) : nanos(cell.interval95(), unit);
  }

  /** A chart's whisker: to the farther end of the interval; NaN without one. */
  public static double whisker(CellSummary cell) {
    return whisker(cell.mean(), cell.interval95());
  }

  /** The same of any mean. */
  public static double whisker(double mean, @Nullable Interval interval) {
    return interval == null ? Double.NaN : Math.max(interval.high() - mean, mean - interval.low());
  }

  /**
   * A comparison that stands alone: its ratio, or the difference where it has none, and the
   * interval that may be shown.
   */
  public static String against(PairedComparison compared, String unit) {
    Difference difference = Difference.of(compared);
    Interval interval = difference == null ? compared.shown95() : difference.interval95();
    return against(compared.ratio(), difference, unit)
        + " "
        + (interval == null
            ? "(" + plural(compared.pairs(), "pair") + ")"
            : against95(compared.ratio(), interval, difference));
  }

  /** {@code 1.18×}, or {@code +98.2 ns} where a net cost allows no ratio. */
  public static String against(double ratio, @Nullable Difference difference, String unit) {
    if (difference == null) {
      return ratio(ratio);
    }
    String nanos = nanos(difference.mean());
    return nanos.equals(NONE) ? NONE : (difference.mean() > 0 ? "+" : "") + nanos + THIN + unit;
  }

  /** The interval of the ratio, or of the difference. */
  public static String against95(
      double ratio, @Nullable Interval interval, @Nullable Difference difference) {
    return difference == null ? ratio(ratio, interval) : nanos(difference.interval95());
  }

  private static int nanoDigits(double nanos) {
    double size = Math.abs(nanos);
    return size >= 100 ? 0 : size >= 10 ? 1 : 2;
  }

  /** {@code [1 200, 1 270]}, or a dash where there is no interval. */
  public static String nanos(@Nullable Interval interval) {
    return nanos(interval, 1);
  }

  /** The same in a unit of so many nanoseconds. */
  public static String nanos(@Nullable Interval interval, double unit) {
    return interval == null
        ? NONE
        : "[" + nanos(interval.low() / unit) + ", " + nanos(interval.high() / unit) + "]";
  }

  /** How many forks a figure rests on, with an asterisk where that makes it indicative. */
  public static String forks(CellSummary cell) {
    return count(cell.forks()) + (cell.forks() > 0 && cell.indicative() ? INDICATIVE : "");
  }

  /** {@code 1.18×}; three digits near one, where the third decides, and near zero. */
  public static String ratio(double ratio) {
    return Double.isFinite(ratio) ? decimals(ratio, ratioDigits(ratio)) + "×" : NONE;
  }

  /** The interval of a ratio with the digits of the ratio itself. */
  public static String ratio(double ratio, @Nullable Interval interval) {
    if (interval == null) {
      return NONE;
    }
    int digits = ratioDigits(ratio);
    return "[" + decimals(interval.low(), digits) + ", " + decimals(interval.high(), digits) + "]";
  }

  private static int ratioDigits(double ratio) {
    return Math.abs(ratio - 1) < 0.1 || ratio < 0.1 ? 3 : 2;
  }

  /** A share as per cent, e.g. {@code 1.2 %}. */
  public static String percent(double share) {
    if (!Double.isFinite(share)) {
      return NONE;
    }
    return decimals(share * 100, Math.abs(share) >= 0.1 ? 0 : 1) + THIN + "%";
  }

  /** The same with so many decimals. */
  public static String percent(double share, int decimals) {
    return Double.isFinite(share) ? decimals(share * 100, decimals) + THIN + "%" : NONE;
  }

  /** A margin as it was stated, e.g. {@code 3 %} or {@code 2.5 %}. */
  public static String margin(double share) {
    return axis(share * 100) + THIN + "%";
  }

  /** Fixed decimals with grouped thousands; a dash for NaN and infinities. */
  public static String decimals(double value, int decimals) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    String text = group(String.format(Locale.ROOT, "%,." + decimals + "f", value));
    return text.startsWith("-") ? "−" + text.substring(1) : text;
  }

  /** A length of time: {@code 350 ms}, {@code 42 s}, {@code 11 min 20 s}, {@code 2 h 5 min}. */
  public static String duration(long millis) {
    if (millis < 1000) {
      return millis + THIN + "ms";
    }
    long seconds = Math.round(millis / 1000.0);
    if (seconds < 60) {
      return seconds + THIN + "s";
    }
    long minutes = seconds / 60;
    if (minutes < 60) {
      return minutes + THIN + "min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + THIN + "s");
    }
    return minutes / 60 + THIN + "h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + THIN + "min");
  }

  /** {@code 1 fork}, {@code 2 forks}. */
  public static String plural(long count, String noun) {
    return count(count) + " " + noun + (count == 1 ? "" : "s");
  }

  /** {@code a, b and c}. */
  public static String list(java.util.List<String> items) {
    if (items.size() < 2) {
      return String.join("", items);
    }
    return String.join(", ", items.subList(0, items.size() - 1)) + " and " + items.getLast();
  }

  /** Text for HTML and SVG, in elements and in quoted attributes. */
  public static String escape(String foreign) {
    String text = Shown.text(foreign);
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  /** A number on an axis: as short as it stays exact. */
  public static String axis(double value) {
    double rounded = Math.round(value * 1e9) / 1e9;
    if (rounded == Math.rint(rounded)) {
      return decimals(rounded, 0);
    }
    return java.math.BigDecimal.valueOf(rounded).stripTrailingZeros().toPlainString();
  }

  private static String group(String formatted) {
    return formatted.replace(",", THIN);
  }

  /**
   * {@code 1 234 ns [1 200, 1 270]}, {@code 1 234 ns (2 forks)}, {@code 2.00 ns [−3.55, 7.55],
   * below resolution (≤ 7.6 ns)}.
   */
  public static String cost(CellSummary cell, String unit) {
    return nanos(cell.mean())
        + THIN
        + unit
        + " "
        + (cell.interval95() == null ? "(" + spread(cell) + ")" : nanos(cell.interval95()))
        + belowResolution(cell, unit);
  }

  /** Makes sure a reason ends as a sentence does. */
  public static String sentence(String reason) {
    String trimmed = reason.strip();
    return trimmed.isEmpty() || trimmed.matches("(?s).*[.!?]") ? trimmed : trimmed + ".";
  }

  /**
   * Why there is no figure, in a word; {@code denied} or {@code absent} where the kernel said so.
   */
  public static String status(CellSummary cell) {
    if (cell.notOk().isEmpty()) {
      return NONE;
    }
    return KernelsAnswer.in(cell.reason())
        .map(KernelsAnswer::word)
        .orElse(cell.notOk().firstKey().word());
  }

  /** {@code denied: EPERM}: the rest of the sentence stands among what failed. */
  public static String why(CellSummary cell) {
    return KernelsAnswer.in(cell.reason())
        .map(answer -> answer.says(answer.why(cell.reason()).split(": ", 2)[0]))
        .orElse(status(cell));
  }
}
