package dev.bpfgauge.cli;

import dev.bpfgauge.run.Leftovers;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code clean}: ends what a killed harness left running. */
@Command(
    name = "clean",
    description = "End what a killed run left behind: stressors and cgroups.",
    mixinStandardHelpOptions = true,
    footerHeading = "%nExamples:%n",
    footer = "  clean      ends stressors of dead harnesses only; a running one is not touched")
final class CleanCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = FoldedLines.on(spec.commandLine().getOut());
    List<String> ended = Leftovers.endStressors();
    ended.forEach(out::println);
    if (ended.isEmpty()) {
      out.println("Nothing to clean.");
    }
    out.flush();
    return ExitCode.DONE;
  }
}
