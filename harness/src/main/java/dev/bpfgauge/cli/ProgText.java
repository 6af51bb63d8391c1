package dev.bpfgauge.cli;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.report.terminal.PageTables;
import dev.bpfgauge.suite.prog.ProgTables;
import java.util.List;

/** What {@code prog} prints at its end: the tables of its section of the report. */
final class ProgText {
  private final RunAnalysis analysis;
  private final ProgTables tables;

  ProgText(RunAnalysis analysis) {
    this.analysis = analysis;
    this.tables = ProgTables.of(analysis);
  }

  /** Why a gate fails. */
  List<String> failures() {
    return tables.failures();
  }

  String render(int width) {
    return PageTables.noise(analysis, width)
        + PageTables.table(tables.loads(), width, List.of())
        + PageTables.sentences(tables.refusals(), width)
        + PageTables.sentences(tables.returns(), width)
        + PageTables.table(tables.costs(), width, tables.lessOfCosts())
        + PageTables.table(tables.events(), width, tables.lessOfEvents())
        + PageTables.table(tables.commands(), width, List.of(5, 4))
        + PageTables.table(tables.verifier(), width, ProgTables.LESS_OF_VERIFIER)
        + PageTables.indicative(analysis, width);
  }
}
