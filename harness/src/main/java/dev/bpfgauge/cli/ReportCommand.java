package dev.bpfgauge.cli;

import dev.bpfgauge.analysis.RunAnalysis;
import dev.bpfgauge.report.TerminalTable;
import dev.bpfgauge.results.Json;
import dev.bpfgauge.results.RunFolder;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report}: derives a run's report, CSV and JSON from its journal again. */
@Command(
    name = "report",
    description = "Write a run's report.html, results.csv and jmh.json again, and print its table.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  report latest                     the newest run in ./results",
      "  report 20261121-07                any beginning of a run's id that is not ambiguous",
      "  report results/sample --json      summaries and comparisons for a program"
    })
final class ReportCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "A run's id, a prefix of it, a folder, or latest.")
  String run = "";

  @Mixin ResultsOption results;

  @Option(names = "--json", description = "Print summaries and comparisons as JSON.")
  boolean json;

  @Override
  public Integer call() {
    RunFolder folder = RunFolder.resolve(results.folder, run);
    RunAnalysis analysis = Derived.write(folder);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.indented(new Statements(analysis)));
    } else {
      analysis.run().warnings().forEach(out::println);
      out.print(TerminalTable.render(analysis, Terminal.width()));
      out.println("Report: " + folder.path().resolve(Derived.REPORT));
    }
    out.flush();
    return ExitCode.DONE;
  }
}
