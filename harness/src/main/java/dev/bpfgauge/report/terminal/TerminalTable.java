package dev.bpfgauge.report.terminal;

import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.model.RunInfo.ArmInfo;
import dev.bpfgauge.report.page.Noise;
import dev.bpfgauge.report.page.Trouble;
import dev.bpfgauge.report.page.Verdicts;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The summary printed after a run: plain lines, the same on a terminal and in a pipe. */
public final class TerminalTable {
  /** Rows printed for one arm; the report has all. */
  private static final int MAX_ROWS = 60;

  /** Narrower lines have no room for the interval of a ratio. */
  private static final int WIDE = 90;

  private static final String GAP = "  ";

  private TerminalTable() {}

  /**
   * One block a profile: operation and map, mean ± half the 95 % interval in the run's unit (or how
   * many forks it is of, where they are too few), and on later profiles the ratio to the first with
   * its verdict. No line is wider than {@code width}, as long as that is at least 60; longer words
   * are cut.
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
      wrap(out, plain(noise), columns);
      out.append('\n');
    }
    for (Verdicts.ArmVerdict verdict : verdicts.all()) {
      wrap(out, plain(verdict.headline()), columns);
      arm(out, evidence, verdict.label(), columns);
    }
    evidence.arms().stream()
        .flatMap(arm -> verdicts.unequal(arm).stream())
        .forEach(unequal -> wrap(out, plain(unequal), columns));
    if (!analysis.comparisons().isEmpty()) {
      double margin = analysis.run().info().plan().margin();
      wrap(
          out,
          plain("slower, faster: " + VerdictRule.different(margin, "this run") + "."),
          columns);
    }
    wrap(out, plain(new Trouble(evidence).summary()), columns);
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
    boolean wide = columns >= WIDE;
    List<String> heads = new ArrayList<>(List.of("operation", evidence.unit(), "±"));
    if (compared) {
      heads.addAll(
          wide ? List.of("ratio", "95 % interval", "verdict") : List.of("ratio", "verdict"));
    }
    rows.add(heads);
    cells.stream().limit(MAX_ROWS).forEach(cell -> rows.add(row(evidence, cell, compared, wide)));
    print(out, rows, columns);
    if (cells.size() > MAX_ROWS) {
      out.append("… and ").append(cells.size() - MAX_ROWS).append(" more in the report\n");
    }
    out.append('\n');
  }

  private static List<String> row(
      Evidence evidence, CellSummary cell, boolean compared, boolean wide) {
    List<String> row = new ArrayList<>();
    row.add(plain(evidence.names().name(cell.cell())));
    row.add(cell.forks() == 0 ? Words.status(cell) : plain(Words.nanos(cell.mean())));
    row.add(plain(Words.spread(cell)) + (cell.forks() > 0 && cell.indicative() ? "*" : ""));
    if (compared) {
      Optional<CellComparison> comparison = evidence.comparison(cell.cell());
      row.add(comparison.map(c -> plain(Words.ratio(c.ratio()))).orElse("-"));
      if (wide) {
        row.add(comparison.map(c -> plain(Words.ratio(c.ratio(), c.interval95()))).orElse("-"));
      }
      row.add(comparison.map(c -> c.verdict().word()).orElse("-"));
    }
    return row;
  }

  /** A table under its first row; the first column gives way where a line would be too wide. */
  static void print(StringBuilder out, List<List<String>> rows, int columns) {
    int[] widths = new int[rows.getFirst().size()];
    int others = 0;
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
      others += i == 0 ? 0 : widths[i] + GAP.length();
    }
    widths[0] = Math.max(12, Math.min(widths[0], columns - others));
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        boolean words = i == 0 || (widths.length > 3 && i == widths.length - 1);
        line.append(i == 0 ? "" : GAP).append(padded(row.get(i), widths[i], words));
      }
      out.append(line.toString().stripTrailing()).append('\n');
      if (row.equals(rows.getFirst())) {
        int ruled = others + widths[0];
        out.append("─".repeat(Math.min(columns, ruled))).append('\n');
      }
    }
  }

  private static String padded(String text, int width, boolean left) {
    String cut = text.length() <= width ? text : text.substring(0, width - 1) + "…";
    String space = " ".repeat(width - cut.length());
    return left ? cut + space : space + cut;
  }

  /** A sentence in lines of that width. */
  static void wrap(StringBuilder out, String sentence, int columns) {
    int used = 0;
    for (String word : sentence.split(" +", -1)) {
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
  static String plain(String words) {
    return words.replace(Words.THIN, " ").replace(Words.NONE, "-").replaceAll("\\p{Cntrl}", " ");
  }
}
