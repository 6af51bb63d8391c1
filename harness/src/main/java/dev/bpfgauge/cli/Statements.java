package dev.bpfgauge.cli;

import dev.bpfgauge.analysis.CellComparison;
import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.model.RunInfo;
import java.util.List;

/**
 * What {@code --json} prints of a run.
 *
 * @param run run.json
 * @param cells one summary a cell
 * @param comparisons each cell of a later arm against the first
 */
record Statements(RunInfo run, List<CellSummary> cells, List<CellComparison> comparisons) {

  Statements(RunAnalysis analysis) {
    this(analysis.run().info(), analysis.cells(), analysis.comparisons());
  }
}
