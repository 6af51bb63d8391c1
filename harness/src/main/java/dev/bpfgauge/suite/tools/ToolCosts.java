package dev.bpfgauge.suite.tools;

import dev.bpfgauge.analysis.CellSummary;
import dev.bpfgauge.model.Cell;
import dev.bpfgauge.report.view.CellNames;
import dev.bpfgauge.report.view.Evidence;
import dev.bpfgauge.report.view.Exhibit;
import dev.bpfgauge.report.view.Table;
import java.util.List;
import java.util.stream.Stream;

/**
 * Suite {@code tools}: what tools cost while they look on, ours and libbpf-tools', and the host
 * before and after.
 */
public final class ToolCosts {
  private static final double KIBI = 1024;
  private static final double MEBI = 1024 * 1024;

  private final ToolRounds rounds;
  private final AddedByTools added;
  private final ToolsBesidePeers beside;
  private final ToolsOverTime overTime;

  public ToolCosts(Evidence evidence) {
    this.rounds = new ToolRounds(evidence);
    this.added = new AddedByTools(evidence, rounds);
    this.beside = new ToolsBesidePeers(evidence, rounds);
    this.overTime = new ToolsOverTime(evidence);
  }

  public boolean isThere() {
    return !rounds.cells().isEmpty();
  }

  /** What each tool adds, ours beside the others, and what it takes; nothing without the suite. */
  public List<Table> tables() {
    return isThere()
        ? Stream.of(added.table(), beside.table(), presence())
            .filter(table -> !table.rows().isEmpty())
            .toList()
        : List.of();
  }

  /** What the programs take for an event, at the rate of events that each fork saw. */
  public List<Exhibit> costAgainstRate() {
    return added.costAgainstRate();
  }

  private Table presence() {
    Table.Builder table =
        Table.of(
            "tools-presence",
            "What a tool takes while it is attached",
            "~Tool",
            "~Load",
            "CPU outside the kernel, % of one",
            "Process memory, MiB",
            "Maps, KiB",
            "Programs, KiB",
            "CPU in use, %",
            "Context switches per second");
    for (CellSummary cell : rounds.cells()) {
      if (cell.forks() == 0) {
        continue;
      }
      Cell on = cell.cell();
      table.row(
          on.profile(),
          CellNames.operation(on),
          ToolRounds.decimals(rounds.median(on, "tool_cpu_percent"), 2),
          ToolRounds.decimals(rounds.median(on, "tool_resident_bytes") / MEBI, 1),
          ToolRounds.decimals(rounds.median(on, "tool_map_bytes") / KIBI, 0),
          ToolRounds.decimals(rounds.median(on, "tool_program_bytes") / KIBI, 0),
          ToolRounds.decimals(ToolRounds.mean(overTime.cpu(on)), 1),
          ToolRounds.decimals(ToolRounds.mean(overTime.switches(on)), 0));
    }
    return table.build();
  }
}
