package dev.bpfgauge.cli;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.os.Shown;
import dev.bpfgauge.report.terminal.PageTables;
import dev.bpfgauge.suite.prog.GivenObjects;
import dev.bpfgauge.suite.prog.ProgTables;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code prog} prints at its end: the tables of its section of the report. */
final class ProgText {
  static final String GATE = "--gate";

  private final RunAnalysis analysis;
  private final ProgTables tables;

  ProgText(RunAnalysis analysis) {
    this.analysis = analysis;
    this.tables = ProgTables.of(analysis);
  }

  /** Whether a run is of programs alone, whatever command went on with it. */
  static boolean isOf(RunAnalysis analysis) {
    return ProgTables.isAllOf(analysis);
  }

  /**
   * Says why the gate fails, where a whole run says so.
   *
   * @param run its folder, which has both versions where there are two
   * @return the exit code
   */
  int gate(PrintWriter out, int code, Path run) {
    if (code != ExitCode.DONE) {
      return code;
    }
    List<String> failures = new ArrayList<>();
    GivenObjects.removedIn(run)
        .forEach(name -> failures.add(Shown.name(name) + " is no longer there"));
    failures.addAll(tables.failures());
    failures.forEach(failure -> out.println("gate: " + failure));
    out.flush();
    return failures.isEmpty() ? code : ExitCode.GATE;
  }

  String render(int width) {
    String text = tables(width);
    return PageTables.noise(analysis, width)
        + text
        + (text.contains("*") ? PageTables.indicative(analysis, width) : "");
  }

  private String tables(int width) {
    return PageTables.table(tables.loads(), width, List.of())
        + PageTables.sentences(tables.refusals(), width)
        + PageTables.sentences(tables.returns(), width)
        + PageTables.table(tables.costs(), width, tables.lessOfCosts())
        + PageTables.table(tables.events(), width, tables.lessOfEvents())
        + PageTables.table(tables.commands(), width, List.of(5, 4))
        + PageTables.table(tables.verifier(), width, ProgTables.LESS_OF_VERIFIER);
  }
}
