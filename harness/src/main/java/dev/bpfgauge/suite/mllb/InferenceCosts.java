package dev.bpfgauge.suite.mllb;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.model.Measurement;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import java.util.List;

/**
 * Suite {@code mllb}: what one decision of a network costs inside BPF, and what others report of
 * theirs.
 */
public final class InferenceCosts {

  private final Evidence evidence;
  private final List<CellSummary> cells;

  public InferenceCosts(Evidence evidence) {
    this.evidence = evidence;
    this.cells = evidence.cells(cell -> cell.suite().equals(MllbSuite.NAME));
  }

  /** Ours, then others'; nothing without the suite. */
  public List<Table> tables() {
    return cells.isEmpty() ? List.of() : List.of(ours(), others());
  }

  private Table ours() {
    Table.Builder table =
        Table.of(
            "mllb-inference",
            "A network’s decision in BPF, %s above the loop without one".formatted(evidence.unit()),
            "~What",
            "~Network",
            "~Form",
            evidence.armHead(),
            "Mean, " + evidence.unit(),
            "95 % interval",
            "p50 of batches",
            "p99",
            "Instructions of the program",
            "Machine code, B",
            "Forks");
    for (CellSummary summary : cells) {
      Measurement.Batches batches = summary.batches();
      table.row(
          what(CellNames.operation(summary.cell())),
          orNone(summary.cell().param("net")),
          orNone(summary.cell().param("form")),
          summary.cell().profile(),
          summary.forks() == 0 ? Words.status(summary) : Words.nanos(summary.mean()),
          Words.interval(summary),
          batches == null ? Words.NONE : Words.nanos(batches.p50()),
          batches == null ? Words.NONE : Words.nanos(batches.p99()),
          extra(summary, "insns"),
          extra(summary, "jited_bytes"),
          Words.forks(summary));
    }
    return table.build();
  }

  private static String what(String operation) {
    return switch (operation) {
      case "inference" -> "the network alone";
      case "decision" -> "from what the kernel knows to the answer";
      case "loop" -> "the loop itself";
      default -> operation;
    };
  }

  private static String orNone(String text) {
    return text.isEmpty() ? Words.NONE : text;
  }

  private static String extra(CellSummary summary, String name) {
    Double value = summary.extras().get(name);
    return value == null ? Words.NONE : Words.count(Math.round(value));
  }

  private static Table others() {
    return Table.of(
            "mllb-published",
            "What others report, on other machines",
            "~What",
            "~Figure",
            "~Source")
        .row(
            "a 15-10-1 network in the kernel’s can_migrate_task(): added to a decision",
            "1.9" + Words.THIN + "µs",
            "MLLB, APSys 2020, doi 10.1145/3409963.3410492, abstract")
        .row(
            "the same network in kernel floats, a batch of 1024 on the CPU",
            "about 206" + Words.THIN + "ns each",
            "LAKE, its repository")
        .row(
            "a network of 8-bit numbers in XDP",
            "15.3" + Words.THIN + "% of its time in user space",
            "NoF 2023")
        .row(
            "a network for intrusion detection in eBPF, a flow",
            "3 to 5" + Words.THIN + "µs",
            "DSN 2024")
        .build();
  }
}
