package dev.bpfgauge.export;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.files.Csv;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.RunData;
import dev.bpfgauge.model.RunInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * One row a run, one column a cell: the mean of its fork means, in the unit that column {@code
 * unit} names; empty where the run has none.
 */
final class WideTable {
  private WideTable() {}

  static String csv(List<RunData> runs) {
    List<Figures> all = Figures.of(runs);
    Set<Cell> cells = new LinkedHashSet<>();
    all.forEach(figures -> cells.addAll(figures.cells().keySet()));
    StringBuilder out = new StringBuilder();
    List<String> header =
        new ArrayList<>(
            List.of(
                "run",
                "started_at",
                "status",
                "version",
                "git_commit",
                "git_branch",
                "fingerprint",
                "unit"));
    cells.forEach(cell -> header.add(cell.id()));
    Csv.row(out, header);
    for (Figures figures : all) {
      List<String> row = new ArrayList<>(about(figures));
      for (Cell cell : cells) {
        CellSummary found = figures.cells().get(cell);
        row.add(found == null ? "" : Csv.number(found.mean()));
      }
      Csv.row(out, row);
    }
    return out.toString();
  }

  private static List<String> about(Figures figures) {
    RunInfo run = figures.run();
    return List.of(
        run.id(),
        run.startedAt().toString(),
        run.status().name().toLowerCase(Locale.ROOT),
        run.bpfgaugeVersion(),
        figures.environment("git commit"),
        figures.environment("git branch"),
        run.fingerprintName(),
        run.unit());
  }
}
