package dev.bpfgauge.report.terminal;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.analysis.VerdictRule;
import dev.bpfgauge.report.page.Noise;
import dev.bpfgauge.report.page.Trouble;
import dev.bpfgauge.report.page.Verdicts;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import java.util.ArrayList;
import java.util.List;

/** Tables of the page on a terminal. */
public final class PageTables {
  private PageTables() {}

  /** What made noise while a run measured, as a paragraph; empty where nothing did. */
  public static String noise(RunAnalysis analysis, int width) {
    String noise = new Noise(new Evidence(analysis)).sentence();
    if (noise.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    TerminalTable.wrap(out, TerminalTable.plain(noise), Math.max(60, width));
    return out.append('\n').toString();
  }

  /** How many forks there are, and what became of those that were lost. */
  public static String trouble(RunAnalysis analysis, int width) {
    StringBuilder out = new StringBuilder();
    TerminalTable.wrap(out, new Trouble(new Evidence(analysis)).summary(), Math.max(60, width));
    return out.toString();
  }

  /** What an asterisk means, where there is one. */
  public static String indicative(RunAnalysis analysis, int width) {
    if (!new Verdicts(new Evidence(analysis)).indicative()) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    TerminalTable.wrap(out, "* " + VerdictRule.TOO_FEW + ".", Math.max(60, width));
    return out.append('\n').toString();
  }

  /**
   * A table under its caption; empty where it has no rows.
   *
   * @param width columns; at least 60 are taken
   * @param expendable its columns that may be left out, the first one first
   * @return lines ending in a line feed
   */
  public static String table(Table table, int width, List<Integer> expendable) {
    if (table.rows().isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    TerminalTable.wrap(out, TerminalTable.plain(table.caption()), Math.max(60, width));
    List<List<String>> rows =
        new ArrayList<>(
            List.of(table.heads().stream().map(head -> TerminalTable.plain(head.text())).toList()));
    table.rows().stream()
        .map(row -> row.cells().stream().map(cell -> TerminalTable.plain(cell.text())).toList())
        .forEach(rows::add);
    TerminalTable.print(out, rows, Math.max(60, width), expendable);
    return out.append('\n').toString();
  }

  /**
   * The same with a sentence for each row: {@code first, second: third}.
   *
   * @param table of three columns, all words
   */
  public static String sentences(Table table, int width) {
    StringBuilder out = new StringBuilder();
    for (Table.Row row : table.rows()) {
      List<String> words = row.cells().stream().map(Table.Datum::text).toList();
      TerminalTable.wrap(
          out,
          TerminalTable.plain("%s on %s: %s.".formatted(words.get(0), words.get(1), words.get(2))),
          Math.max(60, width));
    }
    return table.rows().isEmpty() ? "" : out.append('\n').toString();
  }
}
