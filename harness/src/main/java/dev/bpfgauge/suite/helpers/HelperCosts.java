package dev.bpfgauge.suite.helpers;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What each building block costs, on each profile or kernel. */
final class HelperCosts {
  private final Evidence evidence;
  private final List<CellSummary> cells;

  HelperCosts(Evidence evidence) {
    this.evidence = evidence;
    this.cells = evidence.cells(cell -> cell.suite().equals(HelpersSuite.NAME));
  }

  /** A table of all; none without the suite. */
  List<Table> tables() {
    if (cells.isEmpty()) {
      return List.of();
    }
    List<String> arms =
        evidence.armLabels().stream()
            .filter(arm -> cells.stream().anyMatch(cell -> cell.cell().profile().equals(arm)))
            .toList();
    List<String> heads = new ArrayList<>(List.of("~Kind", "~Block", "~What it does"));
    heads.addAll(arms);
    Table.Builder table =
        Table.of(
            "helpers-costs",
            "One of each, %s, ± half of the 95 %% interval".formatted(evidence.unit()),
            heads.toArray(String[]::new));
    Arrays.stream(BuildingBlock.values())
        .filter(block -> cells.stream().anyMatch(cell -> block.is(cell.cell())))
        .forEach(block -> table.row(row(block, arms).toArray()));
    return List.of(table.build());
  }

  private List<String> row(BuildingBlock block, List<String> arms) {
    List<String> row =
        new ArrayList<>(
            List.of(
                block == BuildingBlock.LOOP ? Words.NONE : block.group().words(),
                block.word(),
                block.what()));
    for (String arm : arms) {
      row.add(
          cells.stream()
              .filter(cell -> block.is(cell.cell()))
              .filter(cell -> cell.cell().profile().equals(arm))
              .findFirst()
              .map(cell ->
                  cell.forks() > 0 ? Words.meanAndSpread(cell, evidence.unit()) : Words.why(cell))
              .orElse(Words.NONE));
    }
    return row;
  }
}
