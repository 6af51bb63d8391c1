package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.ForkFigures;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.view.Evidence;
import java.util.List;
import java.util.Map;

/**
 * What suite {@code schedulers} measured.
 *
 * @param cells in reading order
 */
record SchedulerRounds(List<CellSummary> cells, ForkFigures figures) {

  SchedulerRounds(Evidence evidence) {
    this(
        evidence.cells(cell -> cell.suite().equals(SchedulersSuite.NAME)),
        new ForkFigures(evidence.analysis().run()));
  }

  /** In reading order. */
  List<String> scenarios() {
    return cells.stream().map(summary -> scenario(summary.cell())).distinct().toList();
  }

  /** The cell of a scenario on an arm. */
  static Cell cell(String scenario, String arm) {
    return new Cell(SchedulersSuite.NAME, SchedulersSuite.NAME + "." + scenario, Map.of(), arm);
  }

  static String scenario(Cell cell) {
    return cell.benchmark().substring(SchedulersSuite.NAME.length() + 1);
  }

  /** The figure's median over the rounds; NaN without one. */
  double median(Cell cell, String name) {
    return figures.median(cell, name);
  }

  /** Median over the rounds of the operations that one fork did; NaN without one. */
  double operations(Cell cell) {
    return figures.median(cell, Measurement::operations);
  }
}
