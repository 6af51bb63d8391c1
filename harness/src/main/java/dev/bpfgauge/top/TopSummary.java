package dev.bpfgauge.top;

import dev.bpfgauge.os.Shown;
import dev.bpfgauge.report.words.Words;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The lines above and below the table. */
final class TopSummary {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

  private TopSummary() {}

  /** Sums, and what looking costs. */
  static List<String> head(TopView view) {
    TopView.Sum sum = view.sum();
    List<String> lines = new ArrayList<>();
    lines.add(
        "bpfgauge top %s  %s%s %% of a CPU, %s (+%d -%d%s), %s runs/s"
            .formatted(
                TIME.format(view.time()),
                sum.unknownWays() > 0 ? ">" : "",
                TopTable.percent(sum.totalPercent()),
                Words.plural(sum.programs(), "program"),
                sum.come(),
                sum.gone(),
                sum.unseen() > 0 ? ", " + sum.unseen() + " came and went" : "",
                TopTable.count(sum.runsPerSecond())));
    lines.add(
        "%s %s, JITed %s; looking takes %s %% of a CPU, statistics %s"
            .formatted(
                Words.plural(sum.maps(), "map"),
                TopTable.bytes(sum.mapBytes()),
                TopTable.bytes(sum.jitedBytes()),
                TopTable.percent(view.own().percent()),
                about(view.own().statisticsPercent())));
    return lines;
  }

  /** {@code ~0.35 %}: narrow, since the line is one of 80 columns. */
  private static String about(double percent) {
    return Double.isNaN(percent) ? "unknown" : "~" + TopTable.percent(percent) + " %";
  }

  /** {@code about 0.35 %}. */
  static String statistics(double percent) {
    return Double.isNaN(percent) ? "an unknown share" : "about " + TopTable.percent(percent) + " %";
  }

  /**
   * What the marks in the table mean, and what could not be seen.
   *
   * @param rows that the table has
   */
  static List<String> foot(TopView view, List<ProgramRow> rows) {
    List<String> lines = new ArrayList<>();
    boolean estimates = has(rows, ProgramRow.Knowledge.ESTIMATE);
    boolean unknown = has(rows, ProgramRow.Knowledge.UNKNOWN);
    if (!view.dispatch().source().isEmpty() && !rows.isEmpty()) {
      lines.add(
          "%CPU includes the hook's own cost, from run "
              + view.dispatch().source()
              + "."
              + (estimates ? " ~: measured on another target or a similar hook." : "")
              + (unknown ? " >: without it, the hook was not measured." : ""));
    } else if (unknown) {
      lines.add("> in %CPU: without the hook's own cost: " + view.dispatch().why());
    }
    if (!view.statistics().isEmpty()) {
      lines.add(
          "Run-time statistics are also switched on by "
              + Shown.name(String.join(", ", view.statistics()))
              + ".");
    }
    view.notes().forEach(note -> lines.add("Note: " + Shown.name(note)));
    return lines;
  }

  private static boolean has(List<ProgramRow> rows, ProgramRow.Knowledge knowledge) {
    return rows.stream().anyMatch(row -> row.isShownAs(knowledge));
  }
}
