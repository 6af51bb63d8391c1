package dev.bpfgauge.suite.tools;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.ForkFigures;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.ForkStatistics;
import java.util.List;

/**
 * What suite {@code tools} measured.
 *
 * @param cells in reading order
 */
record ToolRounds(List<CellSummary> cells, ForkFigures figures) {
  private static final double NANOS_A_SECOND = 1e9;

  ToolRounds(Evidence evidence) {
    this(
        evidence.cells(cell -> cell.suite().equals(ToolsSuite.NAME)),
        new ForkFigures(evidence.analysis().run()));
  }

  /** Over the forks; NaN where none has it. */
  double median(Cell cell, String extra) {
    return figures.median(cell, extra);
  }

  /** As our tool counted; a peer, which does not tell, saw the same events. */
  double eventsPerOperation(Cell cell) {
    String label = cell.profile();
    Cell ours = label.startsWith(ToolsSuite.PEER) ? cell.on(counterpart(label)) : cell;
    return median(ours, "events_per_op");
  }

  /** Ours for one of libbpf-tools. */
  static String counterpart(String label) {
    String theirs = label.substring(ToolsSuite.PEER.length());
    return ToolSpec.withPeer(theirs).map(ToolSpec::name).orElse(theirs);
  }

  static double eventsASecond(double nanosPerOperation, double eventsPerOperation) {
    return NANOS_A_SECOND / nanosPerOperation * eventsPerOperation;
  }

  static double mean(double[] values) {
    return values.length == 0 ? Double.NaN : ForkStatistics.mean(values);
  }

  static String decimals(double value, int decimals) {
    return Double.isFinite(value) ? Words.decimals(value, decimals) : Words.NONE;
  }
}
