package dev.bpfgauge.report.terminal;

import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.report.page.Choices;
import dev.bpfgauge.report.page.Noise;
import dev.bpfgauge.report.page.Trouble;
import dev.bpfgauge.report.page.Verdicts;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The summary printed after a run: plain lines, the same on a terminal and in a pipe. */
public final class TerminalTable {
  /** Rows printed for one arm; the report has all. */
  private static final int MAX_ROWS = 60;

  /** So much of a name tells it from most others: no column is left out for more. */
  private static final int ENOUGH = 20;

  /** Below that a name stands in a line of its own. */
  private static final int FEWEST = 8;

  /** The interval of a ratio, where there is a ratio. */
  private static final int INTERVAL = 4;

  private static final String GAP = "  ";

  private TerminalTable() {}

  /**
   * One block a profile: operation and map, mean ± half the 95 % interval in the run's unit (or how
   * many forks it is of, where they are too few), and on later profiles the ratio to the first with
   * its verdict. No line is wider than {@code width}, as long as that is at least 60, and no two
   * names look alike.
   *
   * @return lines ending in a line feed
   */
  public static String render(RunAnalysis analysis, int width) {
    Evidence evidence = new Evidence(analysis);
    int columns = Math.max(60, width);
    StringBuilder out = new StringBuilder();
    Verdicts verdicts = new Verdicts(evidence);
    String noise = new Noise(evidence).sentence();
    if (!noise.isEmpty()) {
      wrap(out, noise, columns);
      out.append('\n');
    }
    for (Verdicts.ArmVerdict verdict : verdicts.all()) {
      wrap(out, verdict.headline(), columns);
      arm(out, evidence, verdict.label(), columns);
      if (!verdict.open().isEmpty()) {
        wrap(out, verdict.open(), columns);
        out.append('\n');
      }
    }
    new Choices(evidence).sentences().forEach(choice -> wrap(out, choice, columns));
    evidence.arms().stream()
        .flatMap(arm -> verdicts.unequal(arm).stream())
        .forEach(unequal -> wrap(out, unequal, columns));
    if (!analysis.comparisons().isEmpty()) {
      double margin = analysis.run().info().plan().margin();
      wrap(
          out,
          Words.changes(evidence.unit()) + ": " + VerdictRule.different(margin, "this run") + ".",
          columns);
      String looks = VerdictRule.looks(analysis.run().info().plan().looksTaken());
      if (!looks.isEmpty()) {
        wrap(out, looks + ".", columns);
      }
    }
    List<CellSummary> below = evidence.belowResolution();
    if (!below.isEmpty()) {
      wrap(out, belowResolution(evidence, below), columns);
      wrap(out, evidence.withoutRatio() + ".", columns);
    }
    wrap(out, new Trouble(evidence).summary(), columns);
    if (verdicts.indicative()) {
      wrap(out, "* " + VerdictRule.TOO_FEW + ".", columns);
    }
    return out.toString();
  }

  private static void arm(StringBuilder out, Evidence evidence, String arm, int columns) {
    List<CellSummary> cells =
        evidence.cells(c -> c.profile().equals(arm) && Evidence.isOperation(c));
    boolean available =
        evidence.arms().stream()
            .filter(a -> a.label().equals(arm))
            .map(ArmInfo::unavailable)
            .allMatch(String::isEmpty);
    if (cells.isEmpty() || !available) {
      out.append('\n');
      return;
    }
    boolean compared = !arm.equals(evidence.reference());
    List<List<String>> rows = new ArrayList<>();
    List<String> heads = new ArrayList<>(List.of("operation", evidence.unit(), "±"));
    if (compared) {
      heads.addAll(List.of("ratio", "95 % interval", "verdict"));
    }
    rows.add(heads);
    cells.stream().limit(MAX_ROWS).forEach(cell -> rows.add(row(evidence, cell, compared)));
    print(out, rows, columns, compared ? List.of(INTERVAL) : List.of());
    if (cells.size() > MAX_ROWS) {
      out.append("… and ").append(cells.size() - MAX_ROWS).append(" more in the report\n");
    }
    out.append('\n');
  }

  /** {@code raw_tp with empty body on idle: below resolution (≤ 7.6 ns); …}. */
  private static String belowResolution(Evidence evidence, List<CellSummary> cells) {
    return "Not told from zero: "
        + cells.stream()
            .limit(MAX_ROWS)
            .map(cell ->
                "%s on %s: %s"
                    .formatted(
                        evidence.names().name(cell.cell()),
                        cell.cell().profile(),
                        VerdictRule.belowResolution(cell, evidence.unit())))
            .collect(Collectors.joining("; "))
        + ".";
  }

