package dev.bpfgauge.analysis;

import dev.bpfgauge.results.RunData;
import java.util.List;

/**
 * Everything a run says: a pure function of its files.
 *
 * @param run the run
 * @param cells one summary a cell, in plan order
 * @param comparisons every cell of a later arm against the same key on the first arm
 */
public record RunAnalysis(RunData run, List<CellSummary> cells, List<CellComparison> comparisons) {

  public RunAnalysis {
    cells = List.copyOf(cells);
    comparisons = List.copyOf(comparisons);
  }
}
