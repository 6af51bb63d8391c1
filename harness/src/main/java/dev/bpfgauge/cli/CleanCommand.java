package dev.bpfgauge.cli;

import dev.bpfgauge.os.Scratch;
import dev.bpfgauge.run.Leftovers;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code clean}: ends what a killed harness left running. */
@Command(
    name = "clean",
    description = "End what a killed run left: stressors, cgroups, temporary files.",
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
    List<Path> deleted = Scratch.deleteLeftovers();
    deleted.forEach(folder -> out.println("deleted " + folder + " of a dead harness"));
    if (ended.isEmpty() && deleted.isEmpty()) {
      out.println("Nothing to clean.");
    }
    out.flush();
    return ExitCode.DONE;
  }
}