  private static List<String> row(Evidence evidence, CellSummary cell, boolean compared) {
    List<String> row = new ArrayList<>();
    row.add(plain(evidence.names().name(cell.cell())));
    row.add(cell.forks() == 0 ? Words.status(cell) : plain(Words.nanos(cell.mean())));
    row.add(plain(Words.spread(cell)));
    if (compared) {
      Optional<CellComparison> comparison = evidence.comparison(cell.cell());
      row.add(
          comparison
              .map(c -> plain(Words.against(c.ratio(), c.difference(), evidence.unit())))
              .orElse("-"));
      row.add(
          comparison
              .map(c -> plain(Words.against95(c.ratio(), c.interval95(), c.difference())))
              .orElse("-"));
      row.add(comparison.map(c -> Words.verdict(c.verdict(), evidence.unit())).orElse("-"));
    }
    return row;
  }

  /**
   * A table under its first row. Where a line would be too wide, columns are left out first; then
   * the names in the first column are shortened, so that no two look alike, or folded.
   *
   * @param expendable columns that may be left out, the first one first
   */
  public static void print(
      StringBuilder out, List<List<String>> rows, int columns, List<Integer> expendable) {
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < rows.getFirst().size(); i++) {
      kept.add(i);
    }
    int name = width(rows, 0);
    for (Integer column : expendable) {
      if (columns - others(rows, kept) >= Math.min(name, ENOUGH)) {
        break;
      }
      kept.remove((Object) column);
    }
    int others = others(rows, kept);
    boolean stacked = columns - others < FEWEST;
    int room = Math.min(name, stacked ? columns : columns - others);
    List<String> names = rows.stream().map(List::getFirst).toList();
    List<String> shortened = ShortNames.of(names, room).orElse(names);
    for (int i = 0; i < rows.size(); i++) {
      List<String> lines = new ArrayList<>(folded(shortened.get(i), room));
      StringBuilder figures = new StringBuilder();
      for (int column : kept.subList(1, kept.size())) {
        boolean words = kept.size() > 3 && column == kept.getLast();
        figures.append(GAP).append(padded(rows.get(i).get(column), width(rows, column), words));
      }
      if (stacked) {
        lines.add(figures.toString());
      } else {
        lines.set(0, padded(lines.getFirst(), room, true) + figures);
      }
      lines.forEach(line -> out.append(line.stripTrailing()).append('\n'));
      if (i == 0) {
        out.append("─".repeat(Math.min(columns, stacked ? others : others + room))).append('\n');
      }
    }
  }

  private static int width(List<List<String>> rows, int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  /** All columns but the first, with their gaps. */
  private static int others(List<List<String>> rows, List<Integer> kept) {
    return kept.stream().skip(1).mapToInt(column -> GAP.length() + width(rows, column)).sum();
  }

  /** A name in as many lines as it takes. */
  private static List<String> folded(String name, int width) {
    List<String> lines = new ArrayList<>();
    String rest = name;
    while (rest.length() > width) {
      int blank = rest.lastIndexOf(' ', width);
      int end = blank > 1 ? blank : width;
      lines.add(rest.substring(0, end));
      rest = " " + rest.substring(end).strip();
    }
    lines.add(rest);
    return lines;
  }

  private static String padded(String text, int width, boolean left) {
    String space = " ".repeat(Math.max(0, width - text.length()));
    return left ? text + space : space + text;
  }

  /** A sentence in lines of that width; a number keeps its groups of digits and its unit. */
  public static void wrap(StringBuilder out, String sentence, int columns) {
    int used = 0;
    for (String unbroken : sentence.split(" +", -1)) {
      String word = plain(unbroken);
      if (used > 0 && used + 1 + word.length() > columns) {
        out.append('\n');
        used = 0;
      }
      out.append(used == 0 ? "" : " ").append(word);
      used += word.length() + (used == 0 ? 0 : 1);
    }
    out.append('\n');
  }

  /** Terminals and grep want plain spaces; control characters of a user's words stay out. */
  public static String plain(String words) {
    return words.replace(Words.THIN, " ").replace(Words.NONE, "-").replaceAll("\\p{Cntrl}", " ");
  }
}
