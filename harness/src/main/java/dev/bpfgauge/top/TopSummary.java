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
                statistics(view.own().statisticsPercent())));
    return lines;
  }

  /** {@code about 0.35 %}. */
  static String statistics(double percent) {
    return Double.isNaN(percent) ? "an unknown share" : "about " + TopTable.percent(percent) + " %";
  }

  /** What the marks mean, and what could not be seen. */
  static List<String> foot(TopView view) {
    List<String> lines = new ArrayList<>();
    boolean estimates = has(view, ProgramRow.Knowledge.ESTIMATE);
    boolean unknown = has(view, ProgramRow.Knowledge.UNKNOWN);
    if (!view.dispatch().source().isEmpty()) {
      lines.add(
          "%CPU holds the hook's own cost by run "
              + view.dispatch().source()
              + "."
              + (estimates ? " ~: measured on another target or a near hook." : "")
              + (unknown ? " >: without it, the hook was not measured." : ""));
    } else {
      lines.add("> in %CPU: without the hook's own cost: " + view.dispatch().why());
    }
    if (!view.statistics().isEmpty()) {
      lines.add(
          "Run-time statistics are on besides by "
              + Shown.name(String.join(", ", view.statistics()))
              + ".");
    }
    view.notes().forEach(note -> lines.add("Note: " + Shown.name(note)));
    return lines;
  }

  private static boolean has(TopView view, ProgramRow.Knowledge knowledge) {
    return view.rows().stream()
        .filter(row -> row.runs() > 0 && !row.ours())
        .anyMatch(row -> row.dispatch().knowledge() == knowledge);
  }
}
