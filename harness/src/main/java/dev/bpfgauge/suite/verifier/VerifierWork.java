package dev.bpfgauge.suite.verifier;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.Comparator;
import java.util.List;

/** Suite {@code verifier}: what loading a program takes, and what the kernel made of it. */
public final class VerifierWork {
  private static final double NANOS_A_MICRO = 1_000;

  private final Evidence evidence;

  public VerifierWork(Evidence evidence) {
    this.evidence = evidence;
  }

  /** One row a program and profile; without rows where the suite was not measured. */
  public Table table() {
    Table.Builder table =
        Table.of(
            "verifier-table",
            "Loading programs; verification in " + evidence.micros(),
            "~Program",
            evidence.armHead(),
            evidence.isTime() ? "Time" : "Cost",
            "95 % interval",
            "Verification",
            "Instructions",
            "Processed",
            "States, peak / all",
            "Rewritten, B",
            "Machine code, B",
            "Forks");
    for (CellSummary cell : byProgram()) {
      table.row(
          evidence.names().nameInSuite(cell.cell()),
          cell.cell().profile(),
          cell.forks() == 0
              ? Words.status(cell)
              : Words.nanos(cell.mean() / unit(cell)) + Words.THIN + unitName(cell),
          interval(cell),
          extra(cell, "verification_us"),
          extra(cell, "insns"),
          extra(cell, "processed_insns"),
          cell.forks() == 0
              ? Words.NONE
              : extra(cell, "peak_states") + " / " + extra(cell, "total_states"),
          extra(cell, "xlated_bytes"),
          extra(cell, "jited_bytes"),
          Words.forks(cell));
    }
    return table.build();
  }

  /** Each shape's sizes together, in ascending order, as the growth is what one reads here. */
  private List<CellSummary> byProgram() {
    return evidence.cells(c -> c.suite().equals(VerifierSuite.NAME)).stream()
        .sorted(
            Comparator.comparingInt((CellSummary c) -> CellNames.operationRank(c.cell()))
                .thenComparing(c -> c.cell().param("size"), CellNames::compareNatural))
        .toList();
  }

  private String interval(CellSummary cell) {
    String interval = Words.interval(cell, unit(cell));
    return cell.interval95() == null ? interval : interval + Words.THIN + unitName(cell);
  }

  /** Loads are told in thousands of the unit of runs. */
  private static boolean isRun(CellSummary cell) {
    return CellNames.operation(cell.cell()).equals("run");
  }

  private static double unit(CellSummary cell) {
    return isRun(cell) ? 1 : NANOS_A_MICRO;
  }

  private String unitName(CellSummary cell) {
    return isRun(cell) ? evidence.unit() : evidence.micros();
  }

  private static String extra(CellSummary cell, String name) {
    Double value = cell.extras().get(name);
    return value == null ? Words.NONE : Words.count(Math.round(value));
  }
}
