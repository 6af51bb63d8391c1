package dev.bpfgauge.suite.tools;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.analysis.ForkFigures;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Table;
import dev.bpfgauge.report.words.Words;
import dev.bpfgauge.stats.PairedComparison;

/** Our tools beside libbpf-tools'. */
final class ToolsBesidePeers {
  private final Evidence evidence;
  private final ToolRounds rounds;

  ToolsBesidePeers(Evidence evidence, ToolRounds rounds) {
    this.evidence = evidence;
    this.rounds = rounds;
  }

  Table table() {
    Table.Builder table =
        Table.of(
            "tools-beside",
            "Ours divided by libbpf-tools', same load, same run; below 1 ours costs less",
            "~Tool",
            "~Load",
            "Programs, " + evidence.unit() + " per operation",
            "95 % interval",
            "Operation",
            "95 % interval",
            "CPU outside the kernel",
            "95 % interval",
            "Maps and programs, bytes",
            "Process memory");
    for (CellSummary cell : rounds.cells()) {
      String label = cell.cell().profile();
      if (!label.startsWith(ToolsSuite.PEER) || cell.forks() == 0) {
        continue;
      }
      Cell theirs = cell.cell();
      Cell ours = theirs.on(ToolRounds.counterpart(label));
      String peer = label.substring(ToolsSuite.PEER.length());
      PairedComparison programs = compare(ours, theirs, "bpf_ns_per_op");
      PairedComparison operation = evidence.compare(ours, theirs);
      PairedComparison cpu = compare(ours, theirs, "tool_cpu_percent");
      table.row(
          peer.equals(ours.profile())
              ? peer
              : ours.profile() + " against " + peer + ", the nearest counterpart",
          CellNames.operation(ours),
          Words.ratio(programs.ratio()),
          Words.ratio(programs.ratio(), programs.shown95()),
          Words.ratio(operation.ratio()),
          Words.ratio(operation.ratio(), operation.shown95()),
          Words.ratio(cpu.ratio()),
          Words.ratio(cpu.ratio(), cpu.shown95()),
          Words.ratio(held(ours) / held(theirs)),
          Words.ratio(
              rounds.median(ours, "tool_resident_bytes")
                  / rounds.median(theirs, "tool_resident_bytes")));
    }
    return table.build();
  }

  private double held(Cell cell) {
    return rounds.median(cell, "tool_map_bytes") + rounds.median(cell, "tool_program_bytes");
  }

  private PairedComparison compare(Cell subject, Cell reference, String extra) {
    return rounds.figures().compare(subject, reference, ForkFigures.extra(extra));
  }
}
