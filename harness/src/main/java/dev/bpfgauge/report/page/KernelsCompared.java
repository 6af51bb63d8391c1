package dev.bpfgauge.report.page;

import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ForkStatistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs of the lab: kernels side by side, each operation a row, later kernels with a verdict. */
final class KernelsCompared {
  private final Evidence evidence;

  KernelsCompared(Evidence evidence) {
    this.evidence = evidence;
  }

  /** One table a suite; none for a single kernel, or outside the lab. */
  List<Table> tables() {
    boolean kernels = evidence.info().inLab() && evidence.armsAreProfiles();
    if (!kernels || evidence.arms().size() < 2) {
      return List.of();
    }
    Map<String, Map<String, Cell>> suites = new LinkedHashMap<>();
    for (CellSummary cell : evidence.cells(c -> !RunAnalysis.isAnswer(c))) {
      suites
          .computeIfAbsent(cell.cell().suite(), suite -> new LinkedHashMap<>())
          .putIfAbsent(cell.cell().key(), cell.cell());
    }
    List<Table> tables = new ArrayList<>();
    suites.forEach((suite, cells) -> tables.add(table(suite, List.copyOf(cells.values()))));
    return tables;
  }

  private Table table(String suite, List<Cell> cells) {
    String first = evidence.reference();
    List<String> heads = new ArrayList<>(List.of("~Operation", first));
    for (String arm : evidence.armLabels().stream().skip(1).toList()) {
      heads.add(arm);
      heads.add("~" + arm + " against " + first);
    }
    Table.Builder table =
        Table.of(
            "kernels-" + suite,
            "%s: %s per operation, with 95 %% intervals from %d boots on"
                .formatted(suite, evidence.unit(), ForkStatistics.ENOUGH_FORKS),
            heads.toArray(String[]::new));
    for (Cell cell : cells) {
      List<Object> row = new ArrayList<>(List.of(evidence.names().nameInSuite(cell)));
      for (String arm : evidence.armLabels()) {
        row.add(figure(cell.on(arm)));
        if (!arm.equals(first)) {
          row.add(verdict(cell.on(arm)));
        }
      }
      table.row(row.toArray());
    }
    return table.build();
  }

  private String figure(Cell cell) {
    Optional<CellSummary> seen = evidence.summary(cell);
    return seen.map(c ->
            c.forks() == 0
                ? Words.why(c)
                : Words.nanos(c.mean()) + (c.interval95() == null ? "" : " " + Words.interval(c)))
        .orElse(Words.NONE);
  }

  private Table.Datum verdict(Cell cell) {
    Optional<CellComparison> compared = evidence.comparison(cell);
    return compared
        .map(c ->
            new Table.Datum(
                Words.against(c.ratio(), c.difference(), evidence.unit())
                    + " "
                    + Table.verdict(c.verdict(), evidence.unit()).text(),
                Table.verdict(c.verdict(), evidence.unit()).css()))
        .orElse(new Table.Datum(Words.NONE, "t"));
  }
}
